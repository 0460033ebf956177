import type { Batch } from './batch.ts'
import { byOfficer, spanOf } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import type { OfficerName } from './keys.ts'
import { askedAnew } from './asked.ts'
import type { AskedRow } from './asked.ts'
import type { PastDay } from './look.ts'
import type { AlarmSettings } from './settings.ts'
import { instant, listed } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { cityDay, DAY, dayStart, distinct, fullestDistinct, HOUR, median } from './windows.ts'

/** Days of an officer's own past that are compared with. */
const PAST = 28

/**
 * One officer asks about more different people and firms, in an hour or in 24 hours, than they usually do: against the
 * middle of their own last 28 days, and never below a floor. Who has too few days behind them is held against a limit of
 * its own, which is told in the evidence.
 */
export const judgeSubjects: Judge = async (judging) => {
  const sightings: Sighting[] = []
  for (const [key, batch] of byOfficer(judging.batch)) {
    const by = batch[0]?.by
    if (by) sightings.push(...(await ofOfficer(judging, key, by, batch)))
  }
  return sightings
}

async function ofOfficer(
  { look, settings, patience }: Judging,
  key: string,
  by: OfficerName,
  batch: Batch,
): Promise<readonly Sighting[]> {
  const { DISTINCT_SUBJECTS: limits } = settings
  const { first, last } = spanOf(batch)
  const name = JSON.stringify(['DISTINCT_SUBJECTS', key])
  if (!patience.isDue(name, distinct(batch.flatMap(({ objects }) => objects)), first)) return []
  const spellings = spellingsOf(batch)
  const known = await look.askedBy(by, spellings, { after: first - DAY, until: last + DAY })
  const rows = [...askedAnew(batch), ...known]
  const counts = WINDOWS.map((one) => countIn(rows, one))
  const floors = WINDOWS.map(({ floor }) => floor(limits))
  if (counts.every((one, at) => one === null || one.count < (floors[at] ?? 0))) {
    const missing = counts.map((one, at) => (floors[at] ?? 0) - (one?.count ?? 0))
    patience.looked(name, 0, Math.min(...missing), last)
    return []
  }
  // The past is read for those alone who have passed the floor.
  const today = dayStart(cityDay(last))
  const past = await look.pastOf(by, spellings, { after: today - PAST * DAY - 1, until: today - 1 })
  const held = WINDOWS.map((one, at) => ({ window: one, ...usual(past, one, limits), seen: counts[at] ?? null }))
  const left = held.map(({ limit, seen }) => limit - (seen?.count ?? 0)).filter((one) => one > 0)
  const most = Math.max(...counts.map((one) => one?.count ?? 0))
  patience.looked(name, most, left.length === held.length ? Math.min(...left) : 0, last)
  return held.flatMap((one) => (one.seen === null || one.seen.count < one.limit ? [] : [sightingOf(key, by, one)]))
}

/** However the staff number was written until now, as far as an index can find it. */
function spellingsOf(batch: Batch): readonly string[] {
  const written = batch.flatMap(({ by }) => (by === null ? [] : [by.officer]))
  return [...new Set(written.flatMap((one) => [one, one.toUpperCase(), one.toLowerCase()]))]
}

type Limits = AlarmSettings['DISTINCT_SUBJECTS']

interface Window {
  readonly word: 'HOUR' | 'DAY'
  readonly length: number
  readonly floor: (limits: Limits) => number
  readonly fresh: (limits: Limits) => number
  readonly factor: (limits: Limits) => number
  /** How many there were of it in a day that is past. */
  readonly ofDay: (day: PastDay) => number
}

const WINDOWS: readonly Window[] = [
  {
    word: 'HOUR',
    length: HOUR,
    floor: ({ floorHour }) => floorHour,
    fresh: ({ freshHour }) => freshHour,
    factor: ({ factorHour }) => factorHour,
    ofDay: ({ fullestHour }) => fullestHour,
  },
  {
    word: 'DAY',
    length: DAY,
    floor: ({ floorDay }) => floorDay,
    fresh: ({ freshDay }) => freshDay,
    factor: ({ factorDay }) => factorDay,
    ofDay: ({ subjects }) => subjects,
  },
]

interface Counted {
  readonly count: number
  readonly rows: readonly AskedRow[]
  readonly until: number
}

function countIn(rows: readonly AskedRow[], { length }: Window): Counted | null {
  const best = fullestDistinct(
    rows,
    length,
    ({ isFresh }) => isFresh,
    ({ pseudonym }) => pseudonym,
  )
  return best && { count: best.count, rows: best.slice.rows, until: best.slice.until }
}

/** The middle one of the days that the officer worked: those without work do not lower it. */
function usual(days: readonly PastDay[], { ofDay, floor, fresh, factor }: Window, limits: Limits) {
  const middle = median(days.map(ofDay))
  const learned = days.length >= limits.learningDays
  const limit = learned ? Math.max(floor(limits), Math.ceil(factor(limits) * middle)) : fresh(limits)
  return { limit, middle, days: days.length }
}

interface HeldWindow {
  readonly window: Window
  readonly limit: number
  readonly middle: number
  readonly days: number
  readonly seen: Counted | null
}

function sightingOf(key: string, by: OfficerName, { window, limit, middle, days, seen }: HeldWindow): Sighting {
  const rows = seen?.rows.toSorted((a, b) => b.at - a.at) ?? []
  const until = seen?.until ?? 0
  const matters = listed(rows.flatMap(({ matter }) => (matter === null ? [] : [matter])))
  return {
    rule: 'DISTINCT_SUBJECTS',
    key: [window.word, key],
    concerned: { ...by, application: rows[0]?.application ?? null, matter: rows[0]?.matter ?? null },
    at: until,
    window: window.length,
    evidence: {
      measure: `DISTINCT_SUBJECTS_PER_${window.word}`,
      count: seen?.count ?? 0,
      limit,
      from: instant(until - window.length),
      until: instant(until),
      numbers: { medianOf28Days: middle, daysLearned: days },
      receipts: listed(rows.map(({ receipt }) => receipt)),
      subjects: listed(rows.map(({ pseudonym }) => pseudonym)),
      named: matters.length === 0 ? {} : { matters },
    },
  }
}
