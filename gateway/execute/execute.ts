import type { GraphQLSchema } from 'graphql'
import { included } from '../compile/compiled-operation.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { EntityKeys, FetchNode, PlanNode } from '../compile/plan.ts'
import { checkReply } from './check-reply.ts'
import { isObject, merge, own } from './data.ts'
import type { DataObject } from './data.ts'
import { collectRepresentations, isOfType, objectsAt } from './representations.ts'
import type { Representations } from './representations.ts'
import { applyRewrites } from './rewrites.ts'
import type { FetchContext, SubgraphClient, SubgraphReply } from './subgraph-client.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'

/** How one fetch went; the way the data took (具体途径, ZS-6.03). */
export interface FetchOutcome {
  readonly department: string
  readonly outcome: 'ok' | 'partial' | 'failed' | 'invalid' | 'not-called'
  /** Representations sent, or 1 for a root fetch. */
  readonly entities: number
  readonly milliseconds: number
  readonly asOf: readonly { readonly type: string; readonly asOf: string }[]
  /** Entities of these that no department was asked for; absent for none. */
  readonly kept?: number
}

/** What the departments answered, under canonical names, before anything is shaped or masked. */
export interface Fetched {
  readonly data: DataObject
  readonly outcomes: readonly FetchOutcome[]
}

/** What the walk needs. */
export interface ExecuteContext {
  readonly schema: GraphQLSchema
  readonly client: SubgraphClient
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number
  readonly context: FetchContext
  readonly signal: AbortSignal
  /** Milliseconds of the monotonic clock from which the answer is not waited for any longer; none where it is left out. */
  readonly deadline?: number
}

/** Walks the plan. Never rejects: a department's failure leaves its fields out and is an outcome. */
export async function execute(
  operation: CompiledOperation,
  variables: Readonly<Record<string, unknown>>,
  context: ExecuteContext,
): Promise<Fetched> {
  const data = bareRecord<unknown>()
  const outcomes: FetchOutcome[] = []

  const walk = async (node: PlanNode): Promise<void> => {
    switch (node.kind) {
      case 'fetch':
        outcomes.push(await runFetch(node, data, variables, context))
        return
      case 'sequence':
        for (const one of node.nodes) await walk(one)
        return
      case 'parallel':
        await Promise.all(node.nodes.map(walk))
        return
      case 'condition': {
        const chosen = variables[node.variable] === true ? node.yes : node.no
        if (chosen) await walk(chosen)
      }
    }
  }
  if (operation.plan) await walk(operation.plan)
  return { data, outcomes }
}

/** Departments of which a fetch failed, and how. */
export function failedDepartments(
  outcomes: readonly FetchOutcome[],
): ReadonlyMap<string, 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'> {
  const code = { failed: 'SOURCE_UNAVAILABLE', partial: 'SOURCE_UNAVAILABLE', invalid: 'SOURCE_INVALID' } as const
  return new Map(
    outcomes.flatMap(({ department, outcome }) =>
      outcome === 'ok' || outcome === 'not-called' ? [] : [[department, code[outcome]] as const],
    ),
  )
}

async function runFetch(
  fetch: FetchNode,
  data: DataObject,
  variables: Readonly<Record<string, unknown>>,
  context: ExecuteContext,
): Promise<FetchOutcome> {
  const { department } = fetch
  const idle = context.signal.aborted || !included(fetch.asks, variables)
  const asking = idle ? null : whom(fetch, data, context.schema)
  if (asking === 'unreadable') return { department, outcome: 'invalid', entities: 0, milliseconds: 0, asOf: [] }
  if (asking === null) return { department, outcome: 'not-called', entities: 0, milliseconds: 0, asOf: [] }
  const entities = asking.representations?.values.length ?? 1
  const started = context.monotonic()
  const request = {
    query: fetch.operation,
    rules: fetch.rules,
    variables: requestVariables(fetch, variables, asking.representations?.values ?? null, context.schema),
  }
  const reply = await call(department, request, context)
  const milliseconds = context.monotonic() - started
  const outcome = reply === null ? 'failed' : take(fetch, reply, asking, context.schema)
  const usable = reply !== null && (outcome === 'ok' || outcome === 'partial')
  const kept = reply?.kept ?? 0
  return { department, outcome, entities, milliseconds, asOf: usable ? reply.sources : [], ...(kept ? { kept } : {}) }
}

/** The objects that a fetch extends, and what is sent to identify them. */
interface Asking {
  readonly targets: readonly DataObject[]
  readonly representations: Representations | null
}

/** Null where there is nobody to ask about. */
function whom(fetch: FetchNode, data: DataObject, schema: GraphQLSchema): Asking | 'unreadable' | null {
  try {
    const targets = objectsAt(data, fetch.path)
    const representations = fetch.requires ? collectRepresentations(schema, targets, fetch.requires) : null
    return targets.length === 0 || representations?.values.length === 0 ? null : { targets, representations }
  } catch {
    // An earlier answer is nested so deeply that it cannot be walked.
    return 'unreadable'
  }
}

/** Checks a reply and merges it. */
function take(
  fetch: FetchNode,
  reply: SubgraphReply,
  { targets, representations }: Asking,
  schema: GraphQLSchema,
): FetchOutcome['outcome'] {
  try {
    const checked = checkReply(fetch, reply, representations?.values.length ?? 1)
    if (checked.kind !== 'data') return checked.kind
    const { data } = checked
    applyRewrites(schema, fetch.outputRewrites, representations ? data['_entities'] : data)
    if (representations) mergeEntities(schema, fetch, data['_entities'], representations.targets)
    else for (const target of targets) merge(target, data)
    return checked.partial ? 'partial' : 'ok'
  } catch {
    return 'invalid'
  }
}

/** Null when the department did not answer, however its client says so. */
async function call(
  department: string,
  request: Parameters<SubgraphClient['fetch']>[1],
  { client, context, signal, deadline }: ExecuteContext,
): Promise<SubgraphReply | null> {
  try {
    return await client.fetch(department, request, context, signal, deadline)
  } catch {
    return null
  }
}

function requestVariables(
  fetch: FetchNode,
  variables: Readonly<Record<string, unknown>>,
  representations: readonly DataObject[] | null,
  schema: GraphQLSchema,
): Record<string, unknown> {
  const used = fetch.variables.filter((name) => Object.hasOwn(variables, name))
  const own = Object.fromEntries(used.map((name) => [name, variables[name]]))
  if (!representations) return own
  const rewritten =
    fetch.inputRewrites.length > 0 ? representations.map((one) => structuredClone({ ...one })) : representations
  if (fetch.inputRewrites.length > 0) applyRewrites(schema, fetch.inputRewrites, rewritten)
  return { ...own, representations: rewritten }
}

/** Merges by index. An entity that the department does not have is "no value" for every field asked. */
function mergeEntities(
  schema: GraphQLSchema,
  fetch: FetchNode,
  entities: unknown,
  targets: readonly (readonly DataObject[])[],
): void {
  if (!Array.isArray(entities)) return
  for (const [index, entity] of entities.entries()) {
    for (const target of targets[index] ?? []) {
      if (entity === null) setNull(schema, target, fetch.keys)
      else if (isObject(entity)) merge(target, askedOf(schema, target, entity, fetch.keys))
    }
  }
}

/** Only what this fetch asked for: a department must not speak for another one's fields, first or last. */
function askedOf(
  schema: GraphQLSchema,
  target: DataObject,
  entity: DataObject,
  keys: readonly EntityKeys[],
): DataObject {
  const fitting = keys.filter(({ type }) => type === null || isOfType(schema, target['__typename'], type))
  const asked = bareRecord<unknown>()
  for (const name of ['__typename', ...fitting.flatMap(({ names }) => names)])
    if (Object.hasOwn(entity, name)) asked[name] = entity[name]
  return asked
}

/** Only what this fetch would have brought for the object's own type: what another one owes is still owed. */
function setNull(schema: GraphQLSchema, target: DataObject, keys: readonly EntityKeys[]): void {
  for (const { type, names } of keys) {
    if (type !== null && !isOfType(schema, target['__typename'], type)) continue
    for (const name of names) target[name] = own(target, name) ?? null
  }
}
