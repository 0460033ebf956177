import { shifted } from './dates.ts'
import type { Sex } from './citizen.ts'
import type { Birth, Certificate, Credential, Death, HousingFund, ResidencePermit, Student } from './records.ts'

/*
 * Records of the demo people in the systems of residence permits, health, education, the housing fund and
 * qualifications: each a plain one, which demo-people.ts changes where somebody is there for a difference.
 */

/** What a record needs to know of a demo person. */
export interface Subject {
  readonly name: string
  readonly sex: Sex
  readonly birthDate: string
  readonly number: string
  readonly ethnicity: string
  /** Odd for men, even for women; tells the records of one person from another's. */
  readonly sequence: number
}

function held({ name, number }: Subject) {
  return { name, documentNumber: number }
}

function serial(of: Subject, length: number): string {
  return String(of.sequence).padStart(length, '0')
}

/** A residence permit in 惠城区, of somebody registered elsewhere. */
export function residencePermit(of: Subject): ResidencePermit {
  return {
    ...held(of),
    sex: of.sex,
    ethnicity: of.ethnicity,
    birthDate: of.birthDate,
    householdAddress: `广东省中山市石岐街道演示大道${of.sequence}号`,
    permitNumber: of.number,
    county: '441302',
    township: '441302911',
    address: `惠州市惠城区江北街道样例路${of.sequence}号3栋`,
    committee: '惠州市惠城区江北街道虚构第1居委会',
    policeStation: '惠州市公安局惠城区分局江北派出所',
    authority: '惠州市来惠人员服务管理办公室',
    authorityDivision: '441302',
    registered: '2019-03-04',
    issued: '2019-03-18',
    cancelled: null,
    phone: `100000${serial(of, 5)}`,
  }
}

/** The certificate of a birth in 中山. */
export function birth(of: Subject, mother: Subject, father: Subject | null): Birth {
  return {
    certificateNumber: `Z99${serial(of, 7)}`,
    newbornName: of.name,
    sex: of.sex,
    documentNumber: of.number,
    birthDate: of.birthDate,
    health: 'GOOD',
    grams: 3200,
    mother: held(mother),
    father: father === null ? null : held(father),
    issued: shifted(of.birthDate, 5),
    issuer: '中山市虚构第1人民医院',
  }
}

/** The certificate of a death at home in 中山. */
export function death(of: Subject, date: string, age: number): Death {
  return {
    ...held(of),
    certificateNumber: `44200099${serial(of, 7)}`,
    division: '442000',
    city: '中山市',
    county: null,
    sex: of.sex,
    ethnicity: of.ethnicity,
    birthDate: of.birthDate,
    date,
    age,
    residenceAddress: `中山市石岐街道演示大道${of.sequence}号`,
    householdAddress: `中山市石岐街道演示大道${of.sequence}号`,
    place: '家中',
    cause: '急性心肌梗死',
    occupation: '退(离)休人员',
    kin: { name: '王演示', phone: '10000000999', address: `中山市石岐街道演示大道${of.sequence}号` },
    physician: '陈医师',
    institution: '中山市虚构第1人民医院',
    officer: '李民警',
    policeStation: '中山市公安局石岐派出所',
  }
}

/** The record of a pupil of a secondary school in 中山. */
export function student(of: Subject, enrolled: string, changes: Partial<Student> = {}): Student {
  return {
    ...held(of),
    registrationNumber: `G${of.number}`,
    sex: of.sex,
    birthDate: of.birthDate,
    birthPlace: '442000',
    household: '中山市石岐街道',
    enrolled,
    school: '中山市虚构第1初级中学',
    schoolAddress: '中山市石岐街道样例路1号',
    exams: [{ what: '语文', date: shifted(enrolled, 130), result: 'A' }],
    skills: '书法',
    practice: '敬老服务',
    fitness: [{ what: '肺活量', date: shifted(enrolled, 40), result: '良好' }],
    checkups: [{ what: '视力', date: shifted(enrolled, 20), result: '轻度近视' }],
    vaccinations: [{ vaccine: '卡介苗', dose: 1, date: shifted(of.birthDate, 1) }],
    awards: [{ title: '三好学生', by: '中山市虚构第1初级中学', date: shifted(enrolled, 280) }],
    aid: [],
    completed: null,
    transfer: null,
    suspended: null,
    resumed: null,
    withdrawn: null,
    left: null,
    authority: '中山市教育局',
    authorityDivision: '442000',
    registered: enrolled,
    guardianPhone: '10000000998',
    ...changes,
  }
}

/** A bachelor's diploma and degree in engineering. */
export function credential(of: Subject, year: number): Credential {
  return {
    ...held(of),
    level: '21',
    major: '机械工程',
    diploma: `990011${year}05${serial(of, 6)}`,
    degree: { code: '408', conferred: `${year}-06-30`, by: '中山市虚构大学', number: `990014${year}${serial(of, 6)}` },
    meanMark: 85,
  }
}

/** An account to which the employer pays. */
export function housingFund(of: Subject, employer: string, registered: string): HousingFund {
  return { ...held(of), status: 'NORMAL', employer, registered, balance: 52_000 }
}

/** A physician's qualification, whose number ends in the ID number, and the licence. */
export function physician(of: Subject): readonly Certificate[] {
  const common = { ...held(of), issuer: '中山市卫生和计划生育局', issuerDivision: '442000', mark: 80, cancelled: null }
  return [
    { ...common, kind: 'QUALIFICATION', title: '医师资格证书', number: `201144110${of.number}`, issued: '2011-12-20' },
    { ...common, kind: 'LICENCE', title: '医师执业证书', number: `ZG99${serial(of, 10)}`, issued: '2012-05-15' },
  ]
}
