import { demoPeople } from './demo-people.ts'
import type { DemoPerson } from './demo-people.ts'

/** A value of the synthetic city by which its people would be known wherever it turned up. */
export interface Canary {
  /** What it is, for messages: the value itself is not repeated. */
  readonly name: string
  readonly value: string
}

/** People whose names nothing else holds: names of two or three characters are found in any large file by chance. */
const NAMED: readonly DemoPerson[] = ['allThree', 'conflicting', 'passportHolder']

const NUMBERED: readonly DemoPerson[] = [
  'allThree',
  'publicSecurityOnly',
  'deceased',
  'movedOut',
  'oldNumber',
  'conflicting',
  'rareName',
  'certificateCancelled',
  'passportHolder',
  'parent',
  'newborn',
  'student',
]

/** The number under which an older system still holds somebody, where it is another one. */
function oldNumbers(person: DemoPerson): readonly Canary[] {
  const { document, socialSecurity } = demoPeople[person]
  const number = socialSecurity?.documentNumber ?? document.idDocumentNumber
  return number === document.idDocumentNumber ? [] : [{ name: `${person}'s old number`, value: number }]
}

/**
 * Names and numbers that every city holds, whatever its size and seed. They may stand in the departments' own data and
 * nowhere else: no log, audit record, cache or temporary file, in no encoding. Their divisions were never assigned, so
 * that the numbers are nobody's.
 */
export const CANARIES: readonly Canary[] = [
  ...NAMED.map((person) => ({ name: `${person}'s name`, value: demoPeople[person].name })),
  ...NUMBERED.map((person) => ({ name: `${person}'s number`, value: demoPeople[person].document.idDocumentNumber })),
  ...NUMBERED.flatMap(oldNumbers),
]
