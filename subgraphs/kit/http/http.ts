import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { pace } from './http-pace.ts'
import { headerOf, replyText } from './http-reply.ts'
import type { ReplyHeaders } from './http-reply.ts'

/** How gently an old system is used. */
export interface CallLimits {
  /** Calls at once. */
  readonly connections: number
  /** Milliseconds for everything that one question takes: its pages, its waits, its second tries. */
  readonly timeout: number
  /** Bytes of all replies to one question at most, unpacked. */
  readonly replyBytes: number
  /** Calls in any second at most; as many as come when absent. */
  readonly perSecond?: number
}

/** One call. */
export interface HttpCall {
  readonly method: 'GET' | 'POST'
  /** Path and query below the base URL. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** What came back, whole. */
export interface HttpReply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly text: string
}

/** What one question of a source may still cost. */
export interface Question {
  readonly signal: AbortSignal
  /** Monotonic milliseconds at which it must be answered. */
  readonly until: number
  /** Bytes of replies that it may still take. */
  left: number
}

/** An old system behind HTTP. */
export interface Http {
  /** Begins a question, which is given up with the signal, if there is one. */
  question(signal: AbortSignal | undefined): Question
  /**
   * Sends one call that reads, and waits for the whole reply of whatever status.
   *
   * @param make makes the call, and makes it anew for a second try: a signature may be used once only
   * @throws Failure `SOURCE_UNAVAILABLE`, or `SOURCE_INVALID` for a reply that is too long or no text
   */
  send(make: () => Promise<HttpCall>, question: Question): Promise<HttpReply>
  close(): Promise<void>
}

/** What the kind of system is called in failures. */
export type HttpKind = 'REST' | 'SOAP'

/** A wish to be left alone for longer is believed for five minutes: a wrong header must not end a source for good. */
const LONGEST_REST = 300_000
/** Times that one call is tried where the system says when to come again. */
const MOST_TRIES = 4

/**
 * HTTP through undici as old systems bear it: few connections, calls a second, a bound in time and in bytes.
 *
 * A call is tried again in two cases alone: at once, and once, when the connection was reset before anything came back;
 * and after the rest that a 429 or 503 asks for, where the question has that long. Until then no other call is made.
 */
export function openHttp(baseUrl: string, kind: HttpKind, limits: CallLimits, clock: Clock = systemClock): Http {
  const base = new URL(baseUrl)
  const system: System = {
    kind,
    clock,
    prefix: base.pathname.replace(/\/$/, ''),
    pool: new Pool(base.origin, { connections: limits.connections, connectTimeout: limits.timeout }),
    pace: pace(limits.perSecond),
    restUntil: 0,
  }
  return {
    question(signal) {
      const deadline = AbortSignal.timeout(limits.timeout)
      return {
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
        until: clock.monotonic() + limits.timeout,
        left: limits.replyBytes,
      }
    },
    send: (make, question) => send(system, make, question),
    close: () => system.pool.destroy(),
  }
}

interface System {
  readonly kind: HttpKind
  readonly clock: Clock
  readonly prefix: string
  readonly pool: Pool
  readonly pace: ReturnType<typeof pace>
  /** Monotonic milliseconds until which the system asked to be left alone. */
  restUntil: number
}

async function send(system: System, make: () => Promise<HttpCall>, question: Question): Promise<HttpReply> {
  let resets = 0
  for (let tries = 1; ; tries += 1) {
    await turn(system, question)
    const begun = await begin(system, await make(), question)
    if (begun.kind === 'RESET') {
      resets += 1
      if (resets > 1) throw unavailable(system, begun.code)
      continue
    }
    const { statusCode: status, headers, body } = begun.response
    const text = await read(system, body, headers, question)
    const rest = restAsked(status, headers, system.clock)
    if (rest === null) return { status, headers, text }
    system.restUntil = system.clock.monotonic() + Math.min(rest, LONGEST_REST)
    if (tries >= MOST_TRIES) throw unavailable(system, `status ${status}, again and again`)
  }
}

/** Waits until the system may be called, or fails at once where the question cannot wait that long. */
async function turn(system: System, { until, signal }: Question): Promise<void> {
  const now = system.clock.monotonic()
  const at = system.pace.reserve(Math.max(now, system.restUntil), until)
  if (at === null) {
    const seconds = Math.ceil((system.restUntil - now) / 1000)
    throw unavailable(system, seconds > 0 ? `its wish for no call for ${seconds} s` : 'as many calls as it may get')
  }
  if (at <= now) return
  try {
    await wait(at - now, undefined, { signal })
  } catch {
    throw unavailable(system, 'a question given up')
  }
}

type Begun =
  | { readonly kind: 'RESET'; readonly code: string }
  | { readonly kind: 'REPLY'; readonly response: Awaited<ReturnType<Pool['request']>> }

/** A connection that ended before a reply began, as a server ends those that were idle for long. */
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

async function begin(system: System, { method, path, headers, body }: HttpCall, question: Question): Promise<Begun> {
  try {
    const { signal } = question
    const response = await system.pool.request({ method, path: system.prefix + path, headers, body, signal })
    return { kind: 'REPLY', response }
  } catch (error) {
    const code = codeOf(error)
    if (RESETS.has(code)) return { kind: 'RESET', code }
    throw unavailable(system, code)
  }
}

async function read(
  system: System,
  body: AsyncIterable<Buffer>,
  headers: ReplyHeaders,
  question: Question,
): Promise<string> {
  const most = question.left
  const tooLong = (): Failure => new Failure('SOURCE_INVALID', { detail: `The reply has more than ${most} bytes` })
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > most) throw tooLong()
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Failure ? error : unavailable(system, codeOf(error))
  }
  const text = await replyText(Buffer.concat(chunks), headers, most)
  // Several replies of one question may have been read at once.
  question.left -= Math.max(size, text.length)
  if (question.left < 0) throw tooLong()
  return text
}

/** Milliseconds after which a system that has too much to do wants to be asked again; null where it does not say. */
function restAsked(status: number, headers: ReplyHeaders, clock: Clock): number | null {
  if (status !== 429 && status !== 503) return null
  const after = headerOf(headers, 'retry-after').trim()
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1000
  const date = Date.parse(after)
  return Number.isNaN(date) ? null : Math.max(0, date - clock.now())
}

function unavailable({ kind }: Pick<System, 'kind'>, what: string): Failure {
  return new Failure('SOURCE_UNAVAILABLE', { detail: `The ${kind} system failed with ${what}` })
}

/** The code of an error that is not ours; its text may quote an address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
