import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { openHttp } from './http.ts'
import type { CallLimits, Http, HttpCall, HttpReply, Question } from './http.ts'
import type { ReplyHeaders } from './http-reply.ts'
import { chunks, parallel } from '../parallel.ts'
import type { Batch, CountLookup, Counts, Lookup, PageLookup, Register, Row, Source } from '../register.ts'
import { proofOf } from './rest-auth.ts'
import type { Proof, RestAuth } from './rest-auth.ts'
import { parseJson } from './rest-json.ts'

/** A call in the words of one old system. */
export interface RestCall {
  /** Path and query below the base URL; without personal data, since proxies log it. */
  readonly path: string
  /** Sent as JSON in a POST; null makes a GET. */
  readonly body: unknown
}

/** A batch, or a part of one where the system gives it page by page. */
export interface RestBatch extends Batch {
  /** What the system's own words for the next page are, for `call`; null or absent after the last. */
  readonly next?: string | null
  /** Rows of all pages, where the system tells: a page that was missed then shows. */
  readonly total?: number
}

/** What a reply says beside its text. */
export interface ReplyFacts {
  /** What `call` was given for this page. */
  readonly asked: string | null
  readonly status: number
  readonly headers: ReplyHeaders
}

/** How one old system is spoken to. */
export interface RestDialect {
  /** Subjects of one call at most; all of a batch when absent. 1 for a system that knows no batch. */
  readonly subjectsPerCall?: number
  /**
   * One call for all subjects, which asks for these columns only.
   *
   * @param next what `read` gave for the next page; null for the first
   */
  call(lookup: Lookup, next: string | null): RestCall
  /** Rows and time in a reply. Throws `SOURCE_UNAVAILABLE` or `SOURCE_INVALID` for what its envelope reports. */
  read(reply: unknown, lookup: Lookup, about: ReplyFacts): RestBatch
  /** Other statuses than 200 whose replies are for `read` too, such as 404 for a subject that is not known. */
  readonly statuses?: readonly number[]
  /** A call for one page of a list, and its reading; absent where the system cannot list. */
  readonly list?: {
    readonly call: (page: PageLookup) => RestCall
    readonly read: (reply: unknown, page: PageLookup) => Batch
  }
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
  /** Sent with each call, an API key for example. */
  readonly headers: Readonly<Record<string, string>>
  /** Whatever has to be made anew for each call, or from time to time. */
  readonly auth?: RestAuth
  readonly dialect: RestDialect
  readonly limits?: RestLimits
  readonly clock?: Clock
}

/** How gently an old system is used. */
export interface RestLimits extends CallLimits {
  /** Pages of one answer at most; one with more is refused, never cut. */
  readonly pages?: number
}

const GENTLE: RestLimits = { connections: 8, timeout: 3000, replyBytes: 32 * 1024 * 1024 }
const USUAL_PAGES = 100

interface Rest {
  readonly http: Http
  readonly proof: Proof
  readonly headers: Readonly<Record<string, string>>
  readonly dialect: RestDialect
  readonly limits: RestLimits
}

/** REST through undici: one call for each batch of subjects, or as few as the system takes (http.ts). */
export function restSource(options: RestSource): Source {
  const { baseUrl, headers, dialect, limits = GENTLE, clock = systemClock } = options
  const http = openHttp(baseUrl, 'REST', limits, clock)
  const rest: Rest = { http, proof: proofOf(options.auth, http, clock), headers, dialect, limits }
  const get = async (path: string, signal?: AbortSignal): Promise<unknown> =>
    (await send(rest, { path, body: null }, http.question(signal))).json
  const status = async (): Promise<string> => dialect.status.read(await get(dialect.status.path))
  const { list, statistics } = dialect
  return {
    fetch: (lookup) => fetched(rest, lookup),
    ...(list === undefined
      ? {}
      : {
          list: async (page) => list.read((await send(rest, list.call(page), http.question(page.signal))).json, page),
        }),
    ...(statistics === undefined
      ? {}
      : { count: async (lookup) => statistics.read(await get(statistics.path(lookup), lookup.signal), lookup) }),
    asOf: (_register: Register) => status(),
    async health() {
      try {
        return { ok: true, detail: `its time is ${await status()}` }
      } catch (error) {
        return { ok: false, detail: error instanceof Failure ? error.message : 'unknown failure' }
      }
    },
    close: () => http.close(),
  }
}

/** All subjects of a lookup: the calls that this takes share one time and one bound of bytes. */
async function fetched(rest: Rest, lookup: Lookup): Promise<Batch> {
  const { dialect, limits, http } = rest
  const question = http.question(lookup.signal)
  // A lookup of nobody is still one question to the system, as it was before there were several.
  const parts = chunks(lookup.keys, dialect.subjectsPerCall ?? Math.max(1, lookup.keys.length))
  const batches = await parallel(parts.length === 0 ? [[]] : parts, limits.connections, (keys, failed) => {
    const signal = AbortSignal.any([question.signal, failed])
    return pages(rest, { ...lookup, keys }, sharing(question, signal))
  })
  return { rows: batches.flatMap(({ rows }) => rows), asOf: oldest(batches) }
}

/** The same question with another signal: what is left of it is left for all. */
function sharing(question: Question, signal: AbortSignal): Question {
  return {
    signal,
    until: question.until,
    get left() {
      return question.left
    },
    set left(bytes) {
      question.left = bytes
    },
  }
}

/** Every page of an answer; a list that does not end, or that loses rows on its way, is refused. */
async function pages(rest: Rest, lookup: Lookup, question: Question): Promise<Batch> {
  const { dialect, limits } = rest
  const found: RestBatch[] = []
  const marks = new Set<string>()
  let next: string | null = null
  do {
    if (found.length >= (limits.pages ?? USUAL_PAGES)) throw invalid(`has more than ${found.length} pages`)
    const { json, ...about } = await send(rest, dialect.call(lookup, next), question, dialect.statuses)
    const page = dialect.read(json, lookup, { ...about, asked: next })
    found.push(page)
    next = page.next ?? null
    if (next !== null && marks.has(next)) throw invalid('leads back to a page that was read')
    if (next !== null) marks.add(next)
  } while (next !== null)
  const rows: readonly Row[] = found.flatMap((page) => page.rows)
  const total = found.at(-1)?.total
  if (total !== undefined && total !== rows.length) throw invalid('changed from page to page')
  return { rows, asOf: oldest(found) }
}

/** Of several times the oldest is the honest one. */
function oldest(batches: readonly Batch[]): string {
  const [first = ''] = batches.map(({ asOf }) => asOf).toSorted((one, other) => Date.parse(one) - Date.parse(other))
  return first
}

interface Answered extends Omit<ReplyFacts, 'asked'> {
  readonly json: unknown
}

async function send(
  rest: Rest,
  call: RestCall,
  question: Question,
  statuses: readonly number[] = [],
): Promise<Answered> {
  let sent = await proven(rest, call, question)
  if (sent.reply.status === 401 && rest.proof.refused(sent.call)) sent = await proven(rest, call, question)
  const { status, text, headers } = sent.reply
  if (status === 200 || statuses.includes(status)) return { json: parseJson(text), status, headers }
  throw new Failure('SOURCE_UNAVAILABLE', { detail: `The REST system failed with status ${status}` })
}

async function proven(
  { http, proof, headers }: Rest,
  { path, body }: RestCall,
  question: Question,
): Promise<{ readonly call: HttpCall; readonly reply: HttpReply }> {
  const bare: HttpCall = {
    method: body === null ? 'GET' : 'POST',
    path,
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: body === null ? null : JSON.stringify(body),
  }
  let call = bare
  const reply = await http.send(async () => (call = await proof.prove(bare, question)), question)
  return { call, reply }
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
