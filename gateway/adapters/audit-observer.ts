import { Worker } from 'node:worker_threads'
import type { Lag } from '../governance/index/observer.ts'
import type { StoreAddress } from '../governance/store/store.ts'
import { publishAlarm, publishAuditFinding, publishFailure, publishLifecycle } from '../observe/channels.ts'
import { tellReadings } from '../observe/gather.ts'
import type { Reading } from '../observe/gather.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { AlarmData } from './alarm-data.ts'
import type { FromObserver, ObserverData, ToObserver } from './audit-observer-messages.ts'

/** What is observed, and where it is copied to. */
export interface AuditObserverParts {
  readonly address: StoreAddress
  /** Folder of the audit record: of one chain, or of a numbered folder for each of several processes. */
  readonly directory: string
  /** Null: no alarms are raised. */
  readonly alarms: AlarmData | null
  readonly entry?: URL
}

/** Copies the audit record into the governance store, from a thread of its own; nothing waits for it. */
export interface AuditObserver {
  /** Told by the one writer of this process that its records are durable up to this one. */
  acknowledge(seq: number): void
  /** For operators; requests are served whatever it says. */
  health(): { readonly ok: boolean; readonly detail: string }
  readings(): readonly Reading[]
  /** Copies what is left, for a moment at most, and ends the thread. */
  close(): Promise<void>
}

const ENTRY = new URL('./audit-observer-worker.ts', import.meta.url)

/** Milliseconds before a thread that ended is started again: doubled each time, up to the longest. */
const PAUSE = { first: 500, longest: 30_000, sound: 60_000 } as const

/** Milliseconds that the thread may take for what is left when it is told to end. */
const LAST_WORK = 5_000

/** A batch in memory, and what Kysely and a driver need; nothing grows with the record. */
const MEGABYTES = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 4 } as const

const SUBJECT = 'audit-index'

/** What is known of the thread. */
interface State {
  worker: Worker | null
  restart: NodeJS.Timeout | null
  pause: number
  closing: boolean
  ok: boolean
  lags: readonly Lag[]
  /** When the thread said so, by the monotonic clock. */
  saidAt: number
}

/** Starts the thread. One that ends is started again, and told of; it never stops the process. */
export function startAuditObserver({ address, directory, alarms, entry = ENTRY }: AuditObserverParts): AuditObserver {
  const acknowledged = new SharedArrayBuffer(8)
  const durable = new BigInt64Array(acknowledged)
  const data: ObserverData = { address, directory, acknowledged, alarms }
  const state: State = {
    worker: null,
    restart: null,
    pause: PAUSE.first,
    closing: false,
    ok: true,
    lags: [],
    saidAt: systemClock.monotonic(),
  }
  start(state, data, entry)
  const stop = tellReadings(() => readingsOf(state))
  return {
    acknowledge: (seq) => void Atomics.store(durable, 0, BigInt(seq)),
    health: () => healthOf(state),
    readings: () => readingsOf(state),
    async close() {
      stop()
      await close(state)
    },
  }
}

function start(state: State, data: ObserverData, entry: URL): void {
  const begun = systemClock.monotonic()
  const worker = new Worker(entry, {
    name: 'audit-index',
    workerData: data,
    resourceLimits: MEGABYTES,
    execArgv: [],
    env: {},
  })
  state.worker = worker
  // It never keeps a process from ending.
  worker.unref()
  worker.on('message', (message: FromObserver) => hear(state, message))
  worker.on('error', (error) => publishFailure(() => ({ receipt: null, where: SUBJECT, code: null, error })))
  worker.on('exit', () => {
    state.worker = null
    if (state.closing) return
    if (state.ok) publishLifecycle(() => ({ step: 'degraded', subject: SUBJECT }))
    state.ok = false
    if (systemClock.monotonic() - begun > PAUSE.sound) state.pause = PAUSE.first
    state.restart = setTimeout(() => start(state, data, entry), state.pause).unref()
    state.pause = Math.min(2 * state.pause, PAUSE.longest)
  })
}

function hear(state: State, message: FromObserver): void {
  switch (message.kind) {
    case 'status': {
      if (message.ok && !state.ok) publishLifecycle(() => ({ step: 'recovered', subject: SUBJECT }))
      state.ok = message.ok
      state.lags = message.lags
      state.saidAt = systemClock.monotonic()
      return
    }
    case 'failing': {
      const error = Object.assign(new Error('the audit index fails'), { code: message.code })
      if (state.ok) publishLifecycle(() => ({ step: 'degraded', subject: SUBJECT }))
      state.ok = false
      return publishFailure(() => ({ receipt: null, where: SUBJECT, code: null, error }))
    }
    case 'recovered':
      return
    case 'found': {
      const { kind, from, to } = message.found
      return publishAuditFinding(() => ({ kind, chain: message.chain, from, to }))
    }
    case 'alarm':
      return publishAlarm(() => message.notice)
    case 'trouble': {
      const error = Object.assign(new Error('the alarms fail'), { code: message.code })
      return publishFailure(() => ({ receipt: null, where: message.where, code: null, error }))
    }
  }
}

/** Behind a thread that says nothing the delay grows. */
function lagsOf({ lags, saidAt, ok }: State): readonly Lag[] {
  const silent = Math.max(0, systemClock.monotonic() - saidAt) / 1000
  return ok ? lags : lags.map((lag) => ({ ...lag, seconds: lag.seconds + silent }))
}

function readingsOf(state: State): readonly Reading[] {
  return lagsOf(state).flatMap(({ chain, records, seconds }): readonly Reading[] => [
    { name: 'gongxiang_audit_index_lag_records', labels: { chain }, value: records },
    { name: 'gongxiang_audit_index_lag_seconds', labels: { chain }, value: seconds },
  ])
}

function healthOf(state: State): ReturnType<AuditObserver['health']> {
  const records = state.lags.reduce((sum, lag) => sum + lag.records, 0)
  const behind = records === 0 ? 'all records are in the index' : `${records} records are not in the index yet`
  return state.ok
    ? { ok: true, detail: behind }
    : { ok: false, detail: 'the index fails; records are kept and copied later' }
}

async function close(state: State): Promise<void> {
  state.closing = true
  if (state.restart !== null) clearTimeout(state.restart)
  const { worker } = state
  if (worker === null) return
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.ref()
  worker.postMessage({ kind: 'stop' } satisfies ToObserver)
  const killer = setTimeout(() => void worker.terminate(), LAST_WORK)
  await ended
  clearTimeout(killer)
}
