import { sql } from 'kysely'
import type { ExpressionBuilder, Kysely } from 'kysely'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { numbersOf, storedTypes, wayHolds, waysOf } from '../keys.ts'
import type {
  CountedGroup,
  CountLookup,
  Lookup,
  PageLookup,
  RegisterKey,
  Row,
  Source,
  SubjectKey,
} from '../register.ts'
import { missingOf } from './describe.ts'
import { keysInParts, partsOf, rowsOnce } from './parts.ts'
import type { Part } from './parts.ts'
import type { LoadTime, Tables } from './tables.ts'

export type { LoadTime, Tables } from './tables.ts'

/** What of a kind of database the statements depend on; all else is left to Kysely. */
export interface SqlDialect {
  /** Whether a number of rows is asked for by `limit` or by `top`. */
  readonly paging: 'LIMIT' | 'TOP'
  /** Parameters of a statement at most. */
  readonly mostParameters: number
  /** What becomes of a statement when nobody waits for it any more. */
  readonly aborted: 'cancel query' | 'ignore query'
}

/** A file that is read in this process: nothing can be ended while it runs. */
const OVER_FILE: SqlDialect = { paging: 'LIMIT', mostParameters: 32_000, aborted: 'ignore query' }
export const OVER_SERVER: SqlDialect = { paging: 'LIMIT', mostParameters: 32_000, aborted: 'cancel query' }
/** SQL Server takes 2,100 parameters, of which its driver needs a few. */
export const OVER_MSSQL: SqlDialect = { paging: 'TOP', mostParameters: 2_000, aborted: 'cancel query' }

/** An opened database; a SQLite file where no dialect is named. */
export interface SqlDatabase {
  readonly db: Kysely<Tables>
  readonly dialect?: SqlDialect
}

/** What the SQL adapter needs. */
export interface SqlSource extends SqlDatabase {
  readonly loadTime: LoadTime
  readonly clock: Clock
}

/**
 * The time is read again after this many milliseconds, before the rows and never after them: a known time that is too
 * old says too little of the rows, one that is too new would say something false.
 */
const LOAD_TIME_KEPT = 5000

/**
 * SQL through Kysely: one `select` of the asked columns for each batch of subjects, or for each page. Values are texts,
 * exactly as the database writes them, or null.
 */
export function sqlSource({ db, dialect = OVER_FILE, loadTime, clock }: SqlSource): Source {
  const asOf = kept(clock, () => readLoadTime(db, loadTime))
  const opened = { db, dialect }
  return {
    async fetch(lookup) {
      const time = await asOf()
      return { rows: await guarded(() => fetchRows(opened, lookup)), asOf: time }
    },
    async list(page) {
      const time = await asOf()
      return { rows: await guarded(() => selectPage(opened, page)), asOf: time }
    },
    async count(lookup) {
      const time = await asOf()
      return { groups: await guarded(() => selectCounts(opened, lookup)), asOf: time }
    },
    describe: (needed) => guarded(() => missingOf(db, loadTime, needed)),
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

type Opened = Required<SqlDatabase>

/** One statement; several, one after the other, where the database cannot take so many keys, or some of them. */
async function fetchRows(opened: Opened, lookup: Lookup): Promise<readonly Row[]> {
  const parts: Part[] = []
  for (const some of keysInParts(lookup, opened.dialect.mostParameters))
    parts.push(...(await partsOf(some, (keys) => selectRows(opened, { ...lookup, keys }))))
  return rowsOnce(lookup.register, parts)
}

function selectRows({ db, dialect }: Opened, { register, columns, keys, signal }: Lookup) {
  const ways = waysOf(register).filter((way) => keys.some((key) => wayHolds(way, key)))
  return db
    .selectFrom(register.at)
    .select([...columns])
    .where((expression) => expression.or(ways.map((way) => named(expression, way, keys))))
    .execute(until(signal, dialect))
}

/** How long a statement is waited for. */
function until(signal: AbortSignal | undefined, { aborted }: SqlDialect) {
  return { signal, inflightQueryAbortStrategy: aborted }
}

/** Rows that name one of the subjects in this way. */
function named(expression: ExpressionBuilder<Tables, string>, way: RegisterKey, keys: readonly SubjectKey[]) {
  const byNumber = expression(way.number, 'in', [...numbersOf(way, keys)])
  const source = way.documentType
  if (source.kind === 'CONSTANT') return byNumber
  return expression.and([byNumber, expression(source.column, 'in', [...storedTypes(source, keys)])])
}

/** Rows without any identifier are left out: they are nobody's, and cannot be served (HZ-15.2). */
function selectPage({ db, dialect }: Opened, page: PageLookup): Promise<readonly Row[]> {
  const { register, columns, conditions, order, after, limit, signal } = page
  const listed = db
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
  return first(listed, limit, dialect).execute(until(signal, dialect))
}

/** The first rows alone; the number is part of the text, since not every server takes a parameter there. */
function first<Query extends Limited<Query>>(query: Query, rows: number, { paging }: SqlDialect): Query {
  return paging === 'TOP' ? query.top(rows) : query.limit(sql.lit(rows))
}

interface Limited<Query> {
  top(rows: number): Query
  limit(rows: ReturnType<typeof sql.lit<number>>): Query
}

/** Name of the number beside the columns of a group: no column of a register is called so. */
const COUNTED = 'gx_count'

async function selectCounts(
  { db, dialect }: Opened,
  { register, columns, conditions, most, signal }: CountLookup,
): Promise<readonly CountedGroup[]> {
  const counted = db
    .selectFrom(register.at)
    .select([...columns])
    .select(sql<number | string>`count(1)`.as(COUNTED))
    .where((expression) =>
      expression.and(conditions.map(({ column, values }) => expression(column, 'in', [...values]))),
    )
  const grouped = columns.length === 0 ? counted : counted.groupBy([...columns])
  const rows = await first(grouped, most, dialect).execute(until(signal, dialect))
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

/** What errors of drivers are known by. */
interface DriverError extends Error {
  readonly code?: unknown
  readonly errno?: unknown
}

function sqlState(error: unknown): string {
  if (error instanceof Failure) return error.message
  // MariaDB has errors that its driver knows by number alone.
  const { code = '', errno = '' } = error instanceof Error ? (error as DriverError) : {}
  const known = [code, errno].map(String).find((one) => /^[A-Z0-9_]{1,40}$/.test(one))
  return `The database failed with ${known ?? 'unknown'}`
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
