import type { GraphQLSchema } from 'graphql'
import { included } from '../compile/compiled-operation.ts'
import type { FetchNode } from '../compile/plan.ts'
import { checkReply } from './check-reply.ts'
import type { CompiledFetch } from './compiled-plan.ts'
import { isObject } from './data.ts'
import type { DataObject } from './data.ts'
import { areThemselves } from './identity.ts'
import { collectRepresentations, objectsAt } from './representations.ts'
import { requiredNow } from './required-now.ts'
import { applyRewrites } from './rewrites.ts'
import { lack, lackBehind, refine, take } from './settle.ts'
import type { Lack } from './settle.ts'
import type { SubgraphAsk, SubgraphReply } from './subgraph-client.ts'
import type { Asking, ExecuteContext, FetchOutcome, Walk } from './walk.ts'

/** Runs one fetch: asks about every object at its path at once, and settles what the answer says of each. */
export async function runFetch(walk: Walk, fetch: FetchNode): Promise<FetchOutcome> {
  const compiled = walk.plan.get(fetch)
  const asking = compiled && included(fetch.asks, walk.variables) ? whom(fetch, compiled, walk) : null
  if (!compiled || asking === null) return notAsked(fetch, 'not-called')
  if (asking === 'unreadable') return notAsked(fetch, 'invalid')
  const { context } = walk
  const { groups } = asking
  noteLack(walk, compiled, asking.unable, 'unavailable')
  noteLack(walk, compiled, asking.unidentified, 'none')
  const entities = asking.values?.length ?? 1
  if (groups.length === 0) return notAsked(fetch, 'not-called')
  if (context.signal.aborted || entities > MOST_REPRESENTATIONS) {
    noteLack(walk, compiled, groups.flat(), 'unavailable')
    return notAsked(fetch, 'not-called')
  }
  const started = context.monotonic()
  const ask = askOf(fetch, walk, asking.values)
  const reply = await call(fetch.department, ask, context)
  const milliseconds = context.monotonic() - started
  walk.asking.clear()
  const outcome = reply === null ? 'failed' : settle(walk, fetch, { compiled, asking, ask }, reply)
  if (outcome === 'failed') noteLack(walk, compiled, groups.flat(), 'unavailable')
  if (outcome === 'invalid') noteLack(walk, compiled, groups.flat(), 'invalid')
  const asOf = reply !== null && (outcome === 'ok' || outcome === 'partial') ? reply.sources : []
  const kept = reply?.kept ?? 0
  return { department: fetch.department, outcome, entities, milliseconds, asOf, ...(kept ? { kept } : {}) }
}

/**
 * Most entities that one fetch asks for, far above any page: a department that answers with a longer list makes no other
 * one work through it.
 */
const MOST_REPRESENTATIONS = 10_000

function notAsked({ department }: FetchNode, outcome: 'not-called' | 'invalid'): FetchOutcome {
  return { department, outcome, entities: 0, milliseconds: 0, asOf: [] }
}

function whom(fetch: FetchNode, { about }: CompiledFetch, walk: Walk): Asking | 'unreadable' | null {
  try {
    const known = about === null ? undefined : walk.asking.get(about)
    if (known) return known
    const targets = objectsAt(walk.data, fetch.path)
    if (targets.length === 0) return null
    if (!fetch.requires) return { groups: [targets], values: null, unable: [], unidentified: [] }
    const requires = requiredNow(fetch.requires, walk.variables)
    const { targets: groups, ...others } = collectRepresentations(walk.context.schema, targets, requires)
    const asking = { groups, ...others }
    if (about !== null) walk.asking.set(about, asking)
    return asking
  } catch {
    // An earlier answer is nested so deeply that it cannot be walked.
    return 'unreadable'
  }
}

function askOf(fetch: FetchNode, { variables, context }: Walk, values: readonly DataObject[] | null): SubgraphAsk {
  const given: Record<string, unknown> = {}
  for (const name of fetch.variables) if (Object.hasOwn(variables, name)) given[name] = variables[name]
  if (values) given['representations'] = rewritten(context.schema, fetch, values)
  return { query: fetch.operation, rules: fetch.rules, variables: given }
}

/** What the planner rewrites for one department is not rewritten in the data. */
function rewritten(
  schema: GraphQLSchema,
  { inputRewrites }: FetchNode,
  values: readonly DataObject[],
): readonly DataObject[] {
  if (inputRewrites.length === 0) return values
  const copies = values.map((one) => structuredClone(one))
  applyRewrites(schema, inputRewrites, copies)
  return copies
}

/** Null when the department did not answer, however its client says so. */
async function call(
  department: string,
  ask: SubgraphAsk,
  { client, context, signal, deadline }: ExecuteContext,
): Promise<SubgraphReply | null> {
  try {
    return await client.fetch(department, ask, context, signal, deadline)
  } catch {
    return null
  }
}

/** A fetch that was asked. */
interface Asked {
  readonly compiled: CompiledFetch
  readonly asking: Asking
  readonly ask: SubgraphAsk
}

/** Checks a reply and takes from it what was asked. */
function settle(walk: Walk, fetch: FetchNode, asked: Asked, reply: SubgraphReply): FetchOutcome['outcome'] {
  const { schema } = walk.context
  const { values } = asked.asking
  try {
    const checked = checkReply(fetch, reply, values?.length ?? 1)
    if (checked.kind !== 'data') return checked.kind
    const { data } = checked
    applyRewrites(schema, fetch.outputRewrites, values ? data['_entities'] : data)
    if (!settleAll(walk, asked, data)) return 'invalid'
    return checked.partial ? 'partial' : 'ok'
  } catch {
    return 'invalid'
  }
}

/** Settles the answer for each object; false where it is about others than those that were asked for. */
function settleAll(walk: Walk, { compiled, asking: { groups, values }, ask }: Asked, data: DataObject): boolean {
  const entities = values ? data['_entities'] : groups.map(() => data)
  const sent = ask.variables['representations']
  if (!Array.isArray(entities)) return false
  const list: readonly unknown[] = entities
  if (Array.isArray(sent) && !areThemselves(walk.context.schema, list, sent, compiled.keys)) return false
  const settleEach = (): void => {
    for (const [index, targets] of groups.entries()) settleOne(walk, compiled, targets, list[index])
  }
  settleEach()
  if (compiled.shares) walk.again.push(settleEach)
  return true
}

function settleOne(
  { context: { schema } }: Walk,
  { asked }: CompiledFetch,
  targets: readonly DataObject[],
  entity: unknown,
): void {
  for (const target of targets) {
    if (!isObject(entity)) lack(target, asked, lackBehind(entity))
    else {
      refine(schema, target, entity)
      take(target, entity, asked)
    }
  }
}

/** Notes what objects lack for which nobody answered, or nobody as asked. */
function noteLack(walk: Walk, { asked, shares }: CompiledFetch, targets: readonly DataObject[], how: Lack): void {
  if (targets.length === 0) return
  const note = (): void => {
    for (const target of targets) lack(target, asked, how)
  }
  attempt(note)
  if (shares) walk.again.push(note)
}

/** What is nested so deeply that it cannot be walked is left as it is: nobody can be told of it either. */
export function attempt(step: () => void): void {
  try {
    step()
  } catch {
    // A stack that overflowed has undone nothing but the step itself.
  }
}
