import { describe, expect, it } from 'vitest'
import { compiledPlan } from '../../../gateway/execute/compiled-plan.ts'
import type { Asked } from '../../../gateway/execute/asked.ts'
import { areThemselves } from '../../../gateway/execute/identity.ts'
import { lack, refine, take } from '../../../gateway/execute/settle.ts'
import type { FetchNode, PlanNode } from '../../../gateway/compile/plan.ts'
import { federate } from '../../kit/federation.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'

const { schema } = federate(SAMPLE)

const fetchOf = (id: number, operation: string, given: Partial<FetchNode> = {}): FetchNode => ({
  kind: 'fetch',
  id,
  department: `d${id}`,
  operation,
  rules: { idempotent: true, keep: null },
  variables: [],
  path: [],
  asks: null,
  requires: null,
  keys: [],
  inputRewrites: [],
  outputRewrites: [],
  ...given,
})

function askedBy(...fetches: FetchNode[]): Asked[] {
  const plan: PlanNode = { kind: 'parallel', nodes: fetches }
  const compiled = compiledPlan(schema, plan)
  return fetches.map((fetch) => {
    const found = compiled.get(fetch)
    if (!found) throw new Error('a fetch of the plan')
    return found.asked
  })
}

const personFetch = (id: number, selection: string): FetchNode =>
  fetchOf(id, `query($r:[_Any!]!){_entities(representations:$r){...on Person{${selection}}}}`, {
    path: ['person'],
    requires: [],
  })

/** What two departments bring of one person: a household that both know, and something of their own. */
const [first, second] = askedBy(
  personFetch(0, 'name household{address}'),
  personFetch(1, 'sex household{headNumber}'),
) as [Asked, Asked]
const person = (more: object = {}) => ({ __typename: 'Person', ...more }) as Record<string, unknown>

describe('what is taken of an answer', () => {
  it('is what was asked for, at every depth where another one speaks as well', () => {
    const target = person()
    take(target, { name: 'n', sex: 'lie', household: { address: 'a', headNumber: 'lie' } }, first)
    take(target, { name: 'lie', sex: 'M', household: { address: 'lie', headNumber: 'h' } }, second)
    expect(target).toEqual(person({ name: 'n', sex: 'M', household: { address: 'a', headNumber: 'h' } }))
  })

  it('is the same in any order, lists included', () => {
    const [one, other] = askedBy(
      fetchOf(0, '{ people { name } grid { cells { value } } }'),
      fetchOf(1, '{ people { sex } grid { cells { note } } }'),
    ) as [Asked, Asked]
    const answers = [
      [one, { people: [{ name: 'a' }, null], grid: [[{ cells: [{ value: 1 }] }]] }],
      [other, { people: [{ sex: 'F' }, { sex: 'M' }], grid: [[{ cells: [{ note: 'n' }] }]] }],
    ] as const
    const run = (list: readonly (typeof answers)[number][]): Record<string, unknown> => {
      const target: Record<string, unknown> = {}
      // Twice: what one lacks in an object that another one brings later is seen only then.
      for (const [asked, answer] of [...list, ...list]) take(target, structuredClone(answer), asked)
      return target
    }
    const joined = {
      people: [
        { name: 'a', sex: 'F' },
        { name: null, sex: 'M' },
      ],
      grid: [[{ cells: [{ value: 1, note: 'n' }] }]],
    }
    expect(run(answers)).toEqual(joined)
    expect(run(answers.toReversed())).toEqual(joined)
  })

  it('is nothing where lists are not equally long, or where one says something else entirely', () => {
    const [one, other] = askedBy(fetchOf(0, '{ people { name } }'), fetchOf(1, '{ people { sex } }')) as [Asked, Asked]
    for (const lie of [[{ sex: 'M' }], [{ sex: 'M' }, { sex: 'M' }, { sex: 'M' }], { 0: { sex: 'M' } }, 'lie', 7]) {
      const target: Record<string, unknown> = {}
      take(target, { people: [{ name: 'a' }, { name: 'b' }] }, one)
      take(target, { people: lie }, other)
      expect(target).toEqual({ people: [{ name: 'a' }, { name: 'b' }] })
    }
  })

  it('leaves what another one knows where this one says null, and says that there is no value of its own', () => {
    const target = person()
    take(target, { name: 'n', household: { address: 'a' } }, first)
    take(target, { sex: null, household: null }, second)
    expect(target).toEqual(person({ name: 'n', sex: null, household: { address: 'a', headNumber: null } }))
  })

  it('is under the names that the planner gives back, and knows fields that every object inherits', () => {
    const [asked] = askedBy(
      fetchOf(0, '{ person { x__alias_0: name constructor toString } }', {
        outputRewrites: [{ kind: 'KeyRenamer', path: ['person', 'x__alias_0'], renameKeyTo: 'x' }],
      }),
      fetchOf(1, '{ person { y } }'),
    ) as [Asked]
    const target: Record<string, unknown> = { person: { y: 1 } }
    take(target, { person: { x: 1, constructor: 'c' } }, asked)
    expect(target).toEqual({ person: { y: 1, x: 1, constructor: 'c' } })
  })
})

describe('what is lacking', () => {
  const lies = () => person({ name: 'n', sex: 'lie', household: { address: 'a', headNumber: 'lie' } })

  it.each([
    ['unavailable', { sex: undefined, household: { address: 'a', headNumber: undefined } }],
    ['none', { sex: null, household: { address: 'a', headNumber: null } }],
    ['invalid', { household: { address: 'a' } }],
  ] as const)('is %s, whoever else spoke of it', (how, expected) => {
    const target = lies()
    lack(target, second, how)
    expect(target).toStrictEqual(person({ name: 'n', ...expected }))
  })

  it('is what an object of this type is asked for, and not what another one would be', () => {
    const [asked] = askedBy(
      fetchOf(
        0,
        'query($r:[_Any!]!){_entities(representations:$r){...on Car{plate}...on Dog{chip}...on Thing{label}}}',
        {
          requires: [],
        },
      ),
    ) as [Asked]
    const target = { __typename: 'Dog' } as Record<string, unknown>
    lack(target, asked, 'none')
    expect(target).toEqual({ __typename: 'Dog', chip: null, label: null })
  })
})

describe('the type of an object', () => {
  it.each([
    ['Thing', 'Car', 'Car'],
    ['Car', 'Thing', 'Car'],
    ['Car', 'Dog', 'Car'],
    ['Thing', 'Person', 'Thing'],
    ['Thing', undefined, 'Thing'],
    ['Thing', 7, 'Thing'],
  ])('may be narrowed and not changed: %s told as %s is %s', (known, told, expected) => {
    const target = { __typename: known } as Record<string, unknown>
    refine(schema, target, { __typename: told })
    expect(target['__typename']).toBe(expected)
  })
})

describe('entities are those that were asked for', () => {
  const sent = [
    { __typename: 'Person', number: '1' },
    { __typename: 'Person', number: 2 },
  ]
  it.each<[string, readonly unknown[], boolean]>([
    ['that say nothing of themselves', [{ name: 'a' }, null], true],
    ['that say who they are', [{ __typename: 'Person', number: '1' }, { number: '2' }], true],
    ['in another order', [{ number: '2' }, { number: '1' }], false],
    ['one of whom is another', [{ number: '1' }, { number: '3' }], false],
    ['one of whom has no key', [{ number: '1' }, { number: null }], false],
    ['of another type', [{ __typename: 'Car' }, {}], false],
    ['of a type that is none', [{ __typename: 5 }, {}], false],
    ['of a type that only the department knows', [{ __typename: 'Citizen' }, {}], true],
  ])('%s', (_case, entities, expected) => {
    expect(areThemselves(schema, entities, sent, ['number'])).toBe(expected)
  })

  it('where one department knows by an interface what another one knows by type', () => {
    expect(areThemselves(schema, [{ __typename: 'Car' }], [{ __typename: 'Thing' }], [])).toBe(true)
    expect(areThemselves(schema, [{ __typename: 'Thing' }], [{ __typename: 'Car' }], [])).toBe(true)
  })
})
