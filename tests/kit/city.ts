import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { loadDatabases } from '../../city/databases/load.ts'
import type { CitySize } from '../../city/generate.ts'
import { seedCity } from '../../city/seed.ts'

/** A small city of one test file alone. */
export interface TestCity {
  readonly directory: string
  close(): Promise<void>
}

/** Seeds a city in a temporary folder; with the registrations of public security in PostgreSQL too where a URL is given. */
export async function testCity(people = 200, postgresUrl?: string): Promise<TestCity> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-city-'))
  const directory = join(folder, 'city')
  await seedCity({ directory, people, seed: 7 })
  if (postgresUrl !== undefined) await loadRegistrations(postgresUrl, { people, seed: 7 })
  return { directory, close: () => rm(folder, { recursive: true, force: true }) }
}

/** Puts the registrations of public security into a private PostgreSQL, where its user finds them without a schema. */
export async function loadRegistrations(url: string, size: CitySize): Promise<void> {
  const [loaded] = await loadDatabases({ ...size, postgres: url, only: ['public-security'] })
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`alter role current_user set search_path = ${loaded?.schema ?? 'public'}`)
  await client.end()
}
