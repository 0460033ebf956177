import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import { beside } from './beside.ts'
import type { RecordWatch } from './copy-chain.ts'
import type { Found } from './found.ts'
import { createObserver } from './observer.ts'
import type { Lag, Observer } from './observer.ts'
import type { ChainSource } from './source.ts'

/** What goes on while records are copied. */
export interface ObserverLoop {
  readonly store: GovernanceStore
  readonly sources: () => Promise<readonly ChainSource[]>
  readonly clock: Clock
  readonly watch: RecordWatch | null
  /** Up to which record a replica's writer says that they are durable; 0 where it says nothing. */
  readonly acknowledged: (replica: string) => number
  readonly stopping: AbortSignal
  readonly tell: {
    status(ok: boolean, lags: readonly Lag[]): void
    /** Told once, until it is over. */
    failing(error: unknown): void
    recovered(): void
    found(chain: string, found: Found): void
  }
}

/** Milliseconds. */
const TIMES = {
  /** Between two passes where there is something to do: what comes meanwhile shares a transaction. */
  busy: 100,
  /** Between two looks where nothing is told. */
  idle: 500,
  /** After a failure, doubled up to the longest. */
  failed: 500,
  longest: 10_000,
  status: 1_000,
  tick: 30_000,
  /** Longer than an fsync takes. */
  settle: 500,
} as const

/** How the loop goes. */
interface Going {
  failing: boolean
  pause: number
  statusAt: number
  tickAt: number
}

/** Copies until it is stopped, and then what is left. A store that fails is tried again and again: the record waits. */
export async function runObserver(parts: ObserverLoop): Promise<void> {
  const watch = parts.watch === null ? null : beside(parts.watch)
  const loop: ObserverLoop = { ...parts, watch }
  const { store, sources, clock, tell, stopping } = loop
  const observer = createObserver({
    store,
    sources,
    clock,
    watch,
    settle: TIMES.settle,
    tell: (chain, found) => tell.found(chain, found),
  })
  const going: Going = { failing: false, pause: TIMES.failed, statusAt: -Infinity, tickAt: -Infinity }
  let ready = false
  while (!stopping.aborted) {
    const before = told(loop)
    try {
      if (!ready) await store.migrate()
      ready = true
      const copied = await observer.pass(loop.acknowledged)
      await tickWatch(loop, going)
      recover(loop, going)
      await status(loop, observer, going)
      await rest(loop, copied > 0 ? TIMES.busy : TIMES.idle, before)
    } catch (error) {
      if (!going.failing) tell.failing(error)
      going.failing = true
      await status(loop, observer, going)
      await pause(going.pause, stopping)
      going.pause = Math.min(2 * going.pause, TIMES.longest)
    }
  }
  if (ready && !going.failing) await finish(loop, observer)
  await watch?.end()
}

function recover({ tell }: ObserverLoop, going: Going): void {
  if (going.failing) tell.recovered()
  going.failing = false
  going.pause = TIMES.failed
}

/** The writer's word for the one chain of this process, where there is one. */
function told({ acknowledged }: ObserverLoop): number {
  return acknowledged('')
}

async function tickWatch({ watch, clock }: ObserverLoop, going: Going): Promise<void> {
  if (clock.monotonic() - going.tickAt < TIMES.tick) return
  await watch?.tick()
  going.tickAt = clock.monotonic()
}

async function status(loop: ObserverLoop, observer: Observer, going: Going): Promise<void> {
  const now = loop.clock.monotonic()
  if (now - going.statusAt < TIMES.status) return
  going.statusAt = now
  const lags = await observer.lags().catch((): readonly Lag[] => [])
  loop.tell.status(!going.failing, lags)
}

/** Until something new is told, or it is time to look. */
async function rest(loop: ObserverLoop, milliseconds: number, before: number): Promise<void> {
  for (let waited = 0; waited < milliseconds; waited += TIMES.busy) {
    await pause(TIMES.busy, loop.stopping)
    if (loop.stopping.aborted || told(loop) !== before) return
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, null, { signal }).catch(() => null)
}

/** What nobody has acknowledged is given its time. */
async function finish(loop: ObserverLoop, observer: Observer): Promise<void> {
  while ((await observer.pass(loop.acknowledged)) > 0);
  if ((await observer.lags()).every(({ records }) => records === 0)) return
  await sleep(TIMES.settle)
  while ((await observer.pass(loop.acknowledged)) > 0);
}
