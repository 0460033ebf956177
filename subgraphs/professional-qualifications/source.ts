import { connectSql } from '../kit/connect-sql.ts'
import { beijingInstant, code, date, standardCode, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import type { Department, Register, RegisterKey } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql.ts'

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

/** 汇总记录 (loads from the issuing bodies): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'hzjl',
  column: 'hzsj',
  where: { column: 'hzzt', value: '1' },
  decode: beijingInstant,
}

/** Issuers of professional qualifications (有权颁发职业资格证书和执业证书的行政机关和组织): certificates, SQL, quarterly. */
export const professionalQualifications: Department = {
  name: 'professional-qualifications',
  schema: new URL('schema.graphql', import.meta.url),
  links: { qualifications, practiceLicences },
  person: {},
  connect: async (options) => connectSql(options, 'professional-qualifications/zgzs.db', loadTime),
}
