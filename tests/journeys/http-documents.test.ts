import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { refusalOf, refusedWith } from '../kit/gateway-refusals.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const PERSON = `person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}")`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function ask(query: string, further: Ask = {}) {
  gateway.forget()
  return gateway.ask({ ...DESK_MATTER, query, variables: { n: NUMBER }, ...further })
}

/** `count` pieces of a document. */
function many(count: number, piece: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join(' ')
}

describe('documents that would cost too much are refused, nothing is fetched', () => {
  const fragment = (from: number, to: number) =>
    `fragment F${from} on Person { ${to < 0 ? 'name' : `...F${to} ...F${to}`} }`
  const inline = (depth: number): string => (depth === 0 ? 'name' : `... on Person { ${inline(depth - 1)} }`)
  const list = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  const object = (depth: number): string => `${'{a:'.repeat(depth)}1${'}'.repeat(depth)}`
  test.each([
    ['many aliases', `{ ${PERSON} { ${many(61, (at) => `a${at}: name`)} } }`, 'LIMIT_EXCEEDED'],
    ['many root fields', `{ ${many(21, (at) => `p${at}: ${PERSON} { name }`)} }`, 'LIMIT_EXCEEDED'],
    ['one root field many times', `{ ${many(21, () => `${PERSON} { name }`)} }`, 'LIMIT_EXCEEDED'],
    [
      'many root fields in fragments',
      `{ ${many(21, () => '...F')} } fragment F on Query { ${PERSON} { name } }`,
      'LIMIT_EXCEEDED',
    ],
    ['many root fields of introspection', `{ ${many(21, (at) => `t${at}: __typename`)} }`, 'LIMIT_EXCEEDED'],
    [
      'fragments that double twenty times',
      `{ ${PERSON} { ...F19 } } ${many(20, (at) => fragment(at, at - 1))}`,
      'LIMIT_EXCEEDED',
    ],
    ['more tokens than are read', `{ ${PERSON} { ${many(4_000, () => 'name')} } }`, 'GRAPHQL_PARSE_FAILED'],
    [
      'a deep introspection',
      `{ __schema { types { ${many(40, () => 'ofType {')} name ${'}'.repeat(40)} } } }`,
      'LIMIT_EXCEEDED',
    ],
    [
      'a cycle of introspection',
      `{ __type(name: "Query") { fields { type { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['brackets that never end', '{'.repeat(4_001), 'GRAPHQL_PARSE_FAILED'],
    [
      'a list literal nested deeply',
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: ${list(1_950)}) { name } }`,
      null,
    ],
    [
      'an object literal nested deeply',
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: ${object(900)}) { name } }`,
      null,
    ],
    ['inline fragments nested deeply', `{ ${PERSON} { ${inline(600)} } }`, null],
    [
      'a directive many times',
      `{ ${PERSON} { name ${many(500, () => '@include(if: true)')} } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a long name', `{ ${PERSON} { ${'a'.repeat(50_000)}: name } }`, null],
  ] as const)('%s', async (_name, query, code) => {
    const reply = await ask(query, { variables: {} })
    expect(reply.status).toBeLessThan(500)
    if (code === null) return
    expect(await refusalOf(gateway, reply, [NUMBER])).toMatchObject({ breaches: [] })
    expect(new Set(codesOf(reply))).toEqual(new Set([code]))
    expect(gateway.seen).toEqual([])
  })

  test('fields that overlap in every pair', async () => {
    const reply = await ask(
      `{ ${PERSON} { ${many(600, (at) => `... on Person { household { a${at % 50}: photo } }`)} } }`,
    )
    expect(reply.status).toBeLessThan(500)
  })

  test('the server goes on', async () => {
    expect((await ask(`{ ${PERSON} { name } }`)).body.data).toEqual({ person: { name: '欧阳静怡' } })
  })
})

describe('documents that are wrong', () => {
  test.each([
    ['a cycle of fragments', `{ ${PERSON} { ...A } } fragment A on Person { ...B } fragment B on Person { ...A }`],
    ['a fragment in itself', `{ ${PERSON} { ...A } } fragment A on Person { ...A }`],
    ['an unused fragment', `{ ${PERSON} { name } } fragment A on Person { name }`],
    ['an unknown field', `{ ${PERSON} { nmae } }`],
    ['an unknown root field', '{ persons { name } }'],
    ['an unknown argument', `{ person(idDocumentType: RESIDENT_ID, idDocumentNumbr: "${NUMBER}") { name } }`],
    ['an unknown directive', `{ ${PERSON} { name @defer } }`],
    ['@defer on a fragment', `{ ${PERSON} { ... @defer { name } } }`],
    ['@stream', `{ ${PERSON} { socialInsurance @stream(initialCount: 1) { insuranceType } } }`],
    ['an object without a selection', `{ ${PERSON} }`],
    [
      '_entities',
      `{ _entities(representations: [{__typename: "Person", idDocumentNumber: "${NUMBER}"}]) { __typename } }`,
    ],
    ['_service', '{ _service { sdl } }'],
    ['a mutation', 'mutation { verifyItems { outcome } }'],
    ['a subscription', 'subscription { person { name } }'],
    [
      'a variable of another type',
      `query($n: Int!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }`,
    ],
    ['a variable that is not declared', `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: $m) { name } }`],
    [
      'a variable of an unknown type',
      `query($n: IdNumbr) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }`,
    ],
    ['an alias that stands for two things', `{ ${PERSON} { a: name a: sex } }`],
    ['a schema definition beside', `{ ${PERSON} { name } } type Person { name: String }`],
  ])('%s', async (_name, query) => {
    const reply = await ask(query)
    expect(await refusalOf(gateway, reply, [NUMBER])).toMatchObject({ status: 200, breaches: [] })
    expect(new Set(codesOf(reply))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']))
    expect(gateway.seen).toEqual([])
  })

  test.each(['', ' ', '{', '}', '{ person(', 'query', '\u0000', '{ a"', '\ud800', '#', '{}', 'query { }', '{ "x" }'])(
    'no document: %j',
    async (query) => {
      const reply = await ask(query)
      expect(reply.status).toBe(query === '' ? 400 : 200)
      expect((await refusalOf(gateway, reply)).breaches).toEqual([])
    },
  )
})

describe('names that mean something to JavaScript', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'then', 'toJSON']

  test.each(NAMES)('%s as an alias of a value, an object and the root', async (name) => {
    const reply = await ask(
      `{ ${name}: ${PERSON} { ${name}: household { ${name}: registrationStatus photo } b: household { ${name}: householdTownship } } }`,
    )
    expect(reply.status).toBe(200)
    const root = own(reply.body.data, name)
    expect(own(own(root, name), name)).toBe('NORMAL')
    expect(own(own(root, 'b'), name)).toBe('中山市石岐街道')
    expect(codesOf(reply)).toEqual(['NO_GRANT'])
    expect(reply.body.errors?.[0]?.path).toEqual([name, name, 'photo'])
    expect(({} as Record<string, unknown>)['registrationStatus']).toBeUndefined()
  })

  test.each(NAMES)('%s as an alias of a list and of what is masked and refused', async (name) => {
    const reply = await ask(
      `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { ${name}: socialInsurance { a: socialInsuranceNumber ${name}: terminationDate } } }`,
    )
    const list = own(own(reply.body.data, 'person'), name)
    expect(list).toHaveLength(5)
    expect(own(Array.isArray(list) ? list[4] : null, name)).toBeNull()
    expect(codesOf(reply)).toEqual(['NOT_NEEDED'])
    expect(Object.keys((await gateway.recordOf(reply.receipt)).operation?.aliases ?? {}).toSorted()).toEqual(
      [name, 'a'].toSorted(),
    )
  })

  test.each(['representations', '__proto__', 'constructor', 'v0', 'l0', '_any'])('%s as a variable', async (name) => {
    const query = `query($${name}: IdNumber!, $x: Boolean = true) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $${name}) { name @include(if: $x) household { registrationStatus } } }`
    const variables = JSON.parse(`{"${name}":"${NUMBER}"}`) as Record<string, unknown>
    const reply = await ask(query, { variables })
    expect(reply.body).toMatchObject({
      data: { person: { name: '欧阳静怡', household: { registrationStatus: 'NORMAL' } } },
    })
    expect(codesOf(reply)).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'toString'])('a missing variable is not found as %s', async (name) => {
    const query = `query($${name}: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $${name}) { name } }`
    expect(await refusalOf(gateway, await ask(query, { variables: {} }))).toEqual(refusedWith(200, 'BAD_USER_INPUT'))
    expect(gateway.seen).toEqual([])
  })

  test.each(['__proto__', 'constructor', 'toString'])('an operation called %s', async (name) => {
    const reply = await ask(`query ${name} { ${PERSON} { name } }`, { operationName: name })
    expect(reply.body.data).toEqual({ person: { name: '欧阳静怡' } })
  })
})

describe('values that are no numbers', () => {
  test.each([
    ['a number', 440_301],
    ['a list', [NUMBER]],
    ['an object', { number: NUMBER }],
    ['true', true],
    ['an empty text', ''],
    ['a list nested as deeply as a body may be', JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`) as unknown],
    ['a list nested deeply', JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown],
    ['a long text', 'x'.repeat(100_000)],
    ['a lone surrogate', '\ud800'],
    ['controls', '\u0000\u001b[31m'],
  ])('%s as the number', async (_name, n) => {
    const query = 'query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }'
    const reply = await ask(query, { variables: { n } })
    expect([200, 400]).toContain(reply.status)
    expect(codesOf(reply)).toEqual([reply.status === 200 ? 'INVALID_ID_NUMBER' : 'BAD_REQUEST'])
    expect((await gateway.recordOf(reply.receipt)).outcome.codes).toEqual(codesOf(reply))
    expect(gateway.seen.filter(({ department }) => department !== 'gateway')).toEqual([])
  })
})

test('the record is whole, and no value is in record or log', async () => {
  expect((await gateway.verify()).faults).toEqual([])
  await gateway.halt()
  expect(await leaksIn(gateway.directory)).toEqual([])
})

/** An own member, whatever its name; undefined where there is none. */
function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}
