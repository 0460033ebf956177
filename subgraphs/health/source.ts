import { Failure } from '../../gateway/vocabulary/failure.ts'
import { connectSql } from '../kit/connect-sql.ts'
import { beijingInstant, code, date, personReference, standardCode, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import type { Department, FieldSource, Register, RegisterKey } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql.ts'

const SEXES = { 男: '1', 女: '2', 未说明: '9' } as const

const key: RegisterKey = {
  documentType: { kind: 'COLUMN', column: 'zjlx', codes: GAT_517 },
  number: 'zjhm',
  oldNumbers: true,
}

/** The number of a parent; certificates name mother and father by resident ID numbers alone. */
function parentKey(number: string): RegisterKey {
  return { documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' }, number, oldNumbers: true }
}

/** Years, as a whole number. */
function years(column: string): FieldSource {
  const decode = (value: unknown): number => {
    const found = Number(value)
    if (Number.isInteger(found) && found >= 0 && found <= 150) return found
    throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a number of years' })
  }
  return { column, decode }
}

/** 出生医学证明 (certificates of births): the row of a child (HZ-21.2, HZ-28). */
const birth: Register = {
  type: 'BirthRecord',
  at: 'csyxzm',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: 'xse_zjlx', codes: GAT_517 },
    number: 'xse_zjhm',
    oldNumbers: false,
  },
  fields: {
    birthCertificateNumber: text('zmbh'),
    newbornName: text('xsexm'),
    newbornSex: code('xsexb', SEXES),
    newbornSexCode: standardCode('xsexb_dm', /^[0129]$/),
    newbornHealthStatus: text('jkzk'),
    newbornHealthStatusCode: standardCode('jkzk_dm', /^[1-9]$/),
    motherName: text('mqxm'),
    motherIdNumber: text('mqsfzh'),
    fatherName: text('fqxm'),
    fatherIdNumber: text('fqsfzh'),
    birthDate: date('csrq'),
    certificateIssueDate: date('qfrq'),
    certificateIssuer: text('qfdw'),
    idDocumentType: code('xse_zjlx', GAT_517),
    idDocumentNumber: text('xse_zjhm'),
    newborn: personReference('xse_zjhm'),
    mother: personReference('mqsfzh'),
    father: personReference('fqsfzh'),
  },
}

/** The same certificates, as those of a mother or of a father. */
const births: Register = { ...birth, rows: 'MANY', key: parentKey('mqsfzh'), otherKeys: [parentKey('fqsfzh')] }

/** 死亡医学证明 (certificates of deaths): one row a person (HZ-21.3). */
const death: Register = {
  type: 'DeathRecord',
  at: 'swyxzm',
  rows: 'ONE',
  key,
  fields: {
    divisionCode: standardCode('xzqhdm', /^\d{6}$/),
    provinceName: text('sheng'),
    cityName: text('shi'),
    countyName: text('xian'),
    deathCertificateNumber: text('zmbh'),
    deceasedName: text('xm'),
    sex: code('xb', SEXES),
    ethnicity: standardCode('mz', /^\d{2}$/),
    countryOrRegion: standardCode('gjdq', /^[A-Z]{3}$/),
    ageAtDeath: years('nl'),
    idDocumentType: code('zjlx', GAT_517),
    idDocumentNumber: text('zjhm'),
    usualResidenceAddress: text('czdz'),
    householdAddress: text('hjdz'),
    birthDate: date('csrq'),
    deathDate: date('swrq'),
    placeOfDeath: text('swdd'),
    causeOfDeath: text('swyy'),
    nextOfKinName: text('jsxm'),
    contactPhone: text('jsdh'),
    nextOfKinAddressOrEmployer: text('jszz'),
    physicianSignature: text('ysqm'),
    medicalInstitutionName: text('yljg'),
    policeOfficerSignature: text('mjqm'),
    policeStationName: text('pcs'),
  },
}

/** 计划生育 (family planning): one row a person (HZ-22, HZ-28). */
const familyPlanning: Register = {
  type: 'FamilyPlanningRecord',
  at: 'jhsy',
  rows: 'ONE',
  key,
  fields: {
    familyPlanningServiceCertificateNumber: text('fwzh'),
    migrantMarriageFertilityCertificateNumber: text('ldhyzh'),
    certificateReceiptDate: date('lzrq'),
    issuingAuthority: text('fzjg'),
    issuingAuthorityDivision: standardCode('fzjg_xzqh', /^\d{6}$/),
    name: text('xm'),
    idDocumentType: code('zjlx', GAT_517),
    idDocumentNumber: text('zjhm'),
  },
}

/** 抽取日志 (loads of the replica): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'etl_rz',
  column: 'wcsj',
  where: { column: 'zt', value: '1' },
  decode: beijingInstant,
}

/** Health and family planning (卫生和计划生育行政部门): births, deaths, family planning; SQL, real time. */
export const health: Department = {
  name: 'health',
  schema: new URL('schema.graphql', import.meta.url),
  links: { birth, births, death, familyPlanning },
  person: {},
  connect: async (options) => connectSql(options, 'health/wsjs.db', loadTime),
}
