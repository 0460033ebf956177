import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

/** One error of an answer, as a client meets it. */
export interface ReplyError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly locations?: readonly unknown[]
  readonly extensions: {
    readonly code: string
    readonly clause: string | null
    readonly coordinate?: string
    readonly remedy: string
  }
}

/** One entry of `extensions.sharing.decisions`. */
export interface ReplyDecision {
  readonly coordinate: string
  readonly path: readonly string[]
  readonly decision: string
  readonly code: string | null
  readonly clause: string
  readonly grant: string | null
  readonly rule: string | null
}

/** One entry of `extensions.sharing.notes`. */
export interface ReplyNote {
  readonly path: readonly unknown[]
  readonly asOf?: string
  readonly freshness?: string
  readonly conflict?: boolean
}

/** The body of a GraphQL answer; unchecked, since tests check what they use. */
export interface ReplyBody {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly ReplyError[]
  readonly extensions?: {
    readonly sharing: {
      readonly receipt: string
      readonly regime: string
      readonly catalogVersion: string
      readonly notes?: readonly ReplyNote[]
      readonly decisions?: readonly ReplyDecision[]
    }
  }
}

/** An answer as it came over the wire. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Header `x-receipt`. */
  readonly receipt: string
  readonly text: string
  readonly body: ReplyBody
}

/** A request, written out: nothing is added but what HTTP itself needs. */
export interface RawRequest {
  readonly method?: string
  readonly path?: string
  /** In this order; a name may come twice. */
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
}

/** Sends one request on a connection of its own. Rejects where no answer comes. */
export function sendRaw(
  url: string,
  { method = 'POST', path = '/graphql', headers = [], body, signal }: RawRequest,
): Promise<Reply> {
  const { hostname, port } = new URL(url)
  const bytes = body === undefined ? null : Buffer.from(body)
  const length = bytes === null ? [] : ['content-length', String(bytes.length)]
  const raw = ['host', `${hostname}:${port}`, 'connection', 'close', ...headers.flat(), ...length]
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers: raw, agent: false, signal }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const receipt = String(response.headers['x-receipt'] ?? '')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, receipt, text, body: parsed(text) })
      })
    })
    sent.on('error', reject)
    sent.end(bytes ?? undefined)
  })
}

function parsed(text: string): ReplyBody {
  try {
    return JSON.parse(text) as ReplyBody
  } catch {
    return {}
  }
}

/** Codes of an answer's errors, in order. */
export function codesOf({ body }: Reply): readonly string[] {
  return (body.errors ?? []).map(({ extensions }) => extensions.code)
}
