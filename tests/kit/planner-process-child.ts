import { Kind, parse } from 'graphql'
import { openPlannerThread } from '../../gateway/adapters/planner-thread.ts'

/* A process with nothing but a planner's thread: it must wait for a plan, and for nothing after it. */

const planner = openPlannerThread({
  supergraphSdl: '',
  bounds: { planMs: 60_000, megabytes: 64, waitMs: 60_000, line: { each: 1, all: 1 } },
  monotonic: () => performance.now(),
  entry: new URL('./obedient-planner-child.ts', import.meta.url),
})
const [operation] = parse('{ easy }').definitions
if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('one operation')
const plan = await planner.plan(operation)
process.stdout.write(JSON.stringify(plan))
