import { CITY_DATE } from './citizen.ts'
import { dayBetween, shifted, slipped } from './dates.ts'
import { asHeld, phone } from './facts.ts'
import { deathCancelled, isResident } from './known.ts'
import type { Known } from './known.ts'
import { cityOf, PLACES, STREETS } from './places.ts'
import type { Place } from './places.ts'
import type { Random } from './random.ts'
import type { Credential, Result, Student } from './records.ts'

/** The stages of school: how many years each, and what its schools are called. */
const STAGES = [
  { years: 6, school: '小学', subjects: ['语文', '数学', '英语', '科学'] },
  { years: 3, school: '初级中学', subjects: ['语文', '数学', '英语', '物理', '道德与法治'] },
  { years: 3, school: '高级中学', subjects: ['语文', '数学', '英语', '化学', '历史'] },
  { years: 4, school: '学院', subjects: ['高等数学', '大学英语', '专业基础'] },
] as const
type Stage = (typeof STAGES)[number]

/** Years of school until the last stage ends. */
const SCHOOL_YEARS = 16

/** The first of September on which a child of six goes to school. */
function firstYear(birthDate: string): number {
  return Number(birthDate.slice(0, 4)) + (birthDate.slice(5) > '08-31' ? 7 : 6)
}

/** School years begun by the city's day: 0 in the first, negative before it. */
function schoolYear(birthDate: string): number {
  return Number(CITY_DATE.slice(0, 4)) - firstYear(birthDate)
}

interface Attended {
  readonly stage: Stage
  readonly enrolled: string
  /** Null for who is still there. */
  readonly completed: string | null
}

/** The stage of school that somebody is in, or finished last; null for who is too young or whom no record reaches. */
function attended(random: Random, birthDate: string): Attended | null {
  const year = schoolYear(birthDate)
  if (year < 0 || year >= 36 || !random.chance(year < SCHOOL_YEARS ? 0.92 : 0.3)) return null
  const reached = random.chance(0.5) ? 4 : 3
  let begins = 0
  for (const [at, stage] of STAGES.entries()) {
    const ends = begins + stage.years
    const enrolled = `${firstYear(birthDate) + begins}-09-01`
    if (year < ends) return { stage, enrolled, completed: null }
    if (at + 1 === reached) return { stage, enrolled, completed: `${firstYear(birthDate) + ends}-06-30` }
    begins = ends
  }
  return null
}

/** A student record. In one of 100 the birth date slipped when it was typed: a planted conflict. */
export function student(random: Random, known: Known): Student | null {
  const { core } = known
  if (!isResident(known) || deathCancelled(known) !== null) return null
  const found = attended(random, core.birthDate)
  if (found === null) return null
  const place = random.pick(PLACES)
  const school = `${cityOf(place.division)}虚构第${random.between(1, 40)}${found.stage.school}`
  const until = found.completed ?? CITY_DATE
  const during = (): string => dayBetween(random, found.enrolled, until)
  return {
    ...asHeld(random, core),
    registrationNumber: random.chance(0.8)
      ? `G${core.document.idDocumentNumber}`
      : `L99${String(random.between(0, 9_999_999_999)).padStart(10, '0')}`,
    sex: core.sex,
    birthDate: random.chance(0.01) ? slipped(core.birthDate) : core.birthDate,
    birthPlace: place.division,
    household: known.household?.township ?? place.township,
    enrolled: found.enrolled,
    school,
    schoolAddress: `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号`,
    ...experiences(random, found.stage, core.birthDate, until, during),
    ...changes(random, school, found, during),
    completed: found.completed,
    authority: `${cityOf(place.division)}教育局`,
    authorityDivision: place.division,
    registered: found.enrolled,
    guardianPhone: phone(random),
  }
}

const GRADES = ['A', 'B', 'C', 'D'] as const
const SKILLS = ['篮球', '乒乓球', '书法', '合唱', '田径'] as const
const PRACTICES = ['社区图书整理', '敬老服务', '垃圾分类宣传'] as const
const VACCINES = ['卡介苗', '麻腮风疫苗', '脊髓灰质炎疫苗', '乙脑疫苗'] as const
const AWARDS = ['三好学生', '优秀学生干部', '科技创新作品奖'] as const
const AID = ['义务教育寄宿生生活补助', '普通高中国家助学金', '国家励志奖学金'] as const

type Experiences = Pick<
  Student,
  'exams' | 'skills' | 'practice' | 'fitness' | 'checkups' | 'vaccinations' | 'awards' | 'aid'
>

function experiences(random: Random, stage: Stage, born: string, until: string, during: () => string): Experiences {
  const exam = (what: string): Result => ({ what, date: during(), result: random.pickRanked(GRADES) })
  const test = (what: string, results: readonly string[]): Result => ({
    what,
    date: during(),
    result: random.pickRanked(results),
  })
  return {
    exams: stage.subjects.map(exam),
    skills: random.chance(0.4) ? random.pick(SKILLS) : null,
    practice: random.chance(0.5) ? random.pick(PRACTICES) : null,
    fitness: [test('肺活量', ['良好', '优秀', '及格']), test('50米跑', ['良好', '及格', '优秀'])],
    checkups: [test('视力', ['正常', '轻度近视', '中度近视'])],
    vaccinations: VACCINES.slice(0, random.between(1, VACCINES.length)).map((vaccine, at) => ({
      vaccine,
      dose: at === 0 ? 1 : random.between(1, 3),
      date: dayBetween(random, born, shifted(until, -1)),
    })),
    awards: random.chance(0.3) ? [{ title: random.pick(AWARDS), by: '虚构学校', date: during() }] : [],
    aid: random.chance(0.12) ? [aid(random, during())] : [],
  }
}

function aid(random: Random, from: string): Student['aid'][number] {
  return { kind: random.pick(AID), from, until: dayBetween(random, from) }
}

type Changes = Pick<Student, 'transfer' | 'suspended' | 'resumed' | 'withdrawn' | 'left'>

/** What happens to few: a transfer, a year's suspension, leaving before the end. */
function changes(random: Random, school: string, { completed }: Attended, during: () => string): Changes {
  const suspended = random.chance(0.02) ? during() : null
  const withdrawn = completed === null && random.chance(0.01) ? during() : null
  return {
    transfer: random.chance(0.08)
      ? { date: during(), from: `虚构外地第${random.between(1, 90)}学校`, to: school }
      : null,
    suspended,
    resumed: suspended === null ? null : dayBetween(random, suspended),
    withdrawn,
    left: withdrawn === null ? null : { date: withdrawn, reason: random.pick(['随家庭迁居', '身体原因', '务工']) },
  }
}

/** GB/T 4658 level, GB/T 6864 degree, years to it after school. */
const LEVELS = [
  { level: '21', degree: '408', years: 4 },
  { level: '31', degree: null, years: 3 },
  { level: '14', degree: '308', years: 7 },
] as const
const MAJORS = ['机械工程', '汉语言文学', '护理学', '会计学', '计算机科学与技术', '土木工程'] as const

/** The diploma of somebody who finished school; numbers carry 99001, which no institution has as its code. */
export function credentials(random: Random, known: Known): readonly Credential[] {
  const { core } = known
  const year = schoolYear(core.birthDate)
  if (!isResident(known) || deathCancelled(known) !== null || year < 19 || year > 45 || !random.chance(0.3)) return []
  const { level, degree, years } = random.pickRanked(LEVELS)
  const finished = firstYear(core.birthDate) + 12 + years
  const serial = String(random.between(0, 999_999)).padStart(6, '0')
  const conferred = {
    conferred: `${finished}-06-30`,
    by: `${cityOf(random.pick<Place>(PLACES).division)}虚构大学`,
    number: `990014${finished}${serial}`,
  }
  return [
    {
      ...asHeld(random, core),
      level,
      major: random.pick(MAJORS),
      diploma: `990011${finished}05${serial}`,
      degree: degree === null ? null : { code: degree, ...conferred },
      meanMark: random.between(60, 98),
    },
  ]
}
