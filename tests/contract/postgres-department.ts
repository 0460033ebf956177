import { loadDatabases } from '../../city/databases/load.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { startPostgres } from '../kit/postgres.ts'
import { columnsRead } from '../kit/sql-log.ts'
import type { Bench } from './subgraph-bench.ts'

/** A department of the city whose tables lie in a schema of their own in a real PostgreSQL; its queries from that server's log. */
export async function startPostgresDepartment(department: Department): Promise<Bench | null> {
  const server = await startPostgres()
  if (server === null) return null
  const [loaded] = await loadDatabases({ people: 200, seed: 7, postgres: server.url, only: [department.name] })
  const databaseSchema = loaded?.schema ?? ''
  const source = await department.connect({ dataDirectory: '/nonexistent', databaseUrl: server.url, databaseSchema })
  const { links, legalLinks = {}, records = [] } = department
  const tables = new Set([...Object.values(links), ...Object.values(legalLinks), ...records].map(({ at }) => at))
  const subgraph = createSubgraph(department, source)
  let since = server.log().length
  return {
    subgraph,
    queries() {
      const log = server.log()
      const sent = log.slice(since).replaceAll(`"${databaseSchema}".`, '')
      since = log.length
      return [...tables].flatMap((table) => columnsRead(sent, 0, table))
    },
    breakSource: () => server.stop(),
    async close() {
      await subgraph.close()
      await server.close()
    },
  }
}
