import type { OperationDefinitionNode } from 'graphql'
import { createBoundedCache } from './bounded-cache.ts'
import { fetchesOf } from './plan.ts'
import type { PlanNode, Planner } from './plan.ts'

/** What is to be planned, and for whom. */
export interface PlanQuestion {
  /** The pruned document as text: operations of one text have one plan, whatever views they were pruned for. */
  readonly pruned: string
  /** The operation to plan, built only where there is no plan yet. */
  operation(this: void): OperationDefinitionNode
  /** Who asks: planning is shared out between those who wait for it. */
  readonly asker: string
}

/** Plans over one supergraph, for as many generations as are built over it. */
export interface Plans {
  /** Resolves to null when there is nothing to fetch. Rejects when it cannot be planned; the next one asks anew. */
  planFor(question: PlanQuestion): Promise<PlanNode | null>
  /** Resolves when the planner can be asked without waiting for its start; rejects where it cannot be started. */
  ready(): Promise<void>
  /** One generation is done with them; requests under way may still ask. */
  release(): void
}

/** Plans that are kept: how many, and bytes. */
const KEPT = { entries: 20_000, bytes: 16 * 1024 * 1024 }

/** Bytes of a fetch beside its texts: measured over the demonstration queries, where requirements and keys are short. */
const FETCH_BYTES = 1_500

/** About as many bytes as a plan holds. */
function sizeOf(plan: PlanNode | null): number {
  let bytes = 200
  for (const { operation, path } of fetchesOf(plan)) bytes += FETCH_BYTES + 2 * operation.length + 50 * path.length
  return bytes
}

/**
 * Each pruned document is planned once, however many ask at the same time: those of one asker wait together, and each
 * asker in a line of its own, so that nobody waits in another one's or is refused with them. Kept apart from the planner
 * itself, so that a planner in this thread and one in another are bounded alike.
 */
export function createPlans(planner: Planner, life: Partial<Pick<Plans, 'ready' | 'release'>> = {}): Plans {
  const kept = createBoundedCache<{ readonly plan: PlanNode | null }>(KEPT)
  const planning = new Map<string, Promise<PlanNode | null>>()

  const plan = async ({ pruned, operation, asker }: PlanQuestion): Promise<PlanNode | null> => {
    const made = await planner.plan(operation(), asker, () => kept.get(pruned)?.plan)
    kept.set(pruned, { plan: made }, sizeOf(made))
    return made
  }
  return {
    planFor(question) {
      const { pruned, asker } = question
      const known = kept.get(pruned)
      if (known) return Promise.resolve(known.plan)
      const key = `${asker}\n${pruned}`
      const underWay = planning.get(key) ?? plan(question).finally(() => planning.delete(key))
      planning.set(key, underWay)
      return underWay
    },
    ready: life.ready ?? (() => Promise.resolve()),
    release: life.release ?? (() => undefined),
  }
}
