import { Pool } from 'undici'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { Batch, CountLookup, Counts, Lookup, Register, Source } from './register.ts'

/** A call in the words of one old system. */
export interface RestCall {
  /** Path and query below the base URL; without personal data, since proxies log it. */
  readonly path: string
  /** Sent as JSON in a POST. */
  readonly body: unknown
}

/** How one old system is spoken to. */
export interface RestDialect {
  /** One call for all persons, which asks for these columns only. */
  call(lookup: Lookup): RestCall
  /** Rows and time in a reply. Throws `SOURCE_UNAVAILABLE` or `SOURCE_INVALID` for what its envelope reports. */
  read(reply: unknown, lookup: Lookup): Batch
  /** A GET of the system's own statistics, the narrowest that it has, and its reading; absent where it has none. */
  readonly statistics?: {
    readonly path: (lookup: CountLookup) => string
    readonly read: (reply: unknown, lookup: CountLookup) => Counts
  }
  /** Path of a GET that tells the system's own time, and its reading: ISO 8601 with offset. */
  readonly status: { readonly path: string; readonly read: (reply: unknown) => string }
}

/** What the REST adapter needs. */
export interface RestSource {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly dialect: RestDialect
  readonly limits?: RestLimits
}

/** How gently an old system is used. */
export interface RestLimits {
  readonly connections: number
  /** Milliseconds for a whole call. */
  readonly timeout: number
  /** Bytes of a reply at most. */
  readonly replyBytes: number
}

const GENTLE: RestLimits = { connections: 8, timeout: 3000, replyBytes: 32 * 1024 * 1024 }

/** REST through undici: one POST for each batch of persons. Nothing is tried twice: a slow old system gets no more load. */
export function restSource({ baseUrl, headers, dialect, limits = GENTLE }: RestSource): Source {
  const base = new URL(baseUrl)
  const pool = new Pool(base.origin, { connections: limits.connections, connectTimeout: limits.timeout })
  const http = { pool, prefix: base.pathname.replace(/\/$/, ''), headers, limits }
  const status = async (): Promise<string> => dialect.status.read(await send(http, dialect.status.path, null))
  const { statistics } = dialect
  return {
    async fetch(lookup) {
      const { path, body } = dialect.call(lookup)
      return dialect.read(await send(http, path, body, lookup.signal), lookup)
    },
    ...(statistics === undefined
      ? {}
      : {
          count: async (lookup) =>
            statistics.read(await send(http, statistics.path(lookup), null, lookup.signal), lookup),
        }),
    asOf: (_register: Register) => status(),
    async health() {
      try {
        return { ok: true, detail: `its time is ${await status()}` }
      } catch (error) {
        return { ok: false, detail: error instanceof Failure ? error.message : 'unknown failure' }
      }
    },
    close: () => pool.destroy(),
  }
}

interface Http {
  readonly pool: Pool
  readonly prefix: string
  readonly headers: Readonly<Record<string, string>>
  readonly limits: RestLimits
}

async function send(http: Http, path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  const deadline = AbortSignal.timeout(http.limits.timeout)
  try {
    const response = await http.pool.request({
      method: body === null ? 'GET' : 'POST',
      path: http.prefix + path,
      headers: { ...http.headers, accept: 'application/json', 'content-type': 'application/json' },
      body: body === null ? null : JSON.stringify(body),
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })
    const text = await readText(response.body, http.limits.replyBytes)
    if (response.statusCode !== 200) throw unavailable(`status ${response.statusCode}`)
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof Failure) throw error
    if (error instanceof SyntaxError) throw new Failure('SOURCE_INVALID', { detail: 'The reply is not JSON' })
    throw unavailable(causeCode(error))
  }
}

async function readText(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new Failure('SOURCE_INVALID', { detail: `The reply has more than ${limit} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function unavailable(what: string): Failure {
  return new Failure('SOURCE_UNAVAILABLE', { detail: `The REST system failed with ${what}` })
}

function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
