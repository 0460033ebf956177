import { canonicalNumber, isResidentNumber } from '../vocabulary/id-number.ts'

/** The person that a lookup asks about. */
export interface Subject {
  readonly type: string
  /** Half width, capitals, 18 digits where it is a resident's number. */
  readonly number: string
  /** False where no such number can exist: nothing is fetched for it (S13). */
  readonly valid: boolean
}

/** Numbers of other documents: letters and digits, as passports and permits have them. */
const OTHER_DOCUMENT = /^[A-Z0-9]{4,32}$/

/** Reads the key of a person from arguments. Whether a number is well formed says nothing about a record. */
export function readSubject(type: unknown, number: unknown): Subject {
  const kind = typeof type === 'string' ? type : ''
  const canonical = canonicalNumber(kind, typeof number === 'string' ? number : '')
  const valid = kind === 'RESIDENT_ID' ? isResidentNumber(canonical) : OTHER_DOCUMENT.test(canonical)
  return { type: kind, number: canonical, valid }
}
