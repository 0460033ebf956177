import { connectSql } from '../kit/connect-sql.ts'
import { beijingInstant, date, text } from '../kit/decode.ts'
import { legalKeys } from '../kit/keys.ts'
import type { Department, Register } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql.ts'

/** 事业单位法人 (public institutions): one row an institution (HZ-34). */
const institutions: Register = {
  type: 'PublicInstitution',
  at: 'sydw_fr',
  rows: 'ONE',
  ...legalKeys('tyshxydm'),
  fields: {
    publicInstitutionCertificateNumber: text('zsh'),
    organisationName: text('dwmc'),
    organisationAddress: text('dwdz'),
    contactPhone: text('lxdh'),
    legalRepresentativeName: text('fddbr'),
    registrationDate: date('djrq'),
  },
}

/** 同步记录 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'tb_jl',
  column: 'tbsj',
  where: { column: 'tbzt', value: '1' },
  decode: beijingInstant,
}

/** Staffing commission (机构编制管理部门): public institutions, SQL, static. */
export const institutionStaffing: Department = {
  name: 'institution-staffing',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { publicInstitution: institutions },
  connect: async (options) => connectSql(options, 'institution-staffing/sydj.db', loadTime),
}
