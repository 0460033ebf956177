import type { Caller } from '../caller/caller.ts'
import { valueOf } from '../compile/calls.ts'
import { included } from '../compile/compiled-operation.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { SubgraphAsk, SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'
import { AUTHORITY } from '../grants/supervision.ts'
import { publishFailure } from '../observe/channels.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Port: governance, which answers in this process by who asks (`gateway/authority`). */
export interface AuthorityPort {
  /** Coordinates of the root fields that it answers. */
  readonly fields: ReadonlySet<string>
  /** Judges what a root field is asked, before anything is read. @throws Failure BAD_USER_INPUT */
  check(this: void, field: string, given: unknown, caller: Caller): void
  /** Rejects where the store does not answer. */
  fetch(this: void, ask: SubgraphAsk, caller: Caller, signal: AbortSignal): Promise<SubgraphReply>
}

/**
 * The client of one request: governance is asked with the caller at hand, past every cache; departments are asked as ever,
 * and are told nothing of the caller beyond the call context.
 */
export function withAuthority(client: SubgraphClient, authority: AuthorityPort | null, caller: Caller): SubgraphClient {
  return {
    async fetch(department, ask, context, signal, deadline) {
      if (department !== AUTHORITY) return client.fetch(department, ask, context, signal, deadline)
      try {
        if (authority === null) throw new Error('there is no governance store')
        return await authority.fetch(ask, caller, signal)
      } catch (error) {
        const { receipt } = context
        publishFailure(() => ({ receipt, where: `fetch ${AUTHORITY}`, code: 'SOURCE_UNAVAILABLE', error }))
        throw error
      }
    },
  }
}

/**
 * Judges what an operation asks governance, each root field that is part of this request.
 *
 * @throws Failure BAD_USER_INPUT, LIMIT_EXCEEDED
 */
export function checkAuthorityCalls(
  authority: AuthorityPort | null,
  { calls }: Pick<CompiledOperation, 'calls'>,
  variables: Readonly<Record<string, unknown>>,
  caller: Caller,
): void {
  if (authority === null) return
  const asked = calls.filter(
    ({ root, coordinate, when }) => root && authority.fields.has(coordinate) && included(when, variables),
  )
  if (asked.length > MOST_FIELDS) throw tooManyFields(asked.length)
  for (const call of asked) {
    const given = call.arguments.map((one) => [one.name, valueOf(one, variables)] as const)
    authority.check(call.coordinate, Object.fromEntries(given), caller)
  }
}

/** Each of them may go through as many rows of the store as one question may: aliases multiply that. */
const MOST_FIELDS = 5

function tooManyFields(count: number): Failure {
  return new Failure('LIMIT_EXCEEDED', {
    detail: {
      zh: `一次操作对审计记录的查询有 ${count} 项,上限 ${MOST_FIELDS}`,
      en: `${count} questions to governance in one operation, allowed ${MOST_FIELDS}`,
    },
  })
}
