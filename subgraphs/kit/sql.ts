import { sql } from 'kysely'
import type { ExpressionBuilder, Kysely } from 'kysely'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'
import { numbersOf, storedTypes, wayHolds, waysOf } from './keys.ts'
import type { CountedGroup, CountLookup, Lookup, PageLookup, RegisterKey, Source, SubjectKey } from './register.ts'

/** Tables known only by the registers, at run time. */
export type Tables = Record<string, Record<string, unknown>>

/** Where a database keeps the time up to which it is loaded. */
export interface LoadTime {
  readonly table: string
  /** The greatest value of this column is the source's time. */
  readonly column: string
  /** Only rows with this value count: loads that ended well. */
  readonly where: { readonly column: string; readonly value: string }
  /** To an ISO 8601 instant with offset. */
  readonly decode: (value: unknown) => string
}

/** What the SQL adapter needs. */
export interface SqlSource {
  readonly db: Kysely<Tables>
  readonly loadTime: LoadTime
  readonly clock: Clock
}

/**
 * The time is read again after this many milliseconds, before the rows and never after them: a known time that is too
 * old says too little of the rows, one that is too new would say something false.
 */
const LOAD_TIME_KEPT = 5000

/** SQL through Kysely: one `select` of the asked columns for each batch of subjects, or for each page. */
export function sqlSource({ db, loadTime, clock }: SqlSource): Source {
  const asOf = kept(clock, () => readLoadTime(db, loadTime))
  return {
    async fetch(lookup) {
      const time = await asOf()
      return { rows: await guarded(() => selectRows(db, lookup)), asOf: time }
    },
    async list(page) {
      const time = await asOf()
      return { rows: await guarded(() => selectPage(db, page)), asOf: time }
    },
    async count(lookup) {
      const time = await asOf()
      return { groups: await guarded(() => selectCounts(db, lookup)), asOf: time }
    },
    asOf,
    async health() {
      try {
        await sql`select 1`.execute(db)
        return { ok: true, detail: `loaded up to ${await readLoadTime(db, loadTime)}` }
      } catch (error) {
        return { ok: false, detail: sqlState(error) }
      }
    },
    close: () => db.destroy(),
  }
}

function selectRows(db: Kysely<Tables>, { register, columns, keys }: Lookup) {
  const ways = waysOf(register).filter((way) => keys.some((key) => wayHolds(way, key)))
  return db
    .selectFrom(register.at)
    .select([...columns])
    .where((expression) => expression.or(ways.map((way) => named(expression, way, keys))))
    .execute()
}

/** Rows that name one of the subjects in this way. */
function named(expression: ExpressionBuilder<Tables, string>, way: RegisterKey, keys: readonly SubjectKey[]) {
  const byNumber = expression(way.number, 'in', [...numbersOf(way, keys)])
  const source = way.documentType
  if (source.kind === 'CONSTANT') return byNumber
  return expression.and([byNumber, expression(source.column, 'in', [...storedTypes(source, keys)])])
}

/** Rows without any identifier are left out: they are nobody's, and cannot be served (HZ-15.2). */
function selectPage(db: Kysely<Tables>, { register, columns, conditions, order, after, limit }: PageLookup) {
  return db
    .selectFrom(register.at)
    .select([...columns])
    .where((expression) =>
      expression.and([
        expression.or(waysOf(register).map(({ number }) => expression(number, '<>', ''))),
        ...conditions.map(({ column, values }) => expression(column, 'in', [...values])),
        ...(after === null ? [] : [expression(order, '>', after)]),
      ]),
    )
    .orderBy(order)
    .limit(limit)
    .execute()
}

/** Name of the number beside the columns of a group: no column of a register is called so. */
const COUNTED = 'gx_count'

async function selectCounts(
  db: Kysely<Tables>,
  { register, columns, conditions, most }: CountLookup,
): Promise<readonly CountedGroup[]> {
  const counted = db
    .selectFrom(register.at)
    .select([...columns])
    .select(sql<number | string>`count(1)`.as(COUNTED))
    .where((expression) =>
      expression.and(conditions.map(({ column, values }) => expression(column, 'in', [...values]))),
    )
    .limit(most)
  const rows = await (columns.length === 0 ? counted : counted.groupBy([...columns])).execute()
  return rows.map((row) => {
    const { [COUNTED]: count, ...group } = row
    return { row: group, count: Number(count) }
  })
}

async function readLoadTime(db: Kysely<Tables>, { table, column, where, decode }: LoadTime): Promise<string> {
  const query = db
    .selectFrom(table)
    .select((expression) => expression.fn.max(column).as('loaded'))
    .where(where.column, '=', where.value)
  const row = await guarded(() => query.executeTakeFirst())
  const loaded = row?.loaded
  if (loaded === null || loaded === undefined) {
    throw new Failure('SOURCE_INVALID', { detail: 'The source records no load that ended well' })
  }
  return decode(loaded)
}

/** Drivers quote the statement and its values in their errors: only the state code goes on. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Failure('SOURCE_UNAVAILABLE', { detail: sqlState(error) })
  }
}

function sqlState(error: unknown): string {
  if (error instanceof Failure) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return `The database failed with ${/^[A-Z0-9_]{1,32}$/.test(code) ? code : 'unknown'}`
}

function kept(clock: Clock, load: () => Promise<string>): () => Promise<string> {
  let last: { readonly at: number; readonly value: Promise<string> } | null = null
  return () => {
    const now = clock.monotonic()
    if (last !== null && now - last.at < LOAD_TIME_KEPT) return last.value
    const value = load()
    const entry = { at: now, value }
    last = entry
    // A failed reading is not kept: the next batch tries again.
    value.catch(() => {
      if (last === entry) last = null
    })
    return value
  }
}
