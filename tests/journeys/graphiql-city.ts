import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { buildSchema, graphql } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { createConsole } from '../../gateway/http/graphiql.ts'
import type { ConsoleSettings } from '../../gateway/http/graphiql.ts'

const PERSON = `
  scalar IdNumber
  enum IdDocumentType { RESIDENT_ID }
  type Query { person(idDocumentType: IdDocumentType!, idDocumentNumber: IdNumber!): Person }
  type Household { name: String citizenIdNumber: IdNumber householdTownship: String registrationStatus: String photo: String }
  type SocialInsurance { enrolmentStatus: String insuranceType: String employerName: String enrolmentDate: String }
`

/** What each department may see: two views, so that a schema read without headers, or with old ones, shows. */
const VIEWS: Readonly<Record<string, GraphQLSchema>> = {
  housing: buildSchema(`${PERSON}
    type Person {
      household: Household
      """
      社会保险参保 Enrolment in social insurance
      【有条件共享 · L3 · 人力资源和社会保障部门 · ZS-4.08】
      """
      socialInsurance: SocialInsurance
      disability: Disability
    }
    type Disability { disabilityCertificateNumber: String issuingAuthority: String issueDate: String }`),
  market: buildSchema(`${PERSON} type Person { household: Household socialInsurance: SocialInsurance }`),
}

const CITIZEN = {
  household: {
    name: '欧阳**',
    citizenIdNumber: '440***************',
    householdTownship: '惠州市惠城区江北街道',
    registrationStatus: 'NORMAL',
    photo: null,
  },
  socialInsurance: {
    enrolmentStatus: 'ENROLLED',
    insuranceType: '110',
    employerName: '惠州市示例电子有限公司',
    enrolmentDate: '2011-**-**',
  },
  disability: { disabilityCertificateNumber: null, issuingAuthority: '惠城区残疾人联合会', issueDate: '2019-04-02' },
}

const DECISIONS = [
  ['household.name', 'HouseholdRegistration.name', 'MASK', null, 'ZS-4.07', null, 'M-NAME'],
  ['household.citizenIdNumber', 'HouseholdRegistration.citizenIdNumber', 'MASK', null, 'ZS-4.07', null, 'M-IDNO'],
  ['household.householdTownship', 'HouseholdRegistration.householdTownship', 'ALLOW', null, 'ZS-4.07', null, null],
  ['household.registrationStatus', 'HouseholdRegistration.registrationStatus', 'ALLOW', null, 'ZS-4.07', null, null],
  ['household.photo', 'HouseholdRegistration.photo', 'DENY', 'NO_GRANT', 'ZS-4.08', null, null],
  ['socialInsurance.employerName', 'SocialInsuranceEnrolment.employerName', 'ALLOW', null, 'ZS-4.08', 'G-101', null],
  [
    'disability.disabilityCertificateNumber',
    'DisabilityCertificate.disabilityCertificateNumber',
    'VERIFY_ONLY',
    'VERIFY_ONLY',
    'ZS-4.09',
    null,
    null,
  ],
] as const

const SHARING = {
  receipt: 'gx_01jd8x3v6n7q2m5k9r4t0w8y1z',
  regime: 'zhongshan',
  catalogVersion: 'sha256:2f6c1b',
  notes: [{ path: ['person', 'disability'], asOf: '2026-11-01T00:00:00+08:00', freshness: 'CURRENT' }],
  decisions: DECISIONS.map(([path, coordinate, decision, code, clause, grant, rule]) => ({
    path: ['person', ...path.split('.')],
    coordinate,
    decision,
    code,
    clause,
    grant,
    rule,
  })),
}

const REFUSALS = [
  {
    message: '尚未获得该数据项的授权',
    path: ['person', 'household', 'photo'],
    extensions: {
      code: 'NO_GRANT',
      clause: 'ZS-4.08',
      coordinate: 'HouseholdRegistration.photo',
      remedy: '向数据提供部门提出共享申请 (docs/errors.md#no_grant)',
    },
  },
  {
    message: '该数据项只能核实比对,不返回内容',
    path: ['person', 'disability', 'disabilityCertificateNumber'],
    extensions: {
      code: 'VERIFY_ONLY',
      clause: 'ZS-4.09',
      coordinate: 'DisabilityCertificate.disabilityCertificateNumber',
      remedy: '使用核实操作提交待核对的内容 (docs/errors.md#verify_only)',
    },
  },
]

const UNAUTHENTICATED = {
  errors: [
    {
      message: '令牌缺失、无效或已过期',
      extensions: { code: 'UNAUTHENTICATED', remedy: '取得新令牌,写入请求头 Authorization: Bearer' },
    },
  ],
}

/** A token of the shape that the page reads; this city does not check its signature. */
export function tokenOf(dept: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'EdDSA' })}.${part({ sub: 'H-0417', name: '窗口甲', dept, app: 'desk' })}.c2lnbmF0dXJl`
}

function departmentOf(authorization: string): string {
  const payload = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString('utf8')
  const claims: unknown = payload === '' ? {} : JSON.parse(payload)
  return typeof claims === 'object' && claims !== null && 'dept' in claims ? String(claims.dept) : ''
}

interface Call {
  readonly headers: IncomingMessage['headers']
  readonly operationName: string | null
  readonly variables: unknown
}

/** A small city: the console beside a real GraphQL endpoint that answers in the gateway's shape. */
export interface City {
  readonly origin: string
  /** Every GraphQL call that arrived, oldest first. */
  readonly calls: readonly Call[]
  close(): Promise<void>
}

async function answer(request: IncomingMessage, response: ServerResponse, calls: Call[]): Promise<void> {
  const body: unknown = JSON.parse(await text(request))
  const {
    query,
    variables,
    operationName,
  }: { query?: string; variables?: Record<string, unknown>; operationName?: string } = {
    ...(typeof body === 'object' ? body : {}),
  }
  calls.push({ headers: request.headers, operationName: operationName ?? null, variables: variables ?? null })
  const department = departmentOf(request.headers.authorization ?? '')
  const schema = VIEWS[department]
  response.setHeader('content-type', 'application/json')
  response.setHeader('x-receipt', SHARING.receipt)
  if (schema === undefined) {
    response.writeHead(401).end(JSON.stringify(UNAUTHENTICATED))
    return
  }
  const result = await graphql({
    schema,
    source: query ?? '',
    variableValues: variables ?? {},
    rootValue: { person: CITIZEN },
  })
  const decided = operationName === 'IntrospectionQuery' ? {} : { errors: REFUSALS, extensions: { sharing: SHARING } }
  response.end(JSON.stringify(result.errors === undefined ? { ...result, ...decided } : result))
}

/** Starts the city on a free port of 127.0.0.1. */
export async function startCity(assets: string, settings: ConsoleSettings | null): Promise<City> {
  const calls: Call[] = []
  const console = createConsole({ assets, settings: () => settings })
  const server = createServer((request, response) => {
    void (async () => {
      if (await console(request, response)) return
      if (request.method === 'POST' && request.url === '/graphql') await answer(request, response, calls)
      else response.writeHead(404).end()
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    calls,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
