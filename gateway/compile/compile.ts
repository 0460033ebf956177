import { createHash } from 'node:crypto'
import type { GraphQLObjectType, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { print } from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { createCollector } from './collect.ts'
import type { Call, CompiledOperation, FilterTable } from './compiled-operation.ts'
import { reachableFilters } from './filters.ts'
import type { NormalisedOperation } from './normalise.ts'
import type { Planner } from './plan.ts'
import { decideSelection } from './project-selection.ts'
import { prune } from './prune.ts'
import { withSubjectKeys } from './subject-keys.ts'

/** What compiling needs of a generation. */
export interface CompileContext {
  /** The served schema: every classified output field nullable. */
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly filters: FilterTable
  readonly planner: Planner
  /** Upper bound of field uses per operation. */
  readonly maxFields: number
}

/**
 * Compiles a normalised operation for a view: decide every coordinate, drop what is refused, plan the rest.
 *
 * @throws Failure LIMIT_EXCEEDED
 */
export async function compile(
  context: CompileContext,
  view: View,
  normalised: NormalisedOperation,
): Promise<CompiledOperation> {
  const { operation, fragments } = normalised
  const collector = createCollector(context.schema, fragments, context.maxFields)
  const root = rootType(context.schema, operation)
  const source = { schema: context.schema, fields: context.fields, view }
  const decided = decideSelection(source, collector, root, { set: operation.selectionSet, conditions: [] })
  const { projection, uses, calls, controlled, aliases } = decided
  const pruned = prune(operation, projection, decided.arguments)
  return Object.freeze({
    key: createHash('sha256').update(`${view.id} ${normalised.hash}`).digest('base64url'),
    kind: operation.operation === 'mutation' ? 'mutation' : 'query',
    validUntil: view.validUntil,
    pruned: pruned ? print(pruned) : null,
    plan: pruned ? await context.planner.plan(withSubjectKeys(context.schema, pruned)) : null,
    rootType: root.name,
    projection,
    uses,
    calls,
    filters: context.filters,
    ...filterRules(context.filters, calls, view),
    controlled,
    aliases,
  })
}

/**
 * What the calls must not filter by, whatever a request gives, and what they may filter by within permitted values only;
 * for most operations nothing, and nothing is checked.
 */
function filterRules(
  { filters }: FilterTable,
  calls: readonly Call[],
  { decisions, parameters }: View,
): Pick<CompiledOperation, 'forbidden' | 'controlledFilters'> {
  const reachable = [...new Set(calls.flatMap((call) => [...reachableFilters(filters, call)]))]
  const refused = reachable.filter((at) => decisions.get(at)?.kind !== 'ALLOW')
  const ruled = reachable.flatMap((at) => {
    const rules = parameters.get(at)
    return rules ? [[at, rules] as const] : []
  })
  return {
    forbidden: new Map(refused.map((at) => [at, decisions.get(at) ?? null])),
    controlledFilters: new Map(ruled),
  }
}

function rootType(schema: GraphQLSchema, operation: OperationDefinitionNode): GraphQLObjectType {
  const root = schema.getRootType(operation.operation)
  if (!root) throw new Error(`the schema has no ${operation.operation} type`)
  return root
}
