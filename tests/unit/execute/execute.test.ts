import { describe, expect, it } from 'vitest'
import { execute } from '../../../gateway/execute/execute.ts'
import type { ExecuteContext } from '../../../gateway/execute/execute.ts'
import type { SubgraphClient, SubgraphReply } from '../../../gateway/execute/subgraph-client.ts'
import { fetchesOf } from '../../../gateway/compile/plan.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import type { Tamper } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)
const view = viewWith(sample)
const { li, ou, lost } = NUMBERS

/** What the walker is given beside the plan. */
const contextOf = (fetch: SubgraphClient['fetch'], monotonic = () => 0): ExecuteContext => ({
  schema: sample.schema,
  monotonic,
  context: { receipt: 'r', consumer: 'c', matter: null },
  signal: new AbortController().signal,
  client: { fetch },
})

/** Changes the answers of one department. */
const from =
  (department: string, change: (reply: SubgraphReply) => SubgraphReply): Tamper =>
  (reply, fetch) =>
    fetch.department === department ? change(reply) : reply

const entities = (list: readonly unknown[], errors?: unknown): SubgraphReply => ({
  data: { _entities: list },
  ...(errors ? { errors } : {}),
  sources: [],
})

function faultsOf({ errors }: Awaited<ReturnType<typeof ask>>): string[] {
  return errors.map(({ extensions, path }) => `${extensions.code} ${path?.join('.')}`)
}

describe('representations', () => {
  it('are sent once for equal people, and the entities go to each of them', async () => {
    const { data, fetches } = await ask(sample, '{ people { number pension } }', { view })
    expect(fetches[1]?.variables).toEqual({
      representations: [
        { __typename: 'Person', number: li },
        { __typename: 'Person', number: ou },
      ],
    })
    expect(data).toEqual({
      people: [
        { number: li, pension: 3 },
        { number: ou, pension: 18 },
        { number: li, pension: 3 },
      ],
    })
  })

  it('follow each other through lists: department after department', async () => {
    const text = '{ people(first: 2) { insurance { monthly employer { title capital staff { number pension } } } } }'
    const { data, fetches } = await ask(sample, text, { view })
    const staff = [
      { number: li, pension: 3 },
      { number: ou, pension: 18 },
      { number: li, pension: 3 },
    ]
    const employer = { title: 'Works', capital: 5_000, staff }
    expect(data).toEqual({
      people: [{ insurance: { monthly: 3, employer } }, { insurance: { monthly: 18, employer } }],
    })
    expect(fetches.map(({ department }) => department)).toEqual(['police', 'insurance', 'registry', 'insurance'])
    // One company, one representation; two people among three.
    expect(fetches[2]?.variables['representations']).toHaveLength(1)
    expect(fetches[3]?.variables['representations']).toHaveLength(2)
  })

  it('are not sent at all when there is nobody', async () => {
    const { data, outcomes, fetches } = await ask(sample, '{ nobody { name pension } }', { view })
    expect(data).toEqual({ nobody: null })
    expect(outcomes.map(({ department, outcome }) => [department, outcome])).toEqual([
      ['police', 'ok'],
      ['insurance', 'not-called'],
    ])
    expect(fetches).toHaveLength(1)
  })
})

describe('an entity that a department does not have', () => {
  it('is no value for every field asked, and no fault', async () => {
    const { data, errors } = await ask(sample, `{ person(number: "${lost}") { name pension insurance { monthly } } }`, {
      view,
    })
    expect(data).toEqual({ person: { name: '王五', pension: null, insurance: null } })
    expect(errors).toEqual([])
  })

  it('says nothing of what another department owes', async () => {
    const things = federate([
      {
        name: 'a',
        sdl: `type Query { things: [Thing] } union Thing = A | B type A @key(fields: "id") { id: ID! } type B @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            things: () => [
              { __typename: 'A', id: '1' },
              { __typename: 'B', id: '2' },
            ],
          },
        },
      },
      {
        name: 'b',
        sdl: `type A @key(fields: "id") { id: ID! x: Int } type B @key(fields: "id") { id: ID! y: Int }`,
        resolvers: { A: { __resolveReference: () => null }, B: { __resolveReference: () => null } },
      },
      { name: 'c', sdl: `type A @key(fields: "id") { id: ID! y: Int }` },
    ])
    const asked = await ask(things, '{ things { ... on A { x y } ... on B { y } } }', {
      view: viewWith(things),
      tamper: from('c', () => {
        throw new Error('down')
      }),
    })
    expect(asked.data).toEqual({ things: [{ x: null, y: null }, { y: null }] })
    expect(faultsOf(asked)).toEqual(['SOURCE_UNAVAILABLE things.0.y'])
  })
})

describe('objects of several types', () => {
  const things = federate([
    {
      name: 'a',
      sdl: `type Query { things: [Thing] } union Thing = A | B type A @key(fields: "code") { code: ID! } type B { code: ID }`,
      resolvers: {
        Query: {
          things: () => [
            { __typename: 'A', code: '1' },
            { __typename: 'B', code: '2' },
            { __typename: 'B', code: null },
          ],
        },
      },
    },
    {
      name: 'b',
      sdl: `type A @key(fields: "code") { code: ID! x: Int }`,
      resolvers: { A: { __resolveReference: () => ({ x: 5 }) } },
    },
  ])

  it('answer under one name though one is a key: the planner renames, the walker renames back', async () => {
    const asked = await ask(things, '{ things { ... on A { code x } ... on B { other: code } } }', {
      view: viewWith(things),
    })
    expect(JSON.stringify(asked.compiled.plan)).toContain('"kind":"KeyRenamer"')
    expect(asked.data).toEqual({ things: [{ code: '1', x: 5 }, { other: '2' }, { other: null }] })
    expect(asked.errors).toEqual([])
  })
})

describe('a department that', () => {
  const text = '{ people { number pension } }'
  it.each<[string, Tamper, string, (string | number)[]]>([
    [
      'does not answer',
      from('insurance', () => {
        throw new Error('down')
      }),
      'SOURCE_UNAVAILABLE',
      [0, 1, 2],
    ],
    [
      'answers with errors alone',
      from('insurance', () => ({ errors: [{ message: 'secret' }], sources: [] })),
      'SOURCE_UNAVAILABLE',
      [0, 1, 2],
    ],
    [
      'fails for one entity',
      from('insurance', () => entities([{ pension: 1 }, null], [{ path: ['_entities', 1] }])),
      'SOURCE_UNAVAILABLE',
      [1],
    ],
    [
      'fails for a field of one',
      from('insurance', () => entities([{ pension: null }, { pension: 2 }], [{ path: ['_entities', 0, 'pension'] }])),
      'SOURCE_UNAVAILABLE',
      [0, 2],
    ],
    [
      'fails without saying where',
      from('insurance', () => entities([{ pension: 1 }, { pension: 2 }], [{ message: 'm' }])),
      'SOURCE_UNAVAILABLE',
      [0, 1, 2],
    ],
    ['answers too few', from('insurance', () => entities([{ pension: 1 }])), 'SOURCE_INVALID', [0, 1, 2]],
    ['answers too many', from('insurance', () => entities([{ pension: 1 }, null, null])), 'SOURCE_INVALID', [0, 1, 2]],
    [
      'answers a text for an entity',
      from('insurance', () => entities(['x', { pension: 2 }])),
      'SOURCE_INVALID',
      [0, 2],
    ],
    [
      'answers an entity without the field',
      from('insurance', () => entities([{}, { pension: 2 }])),
      'SOURCE_INVALID',
      [0, 2],
    ],
    [
      'answers a wrong type',
      from('insurance', () => entities([{ pension: 'many' }, { pension: {} }])),
      'SOURCE_INVALID',
      [0, 1, 2],
    ],
    [
      'answers nothing that is an object',
      from('insurance', () => 'x' as unknown as SubgraphReply),
      'SOURCE_INVALID',
      [0, 1, 2],
    ],
  ])('%s leaves out exactly what it owed', async (_case, tamper, code, indices) => {
    const asked = await ask(sample, text, { view, tamper })
    expect(faultsOf(asked)).toEqual(indices.map((index) => `${code} people.${index}.pension`))
    const { people } = asked.data as { people: { number: string; pension: unknown }[] }
    expect(people.map(({ number }) => number)).toEqual([li, ou, li])
    for (const index of indices) expect(people[Number(index)]?.pension).toBeNull()
    expect(JSON.stringify(asked.errors)).not.toContain('secret')
  })

  it('is down takes with it what others need from it, and says so', async () => {
    const down = from('insurance', () => {
      throw new Error('down')
    })
    const asked = await ask(
      sample,
      '{ people(first: 1) { name insurance { employer { capital } } } companies { capital } }',
      { view, tamper: down },
    )
    expect(asked.data).toEqual({
      people: [{ name: '李明', insurance: null }],
      companies: [{ capital: 5_000 }, { capital: 5_000 }],
    })
    expect(faultsOf(asked)).toEqual(['SOURCE_UNAVAILABLE people.0.insurance'])
  })

  it('answers __proto__ changes nobody', async () => {
    const hostile = from(
      'insurance',
      () =>
        JSON.parse(
          '{"data": {"_entities": [{"__proto__": {"polluted": 1}, "pension": 1}, {"pension": 2, "name": "Mallory"}]}, "sources": []}',
        ) as SubgraphReply,
    )
    const { data } = await ask(sample, '{ people(first: 2) { pension } }', { view, tamper: hostile })
    expect(data).toEqual({ people: [{ pension: 1 }, { pension: 2 }] })
    expect('polluted' in {}).toBe(false)
  })
})

describe('the walk', () => {
  it('asks independent departments at the same time, dependent ones in order', async () => {
    const events: string[] = []
    const { compiled, variables } = await ask(sample, '{ people { pension } companies { capital } }', { view })
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const walking = execute(
      compiled,
      variables,
      contextOf(async (department) => {
        events.push(department)
        if (events.length === 2) release()
        await held
        return { data: department === 'police' ? { people_gx0: null } : { companies: null }, sources: [] }
      }),
    )
    expect((await walking).outcomes).toHaveLength(3)
    expect(events.toSorted()).toEqual(['police', 'registry'])
  })

  it('never rejects: not for a client that throws at once, nor for what cannot be read', async () => {
    const { compiled, variables } = await ask(sample, '{ people { pension } }', { view })
    for (const fetch of [
      () => {
        throw new Error('at once')
      },
      () => Promise.resolve(undefined as unknown as SubgraphReply),
      () => Promise.resolve(Object.freeze({ data: Object.freeze({ people_gx0: 1, people: 1 }), sources: [] })),
    ]) {
      const { outcomes, data } = await execute(compiled, variables, contextOf(fetch))
      expect(outcomes).toHaveLength(2)
      expect(JSON.stringify(data)).toBe(outcomes[0]?.outcome === 'ok' ? '{"people_gx0":1}' : '{}')
    }
  })

  it('survives an answer that is nested beyond measure', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    const { compiled } = await ask(sample, '{ people { pension } }', { view })
    const [first, second] = fetchesOf(compiled.plan)
    if (!first || !second) throw new Error('two fetches')
    const grid = {
      kind: 'Field',
      name: 'grid',
      selections: [{ kind: 'Field', name: 'value', selections: null }],
    } as const
    const type = { kind: 'Field', name: '__typename', selections: null } as const
    const requires = [{ kind: 'InlineFragment', type: 'Person', selections: [type, grid] }] as const
    const again = { ...first, operation: '{ people_gx0: people { grid { value } } }' }
    const nodes = [again, { ...second, requires }, { ...again }]
    const people = () => Promise.resolve({ data: { people_gx0: [{ __typename: 'Person', grid: deep }] }, sources: [] })
    const { outcomes } = await execute({ ...compiled, plan: { kind: 'sequence', nodes } }, {}, contextOf(people))
    // The first cannot be known to be unreadable; who needs it, and who would join it, say so.
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'invalid', 'invalid'])
  })

  it('asks nobody any more once nobody waits', async () => {
    const controller = new AbortController()
    const asked = await ask(sample, '{ people { pension } }', {
      view,
      signal: controller.signal,
      tamper: (reply) => {
        controller.abort()
        return reply
      },
    })
    expect(asked.fetches.map(({ department }) => department)).toEqual(['police'])
    expect(asked.outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'not-called'])
  })

  it('sends each fetch only the variables that it uses', async () => {
    const text = `query ($n: String!, $t: String) { person(number: $n) { pension search(text: $t) insurance { employer { capital } } } }`
    const { fetches, compiled } = await ask(sample, text, { view, variables: { n: li, t: 'x' } })
    expect(fetches.map(({ variables }) => Object.keys(variables))).toEqual([
      ['v0', 'v1'],
      ['representations'],
      ['representations'],
    ])
    expect([...fetchesOf(compiled.plan)].map(({ id }) => id)).toEqual([0, 1, 2])
  })

  it('tells how each fetch went: sources, entities and time', async () => {
    let now = 0
    const { compiled, variables } = await ask(sample, '{ people { pension } }', { view })
    const replies: Readonly<Record<string, Omit<SubgraphReply, 'sources'>>> = {
      police: {
        data: { people_gx0: ['1', '2'].map((number) => ({ __typename: 'Person', number })) },
      },
      insurance: { data: { _entities: [null, { pension: 1 }] }, errors: [{ path: ['_entities', 0] }] },
    }
    const { outcomes } = await execute(
      compiled,
      variables,
      contextOf(
        async (department) => ({ ...replies[department], sources: [{ type: 'Person', asOf: `2026 ${department}` }] }),
        () => (now += 5),
      ),
    )
    expect(outcomes).toEqual([
      {
        department: 'police',
        outcome: 'ok',
        entities: 1,
        milliseconds: 5,
        asOf: [{ type: 'Person', asOf: '2026 police' }],
      },
      {
        department: 'insurance',
        outcome: 'partial',
        entities: 2,
        milliseconds: 5,
        asOf: [{ type: 'Person', asOf: '2026 insurance' }],
      },
    ])
  })
})
