import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedCity } from '../../city/seed.ts'

/** A small city of one test file alone. */
export interface TestCity {
  readonly directory: string
  close(): Promise<void>
}

/** Seeds a city in a temporary folder; with PostgreSQL too where a URL is given. */
export async function testCity(people = 200, postgresUrl?: string): Promise<TestCity> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-city-'))
  const directory = join(folder, 'city')
  await seedCity({ directory, people, seed: 7, postgresUrl })
  return { directory, close: () => rm(folder, { recursive: true, force: true }) }
}
