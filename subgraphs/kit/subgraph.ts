import { execute } from 'graphql'
import type { ExecutionResult, GraphQLError } from 'graphql'
import { message } from '../../gateway/vocabulary/codes.ts'
import type { Code } from '../../gateway/vocabulary/codes.ts'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { untilAborted } from './abort.ts'
import type { Subgraph, SubgraphAnswer, SubgraphError, SubgraphRequest } from './contract.ts'
import type { CursorKeys } from './cursor.ts'
import { documentCache } from './documents.ts'
import { requestState } from './loaders.ts'
import type { RequestState } from './loaders.ts'
import type { Department, Source } from './register.ts'
import { executableSchema } from './schema.ts'

/**
 * A running subgraph: a department over a connected source.
 *
 * `execute` answers every failure in `errors` with a code and neither value nor query text; a failing source makes
 * null of its own fields only. It rejects only with the signal's reason, when the signal is aborted.
 *
 * @param cursorKeys for the cursors of its lists; without them a key of this process's own
 */
export function createSubgraph(department: Department, source: Source, cursorKeys?: CursorKeys): Subgraph {
  const schema = executableSchema(department, cursorKeys)
  const prepare = documentCache(schema)
  return {
    name: department.name,
    async execute(request, _context, signal) {
      const prepared = prepare(request.query)
      if (prepared.kind === 'REFUSED') return { errors: [coded(prepared.code)] }
      const state = requestState(department, source, signal)
      const { document } = prepared
      const result = execute({ schema, document, variableValues: request.variables, contextValue: state })
      return answer(await untilAborted(Promise.resolve(result), signal), state)
    },
    health: () => source.health(),
    close: () => source.close(),
  }
}

/** A request as it arrives in JSON; null where it has another shape. */
export function readRequest(body: unknown): SubgraphRequest | null {
  if (!isRecord(body) || typeof body['query'] !== 'string') return null
  const variables = body['variables'] ?? {}
  return isRecord(variables) ? { query: body['query'], variables } : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function answer(result: ExecutionResult, state: RequestState): SubgraphAnswer {
  const sources = [...state.sources.values()]
  const data = result.data === undefined ? {} : { data: result.data }
  const errors = result.errors === undefined ? {} : { errors: result.errors.map(cleaned) }
  return { ...data, ...errors, ...(sources.length > 0 ? { extensions: { sources } } : {}) }
}

/** The code of an error in place of its text: texts of graphql-js and of drivers quote values. */
function cleaned(error: GraphQLError): SubgraphError {
  const cause = error.originalError
  if (cause instanceof Failure) return coded(cause.code, error.path)
  return coded(cause === undefined ? 'BAD_USER_INPUT' : 'INTERNAL', error.path)
}

function coded(code: Code, path?: readonly (string | number)[]): SubgraphError {
  return { message: message(code, 'en'), ...(path === undefined ? {} : { path }), extensions: { code } }
}
