import { createHash } from 'node:crypto'
import type { GraphQLObjectType, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { print } from 'graphql'
import type { AttributeEntry } from '../catalog/attributes.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { createCollector } from './collect.ts'
import type { Call, CompiledOperation, FilterTable } from './compiled-operation.ts'
import { reachableFilters } from './filters.ts'
import type { NormalisedOperation } from './normalise.ts'
import type { PlanNode } from './plan.ts'
import type { Keeping } from './fetch-keeping.ts'
import type { Plans } from './plan-cache.ts'
import { decideSelection } from './project-selection.ts'
import { prune } from './prune.ts'
import { withSubjectKeys } from './subject-keys.ts'

/** What compiling needs of a generation. */
export interface CompileContext {
  /** The served schema: every classified output field nullable. */
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly filters: FilterTable
  /** Attributes that several sources hold, by name. */
  readonly attributes?: ReadonlyMap<string, AttributeEntry>
  readonly plans: Plans
  /** Says of each fetch how its entities may be kept; without it none is. */
  readonly keeping?: Keeping
  /** Upper bound of field uses per operation. */
  readonly maxFields: number
}

/** What is compiled: the values of the request that it came with are no part of it. */
export type CompileQuestion = Omit<NormalisedOperation, 'bindings'>

/**
 * Compiles a normalised operation for a view: decide every coordinate, drop what is refused, plan the rest.
 *
 * @param asker who waits for the plan
 * @throws Failure LIMIT_EXCEEDED, OVERLOADED
 */
export async function compile(
  context: CompileContext,
  view: View,
  normalised: CompileQuestion,
  asker: string,
): Promise<CompiledOperation> {
  const { operation, fragments } = normalised
  const collector = createCollector(context.schema, fragments, context.maxFields)
  const root = rootType(context.schema, operation)
  const { schema, fields, attributes = new Map() } = context
  const source = { schema, fields, attributes, view }
  const decided = decideSelection(source, collector, root, { set: operation.selectionSet, conditions: [] })
  const { projection, uses, calls, controlled, aliases } = decided
  const pruned = prune(operation, projection, decided.arguments)
  const text = pruned ? print(pruned) : null
  return Object.freeze({
    key: createHash('sha256').update(`${view.id} ${normalised.hash}`).digest('base64url'),
    kind: operation.operation === 'mutation' ? 'mutation' : 'query',
    validUntil: view.validUntil,
    pruned: text,
    plan: pruned && text ? await planFor(context, text, pruned, asker) : null,
    rootType: root.name,
    projection,
    uses: Object.freeze(uses),
    calls,
    filters: context.filters,
    ...filterRules(context.filters, calls, view),
    controlled,
    aliases,
  })
}

async function planFor(
  { schema, fields, plans, keeping = (plan) => plan }: CompileContext,
  text: string,
  pruned: OperationDefinitionNode,
  asker: string,
): Promise<PlanNode | null> {
  const operation = (): OperationDefinitionNode => withSubjectKeys({ schema, fields }, pruned)
  return keeping(await plans.planFor({ pruned: text, operation, asker }))
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
