import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { beijingInstant, code, date, standardCode, text } from '../kit/decode.ts'
import { keyColumns, storedNumbers, storedTypes } from '../kit/keys.ts'
import type {
  CountLookup,
  Counts,
  Department,
  Lookup,
  Register,
  RegisterKey,
  RegisterStatistics,
} from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestDialect } from '../kit/http/rest.ts'

const DOCUMENT_CODES = {
  '01': 'RESIDENT_ID',
  '04': 'HMT_PERMIT',
  '07': 'FOREIGNER_PERMANENT_RESIDENCE',
  '08': 'PASSPORT',
  '12': 'HMT_RESIDENCE_PERMIT',
  '99': 'OTHER',
} as const

/** AAC058 kind and AAE135 number of the document; some numbers still have 15 digits. */
const key: RegisterKey = {
  documentType: { kind: 'COLUMN', column: 'aac058', codes: DOCUMENT_CODES },
  number: 'aae135',
  oldNumbers: true,
}

/** The matching items that go with every record about a person (HZ-28). */
const matching = {
  name: text('aac003'),
  idDocumentType: code('aac058', DOCUMENT_CODES),
  idDocumentNumber: text('aae135'),
}

/** AC02, 参保信息 (enrolments): one row for each insurance of a person (HZ-23.2#01–10). */
const enrolments: Register = {
  type: 'SocialInsuranceEnrolment',
  at: 'ac02',
  rows: 'MANY',
  key,
  fields: {
    enrolmentStatus: code('aac008', { '1': 'ENROLLED', '2': 'SUSPENDED', '3': 'TERMINATED' }),
    socialInsuranceNumber: text('aac001'),
    insuranceType: standardCode('aae140', /^\d{3}$/),
    enrolmentDate: date('aac030'),
    terminationDate: date('aae041'),
    employerName: text('aab004'),
    employerSocialInsuranceNumber: text('aab001'),
    registrationAuthority: text('aab359'),
    registrationAuthorityDivision: standardCode('aab301', /^\d{6}$/),
    registrationDate: date('aae036'),
    ...matching,
  },
}

/** Enrolments by kind, status and division. A person has one for each of five insurances: fifty are ten persons. */
const enrolmentStatistics: RegisterStatistics = {
  register: enrolments,
  dimensions: {
    INSURANCE_TYPE: 'insuranceType',
    ENROLMENT_STATUS: 'enrolmentStatus',
    REGISTRATION_DIVISION: 'registrationAuthorityDivision',
  },
  minimum: 50,
}

/** AC08, 专业技术职务 (professional titles): one row for each title of a person (HZ-23.2#11–16). */
const titles: Register = {
  type: 'ProfessionalTitle',
  at: 'ac08',
  rows: 'MANY',
  key,
  fields: {
    professionalTitleQualification: text('zc_mc'),
    qualificationDate: date('zc_qdsj'),
    appointedPositionName: text('pr_zwmc'),
    appointingUnit: text('pr_dw'),
    appointingUnitDivision: standardCode('pr_dwxzqh', /^\d{6}$/),
    appointmentDate: date('pr_sj'),
    ...matching,
  },
}

/** The old system answers 200 for everything and tells the outcome in its envelope. */
const envelope = z.object({ code: z.number(), data: z.unknown() })
const page = z.object({ dataTime: z.string(), rows: z.array(z.record(z.string(), z.unknown())) })
const counted = z.object({
  dataTime: z.string(),
  rows: z.array(z.looseObject({ sl: z.int().nonnegative() })),
})
const clock = z.object({ dataTime: z.string() })

const dialect: RestDialect = {
  call(lookup) {
    const { register, columns, keys } = lookup
    return {
      path: `/ywcx/v1/${register.at}/batch?fields=${columns.join(',')}`,
      body: { aac058: storedTypes(register.key.documentType, keys), aae135: storedNumbers(register, keys) },
    }
  },
  read(reply, lookup) {
    const { dataTime, rows } = parsed(page, opened(reply))
    return { rows: rows.map((row) => narrowed(row, lookup)), asOf: beijingInstant(dataTime) }
  },
  statistics: {
    path: ({ register, columns }) => `/ywcx/v1/${register.at}/tj?fields=${columns.join(',')}`,
    read: readCounts,
  },
  status: { path: '/ywcx/v1/sjsj', read: (reply) => beijingInstant(parsed(clock, opened(reply)).dataTime) },
}

function readCounts(reply: unknown, { columns }: CountLookup): Counts {
  const { dataTime, rows } = parsed(counted, opened(reply))
  const groups = rows.map((row) => ({
    row: Object.fromEntries(columns.map((column) => [column, row[column]])),
    count: row.sl,
  }))
  return { groups, asOf: beijingInstant(dataTime) }
}

function opened(reply: unknown): unknown {
  const { code: outcome, data } = parsed(envelope, reply)
  if (outcome !== 0) throw new Failure('SOURCE_UNAVAILABLE', { detail: `The system answered with its code ${outcome}` })
  return data
}

function parsed<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw new Failure('SOURCE_INVALID', { detail: 'The envelope of the reply has another shape' })
}

/** Whatever else the system might add to a row stays outside. */
function narrowed(row: Readonly<Record<string, unknown>>, { register, columns }: Lookup) {
  if (keyColumns(register).some((column) => typeof row[column] !== 'string')) {
    throw new Failure('SOURCE_INVALID', { detail: 'A row of the reply names no person' })
  }
  return Object.fromEntries(columns.map((column) => [column, row[column]]))
}

/** Human resources and social security (人力资源和社会保障部门): enrolments and titles, REST, real time. */
export const humanResources: Department = {
  name: 'human-resources-social-security',
  schema: new URL('schema.graphql', import.meta.url),
  links: { socialInsurance: enrolments, professionalTitles: titles },
  person: {},
  statistics: { enrolmentStatistics },
  async connect({ dataDirectory, apiUrl, apiKey }) {
    if (apiUrl === undefined) {
      throw new Failure('SOURCE_UNAVAILABLE', { detail: 'The URL of the human resources system is not configured' })
    }
    const path = join(dataDirectory, 'human-resources', 'api-key')
    const secret = apiKey ?? (await readFile(path, 'utf8')).trim()
    return restSource({ baseUrl: apiUrl, headers: { 'x-api-key': secret }, dialect })
  },
}
