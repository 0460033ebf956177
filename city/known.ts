import { CITY_DATE } from './citizen.ts'
import type { Household, SocialSecurity } from './citizen.ts'
import type { Core } from './facts.ts'

/** What is settled about a person before the records of the departments that came later are made. */
export interface Known {
  readonly core: Core
  /** Whether the person was born here, as far as the number tells. */
  readonly local: boolean
  readonly household: Household | null
  readonly socialSecurity: SocialSecurity | null
}

/** The day on which the household was cancelled by death; null for the living. */
export function deathCancelled({ household }: Known): string | null {
  return household?.cancelled?.reason === 'DECEASED' ? household.cancelled.date : null
}

/** The last day on which anything can have happened to the person. */
export function lastDay(known: Known): string {
  return deathCancelled(known) ?? CITY_DATE
}

/** Whether the person has a resident number, under which most systems of the city know people at all. */
export function isResident({ core }: Known): boolean {
  return core.document.idDocumentType === 'RESIDENT_ID'
}
