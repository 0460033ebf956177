import { describe, expect, it } from 'vitest'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createStaleAlerts, freshnessOf, lateBefore } from '../../../gateway/request/freshness.ts'
import { readRegime } from '../../../gateway/adapters/regime-file.ts'
import type { RegimeName } from '../../../gateway/regime/regime.ts'
import { composeCity } from '../../../gateway/start/composition.ts'
import type { StaleEvent } from '../../../gateway/observe/channels.ts'

const ruleOf = (regime: RegimeName) => ({ regime: readRegime(`schema/regimes/${regime}.yaml`), realtimeMinutes: 60 })
const shown = (at: number | null): string | null =>
  at === null ? null : new Date(at + 8 * 3_600_000).toISOString().slice(0, 16)
const before = (regime: RegimeName, cycle: string, now: string): string | null =>
  shown(lateBefore(ruleOf(regime), cycle, Date.parse(`${now}+08:00`)))

describe('a source is late that was last loaded before', () => {
  it.each([
    // HZ-16: static data by the tenth of the first month of the next quarter.
    ['huizhou', 'STATIC', '2026-04-10T23:59:59', '2025-12-31T00:00'],
    ['huizhou', 'STATIC', '2026-04-11T00:00:00', '2026-03-31T00:00'],
    ['huizhou', 'STATIC', '2026-03-31T12:00:00', '2025-12-31T00:00'],
    ['huizhou', 'STATIC', '2026-01-01T00:00:00', '2025-09-30T00:00'],
    ['huizhou', 'REALTIME', '2026-11-20T10:00:00', '2026-11-20T09:00'],
    ['zhongshan', 'REALTIME', '2026-11-20T10:00:00', '2026-11-20T09:00'],
    ['nantong', 'DAILY', '2026-11-20T00:00:00', '2026-11-19T00:00'],
    ['nantong', 'DAILY', '2026-11-20T23:59:59', '2026-11-19T00:00'],
    ['nantong', 'MONTHLY', '2026-01-15T00:00:00', '2025-12-01T00:00'],
    ['nantong', 'QUARTERLY', '2026-01-15T00:00:00', '2025-10-01T00:00'],
    ['nantong', 'QUARTERLY', '2026-06-30T00:00:00', '2026-01-01T00:00'],
  ] as const)('under %s, %s, at %s: %s', (regime, cycle, now, wanted) => {
    expect(before(regime, cycle, now)).toBe(wanted)
  })

  it.each([
    ['nantong', 'STATIC'],
    ['zhongshan', 'STATIC'],
    ['fushun', 'REALTIME'],
    ['fushun', 'DAILY'],
    ['huizhou', 'NO_SUCH_CYCLE'],
  ] as const)('under %s nothing is said of %s', (regime, cycle) => {
    expect(before(regime, cycle, '2026-11-20T10:00:00')).toBeNull()
  })
})

describe('a breach is told', () => {
  const city = composeCity()
  if (city.kind === 'faulty') throw new Error('the city does not compose')
  const { catalog } = city

  function toldOf(act: () => void): readonly StaleEvent[] {
    const told: StaleEvent[] = []
    const listen = (event: unknown): void => void told.push(event as StaleEvent)
    subscribe('gongxiang:stale', listen)
    act()
    unsubscribe('gongxiang:stale', listen)
    return told
  }

  it('once for each resource and day of the city, however often it is asked', () => {
    const stale = createStaleAlerts()
    const told = toldOf(() => {
      for (const now of ['2026-11-20T16:30:00Z', '2026-11-21T15:59:00Z', '2026-11-21T16:00:00Z']) {
        const inTime = freshnessOf(ruleOf('zhongshan'), catalog, { now: Date.parse(now), stale })
        for (const type of ['HouseholdRegistration', 'HouseholdRegistration', 'StudentRecord'])
          expect(inTime(type, '2026-11-01T00:00:00+08:00')).toBe('BREACHED')
      }
    })
    expect(told.map(({ type }) => type)).toEqual([
      'HouseholdRegistration',
      'StudentRecord',
      'HouseholdRegistration',
      'StudentRecord',
    ])
    expect(told[0]).toEqual({
      department: 'public-security',
      resource: 'GA-18-01',
      type: 'HouseholdRegistration',
      updateCycle: 'REALTIME',
      asOf: '2026-11-01T00:00:00+08:00',
    })
  })

  it('and what is in time, or is no resource, is not', () => {
    const now = Date.parse('2026-11-20T10:00:00+08:00')
    const told = toldOf(() => {
      const inTime = freshnessOf(ruleOf('zhongshan'), catalog, { now, stale: createStaleAlerts() })
      expect(inTime('HouseholdRegistration', '2026-11-20T09:30:00+08:00')).toBe('CURRENT')
      expect(inTime('AttributeSource', '2020-01-01T00:00:00+08:00')).toBeNull()
    })
    expect(told).toEqual([])
  })
})
