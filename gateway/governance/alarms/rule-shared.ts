import { askedAnew } from './asked.ts'
import type { AskedRow } from './asked.ts'
import { isInquiry, isOperation, spanOf } from './batch.ts'
import type { Batch } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import { officerKey } from './keys.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { DAY, distinct, slices } from './windows.ts'
import type { Slice } from './windows.ts'

/** Windows before the one that is looked at, of the same length, that tell how many is usual for this subject. */
const EARLIER = 3

/**
 * One person or firm asked about by many officers, or in many departments: more than the limit, and more than twice as
 * many as in any of the three windows before, for a large employer is asked about by many every week.
 */
export const judgeManyOfficers: Judge = async (judging) => {
  const { officers, departments, days } = judging.settings.MANY_OFFICERS
  const window = days * DAY
  const fresh = askedOf(judging.batch)
  const due = dueSubjects(judging, fresh, officerOfSubject)
  if (due.size === 0) return []
  const { first, last } = spanOf(judging.batch)
  const span = { after: first - window * (1 + EARLIER), until: last + window }
  const counted = await judging.look.countAsked('SUBJECT', [...due.keys()], span)
  const many = counted.filter((one) => one.officers >= officers || one.departments >= departments)
  const found: Sighting[] = []
  // Most subjects are asked about by few: no row is read of them.
  for (const { name: pseudonym } of many) {
    const known = await judging.look.askersOf(pseudonym, span, { byCase: false })
    const rows = [...(due.get(pseudonym) ?? []), ...known]
    const kinds = [
      { measure: 'OFFICERS_OF_SUBJECT', floor: officers, nameOf: officerIn },
      { measure: 'DEPARTMENTS_OF_SUBJECT', floor: departments, nameOf: ({ department }: AskedRow) => department },
    ]
    found.push(...kinds.flatMap((kind) => askedByMany(pseudonym, rows, window, kind)))
  }
  subjectsLooked(judging, due, officerOfSubject)
  return found
}

function officerOfSubject(row: AskedRow): string {
  return JSON.stringify(['MANY_OFFICERS', row.pseudonym, officerIn(row)])
}

/** Whom a batch is about, by whom; what an inquiry into the record is about is looked at by nobody else for it. */
export function askedOf(batch: Batch): readonly AskedRow[] {
  return askedAnew(batch.filter(({ record, by }) => by !== null && isOperation(record) && !isInquiry(record)))
}

/**
 * Subjects whose count can have grown: where the same name was among those that were counted a minute ago, it cannot.
 * Somebody whom an office asks about all day is counted once a minute.
 */
export function dueSubjects(
  { patience }: Judging,
  fresh: readonly AskedRow[],
  keyOf: (row: AskedRow) => string,
): ReadonlyMap<string, readonly AskedRow[]> {
  const bySubject = Map.groupBy(fresh, ({ pseudonym }) => pseudonym)
  return new Map([...bySubject].filter(([, rows]) => rows.some((row) => patience.isDue(keyOf(row), 0, row.at))))
}

/** Notes that these were counted, after they were. */
export function subjectsLooked(
  { patience }: Judging,
  due: ReadonlyMap<string, readonly AskedRow[]>,
  keyOf: (row: AskedRow) => string,
): void {
  for (const row of [...due.values()].flat()) patience.looked(keyOf(row), 1, 1, row.at)
}

interface Counting {
  readonly measure: string
  readonly floor: number
  readonly nameOf: (row: AskedRow) => string | null
}

function askedByMany(
  pseudonym: string,
  rows: readonly AskedRow[],
  window: number,
  { measure, floor, nameOf }: Counting,
): readonly Sighting[] {
  const namesIn = (some: readonly AskedRow[]): readonly string[] => some.map(nameOf).filter((name) => name !== null)
  if (distinct(namesIn(rows)) < floor) return []
  let best: {
    readonly slice: Slice<AskedRow>
    readonly count: number
    readonly limit: number
    readonly usual: number
  } | null = null
  for (const slice of slices(rows, window, ({ isFresh }) => isFresh)) {
    const earlier = Array.from({ length: EARLIER }, (_, at) => {
      const until = slice.until - (at + 1) * window
      return distinct(namesIn(rows.filter((row) => row.at > until - window && row.at <= until)))
    })
    const usual = Math.max(...earlier)
    const [count, limit] = [distinct(namesIn(slice.rows)), Math.max(floor, 2 * usual + 1)]
    if (count >= limit) best = { slice, count, limit, usual }
  }
  if (best === null) return []
  const newest = best.slice.rows.toSorted((a, b) => b.at - a.at)
  return [
    {
      rule: 'MANY_OFFICERS',
      key: [measure, pseudonym],
      concerned: NOBODY,
      at: best.slice.until,
      window,
      evidence: {
        measure,
        count: best.count,
        limit: best.limit,
        from: instant(best.slice.until - window),
        until: instant(best.slice.until),
        numbers: { most: best.usual, requests: requestsIn(newest) },
        receipts: listed(newest.map(({ receipt }) => receipt)),
        subjects: [pseudonym],
        named: { officers: listed(newest.map(officerIn).filter((name) => name !== null)) },
      },
    },
  ]
}

/** The officer of a row, by the name that alarms have for them. */
export function officerIn({ department, officer }: AskedRow): string | null {
  return department === null || officer === null ? null : officerKey({ department, officer })
}

/** Operations that some rows stand for. */
export function requestsIn(rows: readonly AskedRow[]): number {
  return rows.reduce((sum, { times }) => sum + times, 0)
}
