import { loadDatabases } from '../../city/databases/load.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { startMariadb } from '../kit/mariadb.ts'
import { columnsOf } from '../kit/sql-log.ts'
import type { Bench } from './subgraph-bench.ts'

/** A department of the city whose tables lie in a schema of their own on a real MariaDB; its queries from that server's log. */
export async function startMariadbDepartment(department: Department): Promise<Bench | null> {
  const server = await startMariadb()
  if (server === null) return null
  const [loaded] = await loadDatabases({ people: 200, seed: 7, mysql: server.adminUrl, only: [department.name] })
  const databaseSchema = loaded?.schema ?? ''
  await server.run(`grant select on ${databaseSchema}.* to gx@'127.0.0.1'`)
  const source = await department.connect({ dataDirectory: '/nonexistent', databaseUrl: server.url, databaseSchema })
  const links = { ...department.links, ...department.legalLinks }
  const tables = Object.values(links).map(({ at }) => `from "${databaseSchema}"."${at}"`)
  const subgraph = createSubgraph(department, source)
  let since = server.log().length
  return {
    subgraph,
    queries() {
      const log = server.log()
      const sent = [...log.slice(since).matchAll(/\bExecute\t(select .*)/g)].map(([, sql = '']) =>
        sql.replaceAll('`', '"'),
      )
      since = log.length
      return sent
        .filter((sql) => tables.some((table) => sql.includes(table)))
        .map((sql) => columnsOf(sql.replace(`"${databaseSchema}".`, '')))
    },
    breakSource: () => server.stop(),
    async close() {
      await subgraph.close()
      await server.close()
    },
  }
}
