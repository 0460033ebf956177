import type { Citizen } from '../citizen.ts'
import { batches } from '../batches.ts'
import { age } from '../dates.ts'
import { generate } from '../generate.ts'
import type { CitySize } from '../generate.ts'
import { PLACES } from '../places.ts'
import { departmentRandom } from '../random.ts'
import { enterprise, individualBusiness } from './business.ts'
import { publicInstitution, socialOrganisation } from './bodies.ts'
import { demoOrganisations } from './demo-organisations.ts'
import type { Organisation, SocialOrganisation } from './organisation.ts'
import { cityAt, registrationDay } from './registered.ts'
import type { Core } from './registered.ts'

/** One organisation for so many people, and for no more than these. */
const PEOPLE_EACH = 5
const PEOPLE = 2000

/**
 * The organisations of a city: those of demo-organisations.ts whose representatives live in it, then a few hundred
 * more. Every representative is a citizen of the same city; a larger city begins with the organisations of a smaller.
 */
export function organisations({ people, seed }: CitySize): readonly Organisation[] {
  const citizens = [...generate({ people: Math.min(people, PEOPLE), seed })]
  const numbers = new Set(citizens.map(({ document }) => document.idDocumentNumber))
  const demo = Object.values(demoOrganisations).filter((one) => numbers.has(one.representative.idNumber))
  const others = [...batches(citizens, PEOPLE_EACH)].flatMap((group, index) => {
    const founder = group.length === PEOPLE_EACH ? group.find(mayRepresent) : undefined
    return founder === undefined ? [] : [organisation(seed, index, founder)]
  })
  return [...demo, ...others]
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
  const random = departmentRandom(seed, index, 'organisations')
  const place = random.pick(PLACES)
  const issue = { city: cityAt(place), serial: index + 1, demo: false }
  const core: Core = { random, place, issue, founder, registered: registrationDay(random, founder) }
  const kind = index % 10
  if (kind < 5) return enterprise(core)
  if (kind < 8) return individualBusiness(core)
  if (kind === 9) return publicInstitution(core)
  return socialOrganisation(core, SOCIAL[Math.floor(index / 10) % SOCIAL.length] ?? 'SOCIAL_ASSOCIATION')
}
