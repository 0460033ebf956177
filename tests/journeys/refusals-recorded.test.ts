import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { isCode } from '../../gateway/vocabulary/codes.ts'
import type { Code } from '../../gateway/vocabulary/codes.ts'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { RawRequest, Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { claim, numberOf, personKey, VERIFY } from '../kit/verify.ts'

/*
 * Every refusal of a whole request is in the record: by name where the caller is known, counted where not (ZS-6.03,
 * NT-28.4). The table below is held against every refusal that the gateway's own text can throw.
 */

const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${numberOf('allThree')}") { name } }`
const PERSONS = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }'
const JSON_TYPE = ['content-type', 'application/json'] as const

let gateway: TestGateway
let officers = 0
/** What breaks where nobody thought of it. */
let broken = false
/** An officer who has not asked yet: bounds of one case must not meet those of another. */
const fresh = (): TokenSubject => ({ ...DESK, officer: `HUR-4${String((officers += 1)).padStart(3, '0')}` })

beforeAll(async () => {
  const none = { find: () => undefined, note: () => undefined }
  const fault = (): never => {
    throw new Error('not thought of')
  }
  gateway = await startTestGateway({
    ports: { known: { ...none, find: () => (broken ? fault() : undefined) } },
    settings: {
      limits: { subjectsPerOfficerDay: 40, officerPerMinute: 30, strangerPerMinute: 6, subjectsPerOperation: 30 },
      verification: { gridMs: 1 },
      http: { port: 0, bodyLimitBytes: 4_096 },
    },
    officers: [
      {
        kind: 'OFFICER_SUSPENDED',
        department: DESK.department,
        officer: 'HUR-0499',
        at: '2026-01-01T09:00:00+08:00',
        by: 'HUR-0001',
        reason: 'left',
      },
    ],
  })
})
afterAll(() => gateway.stop())

interface Sent {
  readonly as?: TokenSubject
  readonly query?: string
  readonly variables?: object
  readonly body?: RawRequest['body']
  readonly method?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly matter?: { readonly matter: string; readonly case?: string }
}

async function send({ as = fresh(), query = QUERY, variables, body, method, headers, matter = DESK_MATTER }: Sent) {
  const stated: [string, string][] = [['x-matter', matter.matter]]
  if (matter.case !== undefined) stated.push(['x-case', matter.case])
  const given = headers ?? [JSON_TYPE, ['authorization', `Bearer ${await gateway.token(as)}`], ...stated]
  return gateway.send({
    ...(method === undefined ? {} : { method }),
    headers: given,
    body: body ?? JSON.stringify({ query, variables }),
  })
}

/** With a token, and with these in the place of what is usual. */
async function withHeaders(as: TokenSubject, ...headers: (readonly [string, string])[]) {
  return [['authorization', `Bearer ${await gateway.token(as)}`], ...headers] as const
}

const neighbours = Array.from({ length: 6 }, (_, at) => {
  const first = `44200019620230${String(at + 1).padStart(3, '0')}`
  return personKey(first + checkDigit(first))
})
const passports = (count: number) =>
  Array.from({ length: count }, (_, at) => personKey(`E${String(at).padStart(8, '0')}`, 'PASSPORT'))

/** Refusals of callers who are known: each has a record of its own. */
const KNOWN: readonly (readonly [string, Code, number, () => Promise<Reply>])[] = [
  ['an application of others', 'AUDIENCE_MISMATCH', 403, () => send({ as: { ...fresh(), application: 'survey' } })],
  ['a department unknown', 'UNKNOWN_PARTY', 403, () => send({ as: { ...fresh(), department: 'water-polo' } })],
  ['an account of nobody', 'END_USER_MISSING', 403, () => send({ as: { ...DESK, officer: 'housing-desk' } })],
  ['a suspended officer', 'OFFICER_SUSPENDED', 403, () => send({ as: { ...DESK, officer: 'HUR-0499' } })],
  [
    'two roles that are kept apart',
    'UNAUTHENTICATED',
    401,
    () => send({ as: { ...DESK, roles: ['SECURITY_ADMIN', 'DATA_OPERATOR'] } }),
  ],
  [
    'a header twice',
    'BAD_REQUEST',
    400,
    async () => send({ headers: [...(await withHeaders(fresh(), JSON_TYPE)), ['x-matter', 'a'], ['x-matter', 'b']] }),
  ],
  ['a body that is no JSON', 'BAD_REQUEST', 400, () => send({ body: '{"query":' })],
  [
    'a body of another type',
    'UNSUPPORTED_MEDIA_TYPE',
    415,
    async () => send({ headers: await withHeaders(fresh(), ['content-type', 'text/plain']) }),
  ],
  [
    'a body too large',
    'PAYLOAD_TOO_LARGE',
    413,
    () => send({ body: JSON.stringify({ query: QUERY, x: 'y'.repeat(5_000) }) }),
  ],
  ['another method', 'METHOD_NOT_ALLOWED', 405, () => send({ method: 'PUT' })],
  [
    'an answer of another type',
    'NOT_ACCEPTABLE',
    406,
    async () => send({ headers: [...(await withHeaders(fresh(), JSON_TYPE)), ['accept', 'text/html']] }),
  ],
  ['a document that is none', 'GRAPHQL_PARSE_FAILED', 400, () => send({ query: '{' })],
  ['a document that is not valid', 'GRAPHQL_VALIDATION_FAILED', 400, () => send({ query: '{ nonsense }' })],
  [
    'two operations and no name',
    'OPERATION_RESOLUTION_FAILURE',
    400,
    () => send({ query: 'query A { __typename } query B { __typename }' }),
  ],
  ['a variable of another type', 'BAD_USER_INPUT', 400, () => send({ query: PERSONS, variables: { keys: 5 } })],
  [
    'more subjects than an operation has',
    'LIMIT_EXCEEDED',
    400,
    () => send({ query: PERSONS, variables: { keys: passports(31) } }),
  ],
  ['numbers in a row', 'ENUMERATION_SUSPECTED', 403, () => send({ query: PERSONS, variables: { keys: neighbours } })],
  [
    'a filter by what may not be seen',
    'FILTER_NOT_ALLOWED',
    403,
    () => send({ query: '{ legalEntities(filter: { divisionCode: "442000" }, first: 5) { endCursor } }' }),
  ],
  ['no rows', 'LIMIT_EXCEEDED', 400, () => send({ query: VERIFY, variables: { input: { rows: [] } } })],
  [
    'a fault of the gateway itself',
    'INTERNAL',
    500,
    async () => {
      broken = true
      return send({}).finally(() => void (broken = false))
    },
  ],
  [
    'the same key for another verification',
    'IDEMPOTENCY_CONFLICT',
    409,
    async () => {
      const as = fresh()
      const asked = (claimed: string) =>
        send({
          as,
          query: VERIFY,
          variables: {
            input: {
              idempotencyKey: 'once-only-0001',
              rows: [{ person: personKey(numberOf('allThree')), items: [claim('Person.name', claimed)] }],
            },
          },
        })
      await asked('first')
      return asked('second')
    },
  ],
]

/** Where the rest are proved: they take a world of their own. */
const ELSEWHERE: Partial<Readonly<Record<Code, string>>> = {
  RATE_LIMIT: 'tests/journeys/codes-callers.test.ts',
  OVERLOADED: 'tests/journeys/load.test.ts',
  // The keys of the issuer were never read: nobody is known, so it is counted as every stranger's refusal is.
  NOT_READY: 'tests/unit/caller/key-sets.test.ts',
  QUOTA_EXCEEDED: 'tests/journeys/reached-subjects.test.ts',
  COPY_CONSENT_MISSING: 'tests/journeys/reached-subjects.test.ts',
  PARAMETER_OUT_OF_GRANT: 'tests/cases/s06-nantong-authorisation.yaml',
  OPERATION_NOT_REGISTERED: 'tests/journeys/registered-operations.test.ts',
  COUNTERS_UNAVAILABLE: 'tests/faults/gateway-counters.test.ts',
  AUDIT_UNAVAILABLE: 'tests/journeys/s20-audit-disk.test.ts',
  ROLE_MISSING: 'tests/journeys/explain.test.ts',
  RECEIPT_INVALID: 'tests/journeys/desk-check.test.ts',
  PURPOSE_MISMATCH: 'tests/journeys/desk-check.test.ts',
  INVALID_ID_NUMBER: 'tests/journeys/desk-check.test.ts',
  VERIFY_NOT_OFFERED: 'tests/journeys/verify-batch.test.ts',
}

describe('a caller who is known and refused has a record', () => {
  test.each(KNOWN)('%s: %s', async (_name, code, status, sent) => {
    const reply = await sent()
    expect([codesOf(reply), reply.body.data]).toEqual([[code], undefined])
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'refused', outcome: { status: reply.status, codes: [code] }, grants: [] })
    // GraphQL over HTTP lets some refusals of a document leave under 200; the record has what left.
    expect([status, 200]).toContain(reply.status)
    expect([record.department, record.officer, record.result.bytes]).toEqual([
      expect.any(String),
      expect.any(String),
      Buffer.byteLength(reply.text),
    ])
    expect(JSON.stringify(record)).not.toContain(numberOf('allThree'))
  })
})

describe('a caller who stays unknown is counted, by code and minute', () => {
  test('no token, a bad one, and one that guesses on', async () => {
    const bad = async (authorization: string | null) =>
      gateway.send({
        headers: authorization === null ? [JSON_TYPE] : [JSON_TYPE, ['authorization', authorization]],
        body: JSON.stringify({ query: QUERY }),
      })
    const replies: Reply[] = []
    for (const one of [null, 'Bearer x', 'Basic eDp5', ...Array.from({ length: 7 }, () => 'Bearer a.b.c')])
      replies.push(await bad(one))
    const told = replies.map((reply) => codesOf(reply).join())
    expect(new Set(told)).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMIT']))
    await gateway.halt()
    const summaries = (await gateway.records()).filter(
      ({ method, officer }) => method === 'summary' && officer === null,
    )
    const counted = new Map<string, number>()
    for (const { outcome, count = 0 } of summaries)
      counted.set(outcome.codes.join(), (counted.get(outcome.codes.join()) ?? 0) + count)
    for (const code of new Set(told)) expect(counted.get(code)).toBe(told.filter((one) => one === code).length)
    expect((await gateway.verify()).faults).toEqual([])
  })
})

const ROOMS = [
  'caller',
  'request',
  'limits',
  'http',
  'compile',
  'execute',
  'project',
  'grants',
  'audit',
  'adapters',
  'verify',
]

test('no refusal that the gateway can throw is left out', () => {
  const root = join(import.meta.dirname, '../..')
  const thrown = new Set<string>()
  for (const room of ROOMS)
    for (const name of readdirSync(join(root, 'gateway', room)).filter((one) => one.endsWith('.ts')))
      for (const [, code = ''] of readFileSync(join(root, 'gateway', room, name), 'utf8').matchAll(
        /(?:new Failure\(|refuse\(claims, )'([A-Z_]+)'/g,
      ))
        thrown.add(code)
  expect(thrown.size).toBeGreaterThan(25)
  const proved = new Set<string>([...KNOWN.map(([, code]) => code), ...Object.keys(ELSEWHERE), 'UNAUTHENTICATED'])
  expect([...thrown].filter((code) => !proved.has(code))).toEqual([])
  expect([...proved].filter((code) => !isCode(code))).toEqual([])
  for (const [code, file] of Object.entries(ELSEWHERE))
    expect(readFileSync(join(root, file), 'utf8'), file).toContain(code)
})
