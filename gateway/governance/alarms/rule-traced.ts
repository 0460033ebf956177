import { spanOf } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import type { AlarmRuleCode } from './rules.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Concerned, Sighting } from './sighting.ts'
import { traceDetail, tracesOf } from './traces.ts'
import type { Trace, TraceDetail, TraceKind } from './traces.ts'
import { DAY, distinct, fullest, HOUR, MINUTE } from './windows.ts'

/** A rule that counts traces of one kind in a window that slides. */
interface Traced {
  readonly rule: AlarmRuleCode
  readonly kind: TraceKind
  readonly measure: string
  readonly window: number
  readonly limit: (rows: readonly Trace[]) => number
  /** What is held against the limit. */
  readonly count: (rows: readonly Trace[]) => number
  readonly numbers: (rows: readonly Trace[]) => Readonly<Record<string, number>>
  /** First part of the key; the second one is whose traces they are. */
  readonly scope: string
  readonly concerned: (detail: TraceDetail) => Concerned
}

const total = (rows: readonly Trace[]): number => rows.reduce((sum, row) => sum + row.total, 0)
const part = (rows: readonly Trace[]): number => rows.reduce((sum, row) => sum + row.part, 0)
const objects = (rows: readonly Trace[]): number => distinct(rows.flatMap((row) => traceDetail(row).objects))
const none = (): Readonly<Record<string, number>> => ({})

const ofOfficer = ({ department, application, officer, matter }: TraceDetail): Concerned => ({
  department,
  application,
  officer,
  matter,
})

/** Most of what an officer has compared in a day does not match: values are guessed at, or numbers are tried out. */
export const judgeMismatches: Judge = (judging) => {
  const { compared, percent } = judging.settings.VERIFY_MISMATCH
  return seen(judging, {
    rule: 'VERIFY_MISMATCH',
    kind: 'VERIFIED',
    measure: 'NO_MATCH_OF_COMPARED',
    window: DAY,
    // Below so many compared items a ratio says nothing.
    limit: (rows) => Math.ceil((Math.max(total(rows), compared) * percent) / 100),
    count: part,
    numbers: (rows) => ({ compared: total(rows), percent: Math.round((100 * part(rows)) / Math.max(1, total(rows))) }),
    scope: 'OFFICER',
    concerned: ofOfficer,
  })
}

/** Grants used for other matters, or by others than they were given to, several times a day (S15). */
export const judgePurposes: Judge = (judging) =>
  seen(judging, {
    rule: 'PURPOSE_MISMATCH',
    kind: 'MISMATCH',
    measure: 'MISMATCHES_OF_OFFICER',
    window: DAY,
    limit: () => judging.settings.PURPOSE_MISMATCH.perDay,
    count: total,
    numbers: none,
    scope: 'OFFICER',
    concerned: ofOfficer,
  })

const BURST = 10 * MINUTE

/** Refusals one after another: somebody finds out what is open. */
export const judgeRefusals: Judge = async (judging) => {
  const { officer, application, strangers } = judging.settings.DENIED_BURST
  const common = { rule: 'DENIED_BURST', window: BURST, count: total, numbers: none } as const
  return [
    ...(await seen(judging, {
      ...common,
      kind: 'REFUSED',
      measure: 'REFUSALS_OF_OFFICER',
      limit: () => officer,
      scope: 'OFFICER',
      concerned: ofOfficer,
    })),
    ...(await seen(judging, {
      ...common,
      kind: 'REFUSED_APPLICATION',
      measure: 'REFUSALS_OF_APPLICATION',
      limit: () => application,
      scope: 'APPLICATION',
      concerned: ({ department, application: code }) => ({ ...NOBODY, department, application: code }),
    })),
    ...(await seen(judging, {
      ...common,
      kind: 'REFUSED_STRANGER',
      measure: 'REFUSALS_OF_STRANGERS',
      limit: () => strangers,
      scope: 'STRANGERS',
      concerned: () => NOBODY,
    })),
  ]
}

const NIGHT = 12 * HOUR

/** Many people asked about at night, at the weekend, on a holiday (ZS-6.14(7)). */
export const judgeNights: Judge = (judging) =>
  seen(judging, {
    rule: 'OFF_HOURS',
    kind: 'NIGHT',
    measure: 'SUBJECTS_OFF_HOURS',
    window: NIGHT,
    limit: () => judging.settings.OFF_HOURS.subjects,
    count: objects,
    numbers: (rows) => ({ requests: rows.length }),
    scope: 'OFFICER',
    concerned: ofOfficer,
  })

/** What the batch adds to each count, from its own traces; the rest stands in the store. */
async function seen(judging: Judging, traced: Traced): Promise<readonly Sighting[]> {
  const { batch, look, patience } = judging
  const fresh = freshTraces(judging, traced.kind)
  const due = [...fresh].filter(([who, some]) => {
    const added = some.reduce((sum, { total: more }) => sum + more, 0)
    return patience.isDue(nameOf(traced, who), added, Math.min(...some.map(({ at }) => at)))
  })
  if (due.length === 0) return []
  const { first, last } = spanOf(batch)
  const whos = due.map(([who]) => who)
  const rows = await look.traces(traced.kind, whos, {
    after: first - traced.window,
    until: last + traced.window,
  })
  const byWho = Map.groupBy(rows, ({ who }) => who)
  return due.flatMap(([who, some]) => {
    const places = new Set(some.map(({ chain, seq }) => `${chain} ${seq}`))
    const best = held(byWho.get(who) ?? [], places, traced)
    const [count, limit] = [best?.count ?? 0, best?.limit ?? 1]
    patience.looked(nameOf(traced, who), count, limit - count, last)
    return best === null || best.count < best.limit ? [] : [sightingOf(traced, who, best)]
  })
}

function nameOf({ rule, kind }: Traced, who: string): string {
  return JSON.stringify([rule, kind, who])
}

function freshTraces({ batch, settings }: Judging, kind: TraceKind): ReadonlyMap<string, readonly Trace[]> {
  const traces = batch.flatMap((judged) => tracesOf(judged, settings)).filter((one) => one.kind === kind)
  return Map.groupBy(traces, ({ who }) => who)
}

interface Held {
  readonly count: number
  readonly limit: number
  readonly rows: readonly Trace[]
  readonly until: number
}

/** Of the windows with a new trace in them, the one that is furthest beyond its limit, or nearest to it. */
function held(rows: readonly Trace[], places: ReadonlySet<string>, { window, count, limit }: Traced): Held | null {
  const isFresh = ({ chain, seq }: Trace): boolean => places.has(`${chain} ${seq}`)
  const best = fullest(rows, window, isFresh, (some) => count(some) - limit(some))
  if (best === null) return null
  const { rows: within, until } = best.slice
  return { count: count(within), limit: limit(within), rows: within, until }
}

function sightingOf(traced: Traced, who: string, { count, limit, rows, until }: Held): Sighting {
  const newest = rows.toSorted((a, b) => b.at - a.at)
  const details = newest.map(traceDetail)
  const [latest] = details
  return {
    rule: traced.rule,
    key: [traced.scope, who],
    concerned: latest === undefined ? NOBODY : traced.concerned(latest),
    at: until,
    window: traced.window,
    evidence: {
      measure: traced.measure,
      count,
      limit,
      from: instant(until - traced.window),
      until: instant(until),
      numbers: traced.numbers(rows),
      receipts: listed(newest.map(({ receipt }) => receipt)),
      subjects: listed(details.flatMap((one) => one.objects)),
      named: namedIn(details),
    },
  }
}

function namedIn(details: readonly TraceDetail[]): Sighting['evidence']['named'] {
  const matters = listed(details.flatMap(({ matter }) => (matter === null ? [] : [matter])))
  return matters.length === 0 ? {} : { matters }
}
