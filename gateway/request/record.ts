import type { AuditEntry } from '../audit/record.ts'
import { publishFailure, publishFetch, publishRequest } from '../observe/channels.ts'
import type { RequestEvent } from '../observe/channels.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpAnswer } from './http.ts'
import { recordEntry, rowEntries } from './record-entry.ts'
import { refusal } from './refuse.ts'

/**
 * Makes the record durable; only then may the answer leave (INV-7). Where it cannot be, another answer leaves in its
 * place. Refusals of strangers, and of those who ask too often, are counted instead: they would fill the disk.
 */
export async function record(house: House, exchange: Exchange, answer: HttpAnswer): Promise<HttpAnswer> {
  exchange.stages?.enter('record')
  const leaving = await recorded(house, exchange, answer)
  leaving.headers.set('x-receipt', exchange.receipt)
  const requestId = exchange.trace?.requestId ?? null
  if (requestId !== null) leaving.headers.set('x-request-id', requestId)
  publishRequest(() => requestEvent(house, exchange, leaving.status))
  for (const { department, outcome, entities, milliseconds } of exchange.operation?.outcomes ?? []) {
    if (outcome === 'not-called') continue
    publishFetch(() => ({ receipt: exchange.receipt, department, outcome, entities, milliseconds }))
  }
  return leaving
}

interface Leaving {
  readonly status: number
  readonly headers: Map<string, string>
  readonly body: string
}

async function recorded(house: House, exchange: Exchange, answer: HttpAnswer): Promise<Leaving> {
  const copy = (one: HttpAnswer): Leaving => ({ ...one, headers: new Map(one.headers) })
  const who = exchange.caller ?? exchange.refused
  // Whoever asks about too many is another matter than whoever asks too often: that stands in the record, one by one.
  if (who === null || (exchange.codes.has('RATE_LIMIT') && exchange.operation === null)) {
    for (const code of exchange.codes) house.countRefusal(code, who)
    return copy(answer)
  }
  try {
    exchange.reservation ??= await house.audit.reserve()
    // Built before the room is handed over: whatever fails here still gives the room back.
    const entry = recordEntry(house, exchange, answer)
    const { reservation } = exchange
    exchange.reservation = null
    await house.audit.append(reservation, entry)
    // An answer of which not every row is in the record did not leave.
    await recordRows(house, rowEntries(exchange, entry))
    await settled(exchange, 'recorded')
    return copy(answer)
  } catch (error) {
    publishFailure(() => ({ receipt: exchange.receipt, where: 'audit', code: 'AUDIT_UNAVAILABLE', error }))
    if (exchange.reservation) house.audit.release(exchange.reservation)
    exchange.reservation = null
    exchange.operation = null
    await settled(exchange, 'lost')
    return copy(refusal(house, exchange, 'AUDIT_UNAVAILABLE', { clause: null, detail: null }))
  }
}

/** Whatever comes of it, the record stands and the answer is its own. */
async function settled({ settle, receipt }: Exchange, how: 'recorded' | 'lost'): Promise<void> {
  await settle?.[how]().catch((error: unknown) => {
    publishFailure(() => ({ receipt, where: 'idempotency', code: null, error }))
  })
}

/** Rows that are written at once: as many as the disk takes together, and few enough to leave others room. */
const ROWS_AT_ONCE = 8

async function recordRows({ audit }: House, entries: readonly AuditEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += ROWS_AT_ONCE) {
    const some = entries.slice(at, at + ROWS_AT_ONCE)
    await Promise.all(some.map(async (entry) => audit.append(await audit.reserve(), entry)))
  }
}

function requestEvent(house: House, exchange: Exchange, status: number): RequestEvent {
  const who = exchange.caller ?? exchange.refused
  const outcomes = exchange.operation?.outcomes.flatMap((one) => {
    const { department, outcome, entities } = one
    return outcome === 'not-called' ? [] : [{ department, outcome, entities }]
  })
  return {
    receipt: exchange.receipt,
    department: who?.department ?? null,
    application: who?.application ?? null,
    lane: exchange.lane,
    status,
    codes: [...exchange.codes],
    coordinates: exchange.operation?.active.length ?? 0,
    fetches: outcomes?.length ?? 0,
    milliseconds: house.clock.monotonic() - exchange.started,
    startedAt: exchange.startedAt,
    started: exchange.started,
    stages: exchange.stages?.finish() ?? null,
    trace: exchange.trace,
    outcomes: outcomes ?? [],
  }
}
