import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generate } from '../../city/generate.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { attack, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* Attempts to read more of a list than a page, more people than one may, or somebody by what leads to them. */

const NAME = 'Enterprise.enterpriseName'
const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
const valid = { validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00' }
const grant = (id: string, facts: object) => ({
  id,
  consumer: DESK.department,
  matters: ['firms'],
  approver: 'MR-0001',
  agreement: 'XY-1',
  ...valid,
  ...facts,
})
const REGISTERS = {
  matters: {
    matters: [
      {
        code: 'firms',
        title: '企业核验',
        department: DESK.department,
        // The number of a person is not among them, so that neither what contains it nor who stands behind it is told.
        fields: [
          'LegalEntityConnection.nodes',
          'LegalEntityConnection.endCursor',
          'LegalEntity.enterprise',
          NAME,
          'Enterprise.divisionCode',
          REPRESENTATIVE,
          'Enterprise.legalRepresentative',
          'Person.name',
        ],
      },
    ],
  },
  cases: { cases: [] },
  grants: { grants: [grant('G-REP', { clear: [REPRESENTATIVE, 'Enterprise.legalRepresentative'] })] },
}
const AS_FIRMS = { as: DESK, matter: 'firms' } as const

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ registers: REGISTERS, settings: { limits: { subjectsPerCase: 1_000 } } })
})
afterAll(() => gateway.stop())

const LIST = `query ($filter: LegalEntityFilter!, $first: Int, $after: String) {
  legalEntities(filter: $filter, first: $first, after: $after) { nodes { enterprise { enterpriseName } } endCursor } }`
const list = (variables: Readonly<Record<string, unknown>>): Promise<Outcome> =>
  attack(gateway, {
    ...AS_FIRMS,
    query: LIST,
    variables: { filter: { divisionCode: '442000' }, first: 1, ...variables },
  })

interface Listed {
  readonly legalEntities: { readonly nodes: readonly unknown[]; readonly endCursor: string } | null
}
const listed = ({ reply }: Outcome): Listed => reply.body.data as unknown as Listed
const namesIn = ({ reply }: Outcome): readonly string[] =>
  [...reply.text.matchAll(/"enterpriseName":"([^"]+)"/g)].map(([, name = '']) => name)

describe('a cursor', () => {
  async function first(): Promise<{ readonly cursor: string; readonly names: readonly string[] }> {
    const outcome = await list({})
    return { cursor: listed(outcome).legalEntities?.endCursor ?? '', names: namesIn(outcome) }
  }

  test('leads to the next page, tells no place in the source, and is another one each time', async () => {
    const [one, again] = [await first(), await first()]
    expect(one.names).toHaveLength(1)
    expect(Buffer.from(one.cursor, 'base64url').toString('latin1')).not.toMatch(/\d{4}/)
    expect(again.cursor).not.toBe(one.cursor)
    const next = await list({ after: one.cursor })
    expect(namesIn(next)).toHaveLength(1)
    expect(namesIn(next)).not.toEqual(one.names)
  })

  const forgeries: Readonly<Record<string, (cursor: string) => string>> = {
    'a number': () => '1',
    'one with a byte changed': (cursor) => (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1),
    'one that is cut': (cursor) => cursor.slice(0, -4),
    'one in another spelling': (cursor) => `${cursor}=`,
  }
  test.each(Object.entries(forgeries))('that was made up gives nothing: %s', async (_name, forge) => {
    const { cursor } = await first()
    const outcome = await list({ after: forge(cursor) })
    expect(namesIn(outcome)).toEqual([])
    expect(codesOf(outcome.reply)).not.toEqual([])
    expect(outcome.reply.text).not.toContain('cursor')
  })

  test('of one list opens no other', async () => {
    const { cursor } = await first()
    const other = await list({ after: cursor, filter: { divisionCodeIn: ['442000', '441302'] } })
    expect([namesIn(other), listed(other).legalEntities]).toEqual([[], null])
  })
})

describe('a page', () => {
  test.each([
    ['of a million rows', 1_000_000],
    ['of one row too many', 51],
  ])('%s is refused before anybody is asked', async (_name, size) => {
    const outcome = await list({ first: size })
    expect([codesOf(outcome.reply), gateway.seen]).toEqual([['LIMIT_EXCEEDED'], []])
  })

  test.each([
    ['of no row', { first: 0 }],
    ['backwards', { first: -1 }],
    ['of a filter that filters nothing', { filter: {} }],
    ['of a filter that is an empty list', { filter: { divisionCodeIn: [] } }],
    ['of a filter of a thousand values', { filter: { divisionCodeIn: Array.from({ length: 1_000 }, () => '442000') } }],
  ])('%s has nothing in it', async (_name, variables) => {
    const outcome = await list(variables)
    expect(listed(outcome).legalEntities).toBeNull()
    expect(codesOf(outcome.reply)).not.toEqual([])
  })
})

describe('what filters by something that one may not see', () => {
  const HIDDEN = 'query ($f: LegalEntityFilter!) { legalEntities(filter: $f, first: 1) { endCursor } }'
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['a value', { industry: 'C3989' }],
    ['a null', { industry: null }],
    ['a list beside what one may see', { divisionCode: '442000', industryIn: ['C3989'] }],
  ])('%s', async (_name, f) => {
    const outcome = await attack(gateway, { ...AS_FIRMS, query: HIDDEN, variables: { f } })
    expect([codesOf(outcome.reply), gateway.seen]).toEqual([['FILTER_NOT_ALLOWED'], []])
    expect(outcome.reply.text).not.toContain('C3989')
    expect(JSON.stringify(outcome.record)).not.toContain('C3989')
  })

  test('is no offer of the schema either', async () => {
    const query = '{ __type(name: "LegalEntityFilter") { inputFields { name } } }'
    const { reply } = await attack(gateway, { ...AS_FIRMS, query })
    expect(reply.text).toContain('divisionCode')
    expect(reply.text).not.toContain('industry')
  })
})

describe('whoever stands behind a firm', () => {
  test('is told neither by the number in it nor by the reference', async () => {
    const outcome = await attack(gateway, {
      ...AS_FIRMS,
      query: `{ legalEntities(filter: { divisionCode: "442000" }, first: 5) { nodes { enterprise {
        enterpriseName legalRepresentativeIdNumber legalRepresentative { name } } } } }`,
    })
    expect(namesIn(outcome)).not.toEqual([])
    expect(outcome.reply.text).toContain('"legalRepresentativeIdNumber":null')
    expect(outcome.reply.text).toContain('"legalRepresentative":null')
    expect(outcome.words).not.toContain('legalRepresentativeIdNumber')
    expect(outcome.words).not.toContain('legalRepresentative')
    expect(outcome.departments).toEqual(['market-registration'])
    expect(outcome.record.grants).toEqual([])
  })
})

test('a firm stands in the record, though nothing of its number is asked', async () => {
  const outcome = await list({ first: 3 })
  expect(namesIn(outcome)).toHaveLength(3)
  expect(outcome.record.subjects).toHaveLength(3)
})

describe('people by a list of keys', () => {
  const PEOPLE = [...generate(CITY)]
    .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
    .map(({ name, document }) => ({ name, number: document.idDocumentNumber }))
  const ask = (numbers: readonly string[]): Promise<Outcome> =>
    attack(gateway, {
      ...AS_FIRMS,
      query: 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }',
      variables: { keys: numbers.map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber })) },
    })

  test('are each their own, in any order', async () => {
    const chosen = PEOPLE.slice(0, 3)
    for (const people of [chosen, chosen.toReversed()]) {
      const { reply, record } = await ask(people.map(({ number }) => number))
      expect(reply.body.data).toEqual({ persons: people.map(({ name }) => ({ name })) })
      expect(record.subjects).toHaveLength(3)
    }
  })

  test('who stand in it twice are asked for once and answered twice', async () => {
    const { reply, record } = await ask([NUMBER, OTHER_NUMBER, NUMBER])
    const [first, , third] = (reply.body.data as unknown as { persons: readonly unknown[] }).persons
    expect(first).toEqual({ name: '欧阳静怡' })
    expect(third).toEqual(first)
    expect(record.subjects).toHaveLength(2)
    const asked = gateway.seen.find(({ department }) => department === 'public-security')
    expect(asked?.variables['representations']).toHaveLength(2)
  })

  test.each([
    ['one person a thousand times', Array.from({ length: 1_000 }, () => NUMBER)],
    ['a hundred and one numbers that nobody has', Array.from({ length: 101 }, (_, at) => `X${at}`)],
  ])('%s: nobody is asked', async (_name, numbers) => {
    const { reply } = await ask(numbers)
    expect([codesOf(reply), gateway.seen]).toEqual([['LIMIT_EXCEEDED'], []])
  })

  test('are no more by many aliases', async () => {
    const query = `query ($k: [PersonKeyInput!]!, $m: [PersonKeyInput!]!) {
      a: persons(keys: $k) { name } b: persons(keys: $m) { name } }`
    const keysOf = (from: number) =>
      Array.from({ length: 60 }, (_, at) => ({ idDocumentType: 'PASSPORT', idDocumentNumber: `E${from + at}` }))
    const { reply } = await attack(gateway, {
      ...AS_FIRMS,
      query,
      variables: { k: keysOf(10_000_000), m: keysOf(20_000_000) },
    })
    expect([codesOf(reply), gateway.seen]).toEqual([['LIMIT_EXCEEDED'], []])
  })
})

test('one whom nobody asked about is not found by another document', async () => {
  const query = person('name').replace('RESIDENT_ID', 'PASSPORT')
  const { reply } = await attack(gateway, { ...AS_FIRMS, query })
  expect(reply.body.data).toEqual({ person: { name: null } })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
