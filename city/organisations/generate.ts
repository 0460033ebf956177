import type { Founder } from '../citizen.ts'
import { age } from '../dates.ts'
import { founderAt, generate } from '../generate.ts'
import type { CitySize } from '../generate.ts'
import { enterprise, individualBusiness } from './business.ts'
import { publicInstitution, socialOrganisation } from './bodies.ts'
import { demoOrganisations } from './demo-organisations.ts'
import { isEnterprise, organisationRandom } from './enterprise-name.ts'
import type { Organisation, SocialOrganisation } from './organisation.ts'
import { cityAt, registrationDay } from './registered.ts'
import type { Core } from './registered.ts'

/** One organisation for so many people, and a thinner city around them: the code has room for a hundred thousand. */
const PEOPLE_EACH = 5
const DENSE = 2000
const PEOPLE_EACH_AROUND = 50

/**
 * The organisations of a city, one after the other: those of demo-organisations.ts whose representatives live in it,
 * then a few hundred more, and in a large city one for every fifty people. Every representative is a citizen of the
 * same city; a larger city begins with the organisations of a smaller.
 */
export function* eachOrganisation({ people, seed }: CitySize): Generator<Organisation, void, undefined> {
  const centre = [...generate({ people: Math.min(people, DENSE), seed })]
  const numbers = new Set(centre.map(({ document }) => document.idDocumentNumber))
  yield* Object.values(demoOrganisations).filter((one) => numbers.has(one.representative.idNumber))
  let index = 0
  for (let from = 0; from + PEOPLE_EACH <= centre.length; from += PEOPLE_EACH) {
    const founder = centre.slice(from, from + PEOPLE_EACH).find(mayRepresent)
    if (founder !== undefined) yield organisation(seed, index, founder)
    index += 1
  }
  for (let from = DENSE; from + PEOPLE_EACH_AROUND <= people; from += PEOPLE_EACH_AROUND) {
    const founder = founderAmong(seed, from, from + PEOPLE_EACH_AROUND)
    if (founder !== null) yield organisation(seed, index, founder)
    index += 1
  }
}

/** The first of them who may; nobody else of a large city is made for it. */
function founderAmong(seed: number, from: number, until: number): Founder | null {
  for (let place = from; place < until; place += 1) {
    const one = founderAt(seed, place)
    if (mayRepresent(one)) return one
  }
  return null
}

/** All of them at once. */
export function organisations(size: CitySize): readonly Organisation[] {
  return [...eachOrganisation(size)]
}

/** Registers of organisations hold resident numbers alone, and of the living. */
function mayRepresent({ document, birthDate, household }: Founder): boolean {
  return document.idDocumentType === 'RESIDENT_ID' && age(birthDate) >= 20 && (household?.cancelled ?? null) === null
}

const SOCIAL: readonly SocialOrganisation['kind'][] = [
  'PRIVATE_NON_ENTERPRISE_UNIT',
  'SOCIAL_ASSOCIATION',
  'WELFARE_INSTITUTION',
]

/** Of ten: five enterprises, three individual businesses, a social organisation and a public institution. */
function organisation(seed: number, index: number, founder: Founder): Organisation {
  const { random, place } = organisationRandom(seed, index)
  const issue = { city: cityAt(place), serial: index + 1, demo: false }
  const core: Core = { random, place, issue, founder, registered: registrationDay(random, founder) }
  const kind = index % 10
  if (isEnterprise(index)) return enterprise(core)
  if (kind < 8) return individualBusiness(core)
  if (kind === 9) return publicInstitution(core)
  return socialOrganisation(core, SOCIAL[Math.floor(index / 10) % SOCIAL.length] ?? 'SOCIAL_ASSOCIATION')
}
