import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { refusalOf } from '../kit/gateway-refusals.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const BY_TYPE =
  'query($t: IdDocumentType!, $n: IdNumber!) { person(idDocumentType: $t, idDocumentNumber: $n) { name } }'
/** Values that must not come back: a number, names in two scripts, a text with quotes and one with line breaks. */
const VALUES = [NUMBER, '欧阳静怡', 'ZHANGSAN', 'zhang "san" 欧阳', 'line\n440301199001011234 two', "it's 张三"]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function ask(query: string, further: Ask = {}) {
  gateway.forget()
  return gateway.ask({ ...DESK_MATTER, query, headers: { 'accept-language': 'en' }, ...further })
}

describe('what does not fit names position and type, never the value', () => {
  test.each(VALUES)('a variable of an enum: %j', async (value) => {
    const reply = await ask(BY_TYPE, { variables: { t: value, n: NUMBER } })
    expect((await refusalOf(gateway, reply, secrets(value))).breaches).toEqual([])
    expect(reply.body.errors?.[0]?.message).toContain("$t does not fit the variable's type IdDocumentType!")
  })

  test.each([[[NUMBER]], [{ name: '欧阳静怡' }], [44_030_119_900_101], [true], [null]])(
    'a variable of an enum: %j',
    async (value) => {
      const reply = await ask(BY_TYPE, { variables: { t: value, n: NUMBER } })
      expect((await refusalOf(gateway, reply, [NUMBER, '欧阳静怡', '44030119900101'])).breaches).toEqual([])
      expect([reply.status, codesOf(reply)]).toEqual([200, ['BAD_USER_INPUT']])
    },
  )

  test.each([undefined, null])('a missing number: %j', async (n) => {
    const reply = await ask(BY_TYPE, { variables: { t: 'RESIDENT_ID', n } })
    expect([codesOf(reply), reply.body.errors?.[0]?.message]).toEqual([
      ['BAD_USER_INPUT'],
      expect.stringContaining("$n does not fit the variable's type IdNumber!") as string,
    ])
  })

  test.each(VALUES)('a literal in the place of an enum: %j', async (value) => {
    const reply = await ask(`{ person(idDocumentType: ${JSON.stringify(value)}, idDocumentNumber: "x") { name } }`)
    const refusal = await refusalOf(gateway, reply, secrets(value))
    expect([refusal.codes, refusal.breaches]).toEqual([['GRAPHQL_VALIDATION_FAILED'], []])
    expect(reply.body.errors?.[0]?.message).toContain('IdDocumentType')
    expect(reply.body.errors?.[0]?.locations).toEqual([{ line: 1, column: 26 }])
  })

  test.each(['ZHANGSAN', `N${NUMBER}`, '[ZHANGSAN]', '{ZHANGSAN: ZHANGSAN}', '$ZHANGSAN', '440301199001011234'])(
    'a word in the place of an enum: %s',
    async (value) => {
      const reply = await ask(`{ person(idDocumentType: ${value}, idDocumentNumber: "x") { name } }`)
      expect((await refusalOf(gateway, reply, value.startsWith('$') ? [] : ['ZHANGSAN', NUMBER])).breaches).toEqual([])
      expect(new Set(codesOf(reply))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']))
    },
  )

  test.each(VALUES)('the condition of @include: %j', async (value) => {
    const query = 'query($x: Boolean!) { __typename @include(if: $x) }'
    const refusal = await refusalOf(gateway, await ask(query, { variables: { x: value } }), secrets(value))
    expect([refusal.codes, refusal.breaches]).toEqual([['BAD_USER_INPUT'], []])
    const literal = await ask(`{ __typename @include(if: ${JSON.stringify(value)}) }`)
    expect((await refusalOf(gateway, literal, secrets(value))).breaches).toEqual([])
  })

  test.each(VALUES)('an argument of introspection: %j', async (value) => {
    const query = 'query($x: Boolean!) { __type(name: "Query") { fields(includeDeprecated: $x) { name } } }'
    const reply = await ask(query, { variables: { x: value } })
    expect((await refusalOf(gateway, reply, secrets(value))).breaches).toEqual([])
    expect(codesOf(reply)).toEqual(['BAD_USER_INPUT'])
  })

  test.each(VALUES)('an operation name: %j', async (value) => {
    const reply = await ask('query A { __typename }', { operationName: value })
    const refusal = await refusalOf(gateway, reply, secrets(value))
    expect([refusal.codes, refusal.breaches]).toEqual([['OPERATION_RESOLUTION_FAILURE'], []])
  })
})

describe('syntax errors quote nothing', () => {
  test.each([
    `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}" { name } }`,
    `{ "${NUMBER}" }`,
    `{ person("欧阳静怡") }`,
    `{ person(n: """欧阳静怡 ${NUMBER}""" ) } }`,
    `{ a(b: "欧阳静怡 \\q") }`,
    `{ a(b: "${NUMBER}`,
    `{ a(b: ${NUMBER}) }`,
    `{ a(b: 0${NUMBER.slice(0, 17)}) }`,
    '{ 欧阳静怡 }',
    `query ${NUMBER} { a }`,
    `{ a } "${NUMBER}"`,
    'ZHANGSAN { a }',
    `{ a(b: "\\u{${NUMBER.slice(0, 17)}}") }`,
  ])('%s', async (query) => {
    const reply = await ask(query)
    const refusal = await refusalOf(gateway, reply, [NUMBER, NUMBER.slice(0, 15), '欧阳', 'ZHANGSAN'])
    expect([refusal.status, refusal.codes, refusal.breaches]).toEqual([200, ['GRAPHQL_PARSE_FAILED'], []])
    expect(reply.body.errors?.[0]?.locations).toHaveLength(1)
  })
})

describe('nothing is suggested', () => {
  test.each([
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { nam } }',
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { household { phot } } }',
    '{ perso(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { name } }',
    '{ person(idDocumentTyp: RESIDENT_ID, idDocumentNumber: "x") { name } }',
    '{ person(idDocumentType: RESIDENT_I, idDocumentNumber: "x") { name } }',
    '{ person(idDocumentType: "RESIDENT_ID", idDocumentNumber: "x") { name } }',
    'query($n: IdNumbe!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }',
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { ... on Perso { name } } }',
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { ...F } } fragment G on Person { name }',
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { name @includ(if: true) } }',
    '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "x") { disabilityCertificateNumber } }',
  ])('%s', async (query) => {
    const reply = await ask(query)
    expect((await refusalOf(gateway, reply)).breaches).toEqual([])
    expect(new Set(codesOf(reply))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']))
    // Names that the caller did not write, one letter away.
    expect(reply.text).not.toMatch(/"(name|photo|person|idDocumentType|RESIDENT_ID|IdNumber|DisabilityCertificate)"/)
  })

  test.each(['RESIDENT_I', 'resident_id', 'PASPORT'])('for a variable either: %s', async (t) => {
    const reply = await ask(BY_TYPE, { variables: { t, n: NUMBER } })
    expect((await refusalOf(gateway, reply, [t])).breaches).toEqual([])
    expect(reply.text).not.toMatch(/RESIDENT_ID|PASSPORT/)
  })
})

/** A value, and the pieces of it that would still tell. */
function secrets(value: string): readonly string[] {
  return [value, ...(value.match(/\p{Script=Han}+|\d{5,}|ZHANGSAN|zhang/gu) ?? [])]
}
