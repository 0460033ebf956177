import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scanForCanaries } from '../../kit/canaries.ts'
import { removeButKeepRecords } from '../../kit/keep.ts'

test('a folder goes, its logs and audit records stay where the search meets them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gx-keep-'))
  const value = `planted-${folder.slice(-6)}`
  await mkdir(join(folder, 'data', 'audit'), { recursive: true })
  for (const name of ['err.log', 'data/audit/00000001.ndjson', 'data/key.json'])
    await writeFile(join(folder, name), value)
  await removeButKeepRecords(folder)
  expect(existsSync(folder)).toBe(false)
  const found = await scanForCanaries([tmpdir()], [{ name: 'planted', value }])
  expect(found.map(({ file }) => file.replace(/^.*kept-[^/]*\//, '')).toSorted()).toEqual([
    'data/audit/00000001.ndjson',
    'err.log',
  ])
  // The run's own search at its end is for other values.
  expect(await readdir(tmpdir())).toContainEqual(expect.stringMatching(/^kept-gx-keep-/))
})
