import type { Organisation } from '../../city/organisations/organisation.ts'
import type { OldSystem } from '../../city/systems/old-system.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import type { Department, LegalEntityKey, PersonKey } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { testCity } from '../kit/city.ts'
import { startSystems } from '../kit/old-system.ts'
import { columnsOf } from '../kit/sql-log.ts'

/** A department over one kind of adapter, watched where the existing system itself sees the queries. */
export interface Bench {
  readonly subgraph: Subgraph
  /** The columns of each query since the last call of this. */
  queries(): ReadonlySet<string>[]
  /** Takes the existing system away. */
  breakSource(): Promise<void>
  close(): Promise<void>
}

/** What one adapter's department is asked, and what that must cost. */
export interface Kind {
  readonly name: string
  start(): Promise<Bench | null>
  /** GraphQL type of the record, and a link to it with one field, whose values for `known` are given. */
  readonly type: string
  readonly link: string
  readonly field: string
  readonly keys: readonly string[]
  readonly column: string
  readonly other: { readonly field: string; readonly column: string }
  readonly known: Reference
  readonly value: unknown
  readonly absent: Reference
  readonly asOf: string
  /** Subjects of one query, for a system that knows no batch; all of them when absent. */
  readonly subjectsPerQuery?: number
}

/** The key of a person or of an organisation. */
export type Reference = PersonKey | LegalEntityKey

/** A department of the city whose adapter is `connectSql`; its statements are those that SQLite itself was sent. */
export async function startSqlDepartment(department: Department): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  const systems = await startSystems(city.directory)
  const { links, legalLinks = {}, records = [] } = department
  const tables = [...Object.values(links), ...Object.values(legalLinks), ...records].map(({ at }) => at)
  const source = await department.connect({
    dataDirectory: city.directory,
    ...systems.addressesOf(department.name),
    onQuery: (sql) => {
      if (tables.some((table) => sql.includes(`"${table}"`))) seen.push(columnsOf(sql))
    },
  })
  return {
    subgraph: createSubgraph(department, source),
    queries: () => seen.splice(0),
    breakSource: () => source.close(),
    async close() {
      await systems.close()
      await city.close()
    },
  }
}

/** What the old systems of a department tell of a call for rows: the columns that were asked for. */
export type SeenCall = (columns: readonly string[]) => void

/** A department whose system is asked over HTTP; its calls are those that the system itself noted. */
export async function startHttpDepartment(
  department: Department,
  systemsOf: (seen: SeenCall) => readonly OldSystem[],
): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  const note: SeenCall = (columns) => {
    // Its time, a token: nothing that is anybody's.
    if (columns.length > 0) seen.push(new Set(columns))
  }
  const systems = await startSystems(city.directory, systemsOf(note))
  const options = { dataDirectory: city.directory, ...systems.addressesOf(department.name) }
  const subgraph = createSubgraph(department, await department.connect(options))
  return {
    subgraph,
    queries: () => seen.splice(0),
    breakSource: () => systems.close(),
    async close() {
      await subgraph.close()
      await city.close()
    },
  }
}

/** The key under which a register that knows codes and registration numbers holds an organisation (HZ-15.2). */
export function identifierOf({ uscc, ...of }: Organisation): LegalEntityKey {
  if (uscc !== null) return { identifierType: 'USCC', identifier: uscc }
  const old = 'registrationNumber' in of ? of.registrationNumber : null
  return { identifierType: 'REGISTRATION_NUMBER', identifier: old ?? '' }
}
