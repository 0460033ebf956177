import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { calendarDate, code, date, decimal, legalEntityReference, standardCode, text, whole } from '../kit/decode.ts'
import { keyColumns, legalKeys, numbersOf, recordKey, waysOf } from '../kit/keys.ts'
import type { Department, Lookup, Register, Row } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestBatch, RestDialect } from '../kit/http/rest.ts'
import { narrowed, opened, shaped } from '../kit/http/rest-json.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

const planFields = {
  planCode: text('plan_code'),
  planName: text('plan_name'),
  planLevel: code('plan_level', { '1': 'OVERALL', '2': 'SPECIAL' }),
  startYear: whole('start_year'),
  endYear: whole('end_year'),
  approvedBy: text('approved_by'),
  approvedOn: date('approved_on'),
  status: code('plan_state', { '1': 'IN_FORCE', '2': 'ENDED' }),
}
const projectFields = {
  projectCode: text('project_code'),
  projectName: text('project_name'),
  industry: standardCode('industry_code', /^[A-T]\d{0,4}$/),
  procedure: code('procedure', { '1': 'APPROVAL', '2': 'VERIFICATION', '3': 'FILING' }),
  township: text('township'),
  stage: code('stage', { '1': 'DECLARED', '2': 'CLEARED', '3': 'UNDER_CONSTRUCTION', '4': 'COMPLETED' }),
  declaredOn: date('declared_on'),
  applicantIdentifier: text('applicant_code'),
  applicant: legalEntityReference('applicant_code'),
}
const energyFields = {
  facilityCode: text('facility_code'),
  facilityName: text('facility_name'),
  energyKind: text('energy_kind'),
  township: text('township'),
  capacity: decimal('capacity'),
  commissionedOn: date('commissioned_on'),
  status: code('facility_state', { '1': 'IN_OPERATION', '2': 'OUT_OF_OPERATION' }),
  operatorIdentifier: text('operator_code'),
  operator: legalEntityReference('operator_code'),
}

/** 规划 (plans). */
const plans: Register = {
  type: 'DevelopmentPlan',
  at: 'plan',
  rows: 'ONE',
  ...recordKey(planFields, 'planCode'),
  fields: planFields,
}
/** 项目 (projects). Who declared it stands in one column, by code or by registration number. */
const projects: Register = {
  type: 'InvestmentProject',
  at: 'project',
  rows: 'ONE',
  ...recordKey(projectFields, 'projectCode'),
  fields: projectFields,
}
const declared: Register = {
  type: 'InvestmentProject',
  at: 'project',
  rows: 'MANY',
  ...legalKeys('applicant_code', 'applicant_code'),
  fields: projectFields,
}
/** 能源 (energy). */
const energy: Register = {
  type: 'EnergyFacility',
  at: 'energy',
  rows: 'ONE',
  ...recordKey(energyFields, 'facilityCode'),
  fields: energyFields,
}
const operated: Register = {
  type: 'EnergyFacility',
  at: 'energy',
  rows: 'MANY',
  ...legalKeys('operator_code'),
  fields: energyFields,
}

/** Each interface calls its list by a name of its own. */
const LISTS: Readonly<Record<string, string>> = { plan: 'plans', project: 'projects', energy: 'facilities' }
/** As many rows as the platform gives at once. */
const PAGE = 20
/** The result that every reply has; lists stand beside it. */
const ENVELOPE = { outcome: 'infocode', result: 'as_of', done: ['10000'] } as const
/** What is empty is a list of nothing; what is not is a text, numbers too. */
const rowShape = z.record(z.string(), z.union([z.string(), z.array(z.never())]))
const counted = z.object({ count: z.string().regex(/^\d{1,9}$/), offset: z.string().regex(/^\d{1,9}$/) })

/** `YYYY年MM月DD日 HH时mm分` of the city's clock. */
function clock(value: string): string {
  const [, day, hour, minute] = /^(\S+) (\d{2})时(\d{2})分$/.exec(value) ?? []
  if (day === undefined) throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a time' })
  return `${calendarDate(day)}T${hour}:${minute}:00+08:00`
}

function read(reply: unknown, lookup: Lookup): RestBatch {
  const asOf = clock(opened(ENVELOPE, z.string(), reply))
  const { count, offset } = shaped(counted, reply)
  const list = LISTS[lookup.register.at] ?? ''
  const rows = shaped(z.looseObject({ [list]: z.array(rowShape) }), reply)[list] ?? []
  const next = Number(offset) + PAGE
  return {
    rows: rows.map((row) => narrowed(filled(row), lookup)),
    asOf,
    next: next < Number(count) ? String(next) : null,
    total: Number(count),
  }
}

/** A row in which nothing is nothing. */
function filled(row: z.infer<typeof rowShape>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  )
}

/** One column is filtered by; an identifier of a legal entity stands in it whichever kind it is. */
const dialect: RestDialect = {
  call({ register, columns, keys }, next) {
    const [column] = keyColumns(register)
    const values = [...new Set(waysOf(register).flatMap((way) => numbersOf(way, keys)))]
    const page = { offset: next ?? '0', limit: String(PAGE) }
    const body = { show_fields: columns.join('|'), filter_name: column, filter_values: values, ...page }
    return { path: `/tzxm/v2/${register.at}/search`, body }
  },
  read,
  status: { path: '/tzxm/v2/time', read: (reply) => clock(opened(ENVELOPE, z.string(), reply)) },
}

/** Development and reform (发展和改革部门): plans, projects, energy, REST, daily (HZ-35). */
export const developmentReform: Department = {
  name: 'development-reform',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { investmentProjects: declared, energyFacilities: operated },
  records: [plans, projects, energy],
  lookups: { developmentPlan: plans, investmentProject: projects, energyFacility: energy },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the approval platform for investment projects')
    const key = await secretOf(options.apiKey, options, 'development-reform/api-key')
    return restSource({ baseUrl, headers: { 'x-access-key': key }, dialect })
  },
}
