import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, getOperationAST } from 'graphql'
import { bindVariables } from '../compile/bind.ts'
import type { Generation } from '../compile/generation.ts'
import { checkLimits } from '../compile/limits.ts'
import { normalise } from '../compile/normalise.ts'
import type { NormalisedOperation } from '../compile/normalise.ts'
import { LONE_ANSWERS } from '../compile/own-answers.ts'
import { answerDecisions, answerError, answerErrors, answerNotes } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'
import { Failure } from '../vocabulary/failure.ts'
import { answerOwn } from './answer-own.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { splitIntrospection } from './introspect.ts'
import type { SplitOperation } from './introspect.ts'
import { runCompiled } from './run-compiled.ts'
import type { CompiledRun, OperationFacts, Ran } from './run-compiled.ts'
import { sharingFacts } from './sharing-facts.ts'

/** A validated document and what came with it. */
export interface OperationRequest {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>>
}

/** A GraphQL answer. */
export interface OperationAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly AnswerError[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** How many field uses an operation may have after fragments are expanded. */
export const MAX_FIELDS = 5_000

/**
 * Answers one operation: compile for the caller's view, execute, project.
 *
 * @throws Failure where the whole operation is refused: BAD_USER_INPUT, LIMIT_EXCEEDED, and as `admitOperation` and
 * `admitAnswer` say
 */
export async function answerOperation(
  house: House,
  exchange: Exchange,
  request: OperationRequest,
): Promise<OperationAnswer> {
  const { caller } = exchange
  if (caller === null) throw new Failure('UNAUTHENTICATED')
  const generation = house.generationOf(request.schema)
  const { operation, fragments } = selectOperation(request)
  const split = splitIntrospection(request.schema, operation, fragments, MAX_FIELDS)
  checkLimits(operation, fragments, split.asksData || split.own ? house.limits : INTROSPECTION_LIMITS)
  checkAlone(split)
  const { schema, variables: raw } = request
  const normalised = normalise(schema, request.document, operation)
  const variables = bindVariables(schema, normalised.bindings, raw)
  const facts = factsOf(house, generation, normalised, split)
  const compiled = await generation.compiledFor(generation.views.viewOf(caller), normalised)
  const question = { schema, generation, split, fragments, variables: raw, compiled, facts }
  const own = await answerOwn(house, exchange, caller, question)
  const run = { schema, caller, compiled, variables, facts }
  const answer = own.alone
    ? notAsked(house, exchange)
    : answerOf(house, exchange, run, await runCompiled(house, exchange, run))
  for (const { extensions } of answer.errors) exchange.codes.add(extensions.code)
  const errors = [...answer.errors, ...own.errors]
  return { ...answer, errors, data: inOrder(split.keys, answer.data, own.data) }
}

/** What the record says of an operation whatever comes of it; the grants are those of this moment. */
function factsOf(
  house: House,
  generation: Generation,
  { hash }: NormalisedOperation,
  { asksData }: SplitOperation,
): OperationFacts {
  const catalogVersion = generation.catalog.version
  const grants = house.grants.current()
  return { hash, introspectionOnly: !asksData, generation: generation.id, catalogVersion, grants }
}

/** The gateway's own answer has asked whom it had to ask, and is all that there is. */
function notAsked(house: House, exchange: Exchange): OperationAnswer {
  return { data: {}, errors: [], extensions: { sharing: sharingFacts(house, exchange) } }
}

/** A run operation as GraphQL has it. */
function answerOf(house: House, exchange: Exchange, { compiled, variables }: CompiledRun, ran: Ran): OperationAnswer {
  const { projected, misnumbered, times } = ran
  const invalid = misnumbered.map((path) => answerError('INVALID_ID_NUMBER', exchange.language, { path }))
  const errors = [...answerErrors(compiled, projected, variables, exchange.language), ...invalid]
  const decisions = answerDecisions(compiled, variables, exchange.allDecisions)
  const notes = answerNotes(projected.records, times)
  const sharing = { ...sharingFacts(house, exchange), notes, ...(decisions ? { decisions } : {}) }
  return { data: projected.data, errors, extensions: { sharing } }
}

/**
 * What asks departments on its own stands alone, and nothing of the gateway's own is asked twice: each costs as much
 * as a request, which is what the rate is counted by, and a record tells of one act.
 *
 * @throws Failure LIMIT_EXCEEDED, whatever aliases and conditions there are
 */
function checkAlone({ ownFields, asksData, introspection }: SplitOperation): void {
  const lone = ownFields.find((one) => LONE_ANSWERS.has(one))
  if (lone !== undefined && (ownFields.length > 1 || asksData || introspection !== null))
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `${lone} 须单独成为一次操作`, en: `${lone} stands alone in its operation` },
    })
  const twice = ownFields.find((one, index) => ownFields.indexOf(one) !== index)
  if (twice !== undefined)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `一次操作只能有一个 ${twice}`, en: `${twice} is asked more than once, allowed 1` },
    })
}

/** GraphiQL's own introspection is deep and harmless. */
const INTROSPECTION_LIMITS = { depth: 30, aliases: 100, rootFields: 20 }

function selectOperation(request: OperationRequest): {
  operation: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
} {
  const operation = getOperationAST(request.document, request.operationName)
  if (!operation) throw new Failure('OPERATION_RESOLUTION_FAILURE')
  // Validation does not look at it: there are no fields to compare.
  if (!request.schema.getRootType(operation.operation))
    throw new Failure('GRAPHQL_VALIDATION_FAILED', {
      detail: { zh: `目录中没有 ${operation.operation}`, en: `there is no ${operation.operation} in the schema` },
    })
  const fragments = request.document.definitions.flatMap((one) =>
    one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
  )
  return { operation, fragments: new Map(fragments) }
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
