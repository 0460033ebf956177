import { join } from 'node:path'
import { HOUR, LONGEST_WINDOW, windowAt, windowEnd } from '../limits/counters.ts'
import type { Counters } from '../limits/counters.ts'
import { refused, taken } from '../limits/taken.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'
import { createArrears } from './counts-arrears.ts'
import type { Arrears } from './counts-arrears.ts'
import { openCountsFile } from './counts-file.ts'
import type { CountsFile, Place } from './counts-file.ts'
import { openCountsLost } from './counts-lost.ts'
import type { CountsLost } from './counts-lost.ts'

/** What the files begin with that tell that counts were lost or are at risk, beside the file of the counts. */
const LOST = 'counters.lost'

/** Milliseconds during which the file is left alone after a failure: each try may hold the process for a moment. */
const COOL_DOWN = 1_000

/**
 * Counters of one machine that outlive the process, for windows of an hour and more; shorter ones stay in memory: they
 * are over before a restart is, and strangers, who are counted by the minute, must not be able to write to the disk.
 */
export function createEmbeddedCounters(directory: string, clock: Pick<Clock, 'now'>): Counters {
  const brief = createMemoryCounters(clock)
  const lasting = createSqliteCounters(directory, clock)
  const by = (window: number): Counters => (window >= HOUR ? lasting : brief)
  return {
    add: (key, window) => by(window).add(key, window),
    take: (key, events, window, most) => by(window).take(key, events, window, most),
    takeDistinct: (key, members, window, most) => by(window).takeDistinct(key, members, window, most),
    takeTogether: (wanted) =>
      wanted.every(({ window }) => window >= HOUR) ? (lasting.takeTogether?.(wanted) ?? null) : null,
    isExact: (window) => by(window).isExact(window),
    health: () => lasting.health(),
    close: () => lasting.close(),
  }
}

/**
 * Counters in an SQLite file. A count is with the operating system when its promise resolves: it survives the process,
 * killed or not; after a power cut the last moments may be missing.
 *
 * While the file fails this process counts in memory; these counts go into the file as soon as it can be written, and
 * none of them is exact. A file that cannot be read is set aside, told, and begun anew: a city must not stand still over
 * a count. What was in it is lost, so no window is exact that had begun by then, and what needs exact counts is refused
 * (wall 16). All of this holds for every process that counts in the folder within a second.
 *
 * @throws Error where the folder cannot be used at all
 */
export function createSqliteCounters(directory: string, clock: Pick<Clock, 'now'>): Counters {
  const alone = createMemoryCounters(clock)
  const lost = openCountsLost(join(directory, LOST), clock)
  const file = openCountsFile(directory, clock, () => lost.lose())
  const arrears = createArrears(lost)
  const placeOf = placesOf(file, clock)
  const circuit = createCircuit(arrears, clock, () => file.add(placeOf('', 'probe', HOUR), 0))
  const isExact = (window: number): boolean => !circuit.isFailing() && lost.isExact(window)
  return {
    async add(key, window) {
      const place = placeOf('', key, window)
      const total = circuit.ask(() => file.add(place, 1))
      if (total !== null) return total
      arrears.owe(() => file.add(place, 1))
      return alone.add(key, window)
    },
    async take(key, events, window, most) {
      const place = placeOf('', key, window)
      const back = (): void => void circuit.ask(() => file.giveBack(place, events))
      const total = circuit.ask(() => file.take(place, events, most))
      if (total !== null) return total > most ? refused(total) : taken(total, back, lost.isExact(window))
      const got = await alone.take(key, events, window, most)
      if (got.total > most) return refused(got.total, false)
      return arrears.owed(got, { write: () => file.add(place, events), back })
    },
    async takeDistinct(key, members, window, most) {
      const place = placeOf('holders:', key, window)
      const back = (): void => void circuit.ask(() => file.giveBackMembers(place, members))
      const total = circuit.ask(() => file.takeDistinct(place, members, most))
      if (total !== null) return total > most ? refused(total) : taken(total, back, lost.isExact(window))
      const got = await alone.takeDistinct(key, members, window, most)
      if (got.total > most) return refused(got.total, false)
      return arrears.owed(got, { write: () => file.takeDistinct(place, members, Infinity), back })
    },
    takeTogether(wanted) {
      const places = wanted.map(({ key, window, places: some, most, waived = false }) => {
        const place = placeOf(typeof some === 'number' ? '' : 'holders:', key, window)
        return { place, places: some, most, waived }
      })
      const had = circuit.ask(() => file.takeTogether(places))
      if (had === null) return null
      const within = places.filter(({ most }, at) => (had.totals[at] ?? 0) <= most)
      const back = (): void => void circuit.ask(() => file.giveBackTogether(within))
      const all = taken(0, back)
      const exact = wanted.map(({ window }) => lost.isExact(window))
      return { ...had, exact, giveBack: () => all.giveBack() }
    },
    isExact,
    health: () => healthOf(circuit.isFailing(), lost),
    async close() {
      circuit.settle()
      file.close()
    },
  }
}

function healthOf(failing: boolean, lost: CountsLost): ReturnType<Counters['health']> {
  if (failing) return { ok: false, detail: 'the file of the counts fails; counting in memory' }
  return lost.isExact(LONGEST_WINDOW)
    ? { ok: true, detail: 'in a file of this machine' }
    : { ok: false, detail: `counts were lost; exact in windows that have begun since, or once ${LOST}* are deleted` }
}

function placesOf(file: CountsFile, clock: Pick<Clock, 'now'>) {
  return (kind: string, key: string, window: number): Place => {
    const now = clock.now()
    const name = `${kind}${key}:${window}`
    return { name, at: windowAt(now, window), ends: windowEnd(now, window), file: file.number() }
  }
}

/**
 * Leaves the file alone for a moment after a failure, and says once that it fails, and once that it does no longer.
 *
 * @param probe writes to the file
 */
function createCircuit(arrears: Arrears, clock: Pick<Clock, 'now'>, probe: () => void) {
  let failedAt: number | null = null
  const mark = (failure: { readonly error: unknown } | null): void => {
    const changed = (failedAt !== null) !== (failure !== null)
    failedAt = failure === null ? null : clock.now()
    if (failure !== null) arrears.remind()
    if (!changed) return
    publishLifecycle(() => ({ step: failure === null ? 'recovered' : 'degraded', subject: 'counters' }))
    if (failure) publishFailure(() => ({ receipt: null, where: 'counters', code: null, error: failure.error }))
  }
  const tryNow = <T>(count: () => T): T | null => {
    try {
      arrears.settle()
      const answer = count()
      mark(null)
      return answer
    } catch (error) {
      mark({ error })
      return null
    }
  }
  /** Null where the file fails. What was counted meanwhile goes into it first. */
  const ask = <T>(count: () => T): T | null =>
    failedAt !== null && Math.abs(clock.now() - failedAt) < COOL_DOWN ? null : tryNow(count)
  return {
    ask,
    /** Where nothing more is counted because the file failed, nothing else would find out that it does no longer. */
    isFailing(): boolean {
      if (failedAt !== null) ask(probe)
      return failedAt !== null
    },
    /** Before the end, whatever the moment. */
    settle(): void {
      if (failedAt !== null) tryNow(probe)
    },
  }
}
