import type { FieldNode, SelectionSetNode } from 'graphql'
import { getArgumentValues, getNamedType, isCompositeType } from 'graphql'
import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import { coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { below, collect, concreteTypes } from '../collect.ts'
import { definitionOf, entered } from '../disclosure.ts'
import type { Deciding } from '../disclosure.ts'
import type { Consent, Rulings } from './facts.ts'

/** One thing that an argument of a call says of a coordinate. */
interface Filter {
  readonly by: Coordinate
  /** Values that it is compared with; none for an order. */
  readonly values: readonly unknown[]
  /** Whether records of other values are left out. */
  readonly limits: boolean
}

/** What arguments are judged with. */
export interface Judging extends Deciding {
  readonly decisions: Rulings
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

/** @param calls around the place; null where nothing is asked for there, because it is not entered */
function judgeObject(
  judging: Judging,
  place: string,
  sets: readonly SelectionSetNode[],
  calls: Calls | null,
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
  outer: Calls | null,
  codes: Set<RefusalCode>,
): void {
  const at = coordinate(type, node.name.value)
  const definition = definitionOf(judging, type, node.name.value)
  const by = judging.searched(at)
  const given = by === null ? [] : filtersOf(judging, by, getArgumentValues(definition, node, judging.variables))
  // What may not be read may not be asked by, whether or not anything else comes of the call.
  if (given.some((one) => judging.decisions.get(one.by)?.kind !== 'ALLOW')) codes.add('FILTER_NOT_ALLOWED')
  const inner = getNamedType(definition.type)
  const composite = isCompositeType(inner)
  const reached = !composite || entered(judging, at, inner, sets)
  const calls = outer === null || !reached ? null : [...outer, given]
  const ruling = judging.decisions.get(at)
  // A masked leaf rests on its consent whatever the mask shows; a record is told of by ALLOW alone.
  const told = ruling?.kind === 'ALLOW' || (ruling?.kind === 'MASK' && !composite)
  // A value is told only by a consent that is kept to; where several would do, keeping to one is enough.
  if (calls && told && ruling.consents.length > 0 && !ruling.consents.some((one) => keeps(one, calls)))
    codes.add('PARAMETER_OUT_OF_GRANT')
  if (composite) judgeObject(judging, inner.name, sets, calls, codes)
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
  if ('like' in given) filters.push({ by, values: [given['like']], limits: false })
  if ('among' in given) oneOf(by, given['among'])
  const tag = membersOf(given['tag'])
  if ('eq' in tag) equal(by, tag['eq'])
  if ('in' in tag) oneOf(by, tag['in'])
  if ('not' in tag) filters.push({ by, values: [tag['not']], limits: false })
  const where = membersOf(given['where'])
  if ('label' in where) equal(by, where['label'])
  if ('labelIn' in where) oneOf(by, where['labelIn'])
  if (given['order'] === 'LABEL') filters.push({ by: ordered, values: [], limits: false })
  return filters
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
