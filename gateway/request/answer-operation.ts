import type { DocumentNode, GraphQLSchema } from 'graphql'
import { bindVariables } from '../compile/bind.ts'
import type { Generation } from '../compile/generation.ts'
import { answerDecisions, answerError, answerErrors, answerNotes } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'
import { Failure } from '../vocabulary/failure.ts'
import { oneSourceClause } from '../grants/decide.ts'
import { answerOwn } from './answer-own.ts'
import { freshnessOf } from './freshness.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { prepareOperation } from './prepare-operation.ts'
import type { PreparedOperation } from './prepare-operation.ts'
import { runCompiled } from './run-compiled.ts'
import type { CompiledRun, OperationFacts, Ran } from './run-compiled.ts'
import { sharingFacts } from './sharing-facts.ts'

/** A validated document and what came with it. */
export interface OperationRequest {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName: string | null
  /** The name as the request states it: a document of one operation needs none. */
  readonly stated?: string | null
  readonly variables: Readonly<Record<string, unknown>>
}

/** A GraphQL answer. */
export interface OperationAnswer {
  /** Null where a source's null reached the root through types that admit none. */
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors: readonly AnswerError[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/**
 * Answers one operation: compile for the caller's view, execute, project.
 *
 * @throws Failure where the whole operation is refused: BAD_USER_INPUT, LIMIT_EXCEEDED, and as `admitOperation` and
 * `admitAnswer` say
 */
export async function answerOperation(
  house: House,
  exchange: Exchange,
  { schema, document, operationName, stated = operationName, variables }: OperationRequest,
): Promise<OperationAnswer> {
  const { caller } = exchange
  if (caller === null) throw new Failure('UNAUTHENTICATED')
  const generation = house.generationOf(schema)
  const prepared = prepareOperation(schema, house.limits, document, operationName)
  const text = document.loc?.source.body ?? null
  house.known.note(generation, { department: caller.department, text, operationName: stated }, prepared)
  return answerPrepared(house, exchange, { generation, prepared, variables })
}

/** An operation that has been read, and the values of its variables as they came. */
export interface PreparedRequest {
  readonly generation: Generation
  readonly prepared: PreparedOperation
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The part of an answer that each request has to itself.
 *
 * @throws Failure as `answerOperation` says
 */
export async function answerPrepared(
  house: House,
  exchange: Exchange,
  { generation, prepared, variables: raw }: PreparedRequest,
): Promise<OperationAnswer> {
  const { caller } = exchange
  if (caller === null) throw new Failure('UNAUTHENTICATED')
  const { schema, split, fragments, normalised } = prepared
  const variables = bindVariables(schema, normalised.bindings, raw)
  const facts = factsOf(house, generation, prepared)
  exchange.stages?.enter('compile')
  const compiled = await generation.compiledFor(generation.views.viewOf(caller), normalised, caller)
  const run = { schema, generation, caller, compiled, variables, facts }
  if (split.own === null && split.introspection === null) return answerData(house, exchange, run)
  const question = { schema, generation, split, fragments, variables: raw, compiled, facts }
  const own = await answerOwn(house, exchange, caller, question)
  const answer = own.alone ? notAsked(house, exchange) : await answerData(house, exchange, run)
  const errors = [...answer.errors, ...own.errors]
  return { ...answer, errors, data: answer.data && inOrder(split.keys, answer.data, own.data) }
}

/** What the departments answer. */
async function answerData(house: House, exchange: Exchange, run: CompiledRun): Promise<OperationAnswer> {
  const answer = answerOf(house, exchange, run, await runCompiled(house, exchange, run))
  for (const { extensions } of answer.errors) exchange.codes.add(extensions.code)
  return answer
}

/** What the record says of an operation whatever comes of it; the grants are those of this moment. */
function factsOf(
  house: House,
  generation: Generation,
  { normalised: { hash }, split: { asksData } }: PreparedOperation,
): OperationFacts {
  const catalogVersion = generation.catalog.version
  const grants = house.grants.current()
  const { id, fields } = generation
  return { hash, introspectionOnly: !asksData, generation: id, catalogVersion, fields, grants }
}

/** The gateway's own answer has asked whom it had to ask, and is all that there is. */
function notAsked(house: House, exchange: Exchange): OperationAnswer {
  return { data: {}, errors: [], extensions: { sharing: sharingFacts(house, exchange) } }
}

/** A run operation as GraphQL has it. */
function answerOf(house: House, exchange: Exchange, run: CompiledRun, ran: Ran): OperationAnswer {
  const { compiled, variables, generation } = run
  const { projected, misnumbered, times } = ran
  const { regime, freshness } = house
  const invalid = misnumbered.map((path) => answerError('INVALID_ID_NUMBER', exchange.language, { path }))
  const errors = [
    ...answerErrors(compiled, projected, variables, exchange.language, oneSourceClause(regime)),
    ...invalid,
  ]
  const decisions = answerDecisions(compiled, variables, exchange.allDecisions)
  const rule = { regime, realtimeMinutes: freshness.realtimeMinutes }
  const inTime = freshnessOf(rule, generation.catalog, { now: exchange.startedAt, stale: freshness.stale })
  const notes = answerNotes(projected, times, inTime)
  const sharing = { ...sharingFacts(house, exchange), notes, ...(decisions ? { decisions } : {}) }
  return { data: projected.nothing ? null : projected.data, errors, extensions: { sharing } }
}

/** The answer in the order of the document, data and the gateway's own answers together. */
function inOrder(
  keys: readonly string[],
  data: Readonly<Record<string, unknown>>,
  shown: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const answer = bareRecord<unknown>()
  for (const key of keys) {
    if (Object.hasOwn(shown, key)) answer[key] = shown[key]
    else if (Object.hasOwn(data, key)) answer[key] = data[key]
  }
  return answer
}
