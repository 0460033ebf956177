import { openPlanners } from '../adapters/planners.ts'
import type { Plans } from '../compile/plan-cache.ts'
import type { Config } from '../config/config.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Planners in threads of their own; whoever waits for one is told when the gateway stops. */
export function openPlanning(
  { limits, http }: Config,
  clock: Clock,
  closers: Closers,
): (supergraphSdl: string) => Plans {
  const planners = openPlanners({
    bounds: {
      planMs: limits.planMs,
      megabytes: limits.planMegabytes,
      waitMs: http.requestTimeoutMs,
      line: { each: limits.planWaiting, all: 8 * limits.planWaiting },
    },
    monotonic: () => clock.monotonic(),
  })
  closers.add(() => planners.close())
  return (supergraphSdl) => planners.plansOf(supergraphSdl)
}
