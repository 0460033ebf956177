import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openAlarmsFile, parseAlarmRules } from '../../../gateway/adapters/alarms-file.ts'
import { DEFAULT_SETTINGS } from '../../../gateway/governance/alarms/settings.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-alarms-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('the limits of a file hold at once, and new ones without a restart; a broken file changes nothing and is told', async () => {
  const path = join(folder, 'alarms.yaml')
  await writeFile(path, 'ENUMERATION: { officer: 3 }\n')
  const failures: unknown[] = []
  const file = openAlarmsFile(path, (error) => failures.push(error))
  expect(file.current()).toEqual({ ...DEFAULT_SETTINGS, ENUMERATION: { ...DEFAULT_SETTINGS.ENUMERATION, officer: 3 } })
  await writeFile(path, 'ENUMERATION: { officer: 1 }\n')
  await vi.waitUntil(() => failures.length > 0, { timeout: 10_000 })
  expect(file.current().ENUMERATION.officer).toBe(3)
  await writeFile(path, 'ENUMERATION: { officer: 17 }\n')
  await vi.waitUntil(() => file.current().ENUMERATION.officer === 17, { timeout: 10_000 })
  file.close()
})

test('without a file, with one that is missing and with one that is broken at the start, the built-in limits hold', async () => {
  const failures: unknown[] = []
  const broken = join(folder, 'broken.yaml')
  await writeFile(broken, '{ not yaml')
  const files = [null, join(folder, 'missing.yaml'), broken].map((path) =>
    openAlarmsFile(path, (error) => failures.push(error)),
  )
  for (const file of files) expect(file.current()).toEqual(DEFAULT_SETTINGS)
  expect(failures).toHaveLength(1)
  for (const file of files) file.close()
})

test('an empty file is the built-in limits', () => {
  expect(parseAlarmRules('')).toEqual(DEFAULT_SETTINGS)
})
