import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CANARIES } from '../../../city/canaries.ts'
import { seedCity } from '../../../city/seed.ts'
import { loadCanaries } from '../../../scripts/suite/scan.ts'
import { scanForCanaries } from '../../kit/canaries.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-canaries-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('the search after a run takes them all', async () => {
  expect(await loadCanaries(join(import.meta.dirname, '../../..'))).toEqual(CANARIES)
})

test('canaries are long enough not to be found by chance, and each is another', () => {
  for (const { name, value } of CANARIES) expect(Buffer.byteLength(value), name).toBeGreaterThanOrEqual(9)
  expect(new Set(CANARIES.map(({ value }) => value)).size).toBe(CANARIES.length)
  expect(new Set(CANARIES.map(({ name }) => name)).size).toBe(CANARIES.length)
})

test.each([
  { people: 20, seed: 1 },
  { people: 300, seed: 9 },
])('every one of them is in the systems of a city of any size and seed: %j', async (size) => {
  const directory = join(folder, 'city')
  await seedCity({ directory, ...size })
  expect(existsSync(join(directory, '.department-data'))).toBe(true)
  expect(await scanForCanaries([folder], CANARIES)).toEqual([])
  // The same files without the mark: the search finds them all, in UTF-8 or in the old systems' GB18030.
  const copy = join(folder, 'copy')
  await cp(directory, copy, { recursive: true, filter: (path) => !path.endsWith('.department-data') })
  const found = new Set((await scanForCanaries([copy], CANARIES)).map(({ canary }) => canary))
  expect([...found].toSorted()).toEqual(CANARIES.map(({ name }) => name).toSorted())
})
