import type { JudgedRecord } from './batch.ts'
import { isInquiry, isOperation, spanOf } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import { officerKey } from './keys.ts'
import { distinctNeighbours } from './neighbours.ts'
import type { NeighbourTrace } from './neighbours.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Concerned, Sighting } from './sighting.ts'
import { traceDetail } from './traces.ts'
import type { Trace, TraceDetail } from './traces.ts'
import { DAY, distinct, fullest, HOUR } from './windows.ts'

/** Looked back on, over midnight too: the limits count by calendar days, which five before and five after it pass. */
const WINDOW = DAY

/**
 * Numbers with the same division and birth date, tried out one after another (S13): of an officer, of an application, of
 * a department, from fewer on than the limits refuse. What the limits themselves have found is a sighting by itself.
 */
export const judgeNeighbours: Judge = async (judging) => [
  ...judging.batch.flatMap(refusedByLimits),
  ...(await grouped(judging)),
]

/** The word that evidence has for what the limits found, so that it is not taken for what was counted here. */
function refusedByLimits({ record, at, by }: JudgedRecord): readonly Sighting[] {
  const { finding, department, application, officer, matter } = record
  if (finding === undefined || by === null || isInquiry(record)) return []
  const measure = `REFUSED_${finding.kind}_OF_${finding.of}`
  return [
    {
      rule: 'ENUMERATION',
      // Another pattern than neighbours that were answered: what is decided on the one says nothing of the other.
      key: [measure, officerKey(by)],
      concerned: { department, application, officer, matter },
      at,
      window: WINDOW,
      evidence: {
        measure,
        count: finding.count,
        limit: finding.count,
        from: instant(at - (finding.kind === 'NO_HIT' ? HOUR : DAY)),
        until: instant(at),
        numbers: {},
        receipts: [record.receipt],
        subjects: listed(record.subjects),
        named: {},
      },
    },
  ]
}

interface Told extends NeighbourTrace {
  readonly group: string
  readonly by: TraceDetail
  readonly isFresh: boolean
}

async function grouped({ batch, look, settings }: Judging): Promise<readonly Sighting[]> {
  const fresh = batch.filter(({ record }) => isOperation(record) && !isInquiry(record))
  const groups = new Set(fresh.flatMap(({ record }) => record.neighbours?.map(({ group }) => group) ?? []))
  if (groups.size === 0) return []
  const { first, last } = spanOf(fresh)
  const places = new Set(fresh.map(({ record }) => `${record.chain} ${record.seq}`))
  const rows = await look.traces('NEIGHBOUR', [...groups], { after: first - WINDOW, until: last + WINDOW })
  const told = rows.map((row) => toldBy(row, places.has(`${row.chain} ${row.seq}`)))
  return [...Map.groupBy(told, ({ group }) => group).values()].flatMap((some) => ofGroup(some, settings.ENUMERATION))
}

function toldBy(row: Trace, isFresh: boolean): Told {
  const by = traceDetail(row)
  const { at, receipt, who: group, total: count } = row
  return { at, receipt, group, count, objects: by.objects, alone: row.part === 1, by, isFresh }
}

type Scope = 'OFFICER' | 'APPLICATION' | 'DEPARTMENT'

/** The narrowest first: of those that one pattern reaches, the first is told. */
function ofGroup(
  told: readonly Told[],
  limits: Readonly<Record<'officer' | 'application' | 'department', number>>,
): readonly Sighting[] {
  return (
    [
      ['OFFICER', limits.officer],
      ['APPLICATION', limits.application],
      ['DEPARTMENT', limits.department],
    ] as const
  ).flatMap(([scope, limit]) =>
    [...Map.groupBy(told, ({ by }) => nameOf(scope, by))].flatMap(([who, some]) =>
      who === null ? [] : seenBy(scope, who, some, limit),
    ),
  )
}

function nameOf(scope: Scope, { department, application, officer }: TraceDetail): string | null {
  if (department === null) return null
  switch (scope) {
    case 'OFFICER':
      return officer === null ? null : officerKey({ department, officer })
    case 'APPLICATION':
      return application === null ? null : `${department}/${application}`
    case 'DEPARTMENT':
      return department
  }
}

function seenBy(scope: Scope, who: string, told: readonly Told[], limit: number): readonly Sighting[] {
  const best = fullest(told, WINDOW, ({ isFresh }) => isFresh, distinctNeighbours)
  if (best === null || best.count < limit) return []
  const { rows, until } = best.slice
  const newest = rows.toSorted((a, b) => b.at - a.at)
  return [
    {
      rule: 'ENUMERATION',
      key: [scope, who],
      concerned: concernedOf(scope, newest[0]?.by),
      at: until,
      window: WINDOW,
      evidence: {
        measure: `NEIGHBOURS_OF_${scope}`,
        count: best.count,
        limit,
        from: instant(until - WINDOW),
        until: instant(until),
        numbers: { requests: rows.length, officers: distinct(rows.map(({ by }) => by.officer)) },
        receipts: listed(newest.map(({ receipt }) => receipt)),
        subjects: listed(newest.flatMap(({ objects }) => objects)),
        named: { groups: listed(newest.map(({ group }) => group)), officers: officersIn(newest) },
      },
    },
  ]
}

function officersIn(told: readonly Told[]): readonly string[] {
  return listed(told.flatMap(({ by }) => nameOf('OFFICER', by) ?? []))
}

function concernedOf(scope: Scope, by: TraceDetail | undefined): Concerned {
  if (by === undefined) return NOBODY
  const { department, application, officer, matter } = by
  switch (scope) {
    case 'OFFICER':
      return { department, application, officer, matter }
    case 'APPLICATION':
      return { ...NOBODY, department, application }
    case 'DEPARTMENT':
      return { ...NOBODY, department }
  }
}
