import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import type { Party } from '../../../gateway/caller/parties.ts'
import { indexFields } from '../../../gateway/catalog/catalog.ts'
import type { Matter } from '../../../gateway/grants/registers.ts'
import { groundOf } from '../../../gateway/request/check-operation.ts'
import { createOperations } from '../../../gateway/request/operations.ts'
import { documentHash, repeatedOperations } from '../../../gateway/request/registered-operation.ts'
import type { RegisteredOperation } from '../../../gateway/request/registered-operation.ts'
import { FIRMS } from '../compile/filtering.ts'
import { ZHONGSHAN, callerOf, matterOf } from '../grants/world.ts'

const GOOD = 'query Good { registered { code } }'
const TWO = 'query A { registered { code } } query B { registered { code } }'

function entryOf(id: string, facts: Partial<RegisteredOperation> = {}): RegisteredOperation {
  const where = { department: 'housing', application: 'desk', matter: 'M', operationName: null }
  const one = { id, ...where, document: GOOD, ...facts }
  return { ...one, hash: documentHash(one.document) }
}

function partyOf(code: string, delegations: Party['delegations'] = []): Party {
  const name = { zh: '部门', en: code }
  const applications = ['desk', 'other'].map((one) => ({ code: one, name, suspended: false }))
  const facts = { type: 'DEPARTMENT', byReference: false, basis: ['ZS-1.06'], roles: [], suspended: false } as const
  return { code, name, ...facts, delegations, applications }
}

const FIELDS = { 'Firm.code': 'READ' } as const

/** Operations over registers that a test may change between two requests. */
function worldOf(...entries: readonly RegisteredOperation[]) {
  const state = {
    entries,
    matters: [matterOf(FIELDS), matterOf(FIELDS, { code: 'N' }), matterOf(FIELDS, { code: 'T', department: 'tax' })],
    parties: [partyOf('housing'), partyOf('tax'), partyOf('town', [{ department: 'tax', matters: ['T'] }])],
  }
  const { schema, generation } = FIRMS
  const served = { schema, catalog: generation.catalog, fields: indexFields(generation.catalog) }
  const operations = createOperations(
    { current: () => state.entries },
    {
      ground: () => groundOf(served, ZHONGSHAN, 500),
      matters: {
        version: () => 1,
        find: (code) => state.matters.find((one: Matter) => one.code === code) ?? null,
        ofDepartment: () => [],
      },
      parties: { find: (code) => state.parties.find((one) => one.code === code) ?? null, all: () => state.parties },
    },
  )
  const find = (wanted: Partial<Parameters<typeof operations.find>[1]>, caller: Partial<Caller> = {}) => {
    const found = operations.find(callerOf(caller), { id: null, hash: null, operationName: null, ...wanted })
    return found && [found.entry.id, found.name]
  }
  return { state, operations, find }
}

describe('an operation is found', () => {
  const { find } = worldOf(entryOf('O'))

  it('by its id, and by the hash of its text', () => {
    expect(find({ id: 'O' })).toEqual(['O', 'Good'])
    expect(find({ hash: documentHash(GOOD) })).toEqual(['O', 'Good'])
  })

  it('under the name of its operation, and under no other', () => {
    expect(find({ id: 'O', operationName: 'Good' })).toEqual(['O', 'Good'])
    for (const operationName of ['', 'good', 'Other']) expect(find({ id: 'O', operationName })).toBeNull()
  })

  it.each<[string, Partial<Caller>]>([
    ["another department's", { department: 'tax' }],
    ["another application's", { application: 'other' }],
    ["another matter's", { matter: 'N' }],
    ["nobody's matter", { matter: 'X' }],
    ['without a matter', { matter: null }],
    ['for whom another acts', { actingFor: { department: 'tax', matters: ['T', 'M'], party: 'DEPARTMENT' } }],
  ])('only in its own standing: %s', (_what, caller) => {
    for (const wanted of [{ id: 'O' }, { hash: documentHash(GOOD) }]) expect(find(wanted, caller)).toBeNull()
  })

  it.each(['__proto__', 'constructor', 'toString', 'o', 'O ', ''])('by no other id: %j', (id) => {
    expect(find({ id })).toBeNull()
  })

  it.each([
    ['a line end', GOOD.replace(' {', ' {\n')],
    ['a carriage return', `${GOOD}\r\n`],
    ['a byte-order mark', `\ufeff${GOOD}`],
    ['a look-alike', GOOD.replace('o', '\u043e')],
    ['a blank at the end', `${GOOD} `],
  ])('by no text that differs by %s', (_what, text) => {
    expect(find({ hash: documentHash(text) })).toBeNull()
  })
})

describe('a delegate (ZS-7.04)', () => {
  const acting = {
    department: 'town',
    actingFor: { department: 'tax', matters: ['T'], party: 'DEPARTMENT' },
    matter: 'T',
  } as const

  it('runs what is registered for its own application, while it acts for the owner of the matter', () => {
    const { find } = worldOf(entryOf('O', { department: 'town', matter: 'T' }))
    expect(find({ id: 'O' }, acting)).toEqual(['O', 'Good'])
    expect(find({ id: 'O' }, { ...acting, actingFor: null })).toBeNull()
  })

  it("does not run what is registered for the owner's", () => {
    const { find } = worldOf(entryOf('O', { department: 'tax', matter: 'T' }))
    expect(find({ id: 'O' }, acting)).toBeNull()
    expect(find({ id: 'O' }, { department: 'tax', matter: 'T' })).toEqual(['O', 'Good'])
  })
})

describe('several operations of one document', () => {
  const two = (id: string, operationName: string) => entryOf(id, { document: TWO, operationName })

  it('are registered one by one', () => {
    const { find } = worldOf(two('O', 'A'))
    const hash = documentHash(TWO)
    expect([find({ hash }), find({ hash, operationName: 'A' }), find({ hash, operationName: 'B' })]).toEqual([
      ['O', 'A'],
      ['O', 'A'],
      null,
    ])
  })

  it('are told apart by id or name; by the hash alone none is meant', () => {
    const { find } = worldOf(two('OA', 'A'), two('OB', 'B'))
    const hash = documentHash(TWO)
    expect([find({ hash }), find({ hash, operationName: 'B' }), find({ id: 'OB' })]).toEqual([
      null,
      ['OB', 'B'],
      ['OB', 'B'],
    ])
    expect(find({ id: 'OB', operationName: 'A' })).toBeNull()
  })
})

describe('an entry with a fault', () => {
  it('is not in force, and others are', () => {
    const { find } = worldOf(entryOf('bad', { document: '{ registered { ... on Firm { name } } }' }), entryOf('O'))
    expect([find({ id: 'bad' }), find({ id: 'O' })]).toEqual([null, ['O', 'Good']])
  })

  it('follows the matter, the party and the register from one request to the next', () => {
    const { find, state } = worldOf(entryOf('O'))
    expect(find({ id: 'O' })).not.toBeNull()
    const [whole] = state.matters
    state.matters = [matterOf({}), ...state.matters.slice(1)]
    expect(find({ id: 'O' })).toBeNull()
    state.matters = whole ? [whole] : []
    expect(find({ id: 'O' })).not.toBeNull()
    state.parties = [{ ...partyOf('housing'), applications: [] }]
    expect(find({ id: 'O' })).toBeNull()
    state.parties = [partyOf('housing')]
    state.entries = [entryOf('P')]
    expect([find({ id: 'O' }), find({ id: 'P' })]).toEqual([null, ['P', 'Good']])
  })
})

describe('entries that say the same again', () => {
  const again = (...entries: readonly RegisteredOperation[]) =>
    [...repeatedOperations(entries)].map(([{ matter }, what]) => `${matter} ${what}`)

  it('are those with an id of before, whosever it is; the first stays in force', () => {
    expect(again(entryOf('O'), entryOf('O', { matter: 'N' }))).toEqual(['N id'])
    const { find } = worldOf(entryOf('O'), entryOf('O', { matter: 'N' }))
    expect([find({ id: 'O' }), find({ id: 'O' }, { matter: 'N' })]).toEqual([['O', 'Good'], null])
  })

  it('are those with the same operation of the same text for the same matter', () => {
    expect(again(entryOf('O'), entryOf('P'))).toEqual(['M document'])
    expect(again(entryOf('O'), entryOf('P', { operationName: 'Good' }))).toEqual(['M document'])
    expect(again(entryOf('O'), entryOf('P', { matter: 'N' }))).toEqual([])
    const named = (id: string, operationName: string) => entryOf(id, { document: TWO, operationName })
    expect(again(named('O', 'A'), named('P', 'B'), named('Q', 'A'))).toEqual(['M document'])
  })
})

it('counts documents without registration by application', () => {
  const { operations } = worldOf()
  const count = (application: string) => operations.countUnregistered(callerOf({ application }))
  expect([count('desk'), count('desk'), count('other'), count('desk')]).toEqual([1, 2, 1, 3])
})
