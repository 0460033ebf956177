import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { AS_DESK, attack, leaksAfter, NUMBER, person } from './attack.ts'

/* Attempts to crash or to stall the process, to write outside of its folders, and to make its other addresses talk. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

const desk = async (): Promise<[string, string][]> => [
  ['authorization', `Bearer ${await gateway.token(DESK)}`],
  ['content-type', 'application/json'],
  ['x-matter', 'public-rental-housing'],
  ['x-case', 'PRH-2026-0001'],
]
const alive = async (): Promise<void> => {
  const { reply } = await attack(gateway, { ...AS_DESK, query: person('name') })
  expect(reply.body.data).toEqual({ person: { name: '欧阳静怡' } })
}

describe('documents', () => {
  const many = (count: number, one: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => one(at)).join(' ')
  const documents: Readonly<Record<string, readonly [query: string, code: string]>> = {
    '60,000 aliases': [person(many(60_000, (at) => `a${at}: name`)), 'GRAPHQL_PARSE_FAILED'],
    '61 aliases': [person(many(61, (at) => `a${at}: name`)), 'LIMIT_EXCEEDED'],
    '1,300 levels': [`${'{ a '.repeat(1_300)}${'}'.repeat(1_300)}`, 'GRAPHQL_VALIDATION_FAILED'],
    '300,000 levels': [`{${'{'.repeat(300_000)}`, 'GRAPHQL_PARSE_FAILED'],
    '900 copies of a record': [person('household { registrationStatus } '.repeat(900)), 'GRAPHQL_VALIDATION_FAILED'],
    '3,900 copies of a field': [person('name '.repeat(3_900)), 'GRAPHQL_VALIDATION_FAILED'],
    'fragments that double at each level': [
      `${person('...F0')} ${many(30, (at) => `fragment F${at} on Person { ...F${at + 1} ... on Person { ...F${at + 1} } }`)} fragment F30 on Person { name }`,
      'LIMIT_EXCEEDED',
    ],
    'fragments in a circle': [
      `${person('...A')} fragment A on Person { ...B } fragment B on Person { ...A }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    '257 conditions on one field': [
      `${person('...A', `, ${many(33, (at) => `$c${at}: Boolean!`)}`)}
       fragment A on Person { ${many(16, (at) => `...B @include(if: $c${at})`)} }
       fragment B on Person { ${many(17, (at) => `...C @include(if: $c${16 + at})`)} } fragment C on Person { name }`,
      'LIMIT_EXCEEDED',
    ],
    '21 lookups': [
      `query ($n: IdNumber!) { ${many(21, (at) => `p${at}: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name }`)} }`,
      'LIMIT_EXCEEDED',
    ],
    'a list of 1,900 levels where a number belongs': [
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: ${'['.repeat(1_900)}${']'.repeat(1_900)}) { name } }`,
      'INVALID_ID_NUMBER',
    ],
    'a string of quotes and backslashes': [
      `{ person(idDocumentType: "${'\\"'.repeat(100_000)}", idDocumentNumber: "${'\\\\'.repeat(50_000)}") { name } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
  }
  test.each(Object.entries(documents))('%s', async (_name, [query, code]) => {
    const conditions = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`c${at}`, true]))
    const outcome = await attack(gateway, { ...AS_DESK, query, variables: { n: NUMBER, ...conditions } })
    expect(codesOf(outcome.reply)).toContain(code)
    expect(outcome.reply.text.length).toBeLessThan(50_000)
    expect(outcome.departments).toEqual([])
    expect(outcome.record.outcome.codes).toContain(code)
    await alive()
  })
})

describe('bodies', () => {
  const query = JSON.stringify(person('name'))
  test.each<[string, string, number]>([
    [
      'lists of 100,000 levels in a variable',
      `{"query":${query},"variables":{"n":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`,
      400,
    ],
    [
      'lists of 90 levels in a variable',
      `{"query":${query},"variables":{"n":${'['.repeat(90)}${']'.repeat(90)}}}`,
      200,
    ],
    ['a number of 900,000 digits', `{"query":${query},"variables":{"n":"${'4'.repeat(9e5)}"}}`, 200],
    ['a ligature that grows eighteenfold', `{"query":${query},"variables":{"n":"${'\ufdfa'.repeat(3e5)}"}}`, 200],
    [
      '100,000 variables that nobody declared',
      `{"query":${query},"variables":{"n":"x"${Array.from({ length: 5e4 }, (_, at) => `,"v${at}":1`).join('')}}}`,
      200,
    ],
    [
      'own __proto__ everywhere',
      `{"__proto__":{"query":"{a}"},"query":${query},"variables":{"__proto__":{"n":1},"n":"x","constructor":{"prototype":{"polluted":1}}}}`,
      200,
    ],
    ['a million bytes too many', `{"query":${query},"x":"${'x'.repeat(1_100_000)}"}`, 413],
    ['quotes that do not end', `"${'\\"'.repeat(500_000)}`, 400],
  ])('%s', async (_name, body, status) => {
    gateway.forget()
    const reply = await gateway.send({ headers: await desk(), body })
    expect(reply.status).toBe(status)
    expect((await gateway.recordOf(reply.receipt)).outcome.status).toBe(status)
    expect(gateway.seen.filter(({ department }) => department !== 'gateway')).toEqual([])
    expect('polluted' in {}).toBe(false)
    await alive()
  })
})

test('names of Object.prototype are names like any other', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename', 'then', 'toJSON', 'length']
  const { reply, record } = await attack(gateway, {
    ...AS_DESK,
    query: person(`${names.map((name) => `${name}: name`).join(' ')} household { ${names[0]}: registrationStatus }`),
  })
  const found: unknown = reply.body.data?.['person']
  if (typeof found !== 'object' || found === null) throw new Error('nobody was answered')
  expect(Object.keys(found)).toEqual([...names, 'household'])
  expect(Object.keys(record.operation?.aliases ?? {}).toSorted()).toEqual(names.toSorted())
  const query = `query ($__proto__: IdNumber!, $constructor: Boolean = true) {
    person(idDocumentType: RESIDENT_ID, idDocumentNumber: $__proto__) { name @include(if: $constructor) }
  }`
  const sent = await gateway.send({
    headers: await desk(),
    body: `{"query":${JSON.stringify(query)},"variables":{"__proto__":"${NUMBER}"}}`,
  })
  expect(sent.body.data).toEqual({ person: { name: '欧阳静怡' } })
})

describe('other ways in', () => {
  test.each([
    [
      'GET with a document',
      'GET',
      `/graphql?query=${encodeURIComponent(`{person(idDocumentType:RESIDENT_ID,idDocumentNumber:"${NUMBER}"){name}}`)}`,
      405,
    ],
    ['POST with a document in the address', 'POST', '/graphql?query=%7B__typename%7D', 415],
    ['PUT', 'PUT', '/graphql', 405],
    ['HEAD', 'HEAD', '/graphql', 405],
    ['OPTIONS', 'OPTIONS', '/graphql', 405],
    ['another spelling of the path', 'POST', '//graphql', 404],
    ['a path above the console', 'GET', '/graphiql/assets/../../../package.json', 404],
    ['the same, escaped', 'GET', '/graphiql/assets/..%2f..%2f..%2fpackage.json', 404],
    ['keys', 'GET', '/keys/public/token-signing.jwks.json', 404],
  ])('%s', async (_name, method, path, status) => {
    gateway.forget()
    const headers = (await desk()).filter(([name]) => name !== 'content-type')
    const reply = await gateway.send({ method, path, headers })
    expect(reply.status).toBe(status)
    expect(reply.text).not.toMatch(/欧阳|__typename|dependencies|"kty"/)
    expect(gateway.seen).toEqual([])
  })

  test.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 50\r\n'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n'],
    ['a folded header', 'x-matter: public\r\n -rental-housing\r\n'],
    ['a header of 20 kB', `x-pad: ${'x'.repeat(20_000)}\r\n`],
  ])('a request with %s is refused by the parser', async (_name, header) => {
    gateway.forget()
    const { hostname, port, host } = new URL(gateway.url)
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let read = ''
      socket.setEncoding('latin1').on('data', (part: string) => (read += part))
      // The parser may close while the rest is still on its way.
      socket.on('close', () => resolve(read.slice(0, 12))).on('error', (error) => read === '' && reject(error))
      socket.write(`POST /graphql HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${header}\r\n{}{}{`)
    })
    expect(status).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect(gateway.seen).toEqual([])
  })

  test('health tells no path, no address, no person', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const reply = await gateway.send({ method: 'GET', path })
      expect(reply.status).toBe(200)
      expect(reply.text).not.toMatch(/\/(?:tmp|home|var|work)|127\.0\.0\.1|postgres:|[0-9]{15}|receipt/)
    }
  })
})

test('the gateway writes where it should and nowhere else', async () => {
  const files = await readdir(gateway.directory)
  expect(files.toSorted()).toEqual(['data', 'gateway.log', 'gongxiang.yaml'])
  const data = await readdir(join(gateway.directory, 'data'))
  expect(data.filter((one) => !['audit', 'city', 'keys', 'schema', 'state', 'console', 'work'].includes(one))).toEqual(
    [],
  )
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
