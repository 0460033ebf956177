import type { Organisation } from '../../city/organisations/organisation.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import type { Department, LegalEntityKey, PersonKey } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { testCity } from '../kit/city.ts'
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
}

/** The key of a person or of an organisation. */
export type Reference = PersonKey | LegalEntityKey

/** A department of the city whose adapter is `connectSql`; its statements are those that SQLite itself was sent. */
export async function startSqlDepartment(department: Department): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  const tables = [...Object.values(department.links), ...Object.values(department.legalLinks ?? {})].map(({ at }) => at)
  const source = await department.connect({
    dataDirectory: city.directory,
    onQuery: (sql) => {
      if (tables.some((table) => sql.includes(`"${table}"`))) seen.push(columnsOf(sql))
    },
  })
  return {
    subgraph: createSubgraph(department, source),
    queries: () => seen.splice(0),
    breakSource: () => source.close(),
    close: () => city.close(),
  }
}

/** The key under which a register that knows codes and registration numbers holds an organisation (HZ-15.2). */
export function identifierOf({ uscc, ...of }: Organisation): LegalEntityKey {
  if (uscc !== null) return { identifierType: 'USCC', identifier: uscc }
  const old = 'registrationNumber' in of ? of.registrationNumber : null
  return { identifierType: 'REGISTRATION_NUMBER', identifier: old ?? '' }
}
