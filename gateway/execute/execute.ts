import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { PlanNode } from '../compile/plan.ts'
import { compiledPlan } from './compiled-plan.ts'
import type { DataObject } from './data.ts'
import { attempt, runFetch } from './run-fetch.ts'
import type { ExecuteContext, FetchOutcome, Fetched, Walk } from './walk.ts'

export type { ExecuteContext, FetchOutcome, Fetched } from './walk.ts'

/** Walks the plan. Never rejects: a department's failure leaves its fields out and is an outcome. */
export async function execute(
  { plan }: Pick<CompiledOperation, 'plan'>,
  variables: Readonly<Record<string, unknown>>,
  context: ExecuteContext,
): Promise<Fetched> {
  const data: DataObject = {}
  if (plan === null) return { data, outcomes: [] }
  const compiled = compiledPlan(context.schema, plan)
  const walk: Walk = { plan: compiled, data, variables, context, again: [], asking: new Map() }
  const outcomes = await walkNode(walk, plan)
  for (const step of walk.again) attempt(step)
  return { data, outcomes }
}

/** How each fetch went, in the order of the plan: the record does not say who happened to answer first. */
async function walkNode(walk: Walk, node: PlanNode): Promise<readonly FetchOutcome[]> {
  switch (node.kind) {
    case 'fetch':
      return [await runFetch(walk, node)]
    case 'sequence': {
      const outcomes: FetchOutcome[] = []
      for (const one of node.nodes) outcomes.push(...(await walkNode(walk, one)))
      return outcomes
    }
    case 'parallel':
      return (await Promise.all(node.nodes.map((one) => walkNode(walk, one)))).flat()
    case 'condition': {
      const chosen = walk.variables[node.variable] === true ? node.yes : node.no
      return chosen ? walkNode(walk, chosen) : []
    }
  }
}

/**
 * Departments that answered nothing in all their fetches, and how. Of one that answered something, each place knows for
 * itself why it is empty.
 */
export function failedDepartments(
  outcomes: readonly FetchOutcome[],
): ReadonlyMap<string, 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'> {
  const failed = new Map<string, 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'>()
  for (const { department, outcome } of outcomes) {
    if (outcome === 'failed' && !failed.has(department)) failed.set(department, 'SOURCE_UNAVAILABLE')
    // Where nobody answered, the place itself says so.
    if (outcome === 'invalid') failed.set(department, 'SOURCE_INVALID')
  }
  for (const { department, outcome } of outcomes)
    if (outcome === 'ok' || outcome === 'partial') failed.delete(department)
  return failed
}
