import { age, dayBetween, yearsLater } from './dates.ts'
import { asHeld, later } from './facts.ts'
import { deathCancelled, isResident, lastDay } from './known.ts'
import type { Known } from './known.ts'
import { cityOf, EMPLOYERS, PLACES } from './places.ts'
import type { Random } from './random.ts'
import type { Certificate, HousingFund } from './records.ts'

/**
 * The housing provident fund account of somebody whom human resources has at an employer. In one of 25 the fund has
 * another employer: a planted conflict.
 */
export function housingFund(random: Random, known: Known): HousingFund | null {
  const enrolment = known.socialSecurity?.enrolments[0]
  if (enrolment?.employer === undefined || enrolment.employer === null || !random.chance(0.6)) return null
  const other = `${cityOf(enrolment.authorityDivision)}${random.pick(EMPLOYERS)}第${random.between(401, 800)}有限公司`
  return {
    ...asHeld(random, known.core),
    status: status(random, known, enrolment.status),
    employer: random.chance(0.04) ? other : enrolment.employer.name,
    registered: dayBetween(random, enrolment.from, enrolment.until ?? lastDay(known)),
    balance: random.between(0, 300_000),
  }
}

function status(random: Random, known: Known, enrolled: string): HousingFund['status'] {
  if (deathCancelled(known) !== null) return 'CLOSED'
  if (enrolled !== 'ENROLLED') return 'SEALED'
  return random.chance(0.01) ? 'FROZEN' : 'NORMAL'
}

interface Profession {
  readonly qualification: string
  readonly licence: string | null
  /** What the issuer is called after the city's name. */
  readonly issuer: string
  readonly number: (random: Random, known: Known, issued: string) => string
}

function plain(random: Random): string {
  return `ZG99${String(random.between(0, 9_999_999_999)).padStart(10, '0')}`
}

/** A physician's qualification ends in the ID number: year, province, grade, kind, number; 27 characters. */
function physician(_random: Random, { core }: Known, issued: string): string {
  return `${issued.slice(0, 4)}44110${core.document.idDocumentNumber}`
}

const PROFESSIONS: readonly Profession[] = [
  { qualification: '教师资格证', licence: null, issuer: '教育局', number: plain },
  {
    qualification: '护士执业资格考试成绩合格证明',
    licence: '护士执业证书',
    issuer: '卫生和计划生育局',
    number: plain,
  },
  { qualification: '医师资格证书', licence: '医师执业证书', issuer: '卫生和计划生育局', number: physician },
  { qualification: '法律职业资格证书', licence: '律师执业证', issuer: '司法局', number: plain },
  { qualification: '注册会计师全科合格证书', licence: '注册会计师证书', issuer: '财政局', number: plain },
]

/** A qualification and, for most professions that need one, the licence that followed it. */
export function certificates(random: Random, known: Known): readonly Certificate[] {
  const { core } = known
  if (!isResident(known) || age(core.birthDate) < 22 || !random.chance(0.09)) return []
  const profession = random.pickRanked(PROFESSIONS)
  const place = random.pick(PLACES)
  const issued = dayBetween(random, later(yearsLater(core.birthDate, 21), '1996-01-01'), lastDay(known))
  const common = {
    ...asHeld(random, core),
    issuer: `${cityOf(place.division)}${profession.issuer}`,
    issuerDivision: place.division,
    mark: random.between(60, 100),
  }
  const qualification: Certificate = {
    ...common,
    kind: 'QUALIFICATION',
    title: profession.qualification,
    number: profession.number(random, known, issued),
    issued,
    cancelled: null,
  }
  if (profession.licence === null || !random.chance(0.8)) return [qualification]
  const licensed = dayBetween(random, issued, lastDay(known))
  const cancelled = random.chance(0.08) ? dayBetween(random, licensed, lastDay(known)) : null
  const licence = { title: profession.licence, number: plain(random), issued: licensed, cancelled }
  return [qualification, { ...common, kind: 'LICENCE', ...licence }]
}
