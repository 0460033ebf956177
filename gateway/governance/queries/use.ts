import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { GovernanceTables } from '../store/tables.ts'
import { all, consumedWindow, from } from './branches.ts'
import type { Branch, Piece, Span } from './branches.ts'
import { given } from './scope.ts'
import type { Position, RecordFilter, Scope } from './scope.ts'

/** What operations are grouped by. */
export const DIMENSIONS = ['CONSUMER', 'PROVIDER', 'MATTER', 'COORDINATE', 'MONTH'] as const
/** By what use is grouped. */
export type Dimension = (typeof DIMENSIONS)[number]

/** What is counted; `consumer` is the department that asked, or that was asked for. */
export interface UseFilter extends Pick<RecordFilter, 'provider' | 'matter' | 'coordinate' | 'since' | 'until'> {
  readonly consumer?: string | null | undefined
}

/** One group: counts of operations and of the data in them, never of people. */
export interface UseGroup {
  readonly consumer: string | null
  readonly provider: string | null
  readonly matter: string | null
  readonly coordinate: string | null
  readonly month: string | null
  readonly operations: number
  readonly released: number
  readonly compared: number
  readonly refused: number
}

/** The groups, and whether they are everything. */
export interface Use {
  readonly groups: readonly UseGroup[]
  readonly complete: boolean
  /** From when on was counted where it was too much; else null. */
  readonly since: number | null
}

/** Operations that are gone through, the newest, and how many one statement does: a store in this thread stops all else. */
const MOST = 100_000
const STEP = 5_000

const COLUMNS: Readonly<Record<Dimension, Piece>> = {
  // What was done for another department is that one's use (ZS-7.04).
  CONSUMER: sql`coalesce(r.acting_for, r.department)`,
  PROVIDER: sql`d.provider`,
  MATTER: sql`r.matter`,
  COORDINATE: sql`d.coordinate`,
  MONTH: sql`substr(r.day, 1, 7)`,
}

/** The data of a batch stands in the records of its rows, and in its own once more: there it is not counted. */
const ITSELF: Piece = sql`(r.method <> 'verify' or r.part_of is not null
  or not exists (select 1 from audit_record p where p.part_of = r.receipt))`

/**
 * Counts what data was used for (R809-29, NT-31.1): operations by who asked, whose data, for which matter. A department
 * counts the use of its own data and its own use of others', and no other.
 *
 * @param first groups at most, the largest
 */
export async function countUse(
  db: Kysely<GovernanceTables>,
  scope: Scope,
  filter: UseFilter,
  by: readonly Dimension[],
  first: number,
): Promise<Use> {
  const source = sourceOf(scope, filter)
  if (source === null) return { groups: [], complete: true, since: null }
  const groups = new Map<string, UseGroup>()
  let span: Span = { after: null, since: filter.since ?? null, until: filter.until ?? null }
  for (let done = 0; ; done += STEP) {
    if (done >= MOST) return { ...largest(groups, first), complete: false, since: span.after?.at ?? null }
    if (done > 0) await nextTurn()
    // Each operation is in one step only, so that counts of steps add up.
    for (const group of await countStep(db, source, span, by)) add(groups, group)
    const end = await endOf(db, source, span)
    if (end === null) return { ...largest(groups, first), since: null }
    span = { ...span, after: end }
  }
}

function add(groups: Map<string, UseGroup>, group: UseGroup): void {
  const { operations, released, compared, refused, ...name } = group
  const key = JSON.stringify(name)
  const known = groups.get(key)
  groups.set(key, {
    ...name,
    // Sums are text in some drivers.
    operations: (known?.operations ?? 0) + Number(operations),
    released: (known?.released ?? 0) + Number(released),
    compared: (known?.compared ?? 0) + Number(compared),
    refused: (known?.refused ?? 0) + Number(refused),
  })
}

function largest(groups: ReadonlyMap<string, UseGroup>, first: number): Pick<Use, 'groups' | 'complete'> {
  const sorted = [...groups].toSorted(
    ([aName, a], [bName, b]) => b.operations - a.operations || (aName < bName ? -1 : 1),
  )
  return { groups: sorted.slice(0, first).map(([, group]) => group), complete: groups.size <= first }
}

async function countStep(
  db: Kysely<GovernanceTables>,
  { window, conditions }: Source,
  span: Span,
  by: readonly Dimension[],
): Promise<readonly UseGroup[]> {
  const columns = DIMENSIONS.map((one) => {
    const column = by.includes(one) ? COLUMNS[one] : sql`cast(null as text)`
    return sql`${column} as ${sql.ref(one.toLowerCase())}`
  })
  const counted = sql<UseGroup>`select ${sql.join(columns)},
      count(distinct case when r.part_of is null then r.receipt end) as operations,
      sum(case when ${ITSELF} and d.decision in ('ALLOW', 'MASK') then 1 else 0 end) as released,
      sum(case when ${ITSELF} and d.decision = 'VERIFY_ONLY' then 1 else 0 end) as compared,
      sum(case when ${ITSELF} and d.decision = 'DENY' then 1 else 0 end) as refused
    from (${window(span, STEP)}) w cross join audit_record r cross join audit_datum d
    where r.chain = w.chain and r.seq = w.seq and r.at = w.at
      and d.chain = w.chain and d.seq = w.seq and d.at = w.at and ${all(conditions)}
    group by ${sql.join(by.map((one) => COLUMNS[one]))}`
  return (await counted.execute(db)).rows
}

/** The last operation of a full step; null where the step holds all that is left. */
async function endOf(db: Kysely<GovernanceTables>, { window }: Source, span: Span): Promise<Position | null> {
  const last = sql<Position & { readonly rows: number }>`select w.at, w.chain, w.seq, count(*) over () as rows
    from (${window(span, STEP)}) w order by w.at asc, w.seq asc, w.chain asc limit 1`
  const [end] = (await last.execute(db)).rows
  return end && Number(end.rows) >= STEP ? { at: end.at, chain: end.chain, seq: end.seq } : null
}

interface Source {
  /** `select at, chain, seq`: the operations that are gone through in one step, newest first. */
  readonly window: Branch['window']
  readonly conditions: readonly Piece[]
}

/** Null where the scope has nothing of what is asked. */
function sourceOf(scope: Scope, filter: UseFilter): Source | null {
  const { provider, consumer, matter, coordinate } = asScoped(scope, filter)
  if (scope.kind === 'DEPARTMENT' && provider !== scope.department && consumer !== scope.department) return null
  const conditions = [
    ...(given(provider) ? [sql`d.provider = ${provider}`] : []),
    ...(given(consumer) ? [sql`(r.department = ${consumer} or r.acting_for = ${consumer})`] : []),
    ...(given(matter) ? [sql`r.matter = ${matter}`] : []),
    ...(given(coordinate) ? [sql`d.coordinate = ${coordinate}`] : []),
  ]
  // Rows are the scope's own: how many were gone through tells of no other.
  const data = [
    ...(given(provider) ? [sql`x.provider = ${provider}`] : []),
    ...(given(coordinate) ? [sql`x.coordinate = ${coordinate}`] : []),
  ]
  const asked = given(consumer) && (scope.kind === 'OVERSIGHT' || consumer === scope.department)
  const window = asked ? consumedWindow(consumer) : from(data.length > 0 ? 'audit_datum' : 'audit_record', data)
  return { window, conditions }
}

/** A department that names neither side means the use of its own data. */
function asScoped(scope: Scope, filter: UseFilter): UseFilter {
  const named = given(filter.provider) || given(filter.consumer)
  return scope.kind === 'OVERSIGHT' || named ? filter : { ...filter, provider: scope.department }
}
