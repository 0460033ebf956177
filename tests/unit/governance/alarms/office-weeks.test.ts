import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookUp, officeEntry, officeWeeks } from '../../../../bench/alarms/traffic.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { openTestStore } from '../../../kit/governance.ts'
import { DAY, HOUR, MINUTE, MONDAY, testWatch } from './kit.ts'

let store: GovernanceStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

describe('eight weeks of an ordinary city', () => {
  test.each([1, 2])('raise no alarm (seed %i)', async (seed) => {
    const chain = `weeks-${seed}`
    const watched = await testWatch(store, { chain })
    const entries = officeWeeks({
      seed,
      start: MONDAY + (seed - 1) * 70 * DAY,
      days: 56,
      officersPerOffice: 2,
      casesPerDay: 8,
    })
    expect(entries.length).toBeGreaterThan(3_500)
    for (let at = 0; at < entries.length; at += 400) await watched.judge(entries.slice(at, at + 400))
    expect(watched.failures).toEqual([])
    expect(watched.news.map(({ what, alarm }) => `${what} ${alarm.rule} ${JSON.stringify(alarm.evidence)}`)).toEqual([])
  })

  test('do not hide thirty sequential numbers at night, and nobody else is suspected for them', async () => {
    const watched = await testWatch(store, { chain: 'weeks-1' })
    const night = MONDAY + 57 * DAY + 2 * HOUR
    const who = { department: 'cedar-office', application: 'co-desk', officer: 'CO-2', matter: 'cedar-housing' }
    const tried = Array.from({ length: 30 }, (_, nth) => 12 + nth * 9_973)
    const planted = tried.map((person, nth) => officeEntry(night + nth * MINUTE, { ...who, ...lookUp([person]) }))
    await watched.judge(planted)
    const alarms = await watched.alarms()
    expect(new Set(alarms.map(({ evidence }) => evidence.measure))).toEqual(
      new Set(['NEIGHBOURS_OF_OFFICER', 'NEIGHBOURS_OF_APPLICATION', 'NEIGHBOURS_OF_DEPARTMENT', 'SUBJECTS_OFF_HOURS']),
    )
    expect(new Set(alarms.map(({ concerned }) => concerned.department))).toEqual(new Set(['cedar-office']))
    expect(alarms.find(({ key }) => key[0] === 'OFFICER')?.evidence.count).toBeGreaterThan(4)
  })
})
