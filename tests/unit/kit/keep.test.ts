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
  for (const name of ['state', 'reports', 'city', 'departments']) await mkdir(join(folder, 'data', name))
  await writeFile(join(folder, 'data', 'departments', '.department-data'), '')
  const written = ['err.log', 'data/audit/00000001.ndjson', 'data/state/governance.sqlite', 'data/reports/2026.csv']
  for (const name of [...written, 'data/key.json', 'data/city/persons.csv', 'data/departments/rows.sqlite'])
    await writeFile(join(folder, name), value)
  await removeButKeepRecords(folder)
  expect(existsSync(folder)).toBe(false)
  const found = await scanForCanaries([tmpdir()], [{ name: 'planted', value }])
  expect(found.map(({ file }) => file.replace(/^.*kept-[^/]*\//, '')).toSorted()).toEqual(written.toSorted())
  // The run's own search at its end is for other values.
  expect(await readdir(tmpdir())).toContainEqual(expect.stringMatching(/^kept-gx-keep-/))
})
