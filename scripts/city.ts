import path from 'node:path'
import { parseArgs } from 'node:util'
import { seedCity } from '../city/seed.ts'
import { startHumanResourcesSystem } from '../city/systems/human-resources-server.ts'

/*
 * The synthetic city as services of docker-compose.yml:
 *   node scripts/city.ts seed --directory DIR [--people N]            (also into CITY_DATABASE_URL where that is set)
 *   node scripts/city.ts human-resources --directory DIR [--port N]   (the old system, on 127.0.0.1)
 */
const USAGE = 'usage: city.ts seed|human-resources --directory DIR [--people N] [--port N]'

async function seed(directory: string, people: number | undefined): Promise<void> {
  const size = people === undefined ? {} : { people }
  const manifest = await seedCity({ directory, ...size, postgresUrl: process.env['CITY_DATABASE_URL'] || undefined })
  console.log(`city: ${manifest.people} synthetic citizens in ${directory}`)
}

async function serveHumanResources(directory: string, port: number): Promise<void> {
  const system = await startHumanResourcesSystem({ directory, port })
  console.log(`city: human resources system at ${system.url}`)
  const stop = (): void => void system.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { directory: { type: 'string' }, people: { type: 'string' }, port: { type: 'string' } },
  })
  if (values.directory === undefined) throw new Error(USAGE)
  const directory = path.resolve(values.directory)
  const [command] = positionals
  if (command === 'seed') return seed(directory, wholeNumber('people', values.people))
  if (command === 'human-resources') return serveHumanResources(directory, wholeNumber('port', values.port) ?? 0)
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
