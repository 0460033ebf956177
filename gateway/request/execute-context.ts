import type { GraphQLSchema } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { execute } from '../execute/execute.ts'
import { followedBy } from '../observe/trace/request-trace.ts'
import { withAuthority } from './authority.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'

/**
 * What a walk over a plan works with, for this request. What is proof, and what an emergency opens, is read at its source:
 * neither does it come from what is kept, nor is it kept for anybody (ZS-4.09, ZS-4.10).
 */
export function executeContext(
  house: House,
  { receipt, signal, started, trace }: Exchange,
  schema: GraphQLSchema,
  caller: Caller,
  firstHand: boolean,
): Parameters<typeof execute>[2] {
  const { department, matter, emergency } = caller
  const departments = firstHand || emergency !== null ? house.sources : house.client
  return {
    schema,
    client: withAuthority(departments, house.authority ?? null, caller),
    monotonic: () => house.clock.monotonic(),
    context: { receipt, consumer: department, matter, ...followedBy(trace) },
    signal,
    deadline: started + house.requestTimeoutMs,
  }
}
