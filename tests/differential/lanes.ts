import { request as httpRequest } from 'node:http'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { createKnownOperations } from '../../gateway/request/known-operations.ts'
import type { KnownOperations } from '../../gateway/request/known-operations.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway, TestGatewayOptions } from '../kit/gateway.ts'
import type { Disturbance, SeenFetch } from '../kit/gateway-departments.ts'

/** A request as it goes over the wire, but for the token, which is made when it is sent. */
export interface LaneRequest {
  readonly method?: string
  readonly path?: string
  /** Whose token it carries; null for none. A text stands in the place of a token. */
  readonly as: TokenSubject | string | null
  /** Seconds that the token holds; negative for one that has ended. */
  readonly ttl?: number
  /** Further headers, in this order; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[]
  /** A list goes in chunks of unsaid length. */
  readonly body: string | Uint8Array | readonly string[] | null
}

/** What is in the way of a request, in both lanes alike. */
export interface Trouble {
  readonly departments?: Readonly<Record<string, Disturbance>>
  /** The record cannot be written, or something fails that nobody foresaw. */
  readonly broken?: 'record' | 'inside'
}

/** What happens around a pair. */
export interface Around {
  readonly trouble?: Trouble
  /** Sent at the same moment, before either lane is asked: what they use up is used up for both. */
  readonly before?: readonly LaneRequest[]
  /** Between the lanes: puts back what the first has moved. */
  readonly between?: () => Promise<unknown>
}

/** What one lane made of a request. */
export interface Half {
  readonly status: number
  /** Names and values as they came, in their order, without the date. */
  readonly headers: readonly string[]
  readonly text: string
  /** What departments were asked, with for whom, sorted: two that are asked at once have no order. */
  readonly fetches: readonly string[]
}

/** One request, answered in both lanes. */
export interface Pair {
  readonly number: number
  /** Which lane was offered first. */
  readonly order: readonly [Lane, Lane]
  readonly apollo: Half
  readonly fast: Half
}

/** `apollo`: the fast lane knows nothing. `fast`: it knows what it has seen. */
export type Lane = 'apollo' | 'fast'

/** A gateway on which the fast lane can be switched off; receipts, salts and time are the test's. */
export interface LaneGateway {
  readonly gateway: TestGateway
  /** What the fast lane knows where it is not switched off. */
  readonly known: KnownOperations
  /** Its time, in milliseconds since the epoch. */
  now(): number
  /** Lets time pass, as between two pairs. */
  pass(): void
  /** Sends once, in one lane, as no half of a pair. */
  once(request: LaneRequest, lane: Lane): Promise<Half>
  /** Sends the same request in both lanes, at one moment and under one receipt. */
  pair(request: LaneRequest, first: Lane, around?: Around): Promise<Pair>
  /** The records of each lane of a pair, by all records; null where they do not part into two equal lists. */
  recordsOf(pair: Pair, records: readonly AuditRecord[]): Readonly<Record<Lane, readonly AuditRecord[]>> | null
  /** Stands in the fast lane's way from now on. */
  plant(change: { readonly find?: KnownOperations['find']; readonly salt?: () => Uint8Array }): void
}

/** Between two pairs: windows of a minute are new for each, so that no count of one meets the next. */
const STEP = 61_000
const BEGIN = Date.parse('2026-06-02T08:00:00+08:00')

/** Answers are told at once: this clock stands still while they wait. Whoever asks second must not profit of the first. */
const STILL = {
  verification: { gridMs: 0, attemptsPerCase: 1_000, attemptsPerDepartment: 10_000 },
  cache: { enabled: false },
}

/** Starts such a gateway. */
export async function startLaneGateway(options: TestGatewayOptions = {}): Promise<LaneGateway> {
  const known = createKnownOperations()
  const state: State = { number: 0, own: false, ids: 0, ticks: 0, lane: 'apollo', broken: null, planted: {} }
  const gateway = await startTestGateway({
    ...options,
    settings: { ...STILL, ...options.settings },
    clock: {
      now: () => timeOf(state),
      monotonic() {
        state.ticks += 1
        // The first look opens the exchange, the second is the execution's.
        if (state.broken === 'inside' && state.ticks === 2) throw new Error('planted')
        return state.number * STEP
      },
    },
    ports: {
      ids: {
        receipt: () => `${receiptsOf(state.number, state.own)}${String(state.ids++).padStart(4, '0')}`,
        salt() {
          if (state.broken === 'record') throw new Error('planted')
          return (state.lane === 'fast' && state.planted.salt?.()) || new Uint8Array(16)
        },
      },
      known: {
        find: (generation, asked) => {
          if (state.lane === 'apollo') return undefined
          return state.planted.find ? state.planted.find(generation, asked) : known.find(generation, asked)
        },
        note: (...noted) => known.note(...noted),
      },
    },
  })
  return laneGateway(gateway, known, state)
}

interface State {
  /** Of the pair. */
  number: number
  /** Whether what is sent is a half of it. */
  own: boolean
  /** Receipts that this request has had. */
  ids: number
  /** How often it has looked at the clock. */
  ticks: number
  lane: Lane
  broken: NonNullable<Trouble['broken']> | null
  planted: Parameters<LaneGateway['plant']>[0]
}

function laneGateway(gateway: TestGateway, known: KnownOperations, state: State): LaneGateway {
  const once = async (
    request: LaneRequest,
    lane: Lane,
    own: boolean,
    broken: State['broken'] = null,
  ): Promise<Half> => {
    const ready = await withToken(gateway, request)
    gateway.forget()
    Object.assign(state, { lane, own, broken, ids: 0, ticks: 0 })
    try {
      const reply = await send(gateway.url, ready)
      return { ...reply, fetches: gateway.seen.map(fetchText).toSorted() }
    } finally {
      Object.assign(state, { own: false, broken: null })
    }
  }
  return {
    gateway,
    known,
    now: () => timeOf(state),
    pass: () => void (state.number += 1),
    once: (request, lane) => once(request, lane, false),
    async pair(request, first, { trouble = {}, before = [], between = async () => undefined } = {}) {
      state.number += 1
      for (const one of before) await once(one, 'apollo', false)
      // What nobody has read before, the fast lane cannot know.
      if (first === 'fast') await once(request, 'apollo', false)
      for (const [name, how] of Object.entries(trouble.departments ?? {})) gateway.disturb(name, how)
      const second = first === 'fast' ? 'apollo' : 'fast'
      const one = await once(request, first, true, trouble.broken ?? null)
      await between()
      const other = await once(request, second, true, trouble.broken ?? null)
      gateway.heal()
      const [apollo, fast] = first === 'fast' ? [other, one] : [one, other]
      return { number: state.number, order: [first, second], apollo, fast }
    },
    recordsOf: (pair, records) => recordsOf(pair, records),
    plant: (change) => void (state.planted = change),
  }
}

function timeOf({ number }: State): number {
  return BEGIN + number * STEP
}

/** How all receipts of a pair begin; what is sent around it has others. */
function receiptsOf(number: number, own: boolean): string {
  return `gx_${String(number).padStart(20, '0')}${own ? '01' : '00'}`
}

function recordsOf({ number, order }: Pair, records: readonly AuditRecord[]): ReturnType<LaneGateway['recordsOf']> {
  const own = byBeginning(records).get(receiptsOf(number, true)) ?? []
  const half = own.length / 2
  const [one, other] = [own.slice(0, half), own.slice(half)]
  const receipts = (of: readonly AuditRecord[]): string => of.map(({ receipt }) => receipt).join()
  if (!Number.isInteger(half) || receipts(one) !== receipts(other)) return null
  return order[0] === 'apollo' ? { apollo: one, fast: other } : { apollo: other, fast: one }
}

const grouped = new WeakMap<readonly AuditRecord[], Map<string, AuditRecord[]>>()

/** Records by what the receipts of a pair begin with, but for those that stand for many requests. */
function byBeginning(records: readonly AuditRecord[]): ReadonlyMap<string, readonly AuditRecord[]> {
  const known = grouped.get(records)
  if (known) return known
  const groups = Map.groupBy(
    records.filter(({ method }) => method !== 'summary'),
    ({ receipt }) => receipt.slice(0, receiptsOf(0, true).length),
  )
  grouped.set(records, groups)
  return groups
}

function fetchText({ department, query, variables, context }: SeenFetch): string {
  return `${department} ${query} ${JSON.stringify(variables)} ${JSON.stringify(context)}`
}

type Ready = Omit<LaneRequest, 'as' | 'ttl'>

async function withToken(gateway: TestGateway, { as, ttl = 3_600, headers, ...rest }: LaneRequest): Promise<Ready> {
  if (as === null) return { ...rest, headers }
  const value = typeof as === 'string' ? as : `Bearer ${await gateway.token(as, ttl)}`
  return { ...rest, headers: [['authorization', value], ...headers] }
}

/** Nothing is added but what HTTP itself needs. */
function send(
  url: string,
  { method = 'POST', path = '/graphql', headers, body }: Ready,
): Promise<Omit<Half, 'fetches'>> {
  const { hostname, port } = new URL(url)
  const pieces = body === null ? [] : typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  const length =
    body === null || pieces !== body ? [['content-length', String(sizeOf(pieces))]] : [['transfer-encoding', 'chunked']]
  const raw = [
    'host',
    `${hostname}:${port}`,
    'connection',
    'close',
    ...headers.flat(),
    ...(body === null ? [] : length).flat(),
  ]
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers: raw, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('latin1')
        resolve({ status: response.statusCode ?? 0, headers: undated(response.rawHeaders), text })
      })
    })
    sent.on('error', reject)
    for (const piece of pieces) sent.write(piece)
    sent.end()
  })
}

function sizeOf(pieces: readonly (string | Uint8Array)[]): number {
  return pieces.reduce((sum, one) => sum + Buffer.byteLength(one), 0)
}

function undated(raw: readonly string[]): readonly string[] {
  return raw.filter((_one, at) => raw[at - (at % 2)]?.toLowerCase() !== 'date')
}
