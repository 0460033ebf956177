import fc from 'fast-check'
import { getOperationAST, parse } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import { describe, expect, test } from 'vitest'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { interpret } from '../differential/interpreter.ts'
import type { PlainAnswer } from '../differential/interpreter.ts'
import { ask, fragmentsOf } from '../kit/federation-ask.ts'
import type { Asked } from '../kit/federation-ask.ts'
import { viewWith } from '../kit/federation.ts'
import type { Federation, Verdict } from '../kit/federation.ts'
import { ABSTRACT } from './cases/abstract.ts'
import { COMPUTED } from './cases/computed.ts'
import { KEYS } from './cases/keys.ts'
import { MUTATIONS } from './cases/mutations.ts'
import { OPERATIONS } from './cases/operations.ts'
import { SHARED } from './cases/shared.ts'
import type { FederationCase } from './federation-case.ts'
import { lookUp, rootRef } from './monolith.ts'
import { keyCoordinates } from './open-catalog.ts'
import { openFederation } from './open-federation.ts'

const CASES = [...KEYS, ...COMPUTED, ...SHARED, ...ABSTRACT, ...OPERATIONS, ...MUTATIONS]

/** Random views of each case. */
const VIEWS = 60

const VERDICTS: readonly Verdict[] = ['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW', 'DENY', 'VERIFY_ONLY', 'M-ALL', 'M-NULL']

function answer(one: FederationCase, federation: Federation, verdicts: Readonly<Record<string, Verdict>>) {
  const view = viewWith(federation, verdicts)
  return ask(federation, one.query, { view, variables: one.variables ?? {} })
}

/** What the interpreter, which has everything in one place, answers under the same decisions. */
function plain(one: FederationCase, federation: Federation, verdicts: Readonly<Record<string, Verdict>>): PlainAnswer {
  const { schema, generation } = federation
  const document = parse(one.query)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], one.variables ?? {})
  const root = operation.operation === 'mutation' ? 'Mutation' : 'Query'
  const values = root === 'Mutation' ? (one.mutations ?? {}) : one.root
  return interpret({
    schema,
    fragments: fragmentsOf(document),
    variables: coerced ?? {},
    operation,
    decisions: viewWith(federation, verdicts).decisions,
    references: new Set(),
    alsoNeeded: (at) => generation.fields.get(at)?.requires ?? [],
    resolve: (of, field, given) => lookUp(of.type === root ? rootRef(root, values) : of, field, given),
  })
}

/** Side by side there is no order; mutations have one. */
function fetchTexts({ fetches, compiled }: Asked): readonly string[] {
  const texts = fetches.map(({ department, query, variables }) => {
    const given = Object.keys(variables).length === 0 ? '' : ` ${JSON.stringify(variables)}`
    return `${department} ${query}${given}`
  })
  return compiled.kind === 'mutation' ? texts : texts.toSorted()
}

function plainly(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

describe.each(CASES.map((one) => [one.name, one] as const))('a case of federation: %s', (_name, one) => {
  test('is answered, and asks for no more than it needs', async () => {
    const { federation } = openFederation(one)
    const asked = await answer(one, federation, {})
    expect(asked.errors).toEqual([])
    expect(asked.data).toEqual(one.data)
    expect(fetchTexts(asked)).toEqual(one.fetches)
    expect(plainly(plain(one, openFederation(one).federation, {}).data)).toEqual(one.data)
  })

  test('asks nobody where all of it is refused', async () => {
    const { federation, touched } = openFederation(one)
    const verdicts = Object.fromEntries([...federation.generation.fields.keys()].map((at) => [at, 'DENY' as const]))
    const asked = await answer(one, federation, verdicts)
    expect([asked.fetches, [...touched]]).toEqual([[], []])
  })

  test(`equals the plain interpreter under ${VIEWS} views`, async () => {
    const { federation, touched } = openFederation(one)
    const all = [...federation.generation.fields.keys()]
    // A key is asked for to follow a reference, whether it is told or not.
    const keys = keyCoordinates(federation.supergraphSdl)
    const lots = fc.array(fc.constantFrom(...VERDICTS), { minLength: all.length, maxLength: all.length })
    for (const lot of fc.sample(fc.noBias(lots), { seed: 20_261_122, numRuns: VIEWS })) {
      const verdicts = Object.fromEntries(all.map((at, index) => [at, lot[index] ?? 'DENY'] as const))
      touched.clear()
      const asked = await answer(one, federation, verdicts)
      const wanted = plain(one, federation, verdicts)
      const refused = asked.errors.map(({ extensions }) => extensions.coordinate ?? extensions.code).toSorted()
      const under = JSON.stringify(verdicts)
      expect([asked.data, refused], under).toEqual([plainly(wanted.data), [...wanted.refused].toSorted()])
      const needless = [...touched].filter((at) => !wanted.needed.has(at as Coordinate) && !keys.has(at))
      expect(needless, under).toEqual([])
    }
  })
})
