import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import type { DropTable } from './drop.ts'
import { pacer } from './pace.ts'
import type { WorkFolder } from './work.ts'
import { keyColumns, keyText, waysOf } from '../keys.ts'
import type { CountedGroup, CountLookup, Lookup, PageLookup, Register, Row } from '../register.ts'

/** A row as it comes into a store. */
export interface StoredRow {
  readonly row: number
  /** In the order of `storedColumns`. */
  readonly values: readonly string[]
  /** Key texts of whom it is about. */
  readonly owners: readonly string[]
  /** The values that no other row may have together; null where nothing is to be compared. */
  readonly unique: string | null
}

/** Why a row was not stored, and the row that is in its way. */
export interface Clash {
  readonly kind: 'DUPLICATE' | 'REPEATED'
  readonly first: number
}

/** A version being filled. */
export interface StoreBuilder {
  add(table: DropTable, row: StoredRow): Clash | null
  /** Ends a slice of work. */
  commit(): void
  /** The version, for reading only. */
  seal(): VersionStore
  discard(): void
}

/** The rows of one version. A row of a register has the declared columns alone; others are undefined. */
export interface VersionStore {
  rows(lookup: Lookup): readonly Row[]
  page(page: PageLookup): readonly Row[]
  /** Gives way to others while it counts. */
  count(lookup: CountLookup): Promise<readonly CountedGroup[]>
  /** Lets go of it once nobody counts in it any more. */
  retire(): void
}

/** The columns of a register that are kept at all: the declared ones. */
export function storedColumns({ register, unique = [], indexed = [] }: DropTable): readonly string[] {
  const fields = Object.values(register.fields).map(({ column }) => column)
  return [...new Set([...keyColumns(register), ...fields, ...unique, ...indexed])]
}

/** A table of the database: its name, and column of the register → column there. */
interface Stored {
  readonly register: Register
  readonly name: string
  readonly columns: ReadonlyMap<string, string>
}

/** Makes an empty version. */
export function buildStore(work: WorkFolder, tables: readonly DropTable[]): StoreBuilder {
  const stored = tables.map((table, at): Stored => ({
    register: table.register,
    name: `t${at}`,
    columns: new Map(storedColumns(table).map((column, index) => [column, `c${index}`])),
  }))
  const database = work.newDatabase(stored.flatMap((one, at) => definitions(one, tables[at]?.indexed ?? [])))
  const writers = new Map(stored.map((one, at) => [tables[at], writer(database, one)]))
  database.exec('begin')
  return {
    add(table, row) {
      const write = writers.get(table)
      if (write === undefined) throw new Failure('INTERNAL', { detail: 'A row of a table that the drop has not' })
      return write(row)
    },
    commit: () => database.exec('commit; begin'),
    seal() {
      database.exec('commit; pragma query_only = 1')
      return openStore(database, stored)
    },
    discard: () => database.close(),
  }
}

function definitions({ name, columns }: Stored, indexed: readonly string[]): readonly string[] {
  const all = [...columns.values()].map((column) => `${column} text not null`)
  return [
    `create table ${name} (row integer primary key, ${all.join(', ')})`,
    `create table ${name}_owner (subject text, row integer, primary key (subject, row)) without rowid`,
    `create table ${name}_unique (value text primary key, row integer) without rowid`,
    ...indexed.map((column) => `create index ${name}_${columns.get(column)} on ${name} (${columns.get(column)})`),
  ]
}

function writer(database: DatabaseSync, { register, name, columns }: Stored): (row: StoredRow) => Clash | null {
  const places = Array.from({ length: columns.size + 1 }, () => '?').join(', ')
  const insert = database.prepare(`insert into ${name} values (${places})`)
  const own = database.prepare(`insert or ignore into ${name}_owner values (?, ?)`)
  const owned = database.prepare(`select row from ${name}_owner where subject = ? limit 1`)
  const claim = database.prepare(`insert or ignore into ${name}_unique values (?, ?)`)
  const claimed = database.prepare(`select row from ${name}_unique where value = ?`)
  return ({ row, values, owners, unique }) => {
    for (const subject of register.rows === 'ONE' ? owners : []) {
      const first = owned.get(subject)
      if (first !== undefined) return { kind: 'DUPLICATE', first: Number(first['row']) }
    }
    if (unique !== null && claim.run(unique, row).changes === 0)
      return { kind: 'REPEATED', first: Number(claimed.get(unique)?.['row']) }
    insert.run(row, ...values)
    for (const subject of owners) own.run(subject, row)
    return null
  }
}

function openStore(database: DatabaseSync, tables: readonly Stored[]): VersionStore {
  let [counting, retired] = [0, false]
  const release = (): void => {
    if (retired && counting === 0 && database.isOpen) database.close()
  }
  const tableOf = (register: Register): Stored => {
    const table = tables.find((one) => one.register === register)
    if (table === undefined) throw new Failure('INTERNAL', { detail: 'A register that the drop has not' })
    return table
  }
  return {
    rows: (lookup) => selectRows(database, tableOf(lookup.register), lookup),
    page: (page) => selectPage(database, tableOf(page.register), page),
    async count(lookup) {
      counting += 1
      try {
        return await countRows(database, tableOf(lookup.register), lookup)
      } finally {
        counting -= 1
        release()
      }
    },
    retire() {
      retired = true
      release()
    },
  }
}

function selectRows(database: DatabaseSync, table: Stored, { columns, keys }: Lookup): readonly Row[] {
  const subjects = keys.map(keyText)
  const where = `row in (select row from ${table.name}_owner where subject in (${marks(subjects)}))`
  return select(database, table, columns, `${where} order by row`, subjects)
}

/** Rows without any identifier are left out: they are nobody's, and cannot be served (HZ-15.2). */
function selectPage(database: DatabaseSync, table: Stored, page: PageLookup): readonly Row[] {
  const { register, columns, conditions, order, after, limit } = page
  const numbers = waysOf(register).map(({ number }) => `${columnOf(table, number)} <> ''`)
  const all = [
    `(${numbers.join(' or ')})`,
    ...conditions.map(({ column, values }) => `${columnOf(table, column)} in (${marks(values)})`),
    ...(after === null ? [] : [`${columnOf(table, order)} > ?`]),
  ]
  const bound = [...conditions.flatMap(({ values }) => values), ...(after === null ? [] : [after]), limit]
  return select(database, table, columns, `${all.join(' and ')} order by ${columnOf(table, order)} limit ?`, bound)
}

function select(
  database: DatabaseSync,
  { name, columns: stored }: Stored,
  columns: readonly string[],
  rest: string,
  bound: readonly SQLInputValue[],
): readonly Row[] {
  const read = columns.map((column) => stored.get(column) ?? 'null')
  const found = guarded(() => {
    const statement = database.prepare(`select ${read.join(', ')} from ${name} where ${rest}`)
    statement.setReturnArrays(true)
    return statement.all(...bound)
  })
  return found.map((values) => rowOf(columns, stored, values))
}

function rowOf(columns: readonly string[], stored: ReadonlyMap<string, string>, values: unknown): Row {
  const cells: readonly unknown[] = Array.isArray(values) ? values : []
  return Object.fromEntries(columns.map((column, at) => [column, stored.has(column) ? cells[at] : undefined]))
}

/** Row by row and not by one `group by`, which would keep everybody else waiting. */
async function countRows(
  database: DatabaseSync,
  table: Stored,
  { columns, conditions, most, signal }: CountLookup,
): Promise<readonly CountedGroup[]> {
  const read = columns.map((column) => columnOf(table, column))
  const where = conditions.map(({ column, values }) => `${columnOf(table, column)} in (${marks(values)})`)
  const statement = guarded(() => {
    const text = `select ${['row', ...read].join(', ')} from ${table.name} ${where.length === 0 ? '' : 'where'} ${where.join(' and ')}`
    const prepared = database.prepare(text)
    prepared.setReturnArrays(true)
    return prepared
  })
  const groups = new Map<string, { row: Row; count: number }>()
  const pace = pacer()
  for (const found of statement.iterate(...conditions.flatMap(({ values }) => values))) {
    const values: readonly unknown[] = Array.isArray(found) ? found.slice(1) : []
    const key = JSON.stringify(values)
    const known = groups.get(key)
    if (known !== undefined) known.count += 1
    // A drop could hold as many groups as it has rows.
    else if (groups.size >= most) break
    else groups.set(key, { row: Object.fromEntries(columns.map((column, at) => [column, values[at]])), count: 1 })
    const pause = pace()
    if (pause !== null) await pause
    signal?.throwIfAborted()
  }
  return [...groups.values()]
}

function columnOf({ columns }: Stored, column: string): string {
  const found = columns.get(column)
  if (found === undefined) throw new Failure('INTERNAL', { detail: `The drop does not keep the column ${column}` })
  return found
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

/** What SQLite says may quote a statement: only that it failed goes on. */
function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch {
    throw new Failure('SOURCE_UNAVAILABLE', { detail: 'The version in service cannot be read' })
  }
}
