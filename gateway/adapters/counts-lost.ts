import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { windowAt, windowEnd } from '../limits/counters.ts'
import type { Clock } from '../vocabulary/ports.ts'

/**
 * What is known of counts that were lost, by whichever process of the folder. It outlives the process: a restart makes
 * nothing exact. Nothing here fails: what cannot be written holds while the process lives.
 */
export interface CountsLost {
  /** Counts up to now are lost. */
  lose(): void
  /** Counts up to now are in memory alone: they are lost if the process ends. */
  risk(): void
  /** What this process had at risk is safe. */
  save(): void
  /** Whether nothing is missing in the present window of a length. */
  isExact(window: number): boolean
}

/** Milliseconds between two looks at what other processes have lost, and what an operator has deleted. */
const LOOK = 1_000

/** Seconds of the shortest window that counts are lost of. */
const SHORTEST = 60

/**
 * Counts that were lost, by marks: files with an instant each, the latest of which holds for all processes; a window that
 * has begun since is exact. `path` is of what is lost, and nobody here deletes it; what a process has at risk stands in
 * a file of its own beside it, `path-…`, which it alone deletes, and which is a loss where it ends before. Whoever knows
 * that no bound was passed deletes them, and all windows are exact again within a second.
 */
export function openCountsLost(path: string, clock: Pick<Clock, 'now'>): CountsLost {
  const own = `${path}-${process.pid}-${randomUUID().slice(0, 8)}`
  const readLatest = markReader(path, own, clock)
  let latest = readLatest()
  let looked = clock.now()
  let risked: number | null = null
  /** Whether the own file may be there. */
  let marked = false
  /** A loss that could not be written. */
  let untold: number | null = null
  const clear = (): void => {
    if (marked && risked === null && untold === null) marked = !remove(own)
  }
  const tell = (loss: number): void => {
    latest = later(loss, latest)
    untold = write(path, latest) ? null : latest
    clear()
  }
  const look = (): void => {
    const now = clock.now()
    if (Math.abs(now - looked) < LOOK) return
    looked = now
    latest = readLatest()
    if (untold !== null) tell(untold)
  }
  return {
    lose() {
      risked = null
      tell(clock.now())
    },
    risk() {
      const now = clock.now()
      // Each second, and with each window that begins: its counts are at risk as well.
      if (risked !== null && Math.abs(now - risked) < LOOK && windowAt(now, SHORTEST) === windowAt(risked, SHORTEST))
        return
      risked = now
      marked = true
      write(own, now)
    },
    save() {
      risked = null
      clear()
    },
    isExact(window) {
      look()
      return risked === null && (latest === null || windowEnd(latest, window) <= clock.now())
    },
  }
}

function later(one: number, other: number | null): number {
  return other === null ? one : Math.max(one, other)
}

/** False where the disk fails, which is why something is noted at all, and is told by who counts. */
function write(path: string, instant: number): boolean {
  try {
    writeFileSync(path, `${new Date(instant).toISOString()}\n`, { mode: 0o600, flush: true })
    return true
  } catch {
    return false
  }
}

function remove(path: string): boolean {
  try {
    rmSync(path, { force: true })
    return true
  } catch {
    return false
  }
}

/** Reads the latest instant of all marks but the own one; null where there is none. */
function markReader(path: string, own: string, clock: Pick<Clock, 'now'>): () => number | null {
  const [folder, name] = [dirname(path), basename(path)]
  const isMark = (one: string): boolean =>
    (one === name || one.startsWith(`${name}-`)) && join(folder, one) !== join(own)
  /** When those were seen first that tell no instant: they were written about something. */
  const unread = new Map<string, number>()
  const instantOf = (one: string): number | null => {
    const instant = readMark(join(folder, one))
    if (instant === null || !Number.isNaN(instant)) {
      unread.delete(one)
      return instant
    }
    const seen = unread.get(one) ?? clock.now()
    unread.set(one, seen)
    return seen
  }
  let latest: number | null = null
  return () => {
    try {
      const instants = readdirSync(folder).filter(isMark).map(instantOf)
      latest = instants.reduce((last, one) => (one === null ? last : later(one, last)), null)
    } catch (error) {
      // A folder that is not there yet has no marks; one that cannot be read may have some.
      latest = isMissing(error) ? null : (latest ?? clock.now())
    }
    return latest
  }
}

/** Null where it is gone, NaN where it tells nothing. */
function readMark(path: string): number | null {
  try {
    return Date.parse(readFileSync(path, 'utf8').trim())
  } catch (error) {
    return isMissing(error) ? null : Number.NaN
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
