import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createBudget } from '../../../gateway/limits/budget.ts'
import type { Budget, Spending } from '../../../gateway/limits/budget.ts'
import type { Counters } from '../../../gateway/limits/counters.ts'

const LIMITS = { subjectsPerCase: 2, subjectsPerOfficerDay: 4, subjectsPerDepartmentDay: 6 }
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const HOUR = 3_600_000

function budget(now = { at: NOON }): Budget {
  return createBudget(createMemoryCounters({ now: () => now.at }), LIMITS)
}

function spending(subjects: readonly string[], facts: Partial<Spending> = {}): Spending {
  return { department: 'housing', officer: 'H-1', case: null, subjects, grants: [], ...facts }
}

/** Kinds of the bounds that are broken. */
async function broken(of: Budget, asked: Spending): Promise<readonly string[]> {
  return (await of.spend(asked)).map(({ kind }) => kind)
}

describe('how many subjects may be asked about', () => {
  test('in one case, over officers and days', async () => {
    const now = { at: NOON }
    const own = budget(now)
    expect(await broken(own, spending(['a', 'b'], { case: 'C-1' }))).toEqual([])
    expect(await broken(own, spending(['c'], { case: 'C-1', officer: 'H-2' }))).toEqual(['CASE'])
    now.at += 24 * HOUR
    expect(await broken(own, spending(['c'], { case: 'C-1' }))).toEqual(['CASE'])
    expect(await broken(own, spending(['a'], { case: 'C-1' }))).toEqual([])
    expect(await broken(own, spending(['c'], { case: 'C-2' }))).toEqual([])
  })

  test('by one officer in a day, whatever the case; another officer is not affected', async () => {
    const now = { at: NOON }
    const own = budget(now)
    expect(await broken(own, spending(['a', 'b', 'c', 'd']))).toEqual([])
    expect(await broken(own, spending(['e']))).toEqual(['OFFICER'])
    expect(await broken(own, spending(['d', 'a']))).toEqual([])
    expect(await broken(own, spending(['e'], { officer: 'H-2' }))).toEqual([])
    now.at = Date.parse('2026-06-01T23:59:59+08:00')
    expect(await broken(own, spending(['e']))).toEqual(['OFFICER'])
    now.at += 1_000
    expect(await broken(own, spending(['e']))).toEqual([])
  })

  test('by one department in a day, over its officers', async () => {
    const own = budget()
    for (const [at, officer] of ['H-1', 'H-2'].entries())
      expect(await broken(own, spending([`a${at}`, `b${at}`, `c${at}`], { officer }))).toEqual([])
    expect(await broken(own, spending(['z'], { officer: 'H-3' }))).toEqual(['DEPARTMENT'])
    expect(await broken(own, spending(['z'], { department: 'education' }))).toEqual([])
  })

  test('a subject that stands twice in one operation counts once', async () => {
    expect(await broken(budget(), spending(['a', 'a', 'b', 'a', 'b', 'c', 'c']))).toEqual([])
  })

  test('neither a pseudonym nor an officer is found in what the counters are told', async () => {
    const told: string[] = []
    const counters: Counters = {
      add: async (key) => told.push(key),
      addDistinct: async (key, members) => told.push(key, ...members),
      health: () => ({ ok: true, detail: '' }),
      close: async () => {},
    }
    const grants = [{ id: 'G-1', callsPerDay: 1, subjectsPerDay: 1, rowsPerDay: null }]
    await createBudget(counters, LIMITS).spend(
      spending(['pseudonym-of-li'], { officer: 'HUR-0117', case: 'C-1', grants }),
    )
    expect(told.length).toBeGreaterThan(5)
    expect(told.join(' ')).not.toMatch(/pseudonym|HUR-0117|C-1|G-1/)
    // The same person is another member under each key.
    expect(new Set(told).size).toBe(told.length)
  })
})

describe('the quota of a grant', () => {
  const use = (facts: object) => ({ id: 'G-1', callsPerDay: null, subjectsPerDay: null, rowsPerDay: null, ...facts })

  test('bounds calls and subjects of a day, over all who use it', async () => {
    const own = budget()
    const calls = spending([], { grants: [use({ callsPerDay: 2 })] })
    expect(await own.spend(calls)).toEqual([])
    expect(await own.spend({ ...calls, officer: 'H-2' })).toEqual([])
    expect(await own.spend(calls)).toEqual([{ kind: 'GRANT', grant: 'G-1', of: 'calls', most: 2 }])
    const people = (subjects: string[]) =>
      spending(subjects, { grants: [{ ...use({ subjectsPerDay: 1 }), id: 'G-2' }] })
    expect(await own.spend(people(['a']))).toEqual([])
    expect(await own.spend(people(['b']))).toEqual([{ kind: 'GRANT', grant: 'G-2', of: 'subjects', most: 1 }])
  })

  test('bounds rows, and gives back those that do not leave', async () => {
    const own = budget()
    const grant = use({ rowsPerDay: 10 })
    expect(await own.spendRows([{ grant, rows: 8 }])).toBeNull()
    expect(await own.spendRows([{ grant, rows: 3 }])).toEqual({ kind: 'GRANT', grant: 'G-1', of: 'rows', most: 10 })
    expect(await own.spendRows([{ grant, rows: 2 }])).toBeNull()
    expect(await own.spendRows([{ grant, rows: 1 }])).not.toBeNull()
  })

  test('without a bound costs no count', async () => {
    const own = budget()
    for (let at = 0; at < 20; at += 1) expect(await own.spend(spending([], { grants: [use({})] }))).toEqual([])
    expect(await own.spendRows([{ grant: use({}), rows: 1_000_000 }])).toBeNull()
  })
})
