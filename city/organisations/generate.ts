import type { Citizen } from '../citizen.ts'
import { batches } from '../batches.ts'
import { age } from '../dates.ts'
import { generate } from '../generate.ts'
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
  for (const group of groups({ people, seed }, centre)) {
    const founder = group.find(mayRepresent)
    if (founder !== undefined) yield organisation(seed, index, founder)
    index += 1
  }
}

/** All of them at once. */
export function organisations(size: CitySize): readonly Organisation[] {
  return [...eachOrganisation(size)]
}

/** The people among whom one founded something; who is left over founded nothing. */
function* groups(size: CitySize, centre: readonly Citizen[]): Generator<readonly Citizen[], void, undefined> {
  yield* whole(centre, PEOPLE_EACH)
  if (size.people > DENSE) yield* whole(generate(size).drop(DENSE), PEOPLE_EACH_AROUND)
}

function* whole(citizens: Iterable<Citizen>, each: number): Generator<readonly Citizen[], void, undefined> {
  for (const group of batches(citizens, each)) if (group.length === each) yield group
}

/** Registers of organisations hold resident numbers alone, and of the living. */
function mayRepresent({ document, birthDate, household }: Citizen): boolean {
  return document.idDocumentType === 'RESIDENT_ID' && age(birthDate) >= 20 && (household?.cancelled ?? null) === null
}

const SOCIAL: readonly SocialOrganisation['kind'][] = [
  'PRIVATE_NON_ENTERPRISE_UNIT',
  'SOCIAL_ASSOCIATION',
  'WELFARE_INSTITUTION',
]

/** Of ten: five enterprises, three individual businesses, a social organisation and a public institution. */
function organisation(seed: number, index: number, founder: Citizen): Organisation {
  const { random, place } = organisationRandom(seed, index)
  const issue = { city: cityAt(place), serial: index + 1, demo: false }
  const core: Core = { random, place, issue, founder, registered: registrationDay(random, founder) }
  const kind = index % 10
  if (isEnterprise(index)) return enterprise(core)
  if (kind < 8) return individualBusiness(core)
  if (kind === 9) return publicInstitution(core)
  return socialOrganisation(core, SOCIAL[Math.floor(index / 10) % SOCIAL.length] ?? 'SOCIAL_ASSOCIATION')
}
