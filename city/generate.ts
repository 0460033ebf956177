import type { Citizen, Founder } from './citizen.ts'
import { age } from './dates.ts'
import { demoPeople } from './demo-people.ts'
import { credentials, student } from './education.ts'
import { disability, household, socialSecurity } from './facts.ts'
import type { Core } from './facts.ts'
import { createFamilies } from './families.ts'
import type { Families } from './families.ts'
import { birth, death, familyPlanning } from './health.ts'
import { identityAt, MAX_PEOPLE, otherDocument } from './identity.ts'
import type { Known } from './known.ts'
import { foreignName, residentName } from './names.ts'
import { departmentRandom, randomFor } from './random.ts'
import type { Random } from './random.ts'
import type { Records } from './records.ts'
import { residencePermit } from './residence.ts'
import { certificates, housingFund } from './work.ts'

/** How large a city, and which one. */
export interface CitySize {
  /** People in it, those of demo-people.ts included. */
  readonly people: number
  readonly seed: number
}

export const DEFAULT_SIZE: CitySize = { people: 2000, seed: 20260601 }

/**
 * The people of a city, one after the other: the demo people first, then as many as asked. The same seed gives the
 * same people on every machine, and a larger city begins with the people of a smaller one.
 * Throws RangeError for a size that is no whole number, negative, or above `MAX_PEOPLE`.
 */
export function* generate({ people, seed }: CitySize = DEFAULT_SIZE): Generator<Citizen, void, undefined> {
  if (!Number.isSafeInteger(people) || people < 0 || people > MAX_PEOPLE) {
    throw new RangeError(`people must be a whole number from 0 to ${MAX_PEOPLE}`)
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError('seed must be a whole number from 0 to 4294967295')
  }
  const demo: readonly Citizen[] = Object.values(demoPeople).slice(0, people)
  yield* demo
  const families = createFamilies()
  for (let index = 0; index < people - demo.length; index += 1) {
    const { disability: certificate, ...known } = basics(seed, index)
    const made = records(seed, index, known, families)
    families.remember(known)
    yield {
      ...personal(known.core),
      household: known.household,
      socialSecurity: known.socialSecurity,
      disability: certificate,
      ...made,
    }
  }
}

/** The person at a place of the city, counted from 0 with the demo people, without what the departments hold. */
export function founderAt(seed: number, place: number): Founder {
  const demo = Object.values(demoPeople)
  const known = demo[place]
  if (known !== undefined) return known
  const { core, household: registered } = basics(seed, place - demo.length)
  return { ...personal(core), household: registered }
}

const OTHER_TYPES = [
  'PASSPORT',
  'HMT_PERMIT',
  'HMT_RESIDENCE_PERMIT',
  'FOREIGNER_PERMANENT_RESIDENCE',
  'OTHER',
] as const

/** A person as the first three departments know one. */
type Basics = Known & Pick<Citizen, 'disability'>

function basics(seed: number, index: number): Basics {
  const random = randomFor(seed, index)
  const identity = identityAt(seed, index)
  return random.chance(0.03)
    ? withoutResidentNumber(random, seed, index)
    : resident(random, seed, { ...identity, ...residentName(random, identity.sex) })
}

/** What the other departments hold, each from its own random choices. */
function records(seed: number, index: number, known: Known, families: Families): Records {
  const from = (department: string): Random => departmentRandom(seed, index, department)
  const education = from('education')
  const [births, deaths, planning] = [from('health-births'), from('health-deaths'), from('health-planning')]
  return {
    residencePermit: residencePermit(from('residence-permit'), known),
    birth: birth(births, known, families),
    death: death(deaths, known),
    familyPlanning: familyPlanning(planning, known),
    student: student(education, known),
    credentials: credentials(education, known),
    housingFund: housingFund(from('housing-fund'), known),
    certificates: certificates(from('professional-qualifications'), known),
  }
}

interface Resident extends Omit<Core, 'document'> {
  readonly number: string
  readonly local: boolean
}

function resident(random: Random, seed: number, { number, local, ...facts }: Resident): Basics {
  const core: Core = { ...facts, document: { idDocumentType: 'RESIDENT_ID', idDocumentNumber: number } }
  const insured = age(core.birthDate) >= 16 && random.chance(0.72)
  // Somebody from elsewhere who is not insured here has moved the household here: everybody is in some system.
  const registered = local || !insured ? household(random, core) : null
  return {
    core,
    local,
    household: registered,
    socialSecurity: insured ? socialSecurity(random, seed, core, registered) : null,
    disability: random.chance(0.06) ? disability(random, core, registered) : null,
  }
}

/** Somebody with another document: works here, and has no household registration. */
function withoutResidentNumber(random: Random, seed: number, index: number): Basics {
  const type = random.pick(OTHER_TYPES)
  const { document, birthDate } = otherDocument(type, index)
  const foreign = type === 'PASSPORT' || type === 'FOREIGNER_PERMANENT_RESIDENCE'
  const sex = random.chance(0.5) ? '1' : '2'
  const name = foreign ? foreignName(random) : residentName(random, sex).name
  const core: Core = { document, name, sex, ethnicity: '97', birthDate }
  return {
    core,
    local: false,
    household: null,
    socialSecurity: socialSecurity(random, seed, core, null),
    disability: null,
  }
}

function personal({ document, name, sex, birthDate }: Core): Pick<Citizen, 'document' | 'name' | 'sex' | 'birthDate'> {
  return { document, name, sex, birthDate }
}
