import type { Citizen, Founder } from '../citizen.ts'
import { dayBetween } from '../dates.ts'
import { cityOf, countyOf, STREETS } from '../places.ts'
import type { Place } from '../places.ts'
import type { Random } from '../random.ts'
import type { City, Issue } from './identifiers.ts'
import type { Representative } from './organisation.ts'

/** What is settled about an organisation before its kind is. */
export interface Core {
  readonly random: Random
  readonly place: Place
  readonly issue: Issue
  readonly founder: Founder
  readonly registered: string
}

/** The latest day on which anything of an organisation was registered. */
export const LAST_REGISTRATION = '2026-10-31'

/** The city of a place, as identifiers and names of authorities have it. */
export function cityAt(place: Place): City {
  return cityOf(place.division) === '中山市' ? '中山市' : '惠州市'
}

/** The name of the division of a place: a county of 惠州市, or 中山市, which has none. */
export function divisionName(place: Place): string {
  return `${cityAt(place)}${countyOf(place) ?? ''}`
}

/** Name and number of the person who stands for an organisation, as every register has them. */
export function representativeOf({ name, document }: Pick<Citizen, 'name' | 'document'>): Representative {
  return { name, idNumber: document.idDocumentNumber }
}

/** An address in a township that exists, on a street that does not. */
export function addressIn(random: Random, place: Place): string {
  return `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号`
}

/** A day after the founder came of age. */
export function registrationDay(random: Random, founder: Founder): string {
  const ofAge = `${Number(founder.birthDate.slice(0, 4)) + 19}-01-04`
  return dayBetween(random, ofAge > '1994-01-04' ? ofAge : '1994-01-04', LAST_REGISTRATION)
}

/** Eleven digits that no network has as a mobile number: they begin with 100. */
export function telephone(random: Random): string {
  return `100${String(random.between(0, 99_999_999)).padStart(8, '0')}`
}
