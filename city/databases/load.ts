import { batches } from '../batches.ts'
import type { Citizen } from '../citizen.ts'
import { generate } from '../generate.ts'
import type { CitySize } from '../generate.ts'
import { eachOrganisation } from '../organisations/generate.ts'
import type { Organisation } from '../organisations/organisation.ts'
import type { SqlSystem } from '../systems/sql-system.ts'
import type { CityTable } from '../systems/sqlite-system.ts'
import type { Cell } from '../systems/table.ts'
import { mysqlWriter } from './mysql.ts'
import { postgresWriter } from './postgres.ts'
import { SQL_SYSTEMS } from './systems.ts'
import { MARK } from './writer.ts'
import type { DatabaseWriter, SystemTables } from './writer.ts'

/** Raised when the same size and seed give other rows than before. */
const FORMAT = 1
/** Citizens of one statement for each table. */
const BATCH = 2000

/** Where a city's databases go. */
export interface LoadOptions extends CitySize {
  /** Addresses by kind of server. With one alone, every system goes there. */
  readonly postgres?: string | undefined
  readonly mysql?: string | undefined
  /** Departments; all that have a database when absent. */
  readonly only?: readonly string[] | undefined
  readonly onProgress?: ((done: number, people: number) => void) | undefined
}

/** A system that is in its database now. */
export interface LoadedSystem {
  readonly department: string
  readonly home: SqlSystem['home']
  readonly schema: string
  /** False where this very city was there already. */
  readonly created: boolean
  readonly rows: number
}

/** The schema, or the database, of a department: its code, in a form that needs no quotes. */
export function schemaOf(department: string): string {
  return department.replaceAll('-', '_')
}

/**
 * Streams a city into database servers: people are made, written and forgotten, so that a million need no more memory
 * than a thousand. Each system is there whole or as it was before.
 * Throws RangeError for a department without a database; rejects with `ForeignTables`, or the driver's error.
 */
export async function loadDatabases(options: LoadOptions): Promise<readonly LoadedSystem[]> {
  const { people, seed, only, onProgress } = options
  const mark = `${MARK} format=${FORMAT} people=${people} seed=${seed}`
  const chosen = only === undefined ? SQL_SYSTEMS : only.map(systemNamed)
  const servers = new Map<SqlSystem['home'], DatabaseWriter>()
  try {
    await openServers(servers, options, chosen)
    const filled: Filling[] = []
    for (const system of chosen) filled.push(await begin(servers, system, mark))
    const active = filled.filter(({ created }) => created)
    if (active.length > 0) await fill(active, { people, seed }, onProgress)
    for (const one of active) await one.writer.finish(one.tables, mark)
    for (const writer of new Set(servers.values())) await writer.close()
    return filled.map(({ system: { department }, home, tables, created, rows }) => {
      return { department, home, schema: tables.schema, created, rows }
    })
  } catch (error) {
    await Promise.allSettled([...new Set(servers.values())].map((writer) => writer.abandon()))
    throw error
  }
}

function systemNamed(department: string): SqlSystem {
  const found = SQL_SYSTEMS.find((system) => system.department === department)
  if (found !== undefined) return found
  const names = SQL_SYSTEMS.map((system) => system.department).join(', ')
  throw new RangeError(`${department} has no database in the synthetic city; these have: ${names}`)
}

type Servers = ReadonlyMap<SqlSystem['home'], DatabaseWriter>

async function openServers(
  open: Map<SqlSystem['home'], DatabaseWriter>,
  { postgres, mysql }: LoadOptions,
  chosen: readonly SqlSystem[],
): Promise<void> {
  const homes = new Set(chosen.map(({ home }) => homeOf(home, postgres, mysql)))
  if (homes.has('postgres') && postgres !== undefined) open.set('postgres', await postgresWriter(postgres))
  if (homes.has('mysql') && mysql !== undefined) open.set('mysql', await mysqlWriter(mysql))
  if (open.size === 0) throw new RangeError('no address of a database server was given')
}

function homeOf(home: SqlSystem['home'], postgres: string | undefined, mysql: string | undefined): SqlSystem['home'] {
  if (postgres === undefined) return 'mysql'
  return mysql === undefined ? 'postgres' : home
}

/** A system on its way into a database. */
interface Filling {
  readonly system: SqlSystem
  readonly home: SqlSystem['home']
  readonly writer: DatabaseWriter
  readonly tables: SystemTables
  readonly created: boolean
  rows: number
}

async function begin(servers: Servers, system: SqlSystem, mark: string): Promise<Filling> {
  const own = servers.get(system.home)
  const [home, writer] = own === undefined ? ([...servers][0] ?? []) : [system.home, own]
  if (home === undefined || writer === undefined) throw new RangeError('no address of a database server was given')
  const { department, tables: shapes, loads, loadedAt = '03:05:00' } = system
  const tables = { schema: schemaOf(department), tables: shapes, loads, loadedAt }
  return { system, home, writer, tables, created: await writer.begin(tables, mark), rows: 0 }
}

async function fill(active: readonly Filling[], size: CitySize, onProgress: LoadOptions['onProgress']): Promise<void> {
  await insertAll(active, (table) => ('rows' in table ? table.rows : []))
  let serial = 0
  for (const some of batches(eachOrganisation(size), BATCH)) {
    const first = serial
    serial += some.length
    await insertAll(active, (table) => organisationRows(table, some, first))
  }
  let done = 0
  for (const citizens of batches(generate(size), BATCH)) {
    await insertAll(active, (table) => citizenRows(table, citizens))
    done += citizens.length
    onProgress?.(done, size.people)
  }
}

type Rows = readonly (readonly Cell[])[]

/** Servers work beside each other; one server takes one statement after the other. */
async function insertAll(active: readonly Filling[], rowsOf: (table: CityTable) => Rows): Promise<void> {
  const byServer = Map.groupBy(active, ({ writer }) => writer)
  const work = [...byServer.values()].map(async (systems) => {
    for (const one of systems) {
      for (const table of one.system.tables) {
        const rows = rowsOf(table)
        if (rows.length === 0) continue
        await one.writer.insert(one.tables, table, rows)
        one.rows += rows.length
      }
    }
  })
  await Promise.all(work)
}

function organisationRows(table: CityTable, some: readonly Organisation[], first: number): Rows {
  if (!('organisationRows' in table)) return []
  return some.flatMap((one, at) => table.organisationRows(one, first + at + 1))
}

function citizenRows(table: CityTable, citizens: readonly Citizen[]): Rows {
  return 'citizenRows' in table ? citizens.flatMap((citizen) => table.citizenRows(citizen)) : []
}
