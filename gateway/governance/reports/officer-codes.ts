import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { foldStaffNumber } from '../../vocabulary/staff-number.ts'

/** No I, L, O, U: a code can be read out at a desk. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 40 bits: a city has thousands of officers. */
const LENGTH = 8

/** What stands for an officer; staff numbers are each department's own. */
export type OfficerCode = (department: string | null, officer: string) => string

/**
 * What stands for an officer in the reports of one reader: the same code in each of theirs, another for every other
 * reader, so that none can join what two were shown, and nothing in it to try staff numbers against without the key.
 *
 * @param key the oldest that is kept: with a newer one each officer would be somebody else
 * @param reader whom the report is for: a person's pseudonym, or a department
 */
export function officerCodes(key: KeyObject, reader: string): OfficerCode {
  return (department, officer) => {
    const parts = JSON.stringify(['gongxiang report-officer v1', reader, department, foldStaffNumber(officer)])
    const digest = createHmac('sha256', key).update(parts).digest()
    const text = [...digest.subarray(0, LENGTH)].map((byte) => ALPHABET.charAt(byte & 31)).join('')
    return `R-${text.slice(0, 4)}-${text.slice(4)}`
  }
}
