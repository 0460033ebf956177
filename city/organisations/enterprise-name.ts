import { EMPLOYERS, PLACES } from '../places.ts'
import type { Place } from '../places.ts'
import { departmentRandom } from '../random.ts'
import type { Random } from '../random.ts'
import { cityAt } from './registered.ts'

/** Enterprises among the first organisations of a city, which is where its people work. */
const WORKPLACES = 200

/** The random choices of an organisation; the first of them is its place. */
export function organisationRandom(seed: number, index: number): { readonly random: Random; readonly place: Place } {
  const random = departmentRandom(seed, index, 'organisations')
  return { random, place: random.pick(PLACES) }
}

/** Of ten organisations the first five are enterprises. */
export function isEnterprise(index: number): boolean {
  return index % 10 < 5
}

/** The name of an enterprise, by its place and its serial number, which is its index and one. */
export function enterpriseName(place: Place, serial: number): string {
  return `${cityAt(place)}${EMPLOYERS[serial % EMPLOYERS.length] ?? EMPLOYERS[0]}第${serial}有限公司`
}

/** An enterprise that people work for. */
export interface Workplace {
  /** As the market registration has it. */
  readonly name: string
  /** Its number in the social insurance. */
  readonly insuranceNumber: string
}

/** One of the enterprises of a city, in which everybody is a citizen and every firm is in its register. */
export function workplace(seed: number, at: number): Workplace {
  const nth = at % WORKPLACES
  const index = Math.floor(nth / 5) * 10 + (nth % 5)
  const { place } = organisationRandom(seed, index)
  const serial = String(index + 1).padStart(4, '0')
  return { name: enterpriseName(place, index + 1), insuranceNumber: `99${place.division}${serial}` }
}
