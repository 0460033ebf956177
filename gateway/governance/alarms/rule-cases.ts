import type { Batch } from './batch.ts'
import { isInquiry, isOperation, spanOf } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import { UNREGISTERED } from './asked.ts'
import type { AskedRow } from './asked.ts'
import { askedOf, dueSubjects, officerIn, requestsIn, subjectsLooked } from './rule-shared.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Concerned, Sighting } from './sighting.ts'
import { DAY, distinct, fullestDistinct } from './windows.ts'

/** By an eighth of how many a case that is known for it must grow to be looked at again. */
const COARSE = 40

/**
 * A case number that stands for more than one case: many subjects in it, many officers at it, or one subject whom one
 * officer asks about in one case after another (ZS-6.14(7), NT-33.1(4)).
 */
export const judgeCases: Judge = async (judging) => {
  const batch = judging.batch.filter(({ record, by }) => by !== null && isOperation(record) && !isInquiry(record))
  return [...(await ofCases(judging, batch)), ...(await ofSubjects(judging, batch))]
}

interface Counting {
  readonly measure: string
  readonly limit: number
  readonly nameOf: (row: AskedRow) => string | null
  /** Null where there is nothing to say whom it is about. */
  readonly concerned: (row: AskedRow) => Concerned
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
  const span = { after: first - window, until: last + window }
  const kinds: readonly Counting[] = [
    { measure: 'SUBJECTS_OF_CASE', limit: subjects, nameOf: ({ pseudonym }) => pseudonym, concerned: ofOffice },
    { measure: 'OFFICERS_OF_CASE', limit: officers, nameOf: officerIn, concerned: ofOffice },
  ]
  const numbers = cases.map(([number]) => number)
  const counted = new Map((await look.countAsked('CASE', numbers, span)).map((one) => [one.name, one]))
  const found: Sighting[] = []
  for (const [number, some] of cases) {
    const counts = counted.get(number) ?? { subjects: 0, officers: 0 }
    const isMany = counts.subjects >= subjects || counts.officers >= officers
    const rows = isMany ? [...askedOf(some), ...(await look.askedInCase(number, span))] : []
    const held = isMany ? kinds.map((kind) => countIn(rows, window, kind, [number])) : []
    const most = isMany ? held.map((one) => one.count) : [counts.subjects, counts.officers]
    const left = kinds.map(({ limit }, at) => limit - (most[at] ?? 0))
    // Of one that is reached the other is looked at as before.
    const missing = Math.min(...left.filter((one) => one > 0))
    patience.looked(JSON.stringify(['CASE_REUSE', number]), COARSE, missing === Infinity ? 0 : missing, last)
    found.push(...held.flatMap(({ sighting }) => sighting))
  }
  return found
}

async function ofSubjects(judging: Judging, batch: Batch): Promise<readonly Sighting[]> {
  const { cases, days } = judging.settings.CASE_REUSE
  const window = days * DAY
  const fresh = askedOf(batch).filter(isInCase)
  const due = dueSubjects(judging, fresh, caseOfSubject)
  if (due.size === 0) return []
  const { first, last } = spanOf(batch)
  const span = { after: first - window, until: last + window }
  const counted = await judging.look.countAsked('SUBJECT', [...due.keys()], span)
  const found: Sighting[] = []
  for (const { name: pseudonym } of counted.filter((one) => one.cases >= cases)) {
    const known = await judging.look.askersOf(pseudonym, span, { byCase: true })
    const rows = [...(due.get(pseudonym) ?? []), ...known.filter(isInCase)]
    for (const [officer, some] of Map.groupBy(rows, officerIn)) {
      if (some.some(({ isFresh }) => isFresh))
        found.push(...countIn(some, window, casesOf(cases), [officer ?? '', pseudonym]).sighting)
    }
  }
  subjectsLooked(judging, due, caseOfSubject)
  return found
}

function caseOfSubject(row: AskedRow): string {
  return JSON.stringify(['CASE_REUSE', row.pseudonym, officerIn(row), row.case_number])
}

function isInCase({ case_number: number }: AskedRow): boolean {
  return number !== null && number !== UNREGISTERED
}

/** How many cases one officer has with one subject. */
function casesOf(limit: number): Counting {
  return {
    measure: 'CASES_OF_SUBJECT',
    limit,
    nameOf: ({ case_number: number }) => number,
    concerned: ({ department, application, officer, matter }) => ({ department, application, officer, matter }),
  }
}

/** Several officers, maybe of several departments, stand behind one case: whom it is about stands in the evidence. */
function ofOffice({ department, matter }: AskedRow): Concerned {
  return { ...NOBODY, department, matter }
}

function countIn(
  rows: readonly AskedRow[],
  window: number,
  { measure, limit, nameOf, concerned }: Counting,
  key: readonly string[],
): { readonly count: number; readonly sighting: readonly Sighting[] } {
  if (distinct(rows.map(nameOf)) < limit) return { count: distinct(rows.map(nameOf)), sighting: [] }
  const best = fullestDistinct(rows, window, ({ isFresh }) => isFresh, nameOf)
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
      numbers: { requests: requestsIn(newest) },
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
