import { usccCheck } from '../../gateway/vocabulary/uscc.ts'

/*
 * Nobody's identifiers. A credit code has the division of its registration authority in characters 3 to 8, a
 * registration number in its first six digits. The county parts 91 and 92 of 中山 (4420) and 惠州 (4413) were never
 * assigned in GB/T 2260, so no authority ever issued such a code, though each has right check characters.
 */
const DIVISIONS = { 中山市: '442091', 惠州市: '441391' } as const
/** The divisions of the organisations of demo-organisations.ts, which no generated one has. */
const DEMO_DIVISIONS = { 中山市: '442092', 惠州市: '441392' } as const

/** The two cities of the demonstration. */
export type City = keyof typeof DIVISIONS

/** First two characters of a credit code: authority and kind of organisation (GB 32100). */
export const CODE_PREFIXES = {
  ENTERPRISE: '91',
  INDIVIDUAL_BUSINESS: '92',
  PRIVATE_NON_ENTERPRISE_UNIT: '52',
  SOCIAL_ASSOCIATION: '51',
  WELFARE_INSTITUTION: '59',
  PUBLIC_INSTITUTION: '12',
} as const
/** Kinds of organisation that have a code of their own. */
export type OrganisationKind = keyof typeof CODE_PREFIXES

/** Where an identifier was issued, and the how manieth it is there. */
export interface Issue {
  readonly city: City
  readonly serial: number
  readonly demo: boolean
}

function divisionOf({ city, demo }: Issue): string {
  return demo ? DEMO_DIVISIONS[city] : DIVISIONS[city]
}

function organisationCode({ serial }: Issue): string {
  const first8 = `MA9${String(serial).padStart(5, '0')}`
  return first8 + organisationCheck(first8)
}

/** The taxpayer number of an enterprise from before the credit code: division and organisation code, 15 characters. */
export function oldTaxpayerId(issue: Issue): string {
  return divisionOf(issue) + organisationCode(issue)
}

/** A credit code, 18 characters; different serials give different codes. */
export function creditCode(kind: OrganisationKind, issue: Issue): string {
  const first17 = CODE_PREFIXES[kind] + divisionOf(issue) + organisationCode(issue)
  return first17 + (usccCheck(first17) ?? '')
}

/** The check character of an organisation code (GB 11714), the ninth of its own and the 17th of the credit code. */
export function organisationCheck(first8: string): string {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2]
  const values = [...first8].map((character) => Number.parseInt(character, 36))
  const rest = 11 - (values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0) % 11)
  return rest === 10 ? 'X' : String(rest % 11)
}

/** A registration number of the licences from before the credit code, 15 digits with an ISO 7064 MOD 11,10 check. */
export function registrationNumber(issue: Issue): string {
  const first14 = `${divisionOf(issue)}${String(issue.serial).padStart(8, '0')}`
  return first14 + registrationCheck(first14)
}

/** The 15th digit of a registration number (ISO 7064 MOD 11,10). */
export function registrationCheck(first14: string): string {
  let product = 10
  for (const digit of first14) {
    const sum = (Number(digit) + product) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return String((11 - product) % 10)
}
