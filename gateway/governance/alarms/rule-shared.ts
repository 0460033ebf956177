import type { Batch } from './batch.ts'
import { isOperation, spanOf } from './batch.ts'
import type { Judge } from './judge.ts'
import { officerKey } from './keys.ts'
import type { SubjectRow } from './look.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { DAY, distinct, slices } from './windows.ts'

/** Windows before the one that is looked at, of the same length, that tell how many is usual for this subject. */
const EARLIER = 3

/**
 * One person or firm asked about by many officers, or in many departments: more than the limit, and more than twice as
 * many as in any of the three windows before, for a large employer is asked about by many every week.
 */
export const judgeManyOfficers: Judge = async ({ batch, look, settings }) => {
  const { officers, departments, days } = settings.MANY_OFFICERS
  const window = days * DAY
  const fresh = batch.filter(({ record, by }) => by !== null && isOperation(record))
  const { first, last } = spanOf(fresh)
  const pseudonyms = fresh.flatMap(({ objects }) => objects)
  const rows = await look.askersOf(pseudonyms, { after: first - window * (1 + EARLIER), until: last + window })
  const places = placesOf(fresh)
  return [...Map.groupBy(rows, ({ pseudonym }) => pseudonym)].flatMap(([pseudonym, some]) =>
    [
      { measure: 'OFFICERS_OF_SUBJECT', floor: officers, nameOf: officerIn },
      { measure: 'DEPARTMENTS_OF_SUBJECT', floor: departments, nameOf: ({ department }: SubjectRow) => department },
    ].flatMap((kind) => askedBy(pseudonym, some, places, window, kind)),
  )
}

interface Counting {
  readonly measure: string
  readonly floor: number
  readonly nameOf: (row: SubjectRow) => string | null
}

function askedBy(
  pseudonym: string,
  rows: readonly SubjectRow[],
  places: ReadonlySet<string>,
  window: number,
  { measure, floor, nameOf }: Counting,
): readonly Sighting[] {
  const namesIn = (some: readonly SubjectRow[]): readonly string[] => some.map(nameOf).filter((name) => name !== null)
  // Most subjects are asked about by few: nothing is looked at window by window for them.
  if (distinct(namesIn(rows)) < floor) return []
  const found = slices(rows, window, isIn(places)).flatMap((slice) => {
    const earlier = Array.from({ length: EARLIER }, (_, at) => {
      const until = slice.until - (at + 1) * window
      return distinct(namesIn(rows.filter((row) => row.at > until - window && row.at <= until)))
    })
    const usual = Math.max(...earlier)
    const [count, limit] = [distinct(namesIn(slice.rows)), Math.max(floor, 2 * usual + 1)]
    return count < limit ? [] : [{ slice, count, limit, usual }]
  })
  const best = found.at(-1)
  if (best === undefined) return []
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
        numbers: { most: best.usual, requests: newest.length },
        receipts: listed(newest.map(({ receipt }) => receipt)),
        subjects: [pseudonym],
        named: { officers: listed(newest.map(officerIn).filter((name) => name !== null)) },
      },
    },
  ]
}

/** The officer of a row, by the name that alarms have for them. */
export function officerIn({ department, officer }: SubjectRow): string | null {
  return department === null || officer === null ? null : officerKey({ department, officer })
}

/** Which rows are those of a batch. */
export function placesOf(batch: Batch): ReadonlySet<string> {
  return new Set(batch.map(({ record }) => `${record.chain} ${record.seq}`))
}

/** Whether a row is one of a batch's. */
export function isIn(places: ReadonlySet<string>): (row: SubjectRow) => boolean {
  return ({ chain, seq }) => places.has(`${chain} ${seq}`)
}
