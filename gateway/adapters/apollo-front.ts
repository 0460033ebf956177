import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError } from 'graphql'
import type { GraphQLFormattedError, GraphQLSchema, DocumentNode } from 'graphql'
import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import type { OperationAnswer, OperationRequest } from '../request/answer-operation.ts'
import type { Exchange } from '../request/exchange.ts'
import type { HttpAnswer, HttpRequest } from '../request/http.ts'
import { httpStatus, isCode } from '../vocabulary/codes.ts'
import type { Code, Language } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { GatewayInterface } from './gateway-interface.ts'
import { withoutValues } from './graphql-texts.ts'

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
    parseOptions: { maxTokens, noLocation: false },
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
      const headers = new HeaderMap(request.headers)
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method, headers, search: request.search, body: request.body },
        context: async () => ({ exchange }),
      })
      const body = response.body.kind === 'complete' ? response.body.string : ''
      const status = response.status ?? 200
      // The executor was not reached: the fault is in the request, and its texts are Apollo's.
      const own = exchange.operation ? body : translate(body, exchange, facts())
      return { status, headers: new Map(response.headers), body: own }
    },
    stop: () => server.stop(),
  }
}

/** What Apollo Server gives an executor. */
interface ExecutorRequest {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName: string | null
  readonly request: { readonly variables?: Record<string, unknown> }
  readonly context: Record<string, unknown>
}

/** An executor for Apollo Server. It never throws: Apollo would forward the text. */
export function createExecutor(answer: (exchange: Exchange, request: OperationRequest) => Promise<OperationAnswer>) {
  return async ({
    schema,
    document,
    operationName,
    request,
    context,
  }: ExecutorRequest): Promise<{
    data?: Record<string, unknown>
    errors?: GraphQLError[]
    extensions?: Record<string, unknown>
  }> => {
    const { exchange } = context as unknown as Context
    try {
      const result = await answer(exchange, { schema, document, operationName, variables: request.variables ?? {} })
      const errors = result.errors.map((error) => graphqlError(error, 200))
      return { data: result.data, extensions: result.extensions, ...(errors.length > 0 ? { errors } : {}) }
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('INTERNAL', { cause: error })
      if (failure.code === 'INTERNAL')
        publishFailure(() => ({ receipt: exchange.receipt, where: 'operation', code: 'INTERNAL', error }))
      const detail = failure.code === 'INTERNAL' ? null : failure.detail
      return {
        errors: [
          graphqlError(
            answerError(failure.code, exchange.language, { clause: failure.clause, detail }),
            httpStatus(failure.code),
          ),
        ],
      }
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

/** Rewrites a fault of the request into the user's language, with our code and without any value of the document. */
function translate(body: string, exchange: Exchange, sharing: object): string {
  const parsed = parseBody(body)
  const errors = (parsed.errors ?? [{ message: body }]).map((error) => translateError(error, exchange.language))
  for (const error of errors) exchange.codes.add(error.extensions.code)
  return JSON.stringify({ errors, extensions: { sharing } })
}

function parseBody(body: string): { errors?: readonly GraphQLFormattedError[] } {
  try {
    return JSON.parse(body) as { errors?: readonly GraphQLFormattedError[] }
  } catch {
    return {}
  }
}

function translateError(error: GraphQLFormattedError, language: Language): AnswerError & { locations?: unknown } {
  const given = error.extensions?.['code']
  const code: Code = isCode(given) ? given : (APOLLO_CODES[String(given)] ?? 'BAD_REQUEST')
  // Ours already: answered by the executor.
  if (isCode(given) && typeof error.extensions?.['remedy'] === 'string') return error as AnswerError
  const detail = code === 'INTERNAL' ? null : withoutValues(error.message)
  return { ...answerError(code, language, { detail }), ...(error.locations ? { locations: error.locations } : {}) }
}
