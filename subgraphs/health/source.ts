import { Failure } from '../../gateway/vocabulary/failure.ts'
import { connectSql } from '../kit/sql/connect-sql.ts'
import { combinedSource } from '../kit/combined.ts'
import { beijingInstant, code, date, personReference, standardCode, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import { numbersOf, storedTypes, waysOf } from '../kit/keys.ts'
import type { Department, FieldSource, Lookup, Register, RegisterKey } from '../kit/register.ts'
import { addressOf, usernameToken } from '../kit/secret.ts'
import { soapSource } from '../kit/http/soap.ts'
import type { SoapDialect } from '../kit/http/soap.ts'
import { elements, listOf, rowOf, soapInstant, zonedDate } from '../kit/http/soap-values.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

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
    birthDate: zonedDate('csrq'),
    certificateIssueDate: zonedDate('qfrq'),
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
    birthDate: zonedDate('csrq'),
    deathDate: zonedDate('swrq'),
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

/** 抽取日志 (loads of family planning): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'etl_rz',
  column: 'wcsj',
  where: { column: 'zt', value: '1' },
  decode: beijingInstant,
}

/** The service of the certificates: an operation for each kind, elements called as its columns. */
const dialect: SoapDialect = {
  call: (lookup) => ({
    operation: lookup.register.at === birth.at ? 'cxCsyxzm' : 'cxSwyxzm',
    elements: { zd: lookup.columns, ...ways(lookup) },
  }),
  read(reply, lookup) {
    const { sjsj, jl } = elements(reply)
    return { rows: listOf(jl).map((row) => rowOf(row, lookup)), asOf: soapInstant(sjsj) }
  },
  status: {
    call: { operation: 'cxSjsj', elements: {} },
    read: (reply) => soapInstant(elements(reply)['sjsj']),
  },
}

/** By which columns whom is asked for: a certificate of a birth names three persons, each by a column of its own. */
function ways({ register, keys }: Lookup): Readonly<Record<string, readonly string[]>> {
  const asked = waysOf(register).flatMap((way) => {
    const { documentType, number } = way
    const numbers = [number, numbersOf(way, keys)] as const
    return documentType.kind === 'CONSTANT'
      ? [numbers]
      : [[documentType.column, storedTypes(documentType, keys)] as const, numbers]
  })
  return Object.fromEntries(asked)
}

/** Health and family planning (卫生和计划生育行政部门): certificates of births and deaths over SOAP, real time; SQL. */
export const health: Department = {
  name: 'health',
  schema: new URL('schema.graphql', import.meta.url),
  links: { birth, births, death, familyPlanning },
  person: {},
  async connect(options) {
    const certificates = await soapSource({
      wsdl: new URL('yxzm.wsdl', import.meta.url),
      url: addressOf(options.soapUrl, 'the service of certificates'),
      token: await usernameToken(options, 'health', 'DIGEST'),
      dialect,
    })
    const planning = await connectSql(options, 'health/jhsy.db', loadTime)
    return combinedSource([
      { name: 'certificates', registers: [birth, births, death], source: certificates },
      { name: 'family planning', registers: [familyPlanning], source: planning },
    ])
  },
}
