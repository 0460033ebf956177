import type { Batch } from './batch.ts'
import { isOperation, spanOf } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import type { SubjectRow } from './look.ts'
import { isIn, officerIn, placesOf } from './rule-shared.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Concerned, Sighting } from './sighting.ts'
import { DAY, distinct, fullestDistinct } from './windows.ts'

/** By an eighth of how many a case that is known for it must grow to be looked at again. */
const COARSE = 40

/** What stands in a record for a case that no register knows. */
const UNREGISTERED = '(unregistered)'

/**
 * A case number that stands for more than one case: many subjects in it, many officers at it, or one subject whom one
 * officer asks about in one case after another (ZS-6.14(7), NT-33.1(4)).
 */
export const judgeCases: Judge = async (judging) => {
  const batch = judging.batch.filter(({ record, by }) => by !== null && isOperation(record))
  return [...(await ofCases(judging, batch)), ...(await ofSubjects(judging, batch))]
}

interface Counting {
  readonly measure: string
  readonly limit: number
  readonly nameOf: (row: SubjectRow) => string | null
  /** Null where there is nothing to say whom it is about. */
  readonly concerned: (row: SubjectRow) => Concerned
}

async function ofCases({ look, settings, patience }: Judging, batch: Batch): Promise<readonly Sighting[]> {
  const { subjects, officers, days } = settings.CASE_REUSE
  const window = days * DAY
  const cases = [...Map.groupBy(batch, ({ record }) => record.case ?? UNREGISTERED)].filter(([number, some]) => {
    if (number === UNREGISTERED) return false
    const added = distinct(some.flatMap(({ objects }) => objects)) + some.length
    return patience.isDue(JSON.stringify(['CASE_REUSE', number]), added, spanOf(some).first)
  })
  if (cases.length === 0) return []
  const { first, last } = spanOf(batch)
  const numbers = cases.map(([number]) => number)
  const rows = await look.casesOf(numbers, { after: first - window, until: last + window })
  const kinds: readonly Counting[] = [
    { measure: 'SUBJECTS_OF_CASE', limit: subjects, nameOf: ({ pseudonym }) => pseudonym, concerned: ofOffice },
    { measure: 'OFFICERS_OF_CASE', limit: officers, nameOf: officerIn, concerned: ofOffice },
  ]
  const places = placesOf(batch)
  const byCase = Map.groupBy(rows, ({ case_number: number }) => number ?? UNREGISTERED)
  return numbers.flatMap((number) => {
    const some = byCase.get(number) ?? []
    const held = kinds.map((kind) => countIn(some, places, window, kind, [number]))
    const left = kinds.map(({ limit }, at) => limit - (held[at]?.count ?? 0))
    // Of one that is reached the other is looked at as before.
    const missing = Math.min(...left.filter((one) => one > 0))
    patience.looked(JSON.stringify(['CASE_REUSE', number]), COARSE, missing === Infinity ? 0 : missing, last)
    return held.flatMap((one) => one?.sighting ?? [])
  })
}

async function ofSubjects({ look, settings }: Judging, batch: Batch): Promise<readonly Sighting[]> {
  const { cases, days } = settings.CASE_REUSE
  const window = days * DAY
  const { first, last } = spanOf(batch)
  const pseudonyms = batch.filter(({ record }) => record.case !== null).flatMap(({ objects }) => objects)
  const rows = await look.askersOf(pseudonyms, { after: first - window, until: last + window })
  const known = rows.filter(({ case_number: number }) => number !== null && number !== UNREGISTERED)
  const places = placesOf(batch)
  const counting: Counting = {
    measure: 'CASES_OF_SUBJECT',
    limit: cases,
    nameOf: ({ case_number: number }) => number,
    concerned: ({ department, application, officer, matter }) => ({ department, application, officer, matter }),
  }
  return [...Map.groupBy(known, (row) => JSON.stringify([officerIn(row), row.pseudonym]))].flatMap(([, some]) => {
    const [row] = some
    if (row === undefined) return []
    const key = [officerIn(row) ?? '', row.pseudonym]
    return countIn(some, places, window, counting, key)?.sighting ?? []
  })
}

/** Several officers, maybe of several departments, stand behind one case: whom it is about stands in the evidence. */
function ofOffice({ department, matter }: SubjectRow): Concerned {
  return { ...NOBODY, department, matter }
}

function countIn(
  rows: readonly SubjectRow[],
  places: ReadonlySet<string>,
  window: number,
  { measure, limit, nameOf, concerned }: Counting,
  key: readonly string[],
): { readonly count: number; readonly sighting: readonly Sighting[] } | null {
  if (distinct(rows.map(nameOf)) < limit) return { count: distinct(rows.map(nameOf)), sighting: [] }
  const best = fullestDistinct(rows, window, isIn(places), nameOf)
  if (best === null || best.count < limit) return { count: best?.count ?? 0, sighting: [] }
  const newest = best.slice.rows.toSorted((a, b) => b.at - a.at)
  const [latest] = newest
  const { until } = best.slice
  const sighting: Sighting = {
    rule: 'CASE_REUSE',
    key: [measure, ...key],
    concerned: latest === undefined ? NOBODY : concerned(latest),
    at: until,
    window,
    evidence: {
      measure,
      count: best.count,
      limit,
      from: instant(until - window),
      until: instant(until),
      numbers: { requests: newest.length },
      receipts: listed(newest.map(({ receipt }) => receipt)),
      subjects: listed(newest.map(({ pseudonym }) => pseudonym)),
      named: {
        cases: listed(newest.flatMap(({ case_number: number }) => (number === null ? [] : [number]))),
        officers: listed(newest.flatMap((row) => officerIn(row) ?? [])),
      },
    },
  }
  return { count: best.count, sighting: [sighting] }
}
