import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { RawRequest } from '../kit/gateway-http.ts'
import { refusalOf, refusedWith } from '../kit/gateway-refusals.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`
const BODY = JSON.stringify({ query: QUERY })
const LIMIT = 100_000

let gateway: TestGateway
let desk: readonly (readonly [string, string])[]
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { http: { port: 0, bodyLimitBytes: LIMIT } } })
  desk = [
    ['authorization', `Bearer ${await gateway.token(DESK)}`],
    ['x-matter', DESK_MATTER.matter],
    ['x-case', DESK_MATTER.case],
  ]
})
afterAll(() => gateway.stop())

const JSON_TYPE = ['content-type', 'application/json'] as const

/** Sends as the desk; `headers` after its own. */
function send(body: RawRequest['body'], headers: RawRequest['headers'] = [JSON_TYPE], rest: RawRequest = {}) {
  return gateway.send({ ...rest, headers: [...desk, ...headers], ...(body === undefined ? {} : { body }) })
}

describe('bodies that are read', () => {
  test.each<[string, RawRequest['body'], RawRequest['headers']]>([
    ['plain', BODY, [JSON_TYPE]],
    ['a byte-order mark', `\ufeff${BODY}`, [JSON_TYPE]],
    ['charset utf-8', BODY, [['content-type', 'application/json; charset=UTF-8']]],
    ['charset in quotes', BODY, [['content-type', 'application/json;charset="utf-8"']]],
    ['another parameter', BODY, [['content-type', 'application/json; boundary=x']]],
    ['content-encoding identity', BODY, [JSON_TYPE, ['content-encoding', 'identity']]],
    ['escaped text', BODY.replace('person', '\\u0070erson'), [JSON_TYPE]],
    ['members of other names', JSON.stringify({ query: QUERY, id: 7, doc: null, __proto__x: {} }), [JSON_TYPE]],
    ['__proto__ beside', `{"__proto__":{"query":"{a}"},"query":${JSON.stringify(QUERY)}}`, [JSON_TYPE]],
  ])('%s', async (_name, body, headers) => {
    const reply = await send(body, headers)
    expect([reply.status, reply.body.data]).toEqual([200, { person: { name: '欧阳静怡' } }])
  })

  test.each([
    ['application/graphql-response+json', /^application\/graphql-response\+json; charset=utf-8$/],
    ['application/json', /^application\/json; charset=utf-8$/],
    ['*/*', /json; charset=utf-8$/],
    ['text/html, */*;q=0.1', /json; charset=utf-8$/],
  ])('Accept %s', async (accept, type) => {
    const reply = await send(BODY, [JSON_TYPE, ['accept', accept]])
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toMatch(type)
  })

  test('a key that comes twice has one meaning: what runs is what is recorded', async () => {
    const twice = `{"query":"{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: \\"${NUMBER}\\") { sex } }","query":${JSON.stringify(QUERY)}}`
    const reply = await send(twice)
    expect(reply.body.data).toEqual({ person: { name: '欧阳静怡' } })
    expect((await gateway.recordOf(reply.receipt)).data.map(({ coordinate }) => coordinate)).toEqual(['Person.name'])
  })
})

describe('bodies that are refused', () => {
  test.each<[string, RawRequest['body'], number, string]>([
    ['nothing', undefined, 400, 'BAD_REQUEST'],
    ['an empty text', '', 400, 'BAD_REQUEST'],
    ['broken JSON', BODY.slice(0, -3), 400, 'BAD_REQUEST'],
    ['JSON with a comment', `/* ${NUMBER} */ ${BODY}`, 400, 'BAD_REQUEST'],
    ['a list (batching)', `[${BODY},${BODY}]`, 400, 'BAD_REQUEST'],
    ['an empty list', '[]', 400, 'BAD_REQUEST'],
    ['a text', JSON.stringify(NUMBER), 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['an empty object', '{}', 400, 'BAD_REQUEST'],
    ['no query', '{"variables":{}}', 400, 'BAD_REQUEST'],
    ['a query that is no text', '{"query":{"kind":"Document","definitions":[]}}', 400, 'BAD_REQUEST'],
    ['a query that is a number', `{"query":${NUMBER.slice(0, 15)}}`, 400, 'BAD_REQUEST'],
    ['variables as a text', JSON.stringify({ query: QUERY, variables: NUMBER }), 400, 'BAD_REQUEST'],
    ['variables as a list', JSON.stringify({ query: QUERY, variables: [NUMBER] }), 400, 'BAD_REQUEST'],
    ['operationName that is no text', JSON.stringify({ query: QUERY, operationName: 5 }), 400, 'BAD_REQUEST'],
    [
      'an operation that is not there',
      JSON.stringify({ query: QUERY, operationName: 'x' }),
      200,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'two operations and no name',
      JSON.stringify({ query: 'query A {__typename} query B {__typename}' }),
      200,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['extensions as a text', JSON.stringify({ query: QUERY, extensions: 'x' }), 400, 'BAD_REQUEST'],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(BODY.slice(0, -2)), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      400,
      'BAD_REQUEST',
    ],
    ['GB18030', Buffer.from([0x7b, 0xd6, 0xd0, 0x7d]), 400, 'BAD_REQUEST'],
    ['an oversize body', JSON.stringify({ query: `#${'x'.repeat(LIMIT)}\n${QUERY}` }), 413, 'PAYLOAD_TOO_LARGE'],
    [
      'JSON nested very deeply',
      `{"query":"{__typename}","variables":${'['.repeat(40_000)}${']'.repeat(40_000)}}`,
      400,
      'BAD_REQUEST',
    ],
  ])('%s', async (_name, body, status, code) => {
    gateway.forget()
    expect(await refusalOf(gateway, await send(body), [NUMBER])).toEqual(refusedWith(status, code))
    expect(gateway.seen).toEqual([])
  })

  test.each([
    ['text/plain', []],
    ['application/x-www-form-urlencoded', []],
    ['multipart/form-data; boundary=x', []],
    ['application/graphql', []],
    ['application/json; charset=gb18030', []],
    ['application/json; charset=utf-8; charset=gbk', []],
    ['application/jsonx', []],
    ['application/json', [['content-encoding', 'gzip']]],
  ] as const)('content type %s %j', async (type, further) => {
    expect(await refusalOf(gateway, await send(BODY, [['content-type', type], ...further]), [NUMBER])).toEqual(
      refusedWith(415, 'UNSUPPORTED_MEDIA_TYPE'),
    )
  })

  test('no content type', async () => {
    expect(await refusalOf(gateway, await send(BODY, []), [NUMBER])).toEqual(refusedWith(415, 'UNSUPPORTED_MEDIA_TYPE'))
  })

  test.each(['text/html', 'application/xml', 'application/json;q=0'])('an Accept of %s alone', async (accept) => {
    gateway.forget()
    expect(await refusalOf(gateway, await send(BODY, [JSON_TYPE, ['accept', accept]]), [NUMBER])).toEqual(
      refusedWith(406, 'NOT_ACCEPTABLE'),
    )
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('method %s', async (method) => {
    gateway.forget()
    const path = `/graphql?query=${encodeURIComponent(QUERY)}`
    const reply = await send(undefined, [JSON_TYPE], { method, path })
    expect(await refusalOf(gateway, reply, [NUMBER])).toEqual(refusedWith(405, 'METHOD_NOT_ALLOWED'))
    expect(reply.headers.allow).toBe('POST')
    expect(gateway.seen).toEqual([])
  })

  test('HEAD has a receipt and no body', async () => {
    const reply = await send(undefined, [], { method: 'HEAD' })
    expect([reply.status, reply.text]).toEqual([405, ''])
    expect((await gateway.recordOf(reply.receipt)).outcome.codes).toEqual(['METHOD_NOT_ALLOWED'])
  })

  test.each([
    ['of another version', { sha256Hash: 'a'.repeat(64), version: 2 }],
    ['malformed', NUMBER],
  ])('a persisted query whose hash is %s', async (_name, persistedQuery) => {
    expect(await refusalOf(gateway, await send(JSON.stringify({ extensions: { persistedQuery } })), [NUMBER])).toEqual(
      refusedWith(400, 'BAD_REQUEST'),
    )
  })

  test('a hash that nobody has registered is nothing to run, and beside a query gives it no other meaning', async () => {
    gateway.forget()
    const persistedQuery = { sha256Hash: 'a'.repeat(64), version: 1 }
    const reply = await send(JSON.stringify({ query: QUERY, extensions: { persistedQuery } }))
    expect([reply.status, gateway.seen]).toEqual([400, []])
    expect(await refusalOf(gateway, await send(JSON.stringify({ extensions: { persistedQuery } })), [NUMBER])).toEqual(
      refusedWith(403, 'OPERATION_NOT_REGISTERED'),
    )
  })
})

describe('headers', () => {
  test.each([
    ['Authorization', [['authorization', 'Bearer x.y.z']], 401, 'UNAUTHENTICATED'],
    ['Authorization in capitals', [['AUTHORIZATION', 'Bearer x.y.z']], 401, 'UNAUTHENTICATED'],
    ['x-matter', [['x-matter', 'business-licence-change']], 400, 'BAD_REQUEST'],
    ['X-Case', [['X-Case', 'PRH-2026-0002']], 400, 'BAD_REQUEST'],
  ] as const)('%s sent twice', async (_name, further, status, code) => {
    gateway.forget()
    const reply = await send(BODY, [JSON_TYPE, ...further])
    expect([reply.status, codesOf(reply), gateway.seen]).toEqual([status, [code], []])
    expect(reply.receipt).toMatch(/^gx_/)
  })

  test.each([
    ['a citizen number', NUMBER],
    ['blanks inside', 'public rental'],
    ['a long one', 'a'.repeat(65)],
    ['a path', '../matters'],
  ])('x-matter as %s', async (_name, matter) => {
    const reply = await gateway.ask({ ...DESK_MATTER, matter, query: QUERY })
    expect([reply.status, codesOf(reply)]).toEqual([400, ['BAD_REQUEST']])
    expect(reply.text).not.toContain(NUMBER)
  })

  test('context in the body changes nothing', async () => {
    const spoof = { 'x-matter': 'business-licence-change', dept: 'public-security', headers: { 'x-case': 'x' } }
    const extensions = { ...spoof, http: { status: 500, headers: spoof }, sharing: spoof }
    const reply = await send(JSON.stringify({ query: QUERY, extensions, ...spoof }))
    const record = await gateway.recordOf(reply.receipt)
    expect([reply.status, record.department, record.matter, record.case]).toEqual([
      200,
      'housing-urban-rural',
      DESK_MATTER.matter,
      DESK_MATTER.case,
    ])
  })
})

test('half a request, and a request that is none, leave the server as it was', async () => {
  const { hostname, port } = new URL(gateway.url)
  for (const text of [
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"query":`,
    'nonsense\r\n\r\n',
    `GET /graphql HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(40_000)}\r\n\r\n`,
    'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ]) {
    const socket = connect(Number(port), hostname)
    await new Promise<void>((resolve, reject) => socket.once('error', reject).write(text, () => resolve()))
    socket.destroy()
  }
  expect((await send(BODY)).status).toBe(200)
})

test('the record is whole, and no value is in record or log', async () => {
  expect((await gateway.verify()).faults).toEqual([])
  await gateway.halt()
  expect(await leaksIn(gateway.directory)).toEqual([])
})
