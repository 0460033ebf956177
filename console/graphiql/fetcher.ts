import { readAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { filled, parseHeaders } from './headers.ts'

interface Operation {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: unknown
}

type Result = Readonly<Record<string, unknown>>

/** What the fetcher tells the page. */
export interface FetchListener {
  /** The header editor's text; read afresh for each request. */
  headersText(): string
  /** Before an introspection leaves, with the headers it carries. */
  onIntrospect(headersText: string): void
  /** After the answer to an operation; not after an introspection. */
  onAnswer(answer: Answer): void
}

export const INTROSPECTION = 'IntrospectionQuery'

async function readBody(response: Response): Promise<Result> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return { ...body }
  } catch {
    // A proxy's page, most likely; said below without repeating it.
  }
  const message = `网关的答复不是 JSON (HTTP ${response.status}) The answer is not JSON`
  return { errors: [{ message, extensions: { code: 'BAD_ANSWER' } }] }
}

async function post(
  endpoint: string,
  operation: Operation,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(operation),
    headers: {
      ...headers,
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
    },
    cache: 'no-store',
    credentials: 'same-origin',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  })
}

/**
 * GraphiQL's fetcher: POST only, same origin. GraphiQL may introspect before its header editor exists, without
 * headers; then the page's own copy of them is used, so that the schema shown is always the caller's view.
 */
export function createFetcher(endpoint: string, listener: FetchListener) {
  return async (
    operation: Operation,
    options?: { readonly headers?: Readonly<Record<string, unknown>> },
  ): Promise<Result> => {
    const text = listener.headersText()
    const headers = options?.headers === undefined ? parseHeaders(text) : filled(options.headers)
    const introspecting = operation.operationName === INTROSPECTION
    if (introspecting) listener.onIntrospect(text)
    const response = await post(endpoint, operation, headers)
    const body = await readBody(response)
    // Without `data`, GraphiQL would introspect a second time, and be refused a second time.
    if (introspecting) return { data: null, ...body }
    listener.onAnswer(readAnswer(body, response.status, response.headers.get('x-receipt')))
    return body
  }
}
