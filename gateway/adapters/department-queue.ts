import { DepartmentFault } from './department-fault.ts'

/** Lets so many calls go to one department at once; the others wait in a short line, first come first served. */
export interface DepartmentQueue {
  /**
   * Resolves with the way to give the place back, as soon as there is one.
   *
   * @param patience milliseconds that the caller can wait; whoever would wait longer, by how long calls take, is told so
   * at once, and whoever has waited that long goes
   * @throws DepartmentFault where the line is full or too slow, and the signal's reason where the caller goes away while waiting
   */
  enter(patience: number, signal: AbortSignal): Promise<() => void>
  /** How many are in, and how many wait. */
  counts(): CallCounts
}

/** Calls to one department at this moment. */
export interface CallCounts {
  readonly running: number
  readonly waiting: number
}

/** So many wait for each place: enough for a burst at a quick system, and no more than memory should hold. */
const WAITING_PER_PLACE = 8

/** Weight of the newest call in the mean of how long calls take. */
const NEWEST = 0.2

/** Milliseconds beyond which a timer of Node would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

function tooSlow(): Error {
  return new DepartmentFault('not-asked', 'TOO_SLOW')
}

interface Waiting {
  readonly start: () => void
}

/**
 * A queue in front of one department.
 *
 * @param places calls at once
 * @param monotonic milliseconds of a monotonic clock
 */
export function createDepartmentQueue(places: number, monotonic: () => number): DepartmentQueue {
  /** When each call under way began, the oldest first. */
  const running = new Set<{ readonly since: number }>()
  const waiting = new Set<Waiting>()
  let mean = 0

  const begin = (): (() => void) => {
    const call = { since: monotonic() }
    running.add(call)
    return () => {
      if (!running.delete(call)) return
      const took = monotonic() - call.since
      mean = mean === 0 ? took : mean + NEWEST * (took - mean)
      const [next] = waiting
      if (next && waiting.delete(next)) next.start()
    }
  }
  // Before any call has ended, the one that is under way longest tells how slow the system is.
  const pace = (): number => {
    const [oldest] = running
    return Math.max(mean, oldest ? monotonic() - oldest.since : 0)
  }
  const wait = (patience: number, signal: AbortSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const leave = (error: Error): void => {
        forget()
        waiting.delete(one)
        reject(error)
      }
      const gone = (): void => leave(signal.reason instanceof Error ? signal.reason : new Error('the caller has gone'))
      // How long calls took is a guess at how long they will take.
      const timer = setTimeout(() => leave(tooSlow()), Math.min(patience, LONGEST_TIMER))
      const forget = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', gone)
      }
      const one: Waiting = {
        start: () => {
          forget()
          resolve(begin())
        },
      }
      signal.addEventListener('abort', gone, { once: true })
      waiting.add(one)
    })
  return {
    async enter(patience, signal) {
      signal.throwIfAborted()
      if (running.size < places) return begin()
      if (waiting.size >= places * WAITING_PER_PLACE) throw new DepartmentFault('not-asked', 'LINE_FULL')
      const rounds = Math.ceil((waiting.size + 1) / places)
      if (rounds * pace() > patience) throw tooSlow()
      return wait(patience, signal)
    },
    counts: () => ({ running: running.size, waiting: waiting.size }),
  }
}
