import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadDatabases } from '../city/databases/load.ts'
import { plantFaults } from '../city/faults.ts'
import { seedCity } from '../city/seed.ts'
import { startOldSystems } from '../city/systems/old-systems.ts'

/*
 * The synthetic city as services of docker-compose.yml:
 *   node scripts/city.ts seed --directory DIR [--people N]   (its databases into CITY_POSTGRES_URL and CITY_MYSQL_URL)
 *     --faults puts newer, faulty drops beside the good ones: what becomes of them is in docs/adapters.md
 *   node scripts/city.ts systems --directory DIR [--port N] [--host H]   (the old systems that are asked over HTTP)
 */
const USAGE = 'usage: city.ts seed|systems --directory DIR [--people N] [--faults] [--port N] [--host H]'

async function seed(directory: string, people: number | undefined, faults: boolean): Promise<void> {
  const size = people === undefined ? {} : { people }
  const manifest = await seedCity({ directory, ...size })
  const { CITY_POSTGRES_URL: postgres, CITY_MYSQL_URL: mysql } = process.env
  if (postgres || mysql)
    await loadDatabases({ ...manifest, postgres: postgres || undefined, mysql: mysql || undefined })
  for (const { file, what } of faults ? await plantFaults(directory) : []) console.log(`city: ${file} has ${what}`)
  console.log(`city: ${manifest.people} synthetic citizens in ${directory}`)
}

async function serveSystems(directory: string, port: number, host: string): Promise<void> {
  const systems = await startOldSystems({ directory, port, host })
  console.log(`city: old systems at ${systems.url}`)
  const stop = (): void => void systems.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      directory: { type: 'string' },
      people: { type: 'string' },
      faults: { type: 'boolean', default: false },
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
    },
  })
  if (values.directory === undefined) throw new Error(USAGE)
  const directory = path.resolve(values.directory)
  const [command] = positionals
  if (command === 'seed') return seed(directory, wholeNumber('people', values.people), values.faults)
  if (command === 'systems') return serveSystems(directory, wholeNumber('port', values.port) ?? 0, values.host)
  throw new Error(USAGE)
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number`)
  return text === undefined ? undefined : Number(text)
}

try {
  await main()
} catch (error) {
  console.error(`city: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
