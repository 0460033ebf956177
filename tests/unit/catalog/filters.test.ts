import { describe, expect, test } from 'vitest'
import { OPEN, composeAll, composeMarked, composed, header, wrongIn } from './marked.ts'

const sdl = (body: string): string => `${header()}\n${body}`
const asked = (args: string, types = ''): string =>
  sdl(`type Query { firms(${args}): [Firm] ${OPEN} }
type Firm { phone: String ${OPEN} name(${'first: Int'}): String ${OPEN} }
${types}`)
const BY = '@filters(field: "Firm.phone")'

const SILENT: Readonly<Record<string, string>> = {
  'an argument': asked('⟦FILTER_MISSING⟧phone: String'),
  'an argument of a record’s field': asked('first: Int').replace(
    'name(first: Int)',
    'name(⟦FILTER_MISSING⟧like: String)',
  ),
  'an argument of an interface’s field': asked('first: Int', 'interface I { n(⟦FILTER_MISSING⟧like: String): Int }'),
  'a custom scalar, whatever it is called': asked('⟦FILTER_MISSING⟧where: Json', 'scalar Json'),
  'a text in the place of a container': asked('⟦FILTER_MISSING⟧filter: String'),
  'a page of another type': asked('⟦FILTER_MISSING⟧first: String ⟦FILTER_MISSING⟧after: F', `scalar F`),
  'a member': asked('where: F', 'input F { ⟦FILTER_MISSING⟧phone: String }'),
  'a member that calls itself a page': asked('where: F', 'input F { ⟦FILTER_MISSING⟧after: String }'),
  'a member of an extension': asked(
    'where: F',
    `input F { phone: String ${BY} } extend input F { ⟦FILTER_MISSING⟧x: Int }`,
  ),
  'a member deep down': asked(
    'where: F',
    'input F { and: [F!] _not: G OR: [F!] } input G { or: [H!] } input H { ⟦FILTER_MISSING⟧x: Int }',
  ),
  'an object that is no container': asked('⟦FILTER_MISSING⟧owner: F', `input F { phone: String ${BY} }`),
  'an order': asked('⟦FILTER_MISSING⟧orderBy: O', 'enum O { PHONE NAME }'),
  'one value of an order': asked('orderBy: [O!]', `enum O { PHONE ${BY} ⟦FILTER_MISSING⟧NAME }`),
  'one value of an order in an input': asked(
    'input: F',
    `input F { by: O } enum O { PHONE ${BY} ⟦FILTER_MISSING⟧NAME }`,
  ),
}

describe('what filters without saying by what (INV-6)', () => {
  test.each(Object.entries(SILENT))('%s', (_name, marked) => {
    expect(
      wrongIn({ sdls: [marked], says: ['does not say what it filters, orders or groups by: add @filters(field:)'] }),
    ).toEqual([])
  })

  test('is told once where several arguments lead to it', () => {
    const { found } = composeMarked(
      asked('where: F, filter: F', 'input F { ⟦FILTER_MISSING⟧x: Int and: F }').replace(
        'name(first: Int)',
        'name(input: F)',
      ),
    )
    expect(found).toHaveLength(1)
  })

  test('is not a page, a container, what an annotation covers, nor what belongs to another or to nobody', () => {
    const { catalog } = composed(
      asked(
        `first: Int, last: Int, after: String, before: ID, where: F, kind: K ${BY}, tag: T ${BY}, json: Json ${BY}, order: O`,
        `input F { phone: String ${BY} and: [F!] not: F } input T { eq: String in: [String!] } enum K { A B }
         enum O { PHONE ${BY} } scalar Json input Unused { x: Int } enum Unasked { A }`,
      ),
    )
    expect(Object.keys(catalog.filters)).toHaveLength(5)
    const repeats = sdl(
      `type P @key(fields: "id") { id: ID! ${OPEN} f(x: Int): Int @external y: Int @requires(fields: "f(x: 1)") ${OPEN} }`,
    )
    const owner = sdl(
      `type Query { p: P ${OPEN} }\ntype P @key(fields: "id") { id: ID! ${OPEN} f(x: Int @filters(field: "P.f")): Int ${OPEN} }`,
    )
    expect(composeAll(owner, repeats).kind).toBe('composed')
  })
})
