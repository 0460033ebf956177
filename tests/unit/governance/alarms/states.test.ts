import { describe, expect, test } from 'vitest'
import { alarmState, decidedAt, refusedDecision, renewal } from '../../../../gateway/governance/alarms/states.ts'

const at = (...kinds: readonly string[]) => kinds.map((kind, nth) => ({ kind, at: nth }))

describe('the state of an alarm', () => {
  test.each([
    [['RAISED'], 'OPEN'],
    [['RAISED', 'SUSPENDED', 'DELIVERED'], 'OPEN'],
    [['RAISED', 'CONFIRMED', 'DELIVERED'], 'CONFIRMED'],
    [['RAISED', 'DISMISSED'], 'DISMISSED'],
    [['RAISED', 'DISMISSED', 'REOPENED', 'UNDELIVERED'], 'OPEN'],
    [['RAISED', 'CONFIRMED', 'DISMISSED'], 'DISMISSED'],
    [[], 'OPEN'],
  ])('after %j is %s', (kinds, state) => {
    expect(alarmState(at(...kinds))).toBe(state)
  })

  test('hangs on the order of its events, not on their times: clocks step back', () => {
    expect(
      alarmState([
        { kind: 'RAISED', at: 9 },
        { kind: 'DISMISSED', at: 3 },
      ]),
    ).toBe('DISMISSED')
    expect(
      decidedAt([
        { kind: 'CONFIRMED', at: 9 },
        { kind: 'DISMISSED', at: 3 },
      ]),
    ).toBe(3)
  })

  test('cannot be decided the same way twice, nor opened while it is open', () => {
    expect(refusedDecision('CONFIRMED', 'CONFIRMED')).toBe('ALREADY')
    expect(refusedDecision('OPEN', 'REOPENED')).toBe('OPEN_ALREADY')
    expect(refusedDecision('CONFIRMED', 'DISMISSED')).toBeNull()
    expect(refusedDecision('DISMISSED', 'REOPENED')).toBeNull()
  })
})

describe('the same pattern again', () => {
  const known = { seenAt: 100, count: 10, decidedAt: null, toldAt: 100 } as const
  const seen = (changes: object = {}) => ({ at: 150, from: 50, window: 100, count: 11, ...changes })

  test('is more of an open alarm, and nothing where it is no news', () => {
    expect(renewal({ ...known, state: 'OPEN' }, seen())).toBe('UPDATE')
    expect(renewal({ ...known, state: 'OPEN' }, seen({ at: 100, count: 10 }))).toBe('NOTHING')
    expect(renewal({ ...known, state: 'OPEN' }, seen({ at: 90, count: 11 }))).toBe('UPDATE')
  })

  test('is told again of an open alarm when it began after that was told, a day later at the earliest', () => {
    const [day, open] = [86_400_000, { ...known, state: 'OPEN' } as const]
    const later = (at: number, window: number) => seen({ at, from: at - window, window, count: 4 })
    expect(renewal(open, later(101 + day, 60))).toBe('REOPEN')
    expect(renewal(open, later(100 + day, 60))).toBe('UPDATE')
    expect(renewal(open, later(100 + 7 * day, 7 * day))).toBe('UPDATE')
    expect(renewal(open, later(101 + 7 * day, 7 * day))).toBe('REOPEN')
    expect(renewal({ ...open, toldAt: 5 * day }, later(101 + day, 60))).toBe('UPDATE')
  })

  test('opens a dismissed one with half as many again, or in a window of its own', () => {
    const dismissed = { ...known, state: 'DISMISSED', decidedAt: 120 } as const
    expect(renewal(dismissed, seen({ count: 14 }))).toBe('NOTHING')
    expect(renewal(dismissed, seen({ count: 15 }))).toBe('REOPEN')
    expect(renewal(dismissed, seen({ at: 110, count: 15 }))).toBe('NOTHING')
    expect(renewal(dismissed, seen({ from: 121, count: 4 }))).toBe('REOPEN')
    expect(renewal(dismissed, seen({ from: 120, count: 4 }))).toBe('NOTHING')
  })

  test('is part of what was confirmed, and later another alarm', () => {
    const confirmed = { ...known, state: 'CONFIRMED', decidedAt: 120 } as const
    expect(renewal(confirmed, seen())).toBe('UPDATE')
    expect(renewal(confirmed, seen({ from: 121 }))).toBe('ANOTHER')
  })
})
