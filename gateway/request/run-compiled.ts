import type { GraphQLSchema } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { Generation } from '../compile/generation.ts'
import { activeUses } from '../compile/compiled-operation.ts'
import { execute, failedDepartments } from '../execute/execute.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import { followedBy } from '../observe/trace/request-trace.ts'
import { project } from '../project/project.ts'
import type { AnswerPath, Projected, RecordPlace } from '../project/project.ts'
import { admitAnswer, admitOperation } from './admit-operation.ts'
import { countedTables } from './admit-statistics.ts'
import type { AnsweredOperation, Exchange } from './exchange.ts'
import { readHits } from './hits.ts'
import type { House } from './house.ts'
import { readLookups } from './lookups.ts'
import { readReached } from './reached.ts'

/** What the record says of an operation whatever comes of it. */
export type OperationFacts = Pick<
  AnsweredOperation,
  'hash' | 'introspectionOnly' | 'generation' | 'catalogVersion' | 'grants'
>

/** A compiled operation with this request's values, and what the record says of it beside. */
export interface CompiledRun {
  readonly schema: GraphQLSchema
  readonly generation: Pick<Generation, 'fields'>
  readonly caller: Caller
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly facts: OperationFacts
  /** Whether the answer is proof, for which the departments are asked themselves, past what is kept. */
  readonly firstHand?: boolean
}

/** What came of it. */
export interface Ran {
  readonly projected: Projected
  /** The sources' own times by record type. */
  readonly times: ReadonlyMap<string, string>
  /** Places of the lookups whose number cannot exist. */
  readonly misnumbered: readonly AnswerPath[]
}

/**
 * Admits, executes and projects a compiled operation, and notes for the record what it asked.
 *
 * @throws Failure as `admitOperation` and `admitAnswer` say
 */
export async function runCompiled(house: House, exchange: Exchange, run: CompiledRun): Promise<Ran> {
  const { schema, generation, caller, compiled, variables, facts, firstHand = false } = run
  const lookups = readLookups(compiled, variables, house.limits.subjectsPerOperation)
  const { subjects, arguments: given, invalid } = lookups
  const active = activeUses(compiled, variables)
  const asking = { ...facts, compiled, active, subjects, arguments: given }
  await admitOperation(house, exchange, asking, variables, generation.fields)
  exchange.stages?.enter('execute')
  const fetched = await execute(compiled, variables, executeContext(house, exchange, schema, caller, firstHand))
  const { outcomes } = fetched
  const asked: AnsweredOperation = { ...asking, outcomes, records: 0, refused: null }
  // From here on the record knows who was asked what, even if no answer comes of it.
  exchange.operation = asked
  exchange.stages?.enter('project')
  const projected = project(compiled, fetched.data, variables, failedDepartments(outcomes), house.masks)
  const { records } = projected
  const reached = readReached(compiled, fetched.data, variables)
  const hits = readHits(compiled, fetched, variables, lookups.asked, exchange)
  const concerned = await admitAnswer(house, exchange, asked, { reached, records, hits })
  const counted = countedTables(compiled, variables, records)
  exchange.operation = { ...asked, subjects: concerned, records: records.length, ...counted }
  return { projected, times: sourceTimes(outcomes, records), misnumbered: invalid }
}

/**
 * What a walk over a plan works with, for this request. What is proof, and what an emergency opens, is read at its source:
 * neither does it come from what is kept, nor is it kept for anybody (ZS-4.09, ZS-4.10).
 */
export function executeContext(
  house: House,
  { receipt, signal, started, trace }: Exchange,
  schema: GraphQLSchema,
  { department, matter, emergency }: Caller,
  firstHand: boolean,
): Parameters<typeof execute>[2] {
  return {
    schema,
    client: firstHand || emergency !== null ? house.sources : house.client,
    monotonic: () => house.clock.monotonic(),
    context: { receipt, consumer: department, matter, ...followedBy(trace) },
    signal,
    deadline: started + house.requestTimeoutMs,
  }
}

/** The sources' own times by record type; a department is believed about its own records only. */
export function sourceTimes(
  outcomes: readonly FetchOutcome[],
  records: readonly Pick<RecordPlace, 'type' | 'provider'>[],
): ReadonlyMap<string, string> {
  const providers = new Map(records.map(({ type, provider }) => [type, provider]))
  const times = new Map<string, string>()
  for (const { department, asOf: facts } of outcomes) {
    for (const { type, asOf } of facts.filter((one) => providers.get(one.type) === department)) {
      const known = times.get(type)
      // Where a type was read more than once, the oldest time is the honest one.
      if (known === undefined || Date.parse(asOf) < Date.parse(known)) times.set(type, asOf)
    }
  }
  return times
}
