import { randomBytes } from 'node:crypto'
import { ACTIONS } from './actions.ts'
import type { Action } from './actions.ts'

/** A document with the types of its answer and its variables; `generated.ts` has one for each file of operations/. */
export interface Operation<Answer, Variables> {
  readonly name: string
  readonly kind: 'query' | 'mutation'
  readonly text: string
  /** Carries the types alone. */
  readonly types?: (variables: Variables) => Answer
}

/** Who asks the gateway, and for what. */
export interface Session {
  readonly url: string
  readonly token: string
  readonly matter: string
  readonly case: string
  readonly language: 'zh-CN' | 'en'
  /** Waits that many seconds; a port, so that tests need none. */
  readonly wait: (seconds: number) => Promise<void>
}

/** Something that was not given: of one field, or of the whole request. */
export interface Refusal {
  readonly code: string
  /** What the application does now. */
  readonly action: Action
  /** What happened and what helps, in the user's language, as the gateway says it. */
  readonly message: string
  readonly remedy: string
  readonly coordinate: string | null
}

/** An answer. `data` is null where the whole request was refused; refusals may stand beside data. */
export interface Answered<Answer> {
  readonly data: Answer | null
  readonly refusals: readonly Refusal[]
  /** Finds this answer in the gateway's audit record; belongs into the file of the case. */
  readonly receipt: string | null
  /** Joins the logs of this application, the gateway and the departments. */
  readonly traceparent: string
}

/** How often one request is sent, and how long its user is kept waiting between. */
const MOST_TRIES = 3
const MOST_SECONDS = 20

/**
 * Sends one operation. Where the gateway asks to wait (`Retry-After`) it waits and sends the same again, a mutation too if
 * its input has an idempotency key: then it is carried out once.
 *
 * @throws where no gateway answers, or something else than a gateway does
 */
export async function ask<Answer, Variables>(
  session: Session,
  operation: Operation<Answer, Variables>,
  variables: Variables,
): Promise<Answered<Answer>> {
  const traceparent = newTraceparent()
  const repeatable = operation.kind === 'query' || JSON.stringify(variables).includes('"idempotencyKey"')
  for (let tries = 1; ; tries += 1) {
    const response = await post(session, operation, variables, traceparent)
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    if (repeatable && tries < MOST_TRIES && seconds <= MOST_SECONDS) {
      await response.body?.cancel()
      await session.wait(seconds)
      continue
    }
    const body = (await response.json()) as Body<Answer>
    const refusals = (body.errors ?? []).map(refusalOf)
    return { data: body.data ?? null, refusals, receipt: response.headers.get('x-receipt'), traceparent }
  }
}

/** What of GraphQL over HTTP is read here. */
interface Body<Answer> {
  readonly data?: Answer | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { readonly code?: string; readonly remedy?: string; readonly coordinate?: string }
  }[]
}

async function post<Answer, Variables>(
  { url, token, matter, case: file, language }: Session,
  { name, text }: Operation<Answer, Variables>,
  variables: Variables,
  traceparent: string,
): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'x-matter': matter,
      'x-case': file,
      traceparent,
      'content-type': 'application/json',
      // With this type the status tells as well whether the request was refused.
      accept: 'application/graphql-response+json',
      'accept-language': language,
    },
    body: JSON.stringify({ query: text, operationName: name, variables }),
    signal: AbortSignal.timeout(30_000),
  })
}

function refusalOf({ message, extensions = {} }: NonNullable<Body<unknown>['errors']>[number]): Refusal {
  const { code = 'INTERNAL', remedy = '', coordinate = null } = extensions
  // A code that a newer gateway has and this application does not know is shown, and reported.
  const action = ACTIONS[code] ?? 'REPORT'
  return { code, action, message, remedy, coordinate }
}

/** https://www.w3.org/TR/trace-context/, sampled. */
function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
}
