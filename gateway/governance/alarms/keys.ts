import { foldStaffNumber } from '../../vocabulary/staff-number.ts'

/** Who asked; a record that lacks one of them is nobody's pattern. */
export interface OfficerName {
  readonly department: string
  readonly officer: string
}

/** One text for each officer of each department, however the staff number is written: `housing/H-1017`. */
export function officerKey({ department, officer }: OfficerName): string {
  return `${department}/${foldStaffNumber(officer)}`
}

/** The officer of a key; null for a text that is none. */
export function officerOfKey(key: string): OfficerName | null {
  const cut = key.indexOf('/')
  return cut <= 0 || cut === key.length - 1 ? null : { department: key.slice(0, cut), officer: key.slice(cut + 1) }
}
