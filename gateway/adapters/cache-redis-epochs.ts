import type { Redis } from 'ioredis'
import { newEpoch } from '../cache/epochs.ts'
import { ALL } from '../cache/port.ts'
import type { EpochView, Epochs, Scope } from '../cache/port.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { CHANNEL, beginAnew, createEpochMemory, readEpochs, tell } from './cache-redis-scopes.ts'
import { redisClient, redisListener } from './redis-connection.ts'
import type { RedisClient, RedisPlace } from './redis-connection.ts'

/** Milliseconds between looks at the epochs: the bound where a message is lost. Each also shows that Redis is there. */
const INTERVAL = 500
/** Milliseconds that a look may take. */
const TIMEOUT = 500

/** How epochs are followed. */
export interface RedisEpochsOptions {
  readonly place: RedisPlace
  /** Milliseconds of the longest life of an entry. */
  readonly life: number
  readonly clock: Pick<Clock, 'now'>
  /** Called when nothing that was kept so far may be used any more. */
  readonly onGap: () => void
  /** Called after each look. */
  readonly onLook: () => void
}

/** Epochs that follow Redis until they are closed. */
export interface RedisEpochs extends Epochs {
  close(): void
}

/**
 * Follows the epochs in Redis by its messages, and by looking every half second. While Redis cannot be asked, or its
 * messages cannot be heard, others may invalidate what this process would not hear of: then nothing is kept and nothing
 * that is kept is used, until the epochs are read anew.
 */
export function openRedisEpochs(options: RedisEpochsOptions): RedisEpochs {
  const { place, clock, life, onGap, onLook } = options
  const redis = redisClient(place, TIMEOUT)
  redis.on('error', () => undefined)
  const connected = redis.connect().catch(() => undefined)
  const pending = new Set<Scope>()
  const view = createView(onGap)
  const listener = createListener(place, {
    onMessage() {
      view.lapse(false)
      void rounds.look()
    },
    onLost: () => view.lapse(true),
  })
  const rounds = createRounds(async () => {
    try {
      await within(TIMEOUT, connected)
      await listener.open()
      const scopes = [...pending]
      if (scopes.length > 0) await tell(redis, scopes, { now: clock.now(), life })
      for (const one of scopes) pending.delete(one)
      return await view.read(redis, clock.now())
    } catch {
      view.lapse(true)
      return false
    } finally {
      onLook()
    }
  })
  const timer = setInterval(() => void rounds.look(), INTERVAL).unref()
  void rounds.look()
  return {
    current: () => view.current(),
    async move(scopes) {
      for (const one of scopes) pending.add(one)
      view.lapse(false)
      return (await rounds.look()) && !scopes.some((one) => pending.has(one))
    },
    close() {
      clearInterval(timer)
      rounds.end()
      listener.close()
      redis.disconnect()
    },
  }
}

/** What is known of the epochs, and whether it can be relied on. */
function createView(onGap: () => void) {
  const memory = createEpochMemory()
  let lapses = 0
  let view: EpochView = { values: inGap(new Map()), subjects: new Map(), keeping: false }

  const take = async (redis: RedisClient, now: number): Promise<boolean> => {
    const before = lapses
    const read = await readEpochs(redis, memory.known(), now)
    if (read === null || memory.isTakenBack(read.values)) return false
    if (memory.take(read.values)) onGap()
    const subjects = read.subjects ?? view.subjects
    // What lapsed while it was read is as old as what was read; who made it lapse looks again.
    const keeping = lapses === before
    view = { values: keeping ? read.values : inGap(read.values), subjects, keeping }
    return true
  }
  return {
    current: () => view,
    /** @param gap whether something may have been missed: then nothing that was kept is used again */
    lapse(gap: boolean): void {
      lapses += 1
      view = { ...view, values: inGap(memory.known()), keeping: false }
      if (gap) onGap()
    },
    /** @throws where Redis does not answer */
    async read(redis: RedisClient, now: number): Promise<boolean> {
      if (await take(redis, now)) return true
      memory.forget()
      await beginAnew(redis)
      return take(redis, now)
    },
  }
}

/** The last epochs that were read, with one of this gap alone: who waits in it joins nobody of before. */
function inGap(known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...known, [ALL, newEpoch()]])
}

/** Hears the messages. What is lost is told, and opened anew when that is next asked for. */
function createListener(place: RedisPlace, events: { readonly onMessage: () => void; readonly onLost: () => void }) {
  let listener: Redis | null = null
  let attempt = 0
  return {
    /** @throws where it cannot be opened */
    async open(): Promise<void> {
      if (listener !== null) return
      const fresh = redisListener(place, attempt++)
      const lose = (): void => {
        fresh.disconnect()
        if (listener !== fresh) return
        listener = null
        events.onLost()
      }
      for (const end of ['error', 'close', 'end']) fresh.on(end, lose)
      fresh.on('message', events.onMessage)
      listener = fresh
      const opening = fresh.connect().then(() => fresh.subscribe(CHANNEL))
      await within(2 * TIMEOUT, opening).catch((error: unknown) => {
        lose()
        throw error
      })
    },
    close(): void {
      const last = listener
      listener = null
      last?.disconnect()
    },
  }
}

/** One round at a time; what is asked for during one is done in one more. */
function createRounds(round: () => Promise<boolean>) {
  let running: Promise<boolean> | null = null
  let again = false
  let ended = false
  const run = async (): Promise<boolean> => {
    let last = false
    while (again && !ended) {
      again = false
      last = await round()
    }
    running = null
    return last
  }
  return {
    /** Whether the last round, which began after this, went well. */
    look(): Promise<boolean> {
      again = true
      running ??= run()
      return running
    },
    end: () => void (ended = true),
  }
}

/** Rejects where a promise takes longer. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('too late')), milliseconds)
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer))
}
