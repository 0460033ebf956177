import type { Clock } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import { chainEnd } from './chain-end.ts'
import { touchChains, writeFound } from './chains.ts'
import { createChainCopy } from './copy-chain.ts'
import type { ChainCopy, CopyStep, RecordWatch } from './copy-chain.ts'
import type { Found } from './found.ts'
import { missingChains } from './missing-chains.ts'
import type { ChainSource } from './source.ts'

/** What the observer is made of. */
export interface ObserverParts {
  readonly store: GovernanceStore
  /** The chains that are there now; new ones appear. */
  readonly sources: () => Promise<readonly ChainSource[]>
  readonly clock: Pick<Clock, 'now'>
  /** Milliseconds for which a line must have stood there, where nobody says that it is durable. */
  readonly settle: number
  readonly watch: RecordWatch | null
  /** Told of each finding. */
  readonly tell: (chain: string, found: Found) => void
}

/** How far the copy of a chain is behind. */
export interface Lag {
  readonly chain: string
  /** Records that are written and not copied. */
  readonly records: number
  /** Seconds since everything was copied; 0 where everything is. */
  readonly seconds: number
}

/** Copies all chains of a machine into the store, each in its order. */
export interface Observer {
  /**
   * Copies what is there and counts, and looks for chains that are gone.
   *
   * @param acknowledged for a replica, up to which record its writer says that they are durable; 0 where it says nothing
   * @returns how many records were copied
   * @throws what the store or the disk says; the next pass begins where the store says that the copy ends
   */
  pass(acknowledged: (replica: string) => number): Promise<number>
  lags(): Promise<readonly Lag[]>
}

/** Milliseconds between two looks at which chains are there. */
const LOOK = 30_000
/** Records that a chain may be copied before another has its turn. */
const TURN = 20
/** Milliseconds after which a delay is worth a report of its own (S20). */
const LATE = 30_000

interface Followed {
  readonly source: ChainSource
  readonly copy: ChainCopy
  step: CopyStep | null
  /** When everything was copied the last time. */
  wholeAt: number
  /** The first record that is late, or null. */
  lateFrom: number | null
}

/** An observer that has yet to be started. */
export function createObserver(parts: ObserverParts): Observer {
  const { clock } = parts
  const followed = new Map<string, Followed>()
  let lookedAt = -Infinity

  const follow = (source: ChainSource): Followed => {
    const known = followed.get(source.replica)
    if (known !== undefined) return known
    const made = {
      source,
      copy: createChainCopy({ ...parts, source }),
      step: null,
      wholeAt: clock.now(),
      lateFrom: null,
    }
    followed.set(source.replica, made)
    return made
  }
  return {
    async pass(acknowledged) {
      const all = (await parts.sources()).map(follow)
      let copied = 0
      const failed: unknown[] = []
      for (const one of all) {
        try {
          copied += await copyAll(parts, one, acknowledged(one.source.replica))
        } catch (error) {
          // One chain that cannot be copied must not keep the others from it.
          failed.push(error)
        }
      }
      if (failed.length > 0) throw failed[0]
      if (Math.abs(clock.now() - lookedAt) >= LOOK) {
        lookedAt = clock.now()
        await look(parts, all)
      }
      return copied
    },
    async lags() {
      const present = (await parts.sources()).map(follow)
      const all = await Promise.all(present.map((one) => lagOf(one, clock.now())))
      return all.filter((one) => one !== null)
    },
  }
}

/** Copies one chain as far as it counts now; a long backlog is left to the next pass in between. */
async function copyAll(parts: ObserverParts, one: Followed, acknowledged: number): Promise<number> {
  let copied = 0
  for (let turn = 0; turn < TURN; turn += 1) {
    const before = one.step?.seq ?? null
    one.step = await one.copy.step(acknowledged)
    if (one.step === null) return copied
    copied += one.step.copied
    noteDelay(one, before, parts.clock.now())
    if (!one.step.idle) continue
    await reportDelay(parts, one, one.step)
    return copied
  }
  return copied
}

/** What was not copied for a while, because the store or this thread was down, is told when it has been. */
function noteDelay(one: Followed, before: number | null, now: number): void {
  if (one.step === null || one.step.copied === 0 || one.lateFrom !== null || before === null) return
  if (now - one.wholeAt >= LATE) one.lateFrom = before + 1
}

async function reportDelay({ store, clock, tell }: ObserverParts, one: Followed, step: CopyStep): Promise<void> {
  const [now, from] = [clock.now(), one.lateFrom]
  if (from !== null) {
    const seconds = Math.round((now - one.wholeAt) / 1000)
    const detail = `copied in order after ${seconds} s in which they could not be; none is missing`
    const found: Found = { kind: 'OUTAGE', from, to: step.seq, detail }
    await writeFound(store.db, step.chain, [found], now)
    tell(step.chain, found)
  }
  one.lateFrom = null
  one.wholeAt = now
}

async function look({ store, clock, tell }: ObserverParts, all: readonly Followed[]): Promise<void> {
  const names = all.flatMap(({ step }) => (step === null ? [] : [step.chain]))
  await touchChains(store.db, names, clock.now())
  const replicas = all.map(({ source }) => source.replica)
  for (const { chain, found } of await missingChains(store.db, { names, replicas }, clock.now())) {
    await writeFound(store.db, chain, [found], clock.now())
    tell(chain, found)
  }
}

async function lagOf({ source, step, wholeAt }: Followed, now: number): Promise<Lag | null> {
  const end = await chainEnd(source)
  if (end === null) return null
  const records = Math.max(0, end.seq - (step?.seq ?? 0))
  const seconds = records === 0 ? 0 : Math.max(0, now - wholeAt) / 1000
  return { chain: step?.chain ?? end.chain, records, seconds }
}
