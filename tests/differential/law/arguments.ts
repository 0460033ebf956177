import type { FieldNode, SelectionSetNode } from 'graphql'
import { getArgumentValues, getNamedType, isCompositeType, isObjectType } from 'graphql'
import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import { coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { below, collect, concreteTypes } from '../collect.ts'
import type { Reading } from '../collect.ts'
import type { Consent, Rulings } from './facts.ts'
import { width } from './rulings.ts'

/** One thing that an argument of a call says of a coordinate. */
interface Filter {
  readonly by: Coordinate
  /** Values that it is compared with; none for an order. */
  readonly values: readonly unknown[]
  /** Whether records of other values are left out. */
  readonly limits: boolean
}

/** What arguments are judged with. */
export interface Judging extends Reading {
  readonly rulings: Rulings
  /** The coordinate that the arguments of a field filter by, or null for a field that is not searched. */
  searched(at: Coordinate): Coordinate | null
  /** The coordinate that `order: LABEL` orders by. */
  readonly ordered: Coordinate
}

/**
 * Why an operation is refused whole for what its arguments say (INV-6, NT-18.1), as all codes that apply; a place that
 * is no part of this answer asks for nothing.
 */
export function refusedFor(
  judging: Judging,
  root: string,
  sets: readonly SelectionSetNode[],
): ReadonlySet<RefusalCode> {
  const codes = new Set<RefusalCode>()
  judgeObject(judging, root, sets, [], codes)
  return codes
}

type Calls = readonly (readonly Filter[])[]

function judgeObject(
  judging: Judging,
  place: string,
  sets: readonly SelectionSetNode[],
  calls: Calls,
  codes: Set<RefusalCode>,
): void {
  for (const type of concreteTypes(judging.schema, place)) {
    for (const nodes of collect(judging, type, sets).values()) {
      const [node] = nodes
      if (node && node.name.value !== '__typename') judgeField(judging, type, node, below(nodes), calls, codes)
    }
  }
}

function judgeField(
  judging: Judging,
  type: string,
  node: FieldNode,
  sets: readonly SelectionSetNode[],
  outer: Calls,
  codes: Set<RefusalCode>,
): void {
  const at = coordinate(type, node.name.value)
  const parent = judging.schema.getType(type)
  const definition = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined
  if (!definition) throw new Error(`no ${at}`)
  const by = judging.searched(at)
  const given = by === null ? [] : filtersOf(judging, by, getArgumentValues(definition, node, judging.variables))
  if (given.some((one) => judging.rulings.get(one.by)?.kind !== 'ALLOW')) codes.add('FILTER_NOT_ALLOWED')
  const calls = [...outer, given]
  const ruling = judging.rulings.get(at)
  // A value is told only by a consent that is kept to; where several would do, keeping to one is enough.
  if (ruling && width(ruling) > 1 && ruling.consents.length > 0 && !ruling.consents.some((one) => keeps(one, calls)))
    codes.add('PARAMETER_OUT_OF_GRANT')
  const inner = getNamedType(definition.type)
  if (isCompositeType(inner)) judgeObject(judging, inner.name, sets, calls, codes)
}

/** Whether the calls around a place ask for nothing but what the consent fixes (NT-18.1, S06). */
function keeps({ parameters }: Consent, calls: Calls): boolean {
  return [...parameters].every(([by, permitted]) => {
    const said = calls.flat().filter((one) => one.by === by)
    const within = said.every(({ values }) => values.every((value) => permitted.some((one) => one === value)))
    return within && said.some(({ limits }) => limits)
  })
}

/** What the arguments of one call say; what is left out says nothing, what is null was given. */
function filtersOf({ ordered }: Judging, by: Coordinate, given: Readonly<Record<string, unknown>>): Filter[] {
  const filters: Filter[] = []
  const equal = (at: Coordinate, value: unknown): number => filters.push({ by: at, values: [value], limits: true })
  const oneOf = (at: Coordinate, value: unknown): number =>
    filters.push({
      by: at,
      values: Array.isArray(value) ? value : [value],
      limits: Array.isArray(value) && value.length > 0,
    })
  if ('named' in given) equal(by, given['named'])
  if ('among' in given) oneOf(by, given['among'])
  const match = membersOf(given['match'])
  if ('eq' in match) equal(by, match['eq'])
  if ('in' in match) oneOf(by, match['in'])
  if ('not' in match) filters.push({ by, values: [match['not']], limits: false })
  const where = membersOf(given['where'])
  if ('label' in where) equal(by, where['label'])
  if ('labelIn' in where) oneOf(by, where['labelIn'])
  if (given['order'] === 'LABEL') filters.push({ by: ordered, values: [], limits: false })
  return filters
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
