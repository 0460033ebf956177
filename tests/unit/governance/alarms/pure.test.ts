import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KNOWN_MEASURES, measureText } from '../../../../gateway/governance/alarms/measures.ts'
import { distinctNeighbours } from '../../../../gateway/governance/alarms/neighbours.ts'
import { isOffHours } from '../../../../gateway/governance/alarms/off-hours.ts'
import { createPatience } from '../../../../gateway/governance/alarms/patience.ts'
import { ALARM_RULES, RULES } from '../../../../gateway/governance/alarms/rules.ts'
import { DEFAULT_SETTINGS, readAlarmSettings } from '../../../../gateway/governance/alarms/settings.ts'
import { mergeEvidence } from '../../../../gateway/governance/alarms/sighting.ts'
import type { Evidence } from '../../../../gateway/governance/alarms/sighting.ts'
import {
  cityDay,
  dayStart,
  distinct,
  fullest,
  fullestDistinct,
  median,
} from '../../../../gateway/governance/alarms/windows.ts'
import { isClause } from '../../../../gateway/vocabulary/clause.ts'

describe('distinct neighbours', () => {
  /** Requests over people of whom the first `inside` are of the group; what a record tells of each. */
  const requests = fc.array(fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }), { maxLength: 12 })
  const inside = 5
  const told = (people: readonly number[], at: number) => {
    const count = people.filter((one) => one < inside).length
    return { at, receipt: `r${at}`, count, objects: people.map(String), alone: count === people.length }
  }

  test('are never more than there were, and exact where each request asks about one person', () => {
    fc.assert(
      fc.property(requests, (lists) => {
        const traces = lists.map(told).filter(({ count }) => count > 0)
        const real = distinct(lists.flat().filter((one) => one < inside))
        const counted = distinctNeighbours(traces)
        expect(counted).toBeLessThanOrEqual(real)
        expect(counted).toBeGreaterThanOrEqual(Math.max(0, ...traces.map(({ count }) => count)))
        const single = lists.flat().map((one, at) => told([one], at))
        expect(distinctNeighbours(single.filter(({ count }) => count > 0))).toBe(real)
      }),
    )
  })
})

describe('the fullest window', () => {
  test('is the one that a naive count over all windows finds', () => {
    const rows = fc.array(fc.record({ at: fc.nat({ max: 60 }), fresh: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20 }), (all, window) => {
        const naive = all
          .map(({ at }) => all.filter((one) => one.at > at - window && one.at <= at))
          .map((within) => (within.some(({ fresh }) => fresh) ? within.length : 0))
        const best = fullest(
          all,
          window,
          ({ fresh }) => fresh,
          (some) => some.length,
        )
        expect(best?.count ?? 0).toBe(Math.max(0, ...naive))
      }),
    )
  })

  test('of different names is found in one go as by looking at each window', () => {
    const row = fc.record({ at: fc.nat({ max: 60 }), fresh: fc.boolean(), name: fc.constantFrom('a', 'b', 'c', null) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (rows, window) => {
        const isFresh = ({ fresh }: { readonly fresh: boolean }): boolean => fresh
        const named = (some: readonly { readonly name: string | null }[]) =>
          distinct(some.flatMap(({ name }) => (name === null ? [] : [name])))
        const slow = fullest(rows, window, isFresh, named)
        const quick = fullestDistinct(rows, window, isFresh, ({ name }) => name)
        expect(quick?.count ?? 0).toBe(slow?.count ?? 0)
        expect(named(quick?.slice.rows ?? [])).toBe(quick?.count ?? 0)
      }),
    )
  })

  test('begins after its window’s length: what is exactly as long ago is out', () => {
    const rows = [{ at: 0 }, { at: 10 }]
    expect(
      fullest(
        rows,
        10,
        ({ at }) => at === 10,
        (some) => some.length,
      )?.count,
    ).toBe(1)
    expect(
      fullest(
        rows,
        11,
        ({ at }) => at === 10,
        (some) => some.length,
      )?.count,
    ).toBe(2)
  })
})

describe('patience', () => {
  test('never lets what one process counts reach the limit unseen, and looks seldom on the way', () => {
    const adds = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(adds, fc.integer({ min: 1, max: 300 }), (steps, limit) => {
        const patience = createPatience()
        let count = 0
        const unseen = steps.filter((added, at) => {
          count += added
          const due = patience.isDue('key', added, at)
          if (due) patience.looked('key', count, limit - count, at)
          return count >= limit && count - added < limit && !due
        })
        expect(unseen).toEqual([])
      }),
    )
    const patience = createPatience()
    const looks = Array.from({ length: 999 }, (_, at) => {
      const due = patience.isDue('key', 1, at)
      if (due) patience.looked('key', at, 999 - at, at)
      return due
    })
    expect(looks.filter(Boolean).length).toBeLessThan(60)
  })

  test('looks at what is beyond its limit when it has grown by an eighth', () => {
    const patience = createPatience()
    patience.looked('key', 80, -20, 0)
    expect([patience.isDue('key', 9, 1), patience.isDue('key', 1, 2)]).toEqual([false, true])
  })

  test('sees within a minute what others add', () => {
    const patience = createPatience()
    patience.looked('key', 0, 100, 0)
    expect([patience.isDue('key', 1, 59_999), patience.isDue('key', 1, 60_000)]).toEqual([false, true])
  })

  test('looks again at what happened before the last look, after the limits have changed, and at what it has forgotten', () => {
    const patience = createPatience(1)
    patience.looked('a', 0, 100, 50)
    expect(patience.isDue('a', 1, 51)).toBe(false)
    expect(patience.isDue('a', 1, 49)).toBe(true)
    patience.looked('b', 0, 100, 50)
    expect(patience.isDue('a', 1, 51)).toBe(true)
    patience.forget()
    expect(patience.isDue('b', 1, 51)).toBe(true)
  })
})

describe('the city’s days', () => {
  test('begin at midnight in UTC+8', () => {
    const midnight = Date.parse('2026-09-28T00:00:00+08:00')
    expect([cityDay(midnight), cityDay(midnight - 1)]).toEqual(['2026-09-28', '2026-09-27'])
    expect(dayStart('2026-09-28')).toBe(midnight)
  })

  test('end at the hour that is set, to the minute', () => {
    const hours = DEFAULT_SETTINGS.OFF_HOURS
    const at = (time: string) => isOffHours(hours, Date.parse(`2026-09-28T${time}+08:00`))
    expect([at('07:29:59'), at('07:30:00'), at('19:29:59'), at('19:30:00')]).toEqual([true, false, false, true])
  })

  test('the middle of an even count is the lower one', () => {
    expect([median([]), median([3]), median([9, 1]), median([5, 1, 9])]).toEqual([0, 3, 1, 5])
  })
})

describe('settings', () => {
  test('have a default for everything, and an empty file changes nothing', () => {
    expect(readAlarmSettings(null)).toEqual(DEFAULT_SETTINGS)
    for (const rule of ALARM_RULES) expect(DEFAULT_SETTINGS[rule].enabled).toBe(true)
  })

  test('name every fault at once, with its place', () => {
    const faulty = {
      ENUMERATION: { officer: 1 },
      OFF_HOURS: { from: '25:00' },
      VOLUMES: {},
      except: [{ rules: ['X'] }],
    }
    expect(() => readAlarmSettings(faulty)).toThrow(/ENUMERATION\.officer[\s\S]*OFF_HOURS\.from[\s\S]*except\.0/)
    expect(() => readAlarmSettings({ OFF_HOURS: { from: '20:00' } })).toThrow(/later than from/)
    expect(() => readAlarmSettings({ DISTINCT_SUBJECTS: { freshHour: 1 } })).toThrow(/freshHour/)
  })
})

describe('texts', () => {
  test('every rule has clauses that are some, and titles in both languages', () => {
    for (const rule of ALARM_RULES) {
      const { clauses, title } = RULES[rule]
      expect(clauses.length).toBeGreaterThan(0)
      expect(clauses.every((clause) => isClause(clause))).toBe(true)
      expect(title.zh).toMatch(/\p{Script=Han}/u)
      expect(title.en).not.toMatch(/\p{Script=Han}/u)
    }
  })

  test('every measure has its numbers in both languages', () => {
    for (const measure of KNOWN_MEASURES) {
      const text = measureText({ measure, count: 4711, limit: 815 })
      expect(text.zh + text.en).not.toContain('{')
    }
    expect(measureText({ measure: 'REFUSED_NO_HIT_OF_OFFICER', count: 20, limit: 20 }).en).toContain('20 subjects')
  })
})

describe('evidence of two looks', () => {
  const one = (changes: Partial<Evidence>): Evidence => ({
    measure: 'M',
    count: 1,
    limit: 1,
    from: 'a',
    until: 'b',
    numbers: {},
    receipts: [],
    subjects: [],
    named: {},
    ...changes,
  })

  test('keeps the greater count with its window, and both lists up to their length', () => {
    const many = Array.from({ length: 15 }, (_, at) => `r${at}`)
    const merged = mergeEvidence(
      one({ count: 9, until: 'early', receipts: many, named: { officers: ['a'] } }),
      one({ count: 3, until: 'late', receipts: ['r1', ...many.map((name) => `x${name}`)], named: { cases: ['c'] } }),
    )
    expect([merged.count, merged.until, merged.receipts.length]).toEqual([9, 'early', 20])
    expect(merged.receipts[0]).toBe('r1')
    expect(merged.named).toEqual({ officers: ['a'], cases: ['c'] })
  })
})
