import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError } from 'graphql'
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { answerError } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import type { OperationAnswer, OperationRequest } from '../request/answer-operation.ts'
import type { Exchange } from '../request/exchange.ts'
import type { HttpAnswer, HttpRequest } from '../request/http.ts'
import { httpStatus, isCode } from '../vocabulary/codes.ts'
import type { Code, Language } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { acceptedType } from '../request/accepted-type.ts'
import type { AnswerType } from '../request/accepted-type.ts'
import { statusOf } from '../request/status-of.ts'
import type { GatewayInterface } from './gateway-interface.ts'
import { withoutValues } from '../request/graphql-texts.ts'

/** What a resolverless operation needs: the exchange that it belongs to. */
interface Context {
  readonly exchange: Exchange
}

/** The GraphQL front of the gateway: Apollo Server, which parses, validates and speaks GraphQL over HTTP. */
export interface ApolloFront {
  answer(exchange: Exchange, request: HttpRequest, facts: () => object): Promise<HttpAnswer>
  stop(): Promise<void>
}

/** Starts Apollo Server over the gateway. Its document store is off: documents may hold literals. */
export async function startApolloFront(gateway: GatewayInterface, maxTokens: number): Promise<ApolloFront> {
  const server = new ApolloServer<Context>({
    gateway,
    apollo: {},
    nodeEnv: 'production',
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    documentStore: null,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    status400ForVariableCoercionErrors: true,
    parseOptions: { maxLexicalTokens: maxTokens, noLocation: false },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  })
  await server.start()
  return {
    async answer(exchange, request, facts) {
      exchange.lane = 'apollo'
      const accepted = acceptedType(request.headers.get('accept'))
      // Apollo looks at it only when the departments have been asked.
      if (accepted === null) throw new Failure('NOT_ACCEPTABLE')
      const headers = new HeaderMap(request.headers).set('accept', accepted)
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method, headers, search: request.search, body: request.body },
        context: async () => ({ exchange }),
      })
      const body = response.body.kind === 'complete' ? response.body.string : ''
      if (exchange.answered) return { status: response.status ?? 200, headers: new Map(response.headers), body }
      return refused(response, body, exchange, facts(), accepted)
    },
    stop: () => server.stop(),
  }
}

/** What Apollo Server gives an executor. */
interface ExecutorRequest {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Undefined where the request does not say which one, or names one that is not there. */
  readonly operation?: OperationDefinitionNode
  readonly operationName: string | null
  readonly request: { readonly variables?: Record<string, unknown>; readonly operationName?: string }
  readonly context: Record<string, unknown>
}

/**
 * An executor for Apollo Server. It never throws: Apollo would forward the text.
 *
 * @param errorOf what is told of an error that refuses the whole operation
 */
export function createExecutor(
  answer: (exchange: Exchange, request: OperationRequest) => Promise<OperationAnswer>,
  errorOf: (exchange: Exchange, error: unknown) => AnswerError,
) {
  return async ({
    schema,
    document,
    operation,
    operationName,
    request,
    context,
  }: ExecutorRequest): Promise<{
    data?: Record<string, unknown> | null
    errors?: GraphQLError[]
    extensions?: Record<string, unknown>
  }> => {
    const { exchange } = context as unknown as Context
    try {
      // Apollo calls an executor all the same, and with a name of null, which would mean the only operation.
      if (!operation) throw new Failure('OPERATION_RESOLUTION_FAILURE')
      const { variables = {}, operationName: stated = null } = request
      const result = await answer(exchange, { schema, document, operationName, stated, variables })
      exchange.answered = true
      const errors = result.errors.map((error) => graphqlError(error, 200))
      return { data: result.data, extensions: result.extensions, ...(errors.length > 0 ? { errors } : {}) }
    } catch (error) {
      const told = errorOf(exchange, error)
      return { errors: [graphqlError(told, httpStatus(told.extensions.code))] }
    }
  }
}

function graphqlError({ message, path, extensions }: AnswerError, status: number): GraphQLError {
  return new GraphQLError(message, { ...(path ? { path } : {}), extensions: { ...extensions, http: { status } } })
}

/** Apollo's codes, where they are not ours. */
const APOLLO_CODES: Readonly<Record<string, Code>> = {
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_REQUEST',
}

type HttpHead = Awaited<ReturnType<ApolloServer['executeHTTPGraphQLRequest']>>

/**
 * The whole request was refused: by our executor, or before it was reached, in which case the texts are Apollo's.
 * Rewrites these into the user's language, with our code and status and without any value of the document.
 */
function refused(
  response: HttpHead,
  body: string,
  exchange: Exchange,
  sharing: object,
  accepted: AnswerType,
): HttpAnswer {
  const errors = errorsOf(body).map((error) => translateError(error, exchange.language))
  for (const error of errors) exchange.codes.add(error.extensions.code)
  const headers = new Map(response.headers)
  if (!headers.get('content-type')?.includes('json')) headers.set('content-type', 'application/json; charset=utf-8')
  const codes = errors.map(({ extensions }) => extensions.code)
  return { status: statusOf(codes, accepted), headers, body: JSON.stringify({ errors, extensions: { sharing } }) }
}

/** Errors of a body that Apollo wrote; what it writes as plain text is one error without a code. */
function errorsOf(body: string): readonly GraphQLFormattedError[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: readonly GraphQLFormattedError[] }
    if (errors && errors.length > 0) return errors
  } catch {
    // Not JSON.
  }
  return [{ message: body }]
}

function translateError(error: GraphQLFormattedError, language: Language): AnswerError & { locations?: unknown } {
  const given = error.extensions?.['code']
  // Ours already: answered by the executor.
  if (isCode(given) && typeof error.extensions?.['remedy'] === 'string') return error as AnswerError
  const code: Code = isCode(given) ? given : (APOLLO_CODES[String(given)] ?? 'BAD_REQUEST')
  const detail = code === 'INTERNAL' ? null : withoutValues(error.message)
  return { ...answerError(code, language, { detail }), ...(error.locations ? { locations: error.locations } : {}) }
}
