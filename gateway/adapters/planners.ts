import { createPlans } from '../compile/plan-cache.ts'
import type { Plans } from '../compile/plan-cache.ts'
import { openPlannerThread } from './planner-thread.ts'
import type { PlannerThreadParts } from './planner-thread.ts'

/** The planners of a process: one thread for each supergraph in service, and of those still on their way out. */
export interface Planners {
  /**
   * Plans over a supergraph: generations over the same text share them, for a plan depends on nothing else. Each taker
   * releases them once.
   */
  plansOf(this: void, supergraphSdl: string): Plans
  /** Ends every thread. */
  close(): Promise<void>
}

/** Plans of one supergraph and how many generations use them. */
interface Shared {
  readonly plans: Plans
  users: number
}

/** Nothing runs before a supergraph is asked for. */
export function openPlanners(parts: Pick<PlannerThreadParts, 'bounds' | 'monotonic' | 'entry'>): Planners {
  const shared = new Map<string, Shared>()
  // A thread on its way out is known here alone, and only while it runs.
  const running = new Set<() => Promise<void>>()

  const open = (supergraphSdl: string): Shared => {
    const thread = openPlannerThread({ ...parts, supergraphSdl, running })
    const release = (): void => {
      shared.delete(supergraphSdl)
      thread.retire()
    }
    return { plans: createPlans(thread, { ready: () => thread.ready(), release }), users: 0 }
  }
  return {
    plansOf(supergraphSdl) {
      const of = shared.get(supergraphSdl) ?? open(supergraphSdl)
      shared.set(supergraphSdl, of)
      of.users += 1
      let held = true
      const release = (): void => {
        if (!held) return
        held = false
        of.users -= 1
        if (of.users === 0) of.plans.release()
      }
      return { ...of.plans, release }
    },
    async close() {
      await Promise.all([...running].map((close) => close()))
    },
  }
}
