import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, date, dateRange, text } from '../kit/decode.ts'
import { legalKeys } from '../kit/keys.ts'
import type { Department, Register } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

const byIdentifier = legalKeys('tyshxydm', 'zch')

/** 生产许可证 (production permits): one row a permit (HZ-30#04–07). */
const permits: Register = {
  type: 'ProductionPermit',
  at: 'scxkz',
  rows: 'MANY',
  ...byIdentifier,
  fields: {
    permitNumber: text('xkzh'),
    permitScope: text('xkfw'),
    validityPeriod: dateRange('yxq', '至'),
    permitIssueDate: date('bzrq'),
  },
}

/** 质量检测 (inspections): one row an approval with its inspection (HZ-30#01–03). */
const inspections: Register = {
  type: 'QualityInspection',
  at: 'zljc',
  rows: 'MANY',
  ...byIdentifier,
  fields: { approvalNumber: text('pzwh'), approvedContent: text('hznr'), inspectionDate: date('jcrq') },
}

/** 更新日志 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'gx_rz',
  column: 'gxsj',
  where: { column: 'gxjg', value: '1' },
  decode: beijingInstant,
}

/** Quality and technical supervision (质量技术监督部门): permits and inspections, SQL, daily. */
export const qualitySupervision: Department = {
  name: 'quality-supervision',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { productionPermits: permits, inspections },
  connect: async (options) => connectSql(options, 'quality-supervision/zjxk.db', loadTime),
}
