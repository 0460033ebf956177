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
  const outcomes: FetchOutcome[] = []
  if (plan === null) return { data, outcomes }
  const compiled = compiledPlan(context.schema, plan)
  const walk: Walk = { plan: compiled, data, variables, context, outcomes, again: [], asking: new Map() }
  await walkNode(walk, plan)
  for (const step of walk.again) attempt(step)
  return { data, outcomes }
}

async function walkNode(walk: Walk, node: PlanNode): Promise<void> {
  switch (node.kind) {
    case 'fetch':
      walk.outcomes.push(await runFetch(walk, node))
      return
    case 'sequence':
      for (const one of node.nodes) await walkNode(walk, one)
      return
    case 'parallel':
      await Promise.all(node.nodes.map((one) => walkNode(walk, one)))
      return
    case 'condition': {
      const chosen = walk.variables[node.variable] === true ? node.yes : node.no
      if (chosen) await walkNode(walk, chosen)
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
