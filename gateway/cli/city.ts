import type { Command } from 'commander'
import { loadDatabases } from '../../city/databases/load.ts'
import type { LoadedSystem } from '../../city/databases/load.ts'
import { DEFAULT_SIZE } from '../../city/generate.ts'
import { createProgress } from './progress.ts'
import { CommandFault, print, printJson, terminalLanguage } from './terminal.ts'

interface CityOptions {
  readonly people: string
  readonly seed: string
  readonly postgres?: string
  readonly mysql?: string
  readonly only?: string
  readonly json?: boolean
}

const EXAMPLES = `
Addresses with passwords belong into CITY_POSTGRES_URL and CITY_MYSQL_URL, not into a list of processes. Each department
has a schema of its own (on MySQL and MariaDB a database), named by its code. With one address alone everything goes
there. What is there already and is not a synthetic city's is never touched.

Examples:
  gongxiang city --people 1000000 --postgres postgres://loader@127.0.0.1/city
  CITY_MYSQL_URL=mysql://loader:…@127.0.0.1/ gongxiang city --people 50000 --only residence-permit,quality-supervision`

/** `gongxiang city`: synthetic people and firms in real database servers, for load tests and trials. */
export function register(program: Command): void {
  program
    .command('city')
    .description('Stream a synthetic city into database servers (向数据库灌入虚构城市).')
    .option('--people <n>', 'synthetic citizens', String(DEFAULT_SIZE.people))
    .option('--seed <n>', 'same seed, same city', String(DEFAULT_SIZE.seed))
    .option('--postgres <url>', 'PostgreSQL server; also CITY_POSTGRES_URL')
    .option('--mysql <url>', 'MySQL or MariaDB server; also CITY_MYSQL_URL')
    .option('--only <departments>', 'these departments, with commas between')
    .option('--json', 'print what was loaded as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CityOptions) => {
      const loaded = await load(options)
      if (options.json === true) printJson(loaded)
      else for (const one of loaded) print(line(one))
    })
}

async function load({ people, seed, postgres, mysql, only }: CityOptions): Promise<readonly LoadedSystem[]> {
  const progress = createProgress(terminalLanguage(process.env))
  const text = { zh: '灌入虚构城市', en: 'filling in synthetic citizens' }
  try {
    return await loadDatabases({
      people: wholeNumber('people', people),
      seed: wholeNumber('seed', seed),
      postgres: postgres ?? stated('CITY_POSTGRES_URL'),
      mysql: mysql ?? stated('CITY_MYSQL_URL'),
      only: only?.split(','),
      onProgress: (done, total) => progress.count(text, done, total),
    })
  } catch (error) {
    throw new CommandFault(reasonOf(error))
  }
}

function stated(variable: string): string | undefined {
  const value = process.env[variable]
  return value === undefined || value === '' ? undefined : value
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new CommandFault(`--${option} must be a whole number`)
  return Number(text)
}

function line({ department, home, schema, created, rows }: LoadedSystem): string {
  return `${department}: ${home}, ${schema}, ${created ? `${rows} rows` : 'was there already'}`
}

/** A driver's text may quote an address with its password: of errors not ours the code alone is told. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError || (error instanceof Error && error.name === 'ForeignTables')) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return `a database server cannot take the city (${code}); each system is there whole, or as it was`
}
