import { join } from 'node:path'
import { code, date, standardCode, text } from '../kit/decode.ts'
import { fileSource } from '../kit/drop/file.ts'
import type { Department, Register, RegisterStatistics } from '../kit/register.ts'

const DOCUMENT_NAMES = {
  居民身份证: 'RESIDENT_ID',
  护照: 'PASSPORT',
  港澳台居民来往内地通行证: 'HMT_PERMIT',
  港澳台居民居住证: 'HMT_RESIDENCE_PERMIT',
  外国人永久居留身份证: 'FOREIGNER_PERMANENT_RESIDENCE',
  其他: 'OTHER',
} as const

/** 残疾人登记 (register of disabled persons): the monthly drop, one row a certificate (HZ-25, HZ-28). */
export const certificates: Register = {
  type: 'DisabilityCertificate',
  at: 'cjrdj',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: '证件类型', codes: DOCUMENT_NAMES },
    number: '证件号码',
    oldNumbers: true,
  },
  fields: {
    disabilityCertificateNumber: text('残疾人证号'),
    issuingAuthority: text('发证机关'),
    issuingAuthorityDivision: standardCode('发证机关区划', /^\d{6}$/),
    issueDate: date('发证日期'),
    cancellationReason: text('注销原因'),
    cancellingAuthority: text('注销机关'),
    cancellingAuthorityDivision: standardCode('注销机关区划', /^\d{6}$/),
    cancellationDate: date('注销日期'),
    name: text('姓名'),
    idDocumentType: code('证件类型', DOCUMENT_NAMES),
    idDocumentNumber: text('证件号码'),
  },
}

/** Certificates by the authority that issued them, and its division. */
const disabilityCertificateStatistics: RegisterStatistics = {
  register: certificates,
  dimensions: { ISSUING_AUTHORITY: 'issuingAuthority', ISSUING_DIVISION: 'issuingAuthorityDivision' },
  within: { ISSUING_AUTHORITY: 'ISSUING_DIVISION' },
}

/** Disabled persons' federation (残疾人联合会): certificates, file drop, monthly. */
export const disabledPersons: Department = {
  name: 'disabled-persons',
  schema: new URL('schema.graphql', import.meta.url),
  links: { disability: certificates },
  person: {},
  statistics: { disabilityCertificateStatistics },
  connect: ({ dataDirectory, directory = join(dataDirectory, 'disabled-persons', 'drop'), workDirectory, clock }) =>
    fileSource({ folder: directory, registers: [certificates], workDirectory, clock }),
}
