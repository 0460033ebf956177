import { join } from 'node:path'
import { code, date, standardCode, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import type { Drop, DropTable } from '../kit/drop/drop.ts'
import { fileSource } from '../kit/drop/file.ts'
import type { Department, Register, RegisterKey } from '../kit/register.ts'

const key: RegisterKey = {
  documentType: { kind: 'COLUMN', column: 'zjlx', codes: GAT_517 },
  number: 'zjhm',
  oldNumbers: true,
}

/** What both kinds of certificate have (HZ-27#05–08, HZ-28). */
const common = {
  issuingDepartment: text('fzbm'),
  issuingDepartmentDivision: standardCode('fzbm_xzqh', /^\d{6}$/),
  issueDate: date('fzrq'),
  cancellationDate: date('zxrq'),
  name: text('xm'),
  idDocumentType: code('zjlx', GAT_517),
  idDocumentNumber: text('zjhm'),
}

/** 资格证书 (qualification certificates): one row a certificate (HZ-27#01, #02). */
const qualifications: Register = {
  type: 'QualificationCertificate',
  at: 'zgzs',
  rows: 'MANY',
  key,
  fields: { qualificationCertificateName: text('zsmc'), qualificationCertificateNumber: text('zsbh'), ...common },
}

/** 执业证书 (practice licences): one row a licence (HZ-27#03, #04). */
const practiceLicences: Register = {
  type: 'PracticeLicence',
  at: 'zyzs',
  rows: 'MANY',
  key,
  fields: { practiceLicenceName: text('zsmc'), practiceLicenceNumber: text('zsbh'), ...common },
}

/** Headings of the workbooks of health and finance. */
const BOOK = {
  姓名: 'xm',
  证件类型代码: 'zjlx',
  证件号码: 'zjhm',
  证书名称: 'zsmc',
  证书编号: 'zsbh',
  发证部门: 'fzbm',
  发证部门区划: 'fzbm_xzqh',
  发证日期: 'fzrq',
  注销日期: 'zxrq',
} as const

const TEACHERS = {
  持证人: 'xm',
  证件类型: 'zjlx',
  证件号码: 'zjhm',
  资格种类: 'zsmc',
  证书号码: 'zsbh',
  认定机构: 'fzbm',
  认定机构区划: 'fzbm_xzqh',
  认定日期: 'fzrq',
  注销日期: 'zxrq',
} as const

/** A certificate that stands twice in one file would be two certificates of its holder. */
const unique = ['zjhm', 'zsbh'] as const

const book: readonly DropTable[] = [
  { register: qualifications, sheet: '资格证书', columns: BOOK, unique },
  { register: practiceLicences, sheet: '执业证书', columns: BOOK, unique },
]

/** What the issuers drop, each at its own time and in its own way. */
const drops: readonly Drop[] = [
  { prefix: 'wsjk', tables: book },
  { prefix: 'czj', tables: book },
  { prefix: 'sfzg', tables: [{ register: qualifications, unique }] },
  { prefix: 'sfzy', tables: [{ register: practiceLicences, unique }] },
  { prefix: 'jszg', encoding: 'GBK', tables: [{ register: qualifications, columns: TEACHERS, unique }] },
]

/** Issuers of professional qualifications (有权颁发职业资格证书和执业证书的行政机关和组织): certificates, file drops, quarterly. */
export const professionalQualifications: Department = {
  name: 'professional-qualifications',
  schema: new URL('schema.graphql', import.meta.url),
  links: { qualifications, practiceLicences },
  person: {},
  connect: ({ dataDirectory, directory = join(dataDirectory, 'professional-qualifications'), workDirectory, clock }) =>
    fileSource({ folder: directory, drops, workDirectory, clock }),
}
