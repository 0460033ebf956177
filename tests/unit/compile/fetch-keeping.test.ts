import { describe, expect, test } from 'vitest'
import { fetchesOf } from '../../../gateway/compile/plan.ts'
import type { FetchKeeping } from '../../../gateway/compile/plan.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { TestDepartment } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'

const resource = (code: string, cycle: string, more = '') =>
  `@resource(code: "${code}", title: "t", department: "records", updateCycle: "${cycle}", format: "DB_TABLE", contact: "c" ${more})`
const share = (level: string) => `@share(class: "UNCONDITIONAL", level: "${level}", title: "a field")`
const PERSON =
  'type Person @key(fields: "idDocumentType idDocumentNumber") { idDocumentType: String! idDocumentNumber: ID! @share(class: "UNCONDITIONAL", level: "L4", title: "a field")'

const front: TestDepartment = {
  name: 'front',
  sdl: `
    type Query { person: Person place: Place node: Node }
    ${PERSON} born: String ${share('L4')} }
    type Place @key(fields: "id") { id: ID! }
    interface Node { id: ID! }
    type Street implements Node @key(fields: "id") { id: ID! }
    type Square implements Node @key(fields: "id") { id: ID! }`,
}
const records = (more = ''): TestDepartment => ({
  name: 'records',
  sdl: `
    ${PERSON}
      born: String @external
      name: String ${share('L2')}
      photo: String ${share('L4')}
      coded: String @share(class: "UNCONDITIONAL", level: "L2", title: "t", embeds: ["Person.idDocumentNumber"])
      age: Int @requires(fields: "born") ${share('L2')}
      daily: Daily ${share('L2')}
      static: [[Static!]] ${share('L2')}
      now: Now ${share('L2')}
      spouse: Person @reference(follows: "Person.name") ${share('L2')}
    }
    type Daily ${resource('D-1', 'DAILY')} { value: Int ${share('L2')} list: [String!] ${share('L2')} when: Stamp ${share('L2')} flag: Boolean ${share('L2')} kind: Kind ${share('L2')} weight: Float ${share('L2')} }
    type Static ${resource('S-1', 'STATIC')} { value: Int ${share('L2')} }
    type Now ${resource('R-1', 'REALTIME', more)} { value: Int ${share('L2')} }
    scalar Stamp
    enum Kind { A B }
    type Place @key(fields: "id") { id: ID! area: Float height: Float ${share('L2')} owner: Person }
    interface Node { id: ID! }
    type Street implements Node @key(fields: "id") { id: ID! length: Int }
    type Square implements Node @key(fields: "id") { id: ID! width: Int ${share('L4')} }`,
})

/** What each fetch of entities may keep. */
async function keepingOf(text: string, departments = [front, records()]): Promise<readonly (FetchKeeping | null)[]> {
  const federation = federate(departments)
  const normalised = normaliseText(federation.schema, text)
  const { plan } = await federation.generation.compiledFor(viewWith(federation), normalised)
  const fetches = [...fetchesOf(plan)]
  // Root fetches are never kept.
  expect(fetches.filter(({ requires }) => requires === null).map(({ rules }) => rules.keep)).toEqual(
    fetches.flatMap(({ requires }) => (requires === null ? [null] : [])),
  )
  return fetches.flatMap(({ requires, rules }) => (requires === null ? [] : [rules.keep]))
}

const DAY = 86_400

describe('what may be kept of a fetch', () => {
  test('lives as long as the shortest cycle of what it asks for', async () => {
    expect(await keepingOf('{ person { static { value } } }')).toMatchObject([{ cycle: 365 * DAY, resources: ['S-1'] }])
    expect(await keepingOf('{ person { static { value } daily { value } } }')).toMatchObject([
      { cycle: DAY, resources: ['D-1', 'S-1'] },
    ])
    expect(await keepingOf('{ person { static { value } now { value } } }')).toMatchObject([
      { cycle: 0, resources: ['R-1', 'S-1'] },
    ])
  })

  test('may belong to any entry of its department where it names none', async () => {
    expect(await keepingOf('{ person { name } }')).toMatchObject([{ cycle: 0, resources: ['D-1', 'R-1', 'S-1'] }])
  })

  test('is about persons unless it is public and nobody’s', async () => {
    expect(await keepingOf('{ place { area } }')).toMatchObject([{ personal: false, others: true }])
    expect(await keepingOf('{ place { area height } }')).toMatchObject([{ personal: true }])
    expect(await keepingOf('{ person { daily { value } } }')).toMatchObject([{ personal: true, others: false }])
  })

  test('tells of others where it leads to them', async () => {
    expect(await keepingOf('{ person { spouse { __typename } } }')).toEqual([null])
    expect(await keepingOf('{ person { static { value } } }')).toMatchObject([{ others: false }])
  })

  test.each([
    ['a value of level 4', '{ person { name photo } }'],
    ['a value that holds one', '{ person { coded } }'],
    ['a value that is computed from one', '{ person { age } }'],
    ['a type of several that has one', '{ node { ... on Square { width } ... on Street { length } } }'],
    ['somebody’s number', '{ place { owner { name } } }'],
  ])('is nothing where there is %s', async (_, text) => {
    const all = await keepingOf(text)
    expect(all.length).toBeGreaterThan(0)
    expect(all[0]).toBeNull()
  })

  test('is nothing of a source that answers by caller, nor of what might be its', async () => {
    const varying = [front, records('varies: true')]
    expect(await keepingOf('{ person { now { value } } }', varying)).toEqual([null])
    expect(await keepingOf('{ person { name } }', varying)).toEqual([null])
    expect(await keepingOf('{ person { daily { value } } }', varying)).toMatchObject([{ cycle: DAY }])
  })

  test('is nothing of what the gateway itself answers', async () => {
    const own = { name: 'gateway', sdl: `${PERSON} pseudonym: String }` }
    expect(await keepingOf('{ person { pseudonym } }', [front, own])).toEqual([null])
  })

  test('has its shape known in advance', async () => {
    const [keep] = await keepingOf(
      'query ($v: Boolean!) { person { n: name daily { value list when flag kind weight @include(if: $v) } static { value } } }',
    )
    const leaf = (of: string, lists = 0, optional = false) => ({ lists, of, optional })
    const daily = new Map([
      ['value', leaf('integer')],
      ['list', leaf('string', 1)],
      ['when', leaf('any')],
      ['flag', leaf('boolean')],
      ['kind', leaf('string')],
      ['weight', leaf('number', 0, true)],
    ])
    expect(keep?.shape.get('Person')).toEqual(
      new Map<string, unknown>([
        ['name', leaf('string')],
        ['daily', { lists: 0, optional: false, of: new Map([['Daily', daily]]) }],
        ['static', { lists: 2, optional: false, of: new Map([['Static', new Map([['value', leaf('integer')]])]]) }],
      ]),
    )
  })

  test('carries the version of its catalogue', async () => {
    const [one] = await keepingOf('{ person { name } }')
    const [other] = await keepingOf('{ person { daily { value } } }', [front, records('varies: true')])
    expect(one?.catalog).toMatch(/^[0-9a-f]{16}$/)
    expect(other?.catalog).not.toBe(one?.catalog)
  })
})
