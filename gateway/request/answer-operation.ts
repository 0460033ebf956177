import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, getOperationAST } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import { bindVariables } from '../compile/bind.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import { included } from '../compile/compiled-operation.ts'
import { checkLimits } from '../compile/limits.ts'
import { normalise } from '../compile/normalise.ts'
import { execute } from '../execute/execute.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import { answerDecisions, answerError, answerErrors, answerNotes } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import { project } from '../project/project.ts'
import type { RecordPlace, SourceFault } from '../project/project.ts'
import { Failure } from '../vocabulary/failure.ts'
import { admitAnswer, admitOperation } from './admit-operation.ts'
import type { AnsweredOperation, Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { answerOwn } from './answer-own.ts'
import { splitIntrospection } from './introspect.ts'
import { readLookups } from './lookups.ts'
import { readReached } from './reached.ts'
import { sharingFacts } from './sharing-facts.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'

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
  checkLimits(operation, fragments, split.asksData || split.explain ? house.limits : INTROSPECTION_LIMITS)
  const { schema, variables: raw } = request
  const own = await answerOwn(house, exchange, caller, { schema, generation, split, fragments, variables: raw })
  const normalised = normalise(request.schema, request.document, operation)
  const variables = bindVariables(request.schema, normalised.bindings, request.variables)
  const grants = house.grants.current()
  const compiled = await generation.compiledFor(generation.views.viewOf(caller), normalised)
  const facts = {
    hash: normalised.hash,
    introspectionOnly: !split.asksData,
    generation: generation.id,
    catalogVersion: generation.catalog.version,
    grants,
  }
  const projected = await runCompiled(house, exchange, { schema: request.schema, caller, compiled, variables, facts })
  const errors = [...projected.errors, ...own.errors]
  return { ...projected, errors, data: inOrder(split.keys, projected.data, own.data) }
}

/** A compiled operation with this request's values, and what the record says of it beside. */
interface CompiledRun {
  readonly schema: GraphQLSchema
  readonly caller: Caller
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly facts: Pick<AnsweredOperation, 'hash' | 'introspectionOnly' | 'generation' | 'catalogVersion' | 'grants'>
}

async function runCompiled(house: House, exchange: Exchange, run: CompiledRun): Promise<OperationAnswer> {
  const { schema, caller, compiled, variables, facts } = run
  const { subjects, arguments: given, invalid } = readLookups(compiled, variables, house.limits.subjectsPerOperation)
  const active = compiled.uses.filter((use) => included(use.when, variables))
  const asking = { ...facts, compiled, active, subjects, arguments: given }
  await admitOperation(house, exchange, asking, variables)
  const fetched = await execute(compiled, variables, {
    schema,
    client: house.client,
    monotonic: () => house.clock.monotonic(),
    context: { receipt: exchange.receipt, consumer: caller.department, matter: caller.matter },
    signal: exchange.signal,
  })
  const { outcomes } = fetched
  const asked: AnsweredOperation = { ...asking, outcomes, records: 0, refused: null }
  // From here on the record knows who was asked what, even if no answer comes of it.
  exchange.operation = asked
  const projected = project(compiled, fetched.data, variables, failedDepartments(outcomes), house.masks)
  const { records } = projected
  const reached = readReached(compiled, fetched.data, variables)
  const concerned = await admitAnswer(house, exchange, asked, { reached, records })
  exchange.operation = { ...asked, subjects: concerned, records: records.length }
  const misnumbered = invalid.map((path) => answerError('INVALID_ID_NUMBER', exchange.language, { path }))
  const errors = [...answerErrors(compiled, projected, variables, exchange.language), ...misnumbered]
  for (const error of errors) exchange.codes.add(error.extensions.code)
  const decisions = answerDecisions(compiled, variables, exchange.allDecisions)
  const notes = answerNotes(records, sourceTimes(outcomes, records))
  const sharing = { ...sharingFacts(house, exchange), notes, ...(decisions ? { decisions } : {}) }
  return { data: projected.data, errors, extensions: { sharing } }
}

/** The sources' own times by record type; a department is believed about its own records only. */
function sourceTimes(outcomes: readonly FetchOutcome[], records: readonly RecordPlace[]): ReadonlyMap<string, string> {
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

function failedDepartments(outcomes: readonly FetchOutcome[]): ReadonlyMap<string, SourceFault['code']> {
  const code = { failed: 'SOURCE_UNAVAILABLE', partial: 'SOURCE_UNAVAILABLE', invalid: 'SOURCE_INVALID' } as const
  return new Map(
    outcomes.flatMap(({ department, outcome }) =>
      outcome === 'ok' || outcome === 'not-called' ? [] : [[department, code[outcome]] as const],
    ),
  )
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
