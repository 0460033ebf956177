import { canonicalNumber, isResidentNumber } from '../vocabulary/id-number.ts'
import { canonicalIdentifier, isUscc } from '../vocabulary/uscc.ts'

/** The person or firm that a lookup asks about. */
export interface Subject {
  readonly type: string
  /** Half width, capitals; a resident's number has 18 characters. */
  readonly number: string
  /** False where no such number can exist: nothing is fetched for it (S13). */
  readonly valid: boolean
}

/** Numbers of other documents and licences: letters and digits, as passports, permits and registers have them. */
const OTHER_NUMBER = /^[A-Z0-9]{4,32}$/

/** Reads the key of a person from arguments. Whether a number is well formed says nothing about a record. */
export function readSubject(type: unknown, number: unknown): Subject {
  const kind = typeof type === 'string' ? type : ''
  const canonical = canonicalNumber(kind, typeof number === 'string' ? number : '')
  const valid = kind === 'RESIDENT_ID' ? isResidentNumber(canonical) : OTHER_NUMBER.test(canonical)
  return { type: kind, number: canonical, valid }
}

/** Reads the key of a legal entity from arguments. */
export function readLegalSubject(type: unknown, identifier: unknown): Subject {
  const kind = typeof type === 'string' ? type : ''
  const canonical = canonicalIdentifier(typeof identifier === 'string' ? identifier : '')
  return { type: kind, number: canonical, valid: kind === 'USCC' ? isUscc(canonical) : OTHER_NUMBER.test(canonical) }
}
