import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, getOperationAST } from 'graphql'
import { readSubject } from '../builtin/subject.ts'
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
import type { SourceFault } from '../project/project.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { AnsweredOperation, Exchange, RequestSubject } from './exchange.ts'
import type { House } from './house.ts'
import { introspect, splitIntrospection } from './introspect.ts'
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
 * @throws Failure where the whole operation is refused: BAD_USER_INPUT, LIMIT_EXCEEDED
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
  checkLimits(operation, fragments, split.asksData ? house.limits : INTROSPECTION_LIMITS)
  const shown = split.introspection
    ? await introspect(
        generation.introspectionSchema(generation.views.introspectionViewOf(caller)),
        split.introspection,
        fragments,
        request.variables,
      )
    : {}
  const normalised = normalise(request.schema, request.document, operation)
  const variables = bindVariables(request.schema, normalised.bindings, request.variables)
  const grants = house.grants.current()
  const compiled = await generation.compiledFor(generation.views.viewOf(caller), normalised)
  const context = { receipt: exchange.receipt, consumer: caller.department, matter: caller.matter }
  const fetched = await execute(compiled, variables, {
    schema: request.schema,
    client: house.client,
    monotonic: house.clock.monotonic,
    context,
    signal: exchange.signal,
  })
  const projected = project(compiled, fetched.data, variables, failedDepartments(fetched.outcomes))
  const lookups = readLookups(compiled, variables)
  const active = compiled.uses.filter((use) => included(use.when, variables))
  exchange.operation = {
    compiled,
    hash: normalised.hash,
    introspectionOnly: !split.asksData,
    active,
    outcomes: fetched.outcomes,
    subjects: lookups.subjects,
    arguments: lookups.arguments,
    records: projected.records.length,
    generation: generation.id,
    catalogVersion: generation.catalog.version,
    grants,
  } satisfies AnsweredOperation
  const invalid = lookups.invalid.map((key) => answerError('INVALID_ID_NUMBER', exchange.language, { path: [key] }))
  const errors = [...answerErrors(compiled, projected, variables, exchange.language), ...invalid]
  for (const error of errors) exchange.codes.add(error.extensions.code)
  const decisions = answerDecisions(compiled, variables, exchange.allDecisions)
  const times = new Map(fetched.outcomes.flatMap(({ asOf }) => asOf.map((one) => [one.type, one.asOf] as const)))
  const notes = answerNotes(projected.records, times)
  const sharing = { ...sharingFacts(house, exchange), notes, ...(decisions ? { decisions } : {}) }
  return { data: inOrder(split.keys, projected.data, shown), errors, extensions: { sharing } }
}

/** GraphiQL's own introspection is deep and harmless. */
const INTROSPECTION_LIMITS = { depth: 30, aliases: 100, rootFields: 20 }

function selectOperation(request: OperationRequest): {
  operation: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
} {
  const operation = getOperationAST(request.document, request.operationName)
  if (!operation) throw new Failure('OPERATION_RESOLUTION_FAILURE')
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

interface Lookups {
  readonly subjects: readonly RequestSubject[]
  readonly invalid: readonly string[]
  readonly arguments: ReadonlyMap<string, unknown>
}

/** Whom the root fields ask about, for the record; a number that cannot exist is told as such. */
function readLookups(compiled: CompiledOperation, variables: Readonly<Record<string, unknown>>): Lookups {
  const subjects: RequestSubject[] = []
  const invalid: string[] = []
  const given = new Map<string, unknown>()
  for (const call of compiled.calls.filter((one) => included(one.when, variables))) {
    const valueOf = (name: string): unknown => variables[call.arguments[name] ?? '']
    for (const name of Object.keys(call.arguments))
      given.set(
        `${call.key === call.coordinate.split('.')[1] ? '' : `${given.size}:`}${call.coordinate}(${name}:)`,
        valueOf(name),
      )
    if (call.coordinate !== 'Query.person') continue
    const subject = readSubject(valueOf('idDocumentType'), valueOf('idDocumentNumber'))
    subjects.push({ type: subject.type, number: subject.number })
    if (!subject.valid) invalid.push(call.key)
  }
  return { subjects, invalid, arguments: given }
}

/** The answer in the order of the document, data and introspection together. */
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
