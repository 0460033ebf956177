import type { GraphQLSchema } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { Generation } from '../compile/generation.ts'
import { activeUses } from '../compile/compiled-operation.ts'
import { execute, failedDepartments } from '../execute/execute.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import { project } from '../project/project.ts'
import type { AnswerPath, Projected, RecordPlace } from '../project/project.ts'
import { Failure } from '../vocabulary/failure.ts'
import { admitAnswer, admitOperation, refusedOperation } from './admit-operation.ts'
import { countedTables } from './admit-statistics.ts'
import type { AnsweredOperation, Exchange } from './exchange.ts'
import { executeContext } from './execute-context.ts'
import { readHits } from './hits.ts'
import { assertOneSubject, findIdentities } from './identities.ts'
import type { Identities } from './identities.ts'
import type { House } from './house.ts'
import { readLookups } from './lookups.ts'
import { identityOf, readReached } from './reached.ts'
import type { ReachedSubject } from './reached.ts'
import { reconcilingOf } from './reconciling.ts'

/** What the record says of an operation whatever comes of it. */
export type OperationFacts = Pick<
  AnsweredOperation,
  'hash' | 'introspectionOnly' | 'generation' | 'catalogVersion' | 'fields' | 'grants'
>

/** A compiled operation with this request's values, and what the record says of it beside. */
export interface CompiledRun {
  readonly schema: GraphQLSchema
  readonly generation: Generation
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
  const named = { ...facts, compiled, active, subjects, arguments: given }
  const identities = await admitOperation(house, exchange, named, variables, { schema, generation, caller })
  const asking = { ...named, subjects: subjects.map(identities.of) }
  exchange.stages?.enter('execute')
  const fetched = await execute(compiled, variables, executeContext(house, exchange, schema, caller, firstHand))
  const { outcomes } = fetched
  const route = [...identities.outcomes, ...outcomes]
  const asked: AnsweredOperation = { ...asking, outcomes: route, records: 0, refused: null }
  // From here on the record knows who was asked what, even if no answer comes of it.
  exchange.operation = asked
  exchange.stages?.enter('project')
  const reconciling = reconcilingOf(house, schema, outcomes)
  const failed = failedDepartments(outcomes)
  const projected = project(compiled, fetched.data, variables, failed, house.masks, reconciling)
  const { records } = projected
  const reached = await reachedSubjects(
    house,
    exchange,
    { ...run, asked, identities },
    readReached(compiled, fetched.data, variables),
  )
  const sought = lookups.asked.map(({ path, subject }) => ({
    path,
    subject: { ...subject, ...identities.of(subject) },
  }))
  const hits = readHits(compiled, fetched, variables, sought, exchange)
  const concerned = await admitAnswer(house, exchange, asked, { reached, records, hits })
  const counted = countedTables(compiled, variables, records)
  exchange.operation = { ...asked, ...concerned, records: records.length, ...counted }
  return { projected, times: sourceTimes(outcomes, records), misnumbered: invalid }
}

/** Whom an answer reaches, each firm once, whichever of its identifiers stands there. */
async function reachedSubjects(
  house: House,
  exchange: Exchange,
  {
    asked,
    identities: named,
    ...question
  }: CompiledRun & {
    readonly asked: AnsweredOperation
    readonly identities: Identities
  },
  reached: readonly ReachedSubject[],
): Promise<readonly ReachedSubject[]> {
  const identities = await findIdentities(house, exchange, question, reached, named)
  try {
    assertOneSubject(exchange, identities)
  } catch (error) {
    throw error instanceof Failure ? refusedOperation(exchange, asked, error, asked.outcomes) : error
  }
  const different = new Map<string, ReachedSubject>()
  for (const one of reached) {
    const subject = identities.of(one)
    const key = identityOf(subject)
    different.set(key, { ...subject, object: one.object || different.get(key)?.object === true })
  }
  return [...different.values()]
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
