import type { FieldNode, SelectionSetNode } from 'graphql'
import { getArgumentValues, getNamedType, isCompositeType } from 'graphql'
import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import { coordinate, typeOf } from '../../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { below, collect, concreteTypes } from '../collect.ts'
import { definitionOf } from '../disclosure.ts'
import type { Deciding } from '../disclosure.ts'
import type { Consent, Ruling, Rulings } from './facts.ts'

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
  judgeObject(judging, root, sets, { records: [], calls: [] }, codes)
  return codes
}

/** A call with what its arguments say, and how many objects stand above its answer. */
interface Call {
  readonly said: readonly Filter[]
  readonly depth: number
}

/** Where a selection stands: types of the objects down to it, and the calls that lead there, if it is asked for. */
interface Place {
  readonly records: readonly string[]
  readonly calls: readonly Call[] | null
}

function judgeObject(
  judging: Judging,
  type: string,
  sets: readonly SelectionSetNode[],
  above: Place,
  codes: Set<RefusalCode>,
): void {
  for (const concrete of concreteTypes(judging.schema, type)) {
    const place = { ...above, records: [...above.records, concrete] }
    for (const nodes of collect(judging, concrete, sets).values()) {
      const [node] = nodes
      if (node && node.name.value !== '__typename') judgeField(judging, node, below(nodes), place, codes)
    }
  }
}

function judgeField(
  judging: Judging,
  node: FieldNode,
  sets: readonly SelectionSetNode[],
  { records, calls: outer }: Place,
  codes: Set<RefusalCode>,
): void {
  const type = records.at(-1) ?? ''
  const at = coordinate(type, node.name.value)
  const definition = definitionOf(judging, type, node.name.value)
  const by = judging.searched(at)
  const said = by === null ? [] : filtersOf(judging, by, getArgumentValues(definition, node, judging.variables))
  judgeCall(judging, said, codes)
  const inner = getNamedType(definition.type)
  const composite = isCompositeType(inner)
  const ruling = judging.decisions.get(at)
  const crossed = ruling?.kind === 'ALLOW' || !judging.references.has(at)
  const calls = outer && crossed ? [...outer, { said, depth: records.length }] : null
  // A masked leaf rests on its consent whatever the mask shows; a record is told of by ALLOW alone.
  const told = ruling?.kind === 'ALLOW' || (ruling?.kind === 'MASK' && !composite)
  const shown = composite ? concreteTypes(judging.schema, inner.name).map((one) => [...records, one]) : [records]
  if (calls && told && shown.some((one) => !kept(ruling, calls, one))) codes.add('PARAMETER_OUT_OF_GRANT')
  if (composite) judgeObject(judging, inner.name, sets, { records, calls }, codes)
}

/** What may not be read may not be asked by (INV-6), and to be asked by is a use that a consent may bound. */
function judgeCall({ decisions }: Judging, said: readonly Filter[], codes: Set<RefusalCode>): void {
  for (const { by } of said) {
    const ruling = decisions.get(by)
    if (ruling?.kind !== 'ALLOW') codes.add('FILTER_NOT_ALLOWED')
    // The rows of this very call tell the value: it has to be bounded by the same call.
    else if (!kept(ruling, [{ said, depth: 0 }], null)) codes.add('PARAMETER_OUT_OF_GRANT')
  }
}

/** Where several consents would do, keeping to one is enough. */
function kept({ rests }: Ruling, calls: readonly Call[], records: readonly string[] | null): boolean {
  return rests.every((any) => any.some((one) => keeps(one, calls, records)))
}

/**
 * Whether the calls around a place ask for nothing but what the consent fixes (NT-18.1, S06). A call bounds the very
 * records that it answers with: those that hang on them, of the same type or another, are others.
 *
 * @param records types of the objects down to the place; null where any call bounds it
 */
function keeps({ parameters }: Consent, calls: readonly Call[], records: readonly string[] | null): boolean {
  return [...parameters].every(([by, permitted]) => {
    const type = typeOf(by)
    const values = calls.flatMap(({ said }) => said.filter((one) => one.by === by).flatMap((one) => one.values))
    const bounds = ({ said, depth }: Call): boolean => {
      const speaks = records === null || (records.at(-1) === type && !records.slice(depth, -1).includes(type))
      return speaks && said.some((one) => one.by === by && one.limits)
    }
    return values.every((value) => permitted.some((one) => one === value)) && calls.some(bounds)
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
