import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createStatisticsBudget, TABLE_DAYS } from '../../../gateway/limits/statistics.ts'
import type { StatisticsBudget, Table } from '../../../gateway/limits/statistics.ts'

const DAY = 86_400_000
// Windows begin at multiples of their length: this is the first day of one.
const START = Math.ceil(Date.parse('2026-06-01T00:00:00+08:00') / (TABLE_DAYS * DAY)) * TABLE_DAYS * DAY

function budget(now = { at: START }): StatisticsBudget {
  return createStatisticsBudget(createMemoryCounters({ now: () => now.at }), {
    tablesPerOfficer: 2,
    tablesPerDepartment: 3,
  })
}

const WHO = { department: 'planning', officer: 'P-1' }

function table(...dimensions: string[]): Table {
  return { of: 'Resident', dimensions }
}

async function broken(of: StatisticsBudget, tables: readonly Table[], officer = 'P-1'): Promise<string | null> {
  const exceeded = await of.spend({ ...WHO, officer }, tables)
  return exceeded && `${exceeded.kind} ${exceeded.of} ${exceeded.most}`
}

describe('how many tables of one register (ZS-4.01(3))', () => {
  test('an officer asks for; the same table again is free', async () => {
    const own = budget()
    expect(await broken(own, [table('a'), table('a', 'b')])).toBeNull()
    expect(await broken(own, [table('b')])).toBe('OFFICER Resident 2')
    expect(await broken(own, [table('a', 'b'), table('a')])).toBeNull()
    expect(await broken(own, [{ of: 'Firm', dimensions: ['b'] }])).toBeNull()
  })

  test('the total alone is a table too', async () => {
    const own = budget()
    expect(await broken(own, [table(), table('a')])).toBeNull()
    expect(await broken(own, [table('b')])).toBe('OFFICER Resident 2')
  })

  test('a department asks for, over its officers', async () => {
    const own = budget()
    expect(await broken(own, [table('a'), table('b')])).toBeNull()
    expect(await broken(own, [table('c')], 'P-2')).toBeNull()
    expect(await broken(own, [table('d')], 'P-3')).toBe('DEPARTMENT Resident 3')
    expect(await broken(own, [table('a')], 'P-3')).toBeNull()
    expect(await own.spend({ department: 'audit', officer: 'P-3' }, [table('d')])).toBeNull()
  })

  test('who is refused uses up nothing, of any register', async () => {
    const own = budget()
    expect(await broken(own, [{ of: 'Firm', dimensions: ['x'] }, table('a'), table('b'), table('c')])).toBe(
      'OFFICER Resident 2',
    )
    expect(await broken(own, [table('a'), table('b')])).toBeNull()
    expect(
      await broken(own, [
        { of: 'Firm', dimensions: ['y'] },
        { of: 'Firm', dimensions: ['z'] },
      ]),
    ).toBeNull()
  })

  test('counts for ninety days', async () => {
    const now = { at: START }
    const own = budget(now)
    expect(await broken(own, [table('a'), table('b')])).toBeNull()
    now.at = START + (TABLE_DAYS - 1) * DAY
    expect(await broken(own, [table('c')])).toBe('OFFICER Resident 2')
    now.at = START + TABLE_DAYS * DAY
    expect(await broken(own, [table('c')])).toBeNull()
  })
})
