import { describe, expect, it } from 'vitest'
import type { SubgraphReply } from '../../gateway/execute/subgraph-client.ts'
import { federate, viewWith } from '../kit/federation.ts'
import { ask } from '../kit/federation-ask.ts'
import type { Asked, RecordedFetch } from '../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../kit/federation-sample.ts'

/* Departments that lie: each lie leaves its own places empty, with an error at each of them, and nothing else. */

const sample = federate(SAMPLE)
const view = viewWith(sample)
const { li } = NUMBERS

const TEXT = `{
  people(first: 2) { number name insurance { monthly employer { title capital staff { number name } } } pension age }
  companies { code capital }
  things { label ... on Car { plate owner { name pension } } ... on Dog { chip owner { name } } }
}`

/** Changes the answers of the fetches that are meant, read anew as from a wire. */
type Lie = (data: Answer) => unknown
type Answer = Record<string, unknown> & { _entities?: Record<string, unknown>[] }

/** Which fetch lies: a department, and a word that its query holds. */
interface Liar {
  readonly department: string
  readonly of: string
}

function askUnder({ department, of }: Liar, lie: (reply: SubgraphReply) => unknown, text = TEXT): Promise<Asked> {
  const meant = (fetch: RecordedFetch): boolean => fetch.department === department && fetch.query.includes(of)
  const tamper = (reply: SubgraphReply, fetch: RecordedFetch): SubgraphReply =>
    meant(fetch) ? (lie(reply) as SubgraphReply) : reply
  return ask(sample, text, { view, tamper })
}

/** Errors as `code path`, lists of indices taken together. */
function faultsOf({ errors }: Asked): readonly string[] {
  return errors.map(({ path, extensions }) => `${extensions.code.replace('SOURCE_', '')} ${path?.join('.')}`)
}

/** The honest answer with nothing at these places. */
function without(honest: unknown, paths: readonly (readonly (string | number)[])[]): unknown {
  const copy: unknown = structuredClone(honest)
  for (const path of paths) {
    let at = copy as Record<string, unknown>
    for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>
    at[String(path.at(-1))] = null
  }
  return copy
}

const INSURANCE: Liar = { department: 'insurance', of: 'employer' }
const POLICE: Liar = { department: 'police', of: 'people_gx' }
const REGISTRY: Liar = { department: 'registry', of: 'staff' }
const each = (places: readonly string[], indices = [0, 1]): string[] =>
  indices.flatMap((at) => places.map((place) => place.replace('*', String(at))))

const data =
  (change: Lie) =>
  (reply: SubgraphReply): unknown => {
    const answer = reply.data as Answer
    return { ...reply, data: change(answer) ?? answer }
  }
const entities = (change: (one: Record<string, unknown>, index: number) => unknown) =>
  data((answer) => ({ _entities: (answer._entities ?? []).map((one, index) => change(one, index) ?? one) }))

const OWED = ['people.*.insurance', 'people.*.pension', 'people.*.age']
const invalid = (...places: string[]): string[] => places.map((place) => `INVALID ${place}`)
const unavailable = (...places: string[]): string[] => places.map((place) => `UNAVAILABLE ${place}`)

describe('a lie is an error at its own places, and everything else is as it was', () => {
  const lies: readonly (readonly [string, Liar, (reply: SubgraphReply) => unknown, readonly string[]])[] = [
    [
      'fields of another department, of this one and of nobody',
      INSURANCE,
      entities((one) => ({ ...one, name: 'Mallory', sex: 'MALE', height: 7, extra: 1, companies: [{ capital: 1 }] })),
      [],
    ],
    [
      'fields that another one owes, deep inside',
      INSURANCE,
      entities(({ insurance, ...one }) => {
        const employer = { __typename: 'Company', code: 'c1', title: 'Works', capital: 1, staff: [{ name: 'Mallory' }] }
        return { ...one, insurance: { ...(insurance as object), employer } }
      }),
      [],
    ],
    [
      'whole answers of another',
      POLICE,
      data((answer) => ({ ...answer, companies: [{ code: 'lie', capital: 1 }] })),
      [],
    ],
    [
      '__proto__ and constructor',
      INSURANCE,
      (): unknown =>
        JSON.parse(
          `{"sources": [], "data": {"__proto__": {"x": 1}, "_entities": [
            {"__proto__": {"pension": 1}, "constructor": {"prototype": {"x": 1}}, "pension": 3, "age": 36, "insurance": null},
            {"pension": 18, "age": 41, "insurance": {"__proto__": {"monthly": 1}, "employer": null}}]}}`,
        ),
      invalid('people.1.insurance.monthly'),
    ],
    [
      'a number for a text, and a text for a number',
      INSURANCE,
      entities((one) => ({ ...one, pension: String(one['pension']) })),
      [],
    ],
    [
      'types that nothing can be made of',
      INSURANCE,
      entities((one, index) => ({ ...one, pension: ['many', { deep: 1 }][index] })),
      invalid(...each(['people.*.pension'])),
    ],
    [
      'a list for an object, and an object for a list',
      REGISTRY,
      entities(() => ({ capital: [5], staff: { 0: { number: li } } })),
      invalid(...each(['people.*.insurance.employer.capital', 'people.*.insurance.employer.staff'])),
    ],
    ['too few', INSURANCE, data(({ _entities = [] }) => ({ _entities: _entities.slice(1) })), invalid(...each(OWED))],
    [
      'too many',
      INSURANCE,
      data(({ _entities = [] }) => ({ _entities: [..._entities, null] })),
      invalid(...each(OWED)),
    ],
    [
      'another order, with keys that tell',
      INSURANCE,
      data(({ _entities = [] }) => ({ _entities: _entities.map((_, at) => ({ number: 'x', ..._entities[1 - at] })) })),
      invalid(...each(OWED)),
    ],
    [
      'entities of another type',
      INSURANCE,
      entities((one) => ({ ...one, __typename: 'Company' })),
      invalid(...each(OWED)),
    ],
    [
      'a text for one entity',
      INSURANCE,
      entities((_, at) => (at === 0 ? 'x' : undefined)),
      invalid(...each(OWED, [0])),
    ],
    ['an entity that is not there, without an error', INSURANCE, data(() => ({ _entities: [null, null] })), []],
    ['no data', INSURANCE, () => ({ sources: [] }), invalid(...each(OWED))],
    ['a text for data', INSURANCE, data(() => 'x'), invalid(...each(OWED))],
    ['nothing at all', INSURANCE, () => null, unavailable(...each(OWED))],
    [
      'errors whose paths lie',
      INSURANCE,
      (reply) => ({ ...reply, errors: [{ path: ['_entities', 0, 'pension'] }, { path: ['people', 7] }] }),
      unavailable(...each(OWED)),
    ],
    [
      'errors with paths of every kind',
      INSURANCE,
      (reply) => ({
        ...reply,
        errors: [['__proto__'], [-1], [0.5], [null], 'x', [['_entities']], {}].map((path) => ({ path })),
      }),
      unavailable(...each(OWED)),
    ],
    [
      'an error for one field of one entity',
      INSURANCE,
      (reply) => ({
        ...(entities((one, at) => (at === 1 ? { ...one, pension: null } : one))(reply) as object),
        errors: [{ path: ['_entities', 1, 'pension'] }],
      }),
      unavailable('people.1.pension'),
    ],
    ['errors that are no list', INSURANCE, (reply) => ({ ...reply, errors: 'x' }), []],
    [
      'a type that cannot stand there',
      POLICE,
      data((answer) => ({ ...answer, things: [{ __typename: 'Person', label: 'lie' }, { label: 'lie' }] })),
      invalid('things.0', 'things.1'),
    ],
    [
      'half a million numbers for a list of things',
      POLICE,
      data((answer) => ({ ...answer, things: Array.from({ length: 500_000 }, () => 0) })),
      invalid('things'),
    ],
    [
      'lists in lists, a hundred thousand deep',
      INSURANCE,
      entities((one) => ({ ...one, pension: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown })),
      invalid(...each(['people.*.pension'])),
    ],
    [
      'a text of four million characters for a number',
      INSURANCE,
      entities((one) => ({ ...one, pension: 'x'.repeat(4_000_000) })),
      invalid(...each(['people.*.pension'])),
    ],
  ]

  it.each(lies)('%s', async (_name, liar, lie, expected) => {
    const honest = await ask(sample, TEXT, { view })
    expect(honest.errors).toEqual([])
    const asked = await askUnder(liar, lie)
    expect([...faultsOf(asked)].toSorted()).toEqual([...expected].toSorted())
    // Where the department says itself that it has nothing, nothing is what it answers.
    const told = LIES_WITHOUT_ERROR[_name] ?? []
    const empty = [...asked.errors.map(({ path }) => path ?? []), ...told]
    expect(asked.data).toEqual(without(honest.data, empty))
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })
})

/** Nulls that a department may answer without a fault. */
const LIES_WITHOUT_ERROR: Readonly<Record<string, readonly (readonly (string | number)[])[]>> = {
  'an entity that is not there, without an error': [
    ['people', 0, 'insurance'],
    ['people', 0, 'pension'],
    ['people', 0, 'age'],
    ['people', 1, 'insurance'],
    ['people', 1, 'pension'],
    ['people', 1, 'age'],
  ],
  '__proto__ and constructor': [
    ['people', 0, 'insurance'],
    ['people', 1, 'insurance', 'employer'],
  ],
}

describe('who speaks for whom', () => {
  const text = '{ people(first: 1) { insurance { employer { title capital } } } companies { capital } }'
  const speaking = entities(({ insurance }) => ({
    insurance: {
      ...(insurance as object),
      employer: { __typename: 'Company', code: 'c1', title: 'Works', capital: 1 },
    },
  }))

  it('is decided by what was asked of each, also when the one that owes it fails', async () => {
    const down = (reply: SubgraphReply, { department, query }: RecordedFetch): SubgraphReply => {
      if (department === 'registry' && query.includes('_entities')) throw new Error('down')
      return department === 'insurance' ? (speaking(reply) as SubgraphReply) : reply
    }
    const asked = await ask(sample, text, { view, tamper: down })
    expect(asked.data).toMatchObject({ people: [{ insurance: { employer: { title: 'Works', capital: null } } }] })
    // The other fetch of the same department went well.
    expect(faultsOf(asked)).toEqual(unavailable('people.0.insurance.employer.capital'))
  })

  it('and when it has no such entity, or leaves it out', async () => {
    for (const [answer, faults] of [
      [null, []],
      [{}, invalid('people.0.insurance.employer.capital')],
    ] as const) {
      const tamper = (reply: SubgraphReply, { department, query }: RecordedFetch): SubgraphReply => {
        if (department === 'registry' && query.includes('_entities'))
          return { data: { _entities: [answer] }, sources: [] }
        return department === 'insurance' ? (speaking(reply) as SubgraphReply) : reply
      }
      const asked = await ask(sample, text, { view, tamper })
      expect(asked.data).toMatchObject({ people: [{ insurance: { employer: { title: 'Works', capital: null } } }] })
      expect(faultsOf(asked)).toEqual(faults)
    }
  })
})

describe('an error says what became of its own place', () => {
  it('not of another fetch of the same department', async () => {
    const text = '{ people(first: 1) { pension } things { ... on Car { owner { pension } } } }'
    const fails = { department: 'insurance', of: 'pension' }
    let calls = 0
    const asked = await askUnder(
      fails,
      (reply) => {
        calls += 1
        if (calls === 1) throw new Error('down')
        return { ...reply, data: { _entities: [{}] } }
      },
      text,
    )
    expect(calls).toBe(2)
    expect([...faultsOf(asked)].map((one) => one.split(' ')[0] ?? '').toSorted()).toEqual(['INVALID', 'UNAVAILABLE'])
  })

  it('and what could not be asked for, because what it is asked by is missing, is unavailable', async () => {
    const asked = await askUnder(
      POLICE,
      data(() => ({ people_gx0: [{ __typename: 'Person', number: li, name: '李明' }] })),
      '{ people(first: 1) { name age pension } }',
    )
    // The birth date, from which the age is computed, was left out: the fetch that needs it was not made.
    expect(faultsOf(asked)).toEqual(unavailable('people.0.age', 'people.0.pension'))
    expect(asked.outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'not-called'])
  })
})

describe('much of anything', () => {
  it('makes no other department work through it', async () => {
    const people = Array.from({ length: 10_001 }, (_, at) => ({ __typename: 'Person', number: `${at}`, name: 'n' }))
    const asked = await askUnder(
      POLICE,
      data(() => ({ people_gx0: people })),
      '{ people { pension } companies { code } }',
    )
    expect(asked.fetches.filter(({ department }) => department === 'insurance')).toEqual([])
    expect(asked.data).toEqual({ people: null, companies: [{ code: 'c1' }, { code: 'c2' }] })
    expect(faultsOf(asked)).toEqual(unavailable('people'))
  })

  it('is no answer of a gigabyte, though equal entities are fetched once and written often', async () => {
    const people = Array.from({ length: 9_000 }, () => ({ __typename: 'Person', number: li }))
    const tamper = (reply: SubgraphReply, { department }: RecordedFetch): SubgraphReply => {
      if (department === 'police') return { data: { people_gx0: people }, sources: [] }
      if (department !== 'insurance') return reply
      const employer = { __typename: 'Company', code: 'c1', title: 'x'.repeat(100_000) }
      return { data: { _entities: [{ insurance: { employer } }] }, sources: [] }
    }
    const text = '{ people { insurance { employer { title } } } companies { code } }'
    const asked = await ask(sample, text, { view, tamper })
    expect(asked.data).toEqual({ people: null, companies: [{ code: 'c1' }, { code: 'c2' }] })
    expect(faultsOf(asked)).toEqual(invalid('people'))
  })
})
