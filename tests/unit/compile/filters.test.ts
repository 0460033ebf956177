import { Kind, buildSchema, parse } from 'graphql'
import type { FieldNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkFilters } from '../../../gateway/compile/filters.ts'
import type { View } from '../../../gateway/grants/view.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const schema = buildSchema(`
  input Period { from: String until: String }
  input Wanted { division: String born: Period also: [Wanted!] }
  type Person { birthDate: String }
  type Query { persons(division: String, where: Wanted, first: Int): [Person] }
`)
const filters = {
  'Query.persons(division:)': 'Home.division',
  'Wanted.division': 'Home.division',
  'Period.from': 'Person.birthDate',
} as const

const DECISIONS: Readonly<Record<string, Decision>> = {
  ALLOW: { kind: 'ALLOW', clause: 'ZS-4.07', grant: null },
  MASK: { kind: 'MASK', rule: 'M-DATE', clause: 'ZS-4.08', grant: 'G-1' },
  VERIFY_ONLY: { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', clause: 'ZS-4.09', grant: null },
  DENY: { kind: 'DENY', code: 'NO_GRANT', clause: 'ZS-4.08', grant: null },
}

/** Checks one call of `persons`; the failure, or null where it passes. */
function check(call: string, kinds: Readonly<Record<Coordinate, string>>): Failure | null {
  const decisions = new Map(
    Object.entries(kinds).flatMap(([at, kind]) => (DECISIONS[kind] ? [[at as Coordinate, DECISIONS[kind]]] : [])),
  )
  const view: View = { id: 'v', decisions, validUntil: Infinity }
  const definition = schema.getQueryType()?.getFields()['persons']
  if (!definition) throw new Error('no field')
  try {
    checkFilters({ filters, view }, ['Query'], definition, fieldOf(call))
    return null
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function fieldOf(call: string): FieldNode {
  const [operation] = parse(`query ($v: Wanted) { ${call} { birthDate } }`).definitions
  const node = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined
  if (node?.kind !== Kind.FIELD) throw new Error('no field')
  return node
}

describe('filtering by a coordinate (INV-6)', () => {
  it.each(['MASK', 'VERIFY_ONLY', 'DENY'])('that is %s is refused with the clause of the decision', (kind) => {
    const failure = check('persons(division: "442000")', { 'Home.division': kind })
    expect(failure).toMatchObject({ code: 'FILTER_NOT_ALLOWED', clause: DECISIONS[kind]?.clause })
  })

  it('that is ALLOW passes; so does a call without arguments, or with one that filters nothing', () => {
    expect(check('persons(division: "442000")', { 'Home.division': 'ALLOW' })).toBeNull()
    expect(check('persons', { 'Home.division': 'DENY' })).toBeNull()
    expect(check('persons(first: 5)', { 'Home.division': 'DENY' })).toBeNull()
  })

  it('that no department has classified is refused', () => {
    expect(check('persons(division: "442000")', {})).toMatchObject({ code: 'FILTER_NOT_ALLOWED' })
  })

  it('inside an input object counts at any depth, whatever the variable holds', () => {
    const all = { 'Home.division': 'ALLOW', 'Person.birthDate': 'ALLOW' } as const
    expect(check('persons(where: $v)', all)).toBeNull()
    for (const at of ['Home.division', 'Person.birthDate'] as const)
      expect(check('persons(where: $v)', { ...all, [at]: 'MASK' })).toMatchObject({ code: 'FILTER_NOT_ALLOWED' })
  })
})
