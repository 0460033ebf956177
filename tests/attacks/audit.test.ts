import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { AS_DESK, AS_MARKET, attack, decided, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'

/* Attempts to make the record miss or misstate a request, or to write a person's data into it or into the log. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

const WORD = 'ouyangjingyi'

describe('a person’s data in what the caller may name', () => {
  const bare = person('name')
  const documents: Readonly<Record<string, string>> = {
    alias: person(`a${NUMBER}: name b_${NUMBER}_c: name`),
    'alias of the lookup': bare.replace('person(', `p${NUMBER}: person(`),
    'operation name': bare.replace('query', `query Q${NUMBER}`),
    'fragment name': `${person(`...F${NUMBER}`)} fragment F${NUMBER} on Person { name }`,
    'variable name': bare.replaceAll('$n', `$v${NUMBER}`),
    'variable name of a condition': person(`name @include(if: $c${NUMBER})`, `, $c${NUMBER}: Boolean = true`),
    'a comment': `# ${NUMBER} ${WORD}\n${bare}`,
    'a literal': `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`,
    'a literal in unicode escapes': `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "\\u{34}\\u0034${NUMBER.slice(2)}") { name } }`,
    'a block string': `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: """${NUMBER}""") { name } }`,
    'a default of a variable': bare.replace('IdNumber!', `IdNumber! = "${NUMBER}"`),
    'an input object where a number belongs': `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: { x${NUMBER}: "${NUMBER}" }) { name } }`,
    'a directive that does not exist': person(`name @d${NUMBER}(x: "${NUMBER}")`),
    'a type that does not exist': `${person('name')} fragment F on T${NUMBER} { name }`,
    'no GraphQL at all': `${NUMBER} ${WORD} {`,
  }
  test.each(Object.entries(documents))('%s', async (_name, query) => {
    const outcome = await attack(gateway, { ...AS_DESK, query, variables: { n: NUMBER, [`v${NUMBER}`]: NUMBER } })
    expect(JSON.stringify(outcome.record)).not.toContain(NUMBER)
    expect(JSON.stringify(outcome.record)).not.toContain(WORD)
    expect([200, 400]).toContain(outcome.reply.status)
    // An answer has the caller's own aliases; a refusal has no word of theirs.
    expect(outcome.reply.body.data === undefined ? outcome.reply.text : '').not.toContain(NUMBER)
    // What departments are asked holds the number in variables alone.
    for (const { query: text } of gateway.seen) expect(text).not.toContain(NUMBER)
  })

  test.each([
    'x-decisions',
    'accept-language',
    'user-agent',
    'x-forwarded-for',
    'cookie',
    'traceparent',
    'apollographql-client-name',
  ])('the header %s', async (name) => {
    const outcome = await attack(gateway, { ...AS_DESK, query: bare, headers: { [name]: `${NUMBER} ${WORD}` } })
    expect(outcome.reply.status).toBe(200)
    expect(JSON.stringify(outcome.record)).not.toContain(NUMBER)
  })

  test.each(['x-matter', 'x-case'])('the code %s, as a number and nothing else', async (name) => {
    const before = (await gateway.records()).length
    const reply = await gateway.ask({ as: DESK, headers: { [name]: NUMBER }, query: bare, variables: { n: NUMBER } })
    expect(codesOf(reply)).toEqual(['BAD_REQUEST'])
    expect(reply.text).not.toContain(NUMBER)
    const added = (await gateway.records()).slice(before)
    expect(JSON.stringify(added)).not.toContain(NUMBER)
  })
})

test('a known officer whose header is refused is in the record by name', async () => {
  const outcome = await attack(gateway, { as: DESK, matter: 'no matter', query: person('name') })
  expect(codesOf(outcome.reply)).toEqual(['BAD_REQUEST'])
  expect(outcome.record).toMatchObject({ method: 'refused', officer: DESK.officer, matter: null })
})

describe('what the record says is what happened', () => {
  test('coordinates, not aliases; each department that was asked; both subjects', async () => {
    const outcome = await attack(gateway, {
      ...AS_DESK,
      query: `query ($n: IdNumber!, $m: IdNumber!) {
        person: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { photo: name household { name: registrationStatus x: photo } }
        other: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $m) { name }
      }`,
      variables: { n: NUMBER, m: OTHER_NUMBER },
    })
    expect(decided(outcome)).toEqual({
      'Person.name': 'ALLOW',
      'HouseholdRegistration.registrationStatus': 'ALLOW',
      'HouseholdRegistration.photo': 'NO_GRANT',
    })
    const { record } = outcome
    expect(record.subjects).toHaveLength(2)
    expect(record.arguments).toHaveLength(4)
    const asked = record.route.filter(({ outcome: how }) => how === 'ok').map(({ department }) => department)
    expect(new Set(asked)).toEqual(new Set(['gateway', 'public-security']))
  })

  test('one operation of two in a document, the named one', async () => {
    const query = `query A($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }
      query B($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { disability { issueDate } } }`
    const a = await attack(gateway, { ...AS_DESK, query, operationName: 'A' })
    expect([decided(a), a.departments]).toEqual([{ 'Person.name': 'ALLOW' }, ['public-security']])
    const b = await attack(gateway, { ...AS_DESK, query, operationName: 'B' })
    expect([decided(b), b.departments]).toEqual([{ 'DisabilityCertificate.issueDate': 'MASK' }, ['disabled-persons']])
    const none = await attack(gateway, { ...AS_DESK, query, operationName: '__proto__' })
    expect([codesOf(none.reply), none.departments]).toEqual([['OPERATION_RESOLUTION_FAILURE'], []])
  })

  test('the same person under four spellings is one subject', async () => {
    const wide = [...NUMBER]
      .map((one) => (/\d/.test(one) ? String.fromCodePoint(0xfee0 + (one.codePointAt(0) ?? 0)) : one))
      .join('')
    const spellings = [NUMBER, ` ${NUMBER.toLowerCase()} `, wide, `${NUMBER.slice(0, 6)} ${NUMBER.slice(6)}`]
    const subjects = new Set<string>()
    for (const n of spellings) {
      const { record, reply } = await attack(gateway, { ...AS_DESK, query: person('name'), variables: { n } })
      expect(reply.body.data).toEqual({ person: { name: '欧阳静怡' } })
      for (const subject of record.subjects) subjects.add(subject)
    }
    expect(subjects.size).toBe(1)
  })

  test('a department that fails, lies or dies in the middle', async () => {
    const hostile: readonly unknown[] = [
      null,
      'text',
      { data: { _entities: [] } },
      {
        data: {
          _entities: [JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')],
        },
      },
      { errors: [{ message: `${NUMBER} ${WORD}`, path: ['_entities', 0, '__proto__'] }], data: { _entities: [null] } },
      { data: { _entities: [{ name: { deep: NUMBER } }] } },
    ]
    for (const answer of hostile) {
      gateway.disturb('public-security', async () => answer)
      const { reply, record, departments } = await attack(gateway, { ...AS_DESK, query: person('name') })
      gateway.heal()
      expect(reply.body.data).toEqual({ person: { name: null } })
      expect(reply.text).not.toContain(WORD)
      expect(codesOf(reply)[0]).toMatch(/^SOURCE_(?:UNAVAILABLE|INVALID)$/)
      expect([departments, record.route.map(({ department }) => department)]).toEqual([
        ['public-security'],
        ['gateway', 'public-security'],
      ])
    }
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

describe('a client that goes away', () => {
  test('while a department is asked: recorded, with the department in it', async () => {
    gateway.forget()
    const before = (await gateway.records()).length
    let aborted = false
    gateway.disturb('public-security', async (next, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true))
      await vi.waitFor(() => expect(aborted).toBe(true))
      return next()
    })
    const gone = new AbortController()
    const asked = gateway.ask({ ...AS_DESK, query: person('name'), variables: { n: NUMBER }, signal: gone.signal })
    await vi.waitFor(() => expect(departmentsSeen(gateway.seen)).toEqual(['public-security']))
    gone.abort()
    await expect(asked).rejects.toThrow(/abort/i)
    await vi.waitFor(async () => expect((await gateway.records()).length).toBe(before + 1))
    gateway.heal()
    const record = (await gateway.records()).at(-1)
    expect(record?.officer).toBe(DESK.officer)
    expect(record?.subjects).toHaveLength(1)
    expect(record?.route.map(({ department }) => department)).toContain('public-security')
  })

  test('before its body has arrived: recorded, and nobody asked', async () => {
    gateway.forget()
    const before = (await gateway.records()).length
    const { hostname, port } = new URL(gateway.url)
    const headers = {
      authorization: `Bearer ${await gateway.token(DESK)}`,
      'content-type': 'application/json',
      'content-length': '1000',
    }
    const sent = httpRequest({ hostname, port, method: 'POST', path: '/graphql', headers })
    sent.on('error', () => undefined)
    sent.write('{"query":')
    await new Promise((resolve) =>
      sent.once('socket', (socket) => (socket.connecting ? socket.once('connect', resolve) : resolve(null))),
    )
    await new Promise((resolve) => setImmediate(resolve))
    sent.destroy()
    await vi.waitFor(async () => expect((await gateway.records()).length).toBe(before + 1))
    expect(gateway.seen).toEqual([])
    expect((await gateway.records()).at(-1)).toMatchObject({ method: 'refused', officer: DESK.officer })
  })

  test('with two requests in one packet: each has its own receipt and record', async () => {
    const token = await gateway.token(DESK)
    const { hostname, port, host } = new URL(gateway.url)
    const one = (query: string, last: boolean): string => {
      const body = JSON.stringify({ query, variables: { n: NUMBER } })
      return [
        'POST /graphql HTTP/1.1',
        `host: ${host}`,
        `authorization: Bearer ${token}`,
        'x-matter: public-rental-housing',
        'x-case: PRH-2026-0001',
        'content-type: application/json',
        `content-length: ${Buffer.byteLength(body)}`,
        `connection: ${last ? 'close' : 'keep-alive'}`,
        '',
        body,
      ].join('\r\n')
    }
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let read = ''
      socket.setEncoding('utf8').on('data', (part: string) => (read += part))
      socket.on('end', () => resolve(read)).on('error', reject)
      socket.write(one(person('name'), false) + one(person('household { registrationStatus }'), true))
    })
    const receipts = [...text.matchAll(/x-receipt: (\S+)/g)].map((match) => match[1] ?? '')
    expect(new Set(receipts).size).toBe(2)
    const [first, second] = await Promise.all(receipts.map((receipt) => gateway.recordOf(receipt)))
    expect([first?.data[0]?.coordinate, second?.data[0]?.coordinate]).toEqual([
      'Person.name',
      'HouseholdRegistration.registrationStatus',
    ])
  })
})

test('receipts of many at once are each in the record, once, with what was answered', async () => {
  const asks = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? AS_DESK : AS_MARKET))
  const replies = await Promise.all(
    asks.map((who) => gateway.ask({ ...who, query: person('name sex'), variables: { n: NUMBER } })),
  )
  for (const [at, reply] of replies.entries()) {
    const record = await gateway.recordOf(reply.receipt)
    expect([record.department, record.result.bytes]).toEqual([asks[at]?.as.department, Buffer.byteLength(reply.text)])
  }
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await readFile(join(gateway.directory, 'gateway.log'), 'utf8')).toContain('"msg":"request"')
  expect(await leaksAfter(gateway, [WORD])).toEqual([])
})
