import { checkDigit } from '../gateway/vocabulary/id-number.ts'
import type { IdDocumentType, PersonKey, Sex } from './citizen.ts'

/*
 * Nobody's numbers. A resident number begins with the division that first registered the person. The county parts 90
 * to 99 of the prefectures below were never assigned in GB/T 2260 (counties are 01–18, 21–80, cities at county level
 * 81–89 there), so no such number was ever issued, though each has a valid check character.
 */

/** Of this city (中山 4420, 惠州 4413); 90 is kept for the people of demo-people.ts. */
const LOCAL = [91, 92, 93, 94, 95, 96, 97, 98, 99].flatMap((county) => [`4413${county}`, `4420${county}`])
/** From elsewhere: 广州, 桂林, 衡阳, 赣州, 遵义, 绵阳. */
const ELSEWHERE = ['440199', '450399', '430499', '360799', '520399', '510799']
const DIVISIONS = [...LOCAL, ...ELSEWHERE]

const FIRST_DAY = Date.UTC(1936, 0, 1)
const DAY = 86_400_000
const DAYS = (Date.UTC(2026, 0, 1) - FIRST_DAY) / DAY
const SEQUENCES = 999
/** How many different people there can be. */
export const MAX_PEOPLE = DAYS * SEQUENCES * DIVISIONS.length
/** About the golden section of all slots, and coprime to them: a walk in such steps meets each slot once. */
const STEP = coprimeNear(Math.round(MAX_PEOPLE * 0.618034))

/** A person's birth facts, as the number tells them. */
export interface Identity {
  readonly number: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly sex: Sex
  /** Whether the number was first issued in this city. */
  readonly local: boolean
}

/** The identity of the person with this index in the city of this seed; different indexes give different numbers. */
export function identityAt(seed: number, index: number): Identity {
  const slot = Number((BigInt(index) * BigInt(STEP) + BigInt(seed) * 7919n) % BigInt(MAX_PEOPLE))
  const division = DIVISIONS[slot % DIVISIONS.length] ?? ''
  const sequence = (Math.floor(slot / DIVISIONS.length) % SEQUENCES) + 1
  const day = Math.floor(slot / (DIVISIONS.length * SEQUENCES))
  const birthDate = new Date(FIRST_DAY + day * DAY).toISOString().slice(0, 10)
  return {
    number: residentNumber(division, birthDate, sequence),
    birthDate,
    sex: sequence % 2 === 1 ? '1' : '2',
    local: LOCAL.includes(division),
  }
}

/** A resident number: division, date of birth, sequence (odd for men), check character. */
export function residentNumber(division: string, birthDate: string, sequence: number): string {
  const first17 = division + birthDate.replaceAll('-', '') + String(sequence).padStart(3, '0')
  return first17 + checkDigit(first17)
}

/** Days of birth of people with other documents: all are of age, none is very old. */
const OTHER_FIRST = Date.UTC(1945, 0, 1)
const OTHER_DAYS = (Date.UTC(2005, 0, 1) - OTHER_FIRST) / DAY

/**
 * The document of somebody without a resident number; different indexes give different numbers. Each carries a sign
 * that no issuer uses: country ZZ or ZZZ, series 99, division 810099.
 */
export function otherDocument(type: Exclude<IdDocumentType, 'RESIDENT_ID'>, index: number) {
  const serial = String(index).padStart(8, '0')
  const day = (index * 7919) % OTHER_DAYS
  const birthDate = new Date(OTHER_FIRST + day * DAY).toISOString().slice(0, 10)
  const numbers = {
    PASSPORT: `ZZ${serial}`,
    HMT_PERMIT: `H99${serial}`,
    HMT_RESIDENCE_PERMIT: residentNumber('810099', birthDate, (Math.floor(index / OTHER_DAYS) % SEQUENCES) + 1),
    FOREIGNER_PERMANENT_RESIDENCE: `ZZZ4420${serial}`,
    OTHER: `QT99${serial}`,
  }
  const document: PersonKey = { idDocumentType: type, idDocumentNumber: numbers[type] }
  return { document, birthDate }
}

function coprimeNear(start: number): number {
  let step = start
  while (gcd(step, MAX_PEOPLE) !== 1) step += 1
  return step
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
