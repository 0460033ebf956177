import { join } from 'node:path'
import { date, text } from '../kit/decode.ts'
import type { Drop } from '../kit/drop/drop.ts'
import { fileSource } from '../kit/drop/file.ts'
import { legalKeys } from '../kit/keys.ts'
import type { Department, Register } from '../kit/register.ts'

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

/** The workbook: a title, then headings in two rows. */
const drop: Drop = {
  prefix: 'sydw',
  tables: [
    {
      register: institutions,
      sheet: '事业单位',
      titleRows: 1,
      headerRows: 2,
      columns: {
        统一社会信用代码: 'tyshxydm',
        证书号: 'zsh',
        '单位/名称': 'dwmc',
        '单位/地址': 'dwdz',
        '单位/联系电话': 'lxdh',
        '法定代表人/姓名': 'fddbr',
        '登记/日期': 'djrq',
      },
    },
  ],
}

/** Staffing commission (机构编制管理部门): public institutions, file drop, static. */
export const institutionStaffing: Department = {
  name: 'institution-staffing',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { publicInstitution: institutions },
  connect: ({ dataDirectory, directory = join(dataDirectory, 'institution-staffing'), workDirectory, clock }) =>
    fileSource({ folder: directory, drops: [drop], workDirectory, clock }),
}
