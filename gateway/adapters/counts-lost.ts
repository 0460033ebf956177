import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { windowEnd } from '../limits/counters.ts'
import type { Clock } from '../vocabulary/ports.ts'

/**
 * What is known of counts that were lost. It outlives the process: a restart makes nothing exact. Nothing here fails:
 * what cannot be written holds while the process lives.
 */
export interface CountsLost {
  /** Counts up to now are lost. */
  lose(): void
  /** Counts up to now are in memory alone: they are lost if the process ends. */
  risk(): void
  /** What was at risk is safe. */
  save(): void
  /** Whether nothing is missing in the present window of a length. */
  isExact(window: number): boolean
}

/** Milliseconds between two looks whether an operator has deleted the file. */
const LOOK = 1_000

/**
 * Counts that were lost, by a file with the instant of the last loss: a window that has begun since is exact. Whoever
 * knows that no bound was passed deletes the file, and all of them are exact again at once.
 */
export function openCountsLost(path: string, clock: Pick<Clock, 'now'>): CountsLost {
  let lost = readLoss(path, clock)
  let risked: number | null = null
  let looked = clock.now()
  const write = (instant: number | null): void => {
    try {
      if (instant === null) rmSync(path, { force: true })
      else writeFileSync(path, `${new Date(instant).toISOString()}\n`, { mode: 0o600, flush: true })
    } catch {
      // The disk fails, which is why something is noted at all, and is told by who counts.
    }
  }
  const look = (): void => {
    const now = clock.now()
    if (lost === null || risked !== null || Math.abs(now - looked) < LOOK) return
    looked = now
    if (isGone(path)) lost = null
  }
  return {
    lose() {
      lost = clock.now()
      risked = null
      write(lost)
    },
    risk() {
      risked = clock.now()
      write(risked)
    },
    save() {
      if (risked !== null) write(lost)
      risked = null
    },
    isExact(window) {
      look()
      return risked === null && (lost === null || windowEnd(lost, window) <= clock.now())
    },
  }
}

/** The instant that a file tells; one that cannot be read is of now, for it was written about something. */
function readLoss(path: string, clock: Pick<Clock, 'now'>): number | null {
  if (isGone(path)) return null
  try {
    const instant = Date.parse(readFileSync(path, 'utf8').trim())
    return Number.isNaN(instant) ? clock.now() : instant
  } catch {
    return clock.now()
  }
}

function isGone(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}
