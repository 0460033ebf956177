import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendGrantEvent } from '../../../gateway/adapters/grant-events.ts'
import { checkEmergencies } from '../../../gateway/cli/doctor/emergencies.ts'
import { grantEventsFile } from '../../../gateway/config/config.ts'
import type { Config } from '../../../gateway/config/config.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import type { EmergencyDeclared } from '../../../gateway/grants/emergency-event.ts'

const HOUR = 3_600_000

let folder: string
let config: Config

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gx-doctor-'))
  config = await loadConfig({ file: undefined, env: { GONGXIANG_DATA_DIRECTORY: folder }, cwd: folder })
})
afterEach(() => rmSync(folder, { recursive: true }))

function declare(emergency: string, hoursAgo: number): Promise<void> {
  const event: EmergencyDeclared = {
    kind: 'EMERGENCY_DECLARED',
    emergency,
    incident: 'I-1',
    department: 'public-security',
    matter: 'missing-person-search',
    by: 'PS-0001',
    officers: ['PS-0107'],
    fields: ['R.x'],
    hours: 24,
    reason: '走失儿童',
    at: new Date(Date.now() - hoursAgo * HOUR).toISOString(),
  }
  return appendGrantEvent(grantEventsFile(config), event)
}

test('the doctor names emergencies in force and reviews overdue, and no other (ZS-4.10)', async () => {
  expect((await checkEmergencies(config)).map(({ state }) => state)).toEqual(['ok'])
  await declare('E-1', 1)
  await declare('E-2', 25)
  await declare('E-3', 24 * 20)
  const findings = await checkEmergencies(config)
  expect(findings.map(({ check, state }) => [check, state])).toEqual([
    ['emergency', 'warn'],
    ['emergency.review', 'warn'],
  ])
  expect(findings.map(({ text }) => /E-\d/.exec(text.en)?.[0])).toEqual(['E-1', 'E-3'])
})

test('one whose end cannot be read counts as ended', async () => {
  await declare('E-1', 1)
  appendFileSync(grantEventsFile(config), '{"kind":"EMERGENCY_ENDED","emergency":"E-1"\n')
  expect((await checkEmergencies(config)).map(({ state }) => state)).toEqual(['ok'])
})
