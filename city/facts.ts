import type { Disability, Enrolment, Household, PersonKey, Sex, SocialSecurity, Title } from './citizen.ts'
import { age, dayBetween, yearsLater } from './dates.ts'
import { nameVariant } from './names.ts'
import { workplace } from './organisations/enterprise-name.ts'
import { cityOf, PLACES, STREETS } from './places.ts'
import type { Place } from './places.ts'
import type { Held } from './records.ts'
import type { Random } from './random.ts'
import { to15 } from '../gateway/vocabulary/id-number.ts'

/** What all departments should agree on. */
export interface Core {
  readonly document: PersonKey
  readonly name: string
  readonly sex: Sex
  readonly ethnicity: string
  readonly birthDate: string
}

/** Eleven digits that no network has as a mobile number: they begin with 100. */
export function phone(random: Random): string {
  return `100${String(random.between(0, 99_999_999)).padStart(8, '0')}`
}

/** A household registration. In one of 100 the sex contradicts the ID number: a planted conflict. */
export function household(random: Random, { name, sex, ethnicity, birthDate }: Core): Household {
  const place = random.pick(PLACES)
  const old = age(birthDate) > 60
  return {
    name,
    sex: random.chance(0.01) ? (sex === '1' ? '2' : '1') : sex,
    ethnicity,
    division: place.division,
    township: place.township,
    address: `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号`,
    policeStation: place.policeStation,
    photoFile: random.hex(24),
    phone: phone(random),
    cancelled: random.chance(old ? 0.12 : 0.02) ? cancellation(random, birthDate, old, place) : null,
  }
}

function cancellation(random: Random, birthDate: string, old: boolean, place: Place): Household['cancelled'] {
  return {
    division: place.division,
    policeStation: place.policeStation,
    date: dayBetween(random, birthDate > '2005-01-01' ? birthDate : '2005-01-01'),
    reason: random.chance(old ? 0.85 : 0.25) ? 'DECEASED' : 'MOVED_OUT',
  }
}

/** How another system holds a person: in one of 25 with another name, and for older people at times 15 digits. */
export function asHeld(random: Random, { document, name, birthDate }: Core): Held {
  const old = document.idDocumentType === 'RESIDENT_ID' ? to15(document.idDocumentNumber) : null
  const keepsOld = old !== null && birthDate < '1985-01-01' && random.chance(0.2)
  return {
    name: random.chance(0.04) ? nameVariant(random, name) : name,
    documentNumber: keepsOld ? old : document.idDocumentNumber,
  }
}

/** 职工 (employees) and 居民 (residents) have different kinds of insurance. */
const EMPLOYEE = ['110', '210', '310', '410', '510'] as const
const RESIDENT = ['170', '390'] as const

/** Enrolments and, for some who work, titles. A death ends every enrolment on the day of the cancellation. */
export function socialSecurity(random: Random, seed: number, core: Core, registered: Household | null): SocialSecurity {
  const held = asHeld(random, core)
  const works = age(core.birthDate) >= 18 && random.chance(0.75)
  const place = random.pick(PLACES)
  const first = dayBetween(random, later(yearsLater(core.birthDate, 16), '1996-01-01'))
  const died = registered?.cancelled?.reason === 'DECEASED' ? registered.cancelled.date : null
  const types = works ? EMPLOYEE.slice(0, random.between(1, EMPLOYEE.length)) : RESIDENT.slice(0, random.between(1, 2))
  const employer = works ? employerAt(random, seed, place) : null
  return {
    ...held,
    insuranceNumber: random.chance(0.7) ? core.document.idDocumentNumber : `S${random.between(1e8, 9e8)}`,
    enrolments: types.map((type) => enrolment(random, type, first, died, place, employer)),
    titles: works && random.chance(0.22) ? [title(random, first, place)] : [],
  }
}

/** The later of two dates. */
export function later(a: string, b: string): string {
  return a > b ? a : b
}

/** A firm of the market registration; of thirty people one works here for a firm that is registered elsewhere. */
function employerAt(random: Random, seed: number, place: Place): Enrolment['employer'] {
  const at = random.between(1, 400)
  if (random.chance(1 / 30)) return { name: `外地虚构集团第${at}分公司`, number: `98${place.division}${at}` }
  const { name, insuranceNumber } = workplace(seed, at)
  return { name, number: insuranceNumber }
}

function enrolment(
  random: Random,
  insuranceType: string,
  from: string,
  died: string | null,
  place: Place,
  employer: Enrolment['employer'],
): Enrolment {
  const stopped = died === null && random.chance(0.12)
  const until = died ?? (stopped ? dayBetween(random, from) : null)
  return {
    status: died !== null ? 'TERMINATED' : stopped ? 'SUSPENDED' : 'ENROLLED',
    insuranceType,
    from: until !== null && until < from ? until : from,
    until,
    employer,
    authority: `${cityOf(place.division)}社会保险基金管理局`,
    authorityDivision: place.division,
    registered: until !== null && until < from ? until : from,
    contributionBase: random.between(20, 200) * 100,
  }
}

const TITLES = ['助理工程师', '工程师', '高级工程师', '主治医师', '一级教师', '会计师', '经济师', '馆员'] as const

function title(random: Random, from: string, place: Place): Title {
  const qualification = random.pick(TITLES)
  const obtained = dayBetween(random, from)
  if (random.chance(0.2)) return { qualification, obtained, appointment: null }
  const unit = `${cityOf(place.division)}样例第${random.between(1, 60)}事业单位`
  const date = dayBetween(random, obtained)
  return { qualification, obtained, appointment: { position: qualification, unit, unitDivision: place.division, date } }
}

const REASONS = ['死亡', '户籍迁出', '残疾等级变更换证', '本人申请'] as const

/** A disability certificate; the federation learns of a death late, so at times it is still valid. */
export function disability(random: Random, core: Core, registered: Household | null): Disability {
  const place = random.pick(PLACES)
  const [category, degree] = [String(random.between(1, 7)), String(random.between(1, 4))]
  const issued = dayBetween(random, later(core.birthDate, '2009-01-01'), '2026-10-31')
  const authority = `${cityOf(place.division)}残疾人联合会`
  const died = registered?.cancelled?.reason === 'DECEASED' && random.chance(0.7)
  const cancelled = died || random.chance(0.06)
  return {
    ...asHeld(random, core),
    certificateNumber: `${core.document.idDocumentNumber}${category}${degree}`,
    category,
    degree,
    authority,
    authorityDivision: place.division,
    issued,
    phone: phone(random),
    cancelled: cancelled
      ? {
          reason: died ? '死亡' : random.pick(REASONS),
          authority,
          authorityDivision: place.division,
          date: dayBetween(random, issued, '2026-10-31'),
        }
      : null,
  }
}
