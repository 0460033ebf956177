import { age, dayBetween, shifted, yearsLater } from './dates.ts'
import { asHeld, later, phone } from './facts.ts'
import type { Families } from './families.ts'
import { deathCancelled, isResident, lastDay } from './known.ts'
import type { Known } from './known.ts'
import { residentName } from './names.ts'
import { cityOf, countyOf, PLACES, STREETS } from './places.ts'
import type { Place } from './places.ts'
import type { Random } from './random.ts'
import type { Birth, Death, FamilyPlanning } from './records.ts'

/** Since then every birth in a hospital has a certificate that this system holds. */
const FIRST_BIRTH = '2000-01-01'

/** The certificate of a birth in this city, where the parents are people of the city. */
export function birth(random: Random, known: Known, families: Families): Birth | null {
  const { core, local } = known
  if (!local || !isResident(known) || core.birthDate < FIRST_BIRTH) return null
  const parents = families.parentsOf(random, known)
  if (parents === null) return null
  const place = random.pick(PLACES)
  return {
    certificateNumber: `Z${String(random.between(0, 999_999_999)).padStart(9, '0')}`,
    newbornName: core.name,
    sex: core.sex,
    documentNumber: random.chance(0.04) ? null : core.document.idDocumentNumber,
    birthDate: core.birthDate,
    health: random.pickRanked(['GOOD', 'GOOD', 'GOOD', 'GOOD', 'GOOD', 'FAIR', 'POOR']),
    grams: random.between(2300, 4200),
    ...parents,
    issued: dayBetween(random, core.birthDate, shifted(core.birthDate, 40)),
    issuer: hospital(random, place),
  }
}

/** A hospital that is nowhere. */
function hospital(random: Random, place: Place): string {
  return `${cityOf(place.division)}虚构第${random.between(1, 9)}人民医院`
}

const CAUSES = ['急性心肌梗死', '脑梗死', '肺炎', '肝细胞癌', '慢性阻塞性肺疾病', '道路交通伤害'] as const
const OCCUPATIONS = ['退(离)休人员', '农民', '工人', '职员', '无业人员'] as const

/**
 * The certificate of a death: everybody whose household was cancelled by death has one, of a day before the
 * cancellation, which follows a death by nature.
 */
export function death(random: Random, known: Known): Death | null {
  const { core, household } = known
  const cancelled = deathCancelled(known)
  if (cancelled === null || household === null) return null
  const date = later(core.birthDate, shifted(cancelled, -random.between(0, 30)))
  const place = PLACES.find(({ township }) => township === household.township) ?? random.pick(PLACES)
  const institution = hospital(random, place)
  return {
    ...asHeld(random, core),
    certificateNumber: `${place.division}99${String(random.between(0, 9_999_999)).padStart(7, '0')}`,
    division: place.division,
    city: cityOf(place.division),
    county: countyOf(place),
    sex: core.sex,
    ethnicity: core.ethnicity,
    birthDate: core.birthDate,
    date,
    age: age(core.birthDate, date),
    residenceAddress: household.address,
    householdAddress: household.address,
    place: random.chance(0.6) ? '医疗卫生机构' : '家中',
    cause: random.pickRanked(CAUSES),
    occupation: random.pickRanked(OCCUPATIONS),
    kin: kin(random, place),
    physician: residentName(random, '1').name,
    institution,
    officer: residentName(random, '1').name,
    policeStation: household.policeStation,
  }
}

function kin(random: Random, place: Place): Death['kin'] {
  const { name } = residentName(random, random.chance(0.5) ? '1' : '2')
  return { name, phone: phone(random), address: `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号` }
}

/** Certificates of women who had children while these certificates were issued. */
export function familyPlanning(random: Random, known: Known): FamilyPlanning | null {
  const { core } = known
  if (core.sex !== '2' || !isResident(known) || age(core.birthDate) < 22 || age(core.birthDate) > 60) return null
  if (!random.chance(0.3)) return null
  const place = random.pick(PLACES)
  const number = String(random.between(0, 99_999_999)).padStart(8, '0')
  const migrant = known.household === null
  return {
    ...asHeld(random, core),
    serviceCertificate: migrant ? null : `JS${place.division}${number}`,
    migrantCertificate: migrant ? `HY${place.division}${number}` : null,
    received: dayBetween(random, later(yearsLater(core.birthDate, 21), '1998-01-01'), lastDay(known)),
    authority: `${cityOf(place.division)}卫生和计划生育局`,
    authorityDivision: place.division,
    children: random.between(0, 2),
  }
}
