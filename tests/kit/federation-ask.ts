import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql'
import { Kind, execute as executeSubgraph, getOperationAST, parse, validate } from 'graphql'
import { bindVariables } from '../../gateway/compile/bind.ts'
import type { CompiledOperation } from '../../gateway/compile/compiled-operation.ts'
import { normalise } from '../../gateway/compile/normalise.ts'
import type { NormalisedOperation } from '../../gateway/compile/normalise.ts'
import { execute, failedDepartments } from '../../gateway/execute/execute.ts'
import type { FetchOutcome } from '../../gateway/execute/execute.ts'
import type { SubgraphClient, SubgraphReply } from '../../gateway/execute/subgraph-client.ts'
import type { View } from '../../gateway/grants/view.ts'
import { answerErrors } from '../../gateway/project/answer.ts'
import type { AnswerError } from '../../gateway/project/answer.ts'
import { project } from '../../gateway/project/project.ts'
import type { Projected } from '../../gateway/project/project.ts'
import type { Federation } from './federation.ts'

/** One request that a department saw, and its answer as it went over the wire. */
export interface RecordedFetch {
  readonly department: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Changes a department's answer: a fault of the source. Throwing means that it did not answer at all. */
export type Tamper = (reply: SubgraphReply, fetch: RecordedFetch) => SubgraphReply

export interface Question {
  readonly view: View
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  readonly tamper?: Tamper
  readonly signal?: AbortSignal
}

/** Everything of one operation, from the text to the answer. */
export interface Asked {
  /** As a client reads it: through JSON. */
  readonly data: unknown
  /** The same as text, so that the order of keys counts. */
  readonly text: string
  readonly errors: readonly AnswerError[]
  readonly projected: Projected
  readonly outcomes: readonly FetchOutcome[]
  readonly fetches: readonly RecordedFetch[]
  readonly compiled: CompiledOperation
  /** Values of the normalised operation's variables. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly normalised: NormalisedOperation
}

/** Runs a document through normalise, bind, compile, execute and project, over the departments in memory. */
export async function ask(federation: Federation, text: string, question: Question): Promise<Asked> {
  const { normalised, variables } = prepare(federation.schema, text, question)
  const compiled = await federation.generation.compiledFor(question.view, normalised)
  return { ...(await run(federation, compiled, variables, question)), normalised }
}

/** Parses, validates and normalises. A document that the served schema does not admit is a fault of the test. */
export function normaliseText(schema: GraphQLSchema, text: string, operationName?: string): NormalisedOperation {
  const document = parse(text)
  const faults = validate(schema, document)
  if (faults.length > 0) throw new Error(`${faults.map(({ message }) => message).join('\n')}\n${text}`)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('no such operation')
  return normalise(schema, document, operation)
}

/** The part before a view matters. */
export function prepare(
  schema: GraphQLSchema,
  text: string,
  { variables = {}, operationName }: Omit<Question, 'view'> = {},
): { normalised: NormalisedOperation; variables: Readonly<Record<string, unknown>> } {
  const normalised = normaliseText(schema, text, operationName)
  return { normalised, variables: bindVariables(schema, normalised.bindings, variables) }
}

/** The part after compiling. */
export async function run(
  federation: Federation,
  compiled: CompiledOperation,
  variables: Readonly<Record<string, unknown>>,
  { tamper, signal }: Omit<Question, 'view'> = {},
): Promise<Omit<Asked, 'normalised'>> {
  const { client, fetches, refused } = recordingClient(federation, tamper)
  const fetched = await execute(compiled, variables, {
    schema: federation.schema,
    client,
    monotonic: () => 0,
    context: { receipt: 'gx_test', consumer: 'housing', matter: 'test' },
    signal: signal ?? new AbortController().signal,
  })
  if (refused.length > 0) throw new Error(refused.join('\n'))
  const projected = project(compiled, fetched.data, variables, failedDepartments(fetched.outcomes))
  const errors = answerErrors(compiled, projected, variables, 'en')
  const answer = JSON.stringify(projected.data)
  const data: unknown = JSON.parse(answer)
  return { data, text: answer, errors, projected, outcomes: fetched.outcomes, fetches, compiled, variables }
}

/** Departments in memory behind our port. Requests and answers pass through JSON, as on a wire. */
function recordingClient(
  { subgraphs }: Federation,
  tamper: Tamper = (reply) => reply,
): { client: SubgraphClient; fetches: RecordedFetch[]; refused: string[] } {
  const fetches: RecordedFetch[] = []
  const refused: string[] = []
  const client: SubgraphClient = {
    async fetch(department, request, _context, signal) {
      signal.throwIfAborted()
      const fetch = JSON.parse(JSON.stringify({ department, ...request })) as RecordedFetch
      fetches.push(fetch)
      const schema = subgraphs.get(department)
      if (!schema) throw new Error(`no department ${department}`)
      const faults = validate(schema, parse(fetch.query))
      for (const { message } of faults) refused.push(`${department} would refuse: ${message}\n${fetch.query}`)
      return tamper(await answer(schema, fetch), fetch)
    },
  }
  return { client, fetches, refused }
}

async function answer(schema: GraphQLSchema, { query, variables }: RecordedFetch): Promise<SubgraphReply> {
  const result = await executeSubgraph({ schema, document: parse(query), variableValues: variables })
  return { ...(JSON.parse(JSON.stringify(result)) as object), sources: [] }
}

/** Fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
}
