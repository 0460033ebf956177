import { from15, to15 } from '../gateway/vocabulary/id-number.ts'
import type { Citizen, Disability, Enrolment, Household, PersonKey, Sex, SocialSecurity, Title } from './citizen.ts'
import * as records from './demo-records.ts'
import { residentNumber } from './identity.ts'
import { PLACES } from './places.ts'
import { NO_RECORDS } from './records.ts'

/*
 * A few people who are in every city, whatever its size and seed, each for one thing to be shown or tested. Their
 * divisions 442090 and 441390 were never assigned, so their numbers are nobody's.
 */

interface Sketch {
  readonly name: string
  readonly sex: Sex
  readonly birthDate: string
  readonly division: '442090' | '441390'
  /** Odd for men, even for women. */
  readonly sequence: number
  readonly ethnicity?: string
}

interface Person extends Sketch {
  readonly document: PersonKey
}

function person(sketch: Sketch): Person {
  const number = residentNumber(sketch.division, sketch.birthDate, sketch.sequence)
  return { ...sketch, document: { idDocumentType: 'RESIDENT_ID', idDocumentNumber: number } }
}

/** As the records of demo-records.ts take a person. */
function subject(of: Person): records.Subject {
  return { ...of, number: of.document.idDocumentNumber, ethnicity: of.ethnicity ?? '01' }
}

function household(of: Person, changes: Partial<Household> = {}): Household {
  const city = of.division === '442090' ? '中山市' : '惠州市'
  const place = PLACES.find(({ township }) => township.startsWith(city))
  if (place === undefined) throw new Error(`No place in ${city}`)
  return {
    name: of.name,
    sex: of.sex,
    ethnicity: of.ethnicity ?? '01',
    division: place.division,
    township: place.township,
    address: `${place.township}演示大道${of.sequence}号`,
    policeStation: place.policeStation,
    photoFile: `de30${String(of.sequence).padStart(20, '0')}`,
    phone: `100000${String(of.sequence).padStart(5, '0')}`,
    cancelled: null,
    ...changes,
  }
}

const EMPLOYER = { name: '中山市示范电子第1有限公司', number: '994420000001' }

function enrolment(insuranceType: string, from: string, changes: Partial<Enrolment> = {}): Enrolment {
  return {
    status: 'ENROLLED',
    insuranceType,
    from,
    until: null,
    employer: EMPLOYER,
    authority: '中山市社会保险基金管理局',
    authorityDivision: '442000',
    registered: from,
    contributionBase: 8600,
    ...changes,
  }
}

function socialSecurity(
  of: Person,
  enrolments: readonly Enrolment[],
  changes: Partial<SocialSecurity> = {},
): SocialSecurity {
  const { idDocumentNumber } = of.document
  return {
    name: of.name,
    documentNumber: idDocumentNumber,
    insuranceNumber: idDocumentNumber,
    enrolments,
    titles: [],
    ...changes,
  }
}

function disability(of: Person, issued: string, changes: Partial<Disability> = {}): Disability {
  return {
    name: of.name,
    documentNumber: of.document.idDocumentNumber,
    certificateNumber: `${of.document.idDocumentNumber}43`,
    category: '4',
    degree: '3',
    authority: '中山市残疾人联合会',
    authorityDivision: '442000',
    issued,
    phone: `100000${String(of.sequence).padStart(5, '0')}`,
    cancelled: null,
    ...changes,
  }
}

function citizen(of: Person, known: Partial<Citizen>): Citizen {
  const { document, name, sex, birthDate } = of
  const nothing = { household: null, socialSecurity: null, disability: null, ...NO_RECORDS }
  return { document, name, sex, birthDate, ...nothing, ...known }
}

const engineer: Title = {
  qualification: '高级工程师',
  obtained: '2019-12-10',
  appointment: { position: '研发部主任', unit: '中山市样例第1事业单位', unitDivision: '442000', date: '2020-03-01' },
}

const ouyang = person({ name: '欧阳静怡', sex: '2', birthDate: '1985-06-15', division: '442090', sequence: 28 })
const li = person({ name: '李安', sex: '1', birthDate: '1992-11-03', division: '441390', sequence: 31 })
const wang = person({ name: '王建国', sex: '1', birthDate: '1949-10-08', division: '442090', sequence: 7 })
const zhou = person({ name: '周敏', sex: '2', birthDate: '1988-02-29', division: '441390', sequence: 42 })
const chen = person({ name: '陈秀英', sex: '2', birthDate: '1956-03-21', division: '442090', sequence: 16 })
const ayi = person({
  name: '阿依古丽·买买提',
  sex: '2',
  birthDate: '1979-07-01',
  division: '442090',
  sequence: 54,
  ethnicity: '05',
})
const sima = person({ name: '司马𫖯', sex: '1', birthDate: '1971-01-19', division: '441390', sequence: 63 })
const zhuge = person({ name: '诸葛远', sex: '1', birthDate: '1966-09-30', division: '442090', sequence: 75 })
const sample: Person = {
  ...person({ name: 'SAMPLE MARIA', sex: '2', birthDate: '1990-05-05', division: '442090', sequence: 88 }),
  document: { idDocumentType: 'PASSPORT', idDocumentNumber: 'ZZ99990001' },
}

const zhao = person({ name: '赵明轩', sex: '1', birthDate: '1984-04-18', division: '442090', sequence: 95 })
const newborn = person({ name: '赵一诺', sex: '2', birthDate: '2026-09-12', division: '442090', sequence: 102 })
const lin = person({ name: '林小禾', sex: '2', birthDate: '2012-03-08', division: '441390', sequence: 116 })

const he = person({ name: '何桂兰', sex: '2', birthDate: '1964-03-02', division: '441390', sequence: 124 })

/** The 15-digit number under which the older systems still hold somebody. */
function oldNumber(of: Person): string {
  const old = to15(of.document.idDocumentNumber)
  if (old === null || from15(old) !== of.document.idDocumentNumber) throw new Error(`${of.name} has no 15-digit number`)
  return old
}

/** People with known properties, by what they are there for. */
export const demoPeople = {
  /** In all three systems: five insurances, a title, a valid disability certificate. Compound surname. */
  allThree: citizen(ouyang, {
    household: household(ouyang),
    socialSecurity: socialSecurity(
      ouyang,
      ['110', '210', '310', '410', '510'].map((type) => enrolment(type, '2008-07-01')),
      { titles: [engineer] },
    ),
    disability: disability(ouyang, '2021-04-12'),
    credentials: [records.credential(subject(ouyang), 2007)],
    housingFund: records.housingFund(subject(ouyang), EMPLOYER.name, '2008-08-01'),
  }),
  /** Known to public security only. */
  publicSecurityOnly: citizen(li, { household: household(li) }),
  /** Household cancelled by death, every enrolment ended on that day; the death was four days before. */
  deceased: citizen(wang, {
    household: household(wang, {
      cancelled: {
        division: '442000',
        policeStation: '中山市公安局石岐派出所',
        date: '2024-05-06',
        reason: 'DECEASED',
      },
    }),
    socialSecurity: socialSecurity(wang, [
      enrolment('110', '1996-01-01', { status: 'TERMINATED', until: '2024-05-06', employer: null }),
    ]),
    death: records.death(subject(wang), '2024-05-02', 74),
  }),
  /** Household cancelled by moving away; still insured here, and has a residence permit. */
  movedOut: citizen(zhou, {
    household: household(zhou, {
      cancelled: {
        division: '441302',
        policeStation: '惠州市公安局惠城区分局江北派出所',
        date: '2025-08-20',
        reason: 'MOVED_OUT',
      },
    }),
    socialSecurity: socialSecurity(zhou, [enrolment('310', '2011-09-01')]),
    residencePermit: records.residencePermit(subject(zhou)),
  }),
  /** Held under the 15-digit number by human resources and by the federation. */
  oldNumber: citizen(chen, {
    household: household(chen),
    socialSecurity: socialSecurity(chen, [enrolment('110', '1998-03-01'), enrolment('310', '2001-01-01')], {
      documentNumber: oldNumber(chen),
      insuranceNumber: oldNumber(chen),
    }),
    disability: disability(chen, '2012-02-02', { documentNumber: oldNumber(chen) }),
  }),
  /**
   * Three systems, three forms of the name; a sex in the registration that contradicts the ID number; and a birth date
   * that education has with day and month changed over, against the residence permit.
   */
  conflicting: citizen(ayi, {
    household: household(ayi, { sex: '1' }),
    socialSecurity: socialSecurity(ayi, [enrolment('110', '2004-02-01'), enrolment('310', '2004-02-01')], {
      name: '阿依古丽.买买提',
    }),
    disability: disability(ayi, '2015-10-15', { name: '阿依古丽买买提' }),
    residencePermit: records.residencePermit(subject(ayi)),
    student: records.student(subject(ayi), '1991-09-01', { birthDate: '1979-01-07', completed: '1994-06-30' }),
  }),
  /** A character outside the Basic Multilingual Plane, which human resources could not write. */
  rareName: citizen(sima, {
    household: household(sima),
    socialSecurity: socialSecurity(sima, [enrolment('110', '1996-05-01')], { name: '司马？' }),
    disability: disability(sima, '2018-06-06'),
  }),
  /** A cancelled disability certificate. */
  certificateCancelled: citizen(zhuge, {
    household: household(zhuge),
    disability: disability(zhuge, '2010-01-11', {
      cancelled: {
        reason: '本人申请',
        authority: '中山市残疾人联合会',
        authorityDivision: '442000',
        date: '2023-12-25',
      },
    }),
  }),
  /** Works here with a foreign passport; has no household registration. */
  passportHolder: citizen(sample, {
    socialSecurity: socialSecurity(sample, [enrolment('110', '2022-03-01'), enrolment('410', '2022-03-01')], {
      insuranceNumber: 'S900000001',
    }),
  }),
  /** A father of a newborn, the mother being `allThree`; a physician with an account of the housing fund. */
  parent: citizen(zhao, {
    household: household(zhao),
    housingFund: records.housingFund(subject(zhao), '中山市虚构第1人民医院', '2012-06-01'),
    certificates: records.physician(subject(zhao)),
  }),
  /** Born in September 2026; birth record with both parents, household with them. */
  newborn: citizen(newborn, {
    household: household(newborn),
    birth: records.birth(subject(newborn), subject(ouyang), subject(zhao)),
  }),
  /** In her third year of a secondary school; born to `movedOut`, with no father on record. */
  student: citizen(lin, {
    household: household(lin),
    birth: records.birth(subject(lin), subject(zhou), null),
    student: records.student(subject(lin), '2024-09-01'),
  }),
  /**
   * Draws her pension soon: permit and an old school record have two birth dates and two spellings of the name, and there
   * is neither a birth record nor a household here that would settle it (S16).
   */
  twoBirthDates: citizen(he, {
    socialSecurity: socialSecurity(he, [enrolment('110', '1998-05-01')]),
    residencePermit: records.residencePermit(subject(he)),
    student: records.student(subject(he), '1976-09-01', {
      name: '何贵兰',
      birthDate: '1964-03-20',
      completed: '1979-06-30',
    }),
  }),
} as const satisfies Readonly<Record<string, Citizen>>

export type DemoPerson = keyof typeof demoPeople
