import { join } from 'node:path'
import { combinedSource } from '../kit/combined.ts'
import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, code, date, records, standardCode, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import type { Drop, DropTable } from '../kit/drop/drop.ts'
import { fileSource } from '../kit/drop/file.ts'
import type { Department, FieldSource, Register, RegisterKey } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

const key: RegisterKey = {
  documentType: { kind: 'COLUMN', column: 'zjlx', codes: GAT_517 },
  number: 'zjhm',
  oldNumbers: true,
}

const numbered = { idDocumentType: code('zjlx', GAT_517), idDocumentNumber: text('zjhm') }

/** Results of tests and check-ups, which the register keeps as a list in one cell. */
function healthRecords(column: string): FieldSource {
  return records(column, { examination: text('xm'), date: date('rq'), result: text('jg') })
}

/** 学籍信息 (student records): one row a person (HZ-24#01–26, #34–36, HZ-28). */
const students: Register = {
  type: 'StudentRecord',
  at: 'xs_xjxx',
  rows: 'ONE',
  key,
  fields: {
    studentRegistrationNumber: text('xjh'),
    studentName: text('xm'),
    sex: standardCode('xb', /^[0129]$/),
    birthDate: date('csrq'),
    birthPlace: standardCode('csd', /^\d{6}$/),
    householdLocation: text('hkszd'),
    enrolmentDate: date('rxrq'),
    schoolName: text('xxmc'),
    schoolAddress: text('xxdz'),
    academicExamRecords: records('ksjl', { subject: text('xm'), date: date('rq'), grade: text('jg') }),
    sportsAndArtsSkills: text('tctc'),
    communityServiceAndSocialPractice: text('shsj'),
    physicalFitnessTests: healthRecords('tzcs'),
    healthCheckups: healthRecords('jktj'),
    vaccinationRecords: records('yfjz', { vaccine: text('ymmc'), dose: text('jc'), date: date('jzrq') }),
    awards: records('hjjl', { title: text('jxmc'), awardedBy: text('sjdw'), date: date('hjrq') }),
    financialAidRecords: records('zzjl', { kind: text('zzlb'), from: date('qsrq'), until: date('jzrq') }),
    completionDate: date('byrq'),
    completionSchool: text('byxx'),
    transferDate: date('zxrq'),
    transferFromSchool: text('zcxx'),
    transferToSchool: text('zrxx'),
    suspensionDate: date('xxrq'),
    resumptionDate: date('fxrq'),
    withdrawalDate: date('txrq'),
    leavingDate: date('lxrq'),
    leavingReason: text('lxyy'),
    registrationAuthority: text('djjg'),
    registrationAuthorityDivision: standardCode('djjg_xzqh', /^\d{6}$/),
    registrationDate: date('djrq'),
    ...numbered,
  },
}

/** 学历学位信息 (credentials): one row a diploma (HZ-24#27–33, HZ-28). */
const credentials: Register = {
  type: 'AcademicCredential',
  at: 'xlxw',
  rows: 'MANY',
  key,
  fields: {
    educationLevel: standardCode('xl', /^\d{2}$/),
    major: text('zy'),
    diplomaNumber: text('byzsh'),
    academicDegree: standardCode('xw', /^\d{1,3}$/),
    degreeConferralDate: date('xwsyrq'),
    degreeConferringInstitution: text('xwsydw'),
    degreeCertificateNumber: text('xwzsh'),
    name: text('xm'),
    ...numbered,
  },
}

/** 数据交换日志 (loads): the data are those of the last exchange that ended well. */
const loadTime: LoadTime = {
  table: 'sjjh_rz',
  column: 'jhsj',
  where: { column: 'jhzt', value: '1' },
  decode: beijingInstant,
}

const diplomas: DropTable = {
  register: credentials,
  columns: {
    姓名: 'xm',
    证件类型: 'zjlx',
    证件号码: 'zjhm',
    学历: 'xl',
    专业: 'zy',
    毕业证书号: 'byzsh',
    学位: 'xw',
    学位授予日期: 'xwsyrq',
    学位授予单位: 'xwsydw',
    学位证书号: 'xwzsh',
  },
  unique: ['zjhm', 'byzsh'],
}

/** What universities and research institutes drop, each at its own time. */
const drops: readonly Drop[] = [
  { prefix: 'zsdx', tables: [{ ...diplomas, sheet: '学历学位' }] },
  { prefix: 'hzdx', tables: [diplomas] },
  { prefix: 'kyjg', tables: [diplomas] },
]

/** Education (教育行政部门): student records, SQL, daily; academic credentials, file drops of the institutions, monthly. */
export const education: Department = {
  name: 'education',
  schema: new URL('schema.graphql', import.meta.url),
  links: { student: students, credentials },
  person: {},
  async connect(options) {
    const { dataDirectory, directory = join(dataDirectory, 'education'), workDirectory, clock } = options
    const register = await connectSql(options, 'education/xjgl.db', loadTime)
    const institutions = await fileSource({ folder: directory, drops, workDirectory, clock })
    return combinedSource([
      { name: 'student register', registers: [students], source: register },
      { name: 'institutions', registers: [credentials], source: institutions },
    ])
  },
}
