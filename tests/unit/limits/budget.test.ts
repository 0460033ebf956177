import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createBudget } from '../../../gateway/limits/budget.ts'
import type { Budget, GrantUse, Spending } from '../../../gateway/limits/budget.ts'
import type { Counters } from '../../../gateway/limits/counters.ts'

const LIMITS = {
  subjectsPerCase: 2,
  subjectsPerOfficerHour: 4,
  subjectsPerOfficerDay: 4,
  subjectsPerApplicationHour: 100,
  subjectsPerDepartmentDay: 6,
}
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const HOUR = 3_600_000

function budget(now = { at: NOON }): Budget {
  return createBudget(createMemoryCounters({ now: () => now.at }), LIMITS)
}

function spending(subjects: readonly string[], facts: Partial<Spending> = {}): Spending {
  const who = { department: 'housing', application: 'desk', officer: 'H-1', case: null }
  return { ...who, subjects, grants: [], copying: false, exact: false, ...facts }
}

function use(facts: Partial<GrantUse>): GrantUse {
  return { id: 'G-1', callsPerDay: null, subjectsPerDay: null, rowsPerDay: null, ...facts }
}

function calling(facts: Partial<GrantUse>) {
  return { grant: use(facts), calls: 1, rows: 0 }
}

/** The kind of the bound that stands in the way, if one does. */
async function broken(of: Budget, asked: Spending): Promise<readonly string[]> {
  const { exceeded } = await of.spend(asked)
  return exceeded ? [exceeded.kind] : []
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

  test('by one application in an hour, all its officers together', async () => {
    const now = { at: NOON }
    const counters = createMemoryCounters({ now: () => now.at })
    const own = createBudget(counters, { ...LIMITS, subjectsPerApplicationHour: 3 })
    expect(await broken(own, spending(['a', 'b']))).toEqual([])
    expect(await broken(own, spending(['c'], { officer: 'H-2' }))).toEqual([])
    expect(await broken(own, spending(['d'], { officer: 'H-3' }))).toEqual(['APPLICATION_HOUR'])
    expect(await broken(own, spending(['d'], { officer: 'H-3', application: 'hall' }))).toEqual([])
    expect(await broken(own, spending(['e'], { officer: 'H-4', copying: true }))).toEqual([])
    now.at += HOUR
    expect(await broken(own, spending(['f'], { officer: 'H-3' }))).toEqual([])
  })

  test('by one officer in a day, whatever the case; another officer is not affected', async () => {
    const now = { at: NOON }
    const own = budget(now)
    expect(await broken(own, spending(['a', 'b', 'c', 'd']))).toEqual([])
    now.at += HOUR
    expect(await broken(own, spending(['e']))).toEqual(['OFFICER'])
    expect(await broken(own, spending(['d', 'a']))).toEqual([])
    expect(await broken(own, spending(['e'], { officer: 'H-2' }))).toEqual([])
    now.at = Date.parse('2026-06-01T23:59:59+08:00')
    expect(await broken(own, spending(['e']))).toEqual(['OFFICER'])
    now.at += 1_000
    expect(await broken(own, spending(['e']))).toEqual([])
  })

  test('by one officer in an hour, beside the day', async () => {
    const now = { at: NOON }
    const own = createBudget(createMemoryCounters({ now: () => now.at }), { ...LIMITS, subjectsPerOfficerHour: 2 })
    expect(await broken(own, spending(['a', 'b']))).toEqual([])
    expect(await broken(own, spending(['c']))).toEqual(['OFFICER_HOUR'])
    expect(await broken(own, spending(['c'], { officer: 'H-2' }))).toEqual([])
    expect(await broken(own, spending(['c'], { copying: true }))).toEqual([])
    now.at += HOUR
    expect(await broken(own, spending(['c', 'd']))).toEqual([])
    now.at += HOUR
    expect(await broken(own, spending(['e']))).toEqual(['OFFICER'])
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
    const taken = (total: number) => ({ total: Math.min(total, 0), exact: true, giveBack: async () => {} })
    const counters: Counters = {
      add: async (key) => told.push(key),
      take: async (key) => taken(told.push(key)),
      takeDistinct: async (key, members) => taken(told.push(key, ...members)),
      isExact: () => true,
      health: () => ({ ok: true, detail: '' }),
      close: async () => {},
    }
    const grants = [calling({ callsPerDay: 1, subjectsPerDay: 1 })]
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
  const exceeded = (of: string, most: number, grant = 'G-1') => ({ kind: 'GRANT', grant, of, most })

  test('bounds calls and subjects of a day, over all who use it', async () => {
    const own = budget()
    const calls = spending([], { grants: [calling({ callsPerDay: 2 })] })
    expect((await own.spend(calls)).exceeded).toBeNull()
    expect((await own.spend({ ...calls, officer: 'H-2' })).exceeded).toBeNull()
    expect((await own.spend(calls)).exceeded).toEqual(exceeded('calls', 2))
    const people = (subjects: string[]) => spending(subjects, { grants: [calling({ subjectsPerDay: 1, id: 'G-2' })] })
    expect((await own.spend(people(['a']))).exceeded).toBeNull()
    expect((await own.spend(people(['b']))).exceeded).toEqual(exceeded('subjects', 1, 'G-2'))
  })

  test('bounds rows; those that do not leave are not counted', async () => {
    const own = budget()
    const rows = (count: number) =>
      spending([], { grants: [{ grant: use({ rowsPerDay: 10 }), calls: 0, rows: count }] })
    expect((await own.spend(rows(8))).exceeded).toBeNull()
    expect((await own.spend(rows(3))).exceeded).toEqual(exceeded('rows', 10))
    expect((await own.spend(rows(2))).exceeded).toBeNull()
    expect((await own.spend(rows(1))).exceeded).not.toBeNull()
  })

  test('without a bound costs no count', async () => {
    const own = budget()
    const much = spending([], { grants: [{ grant: use({}), calls: 1, rows: 1_000_000 }] })
    for (let at = 0; at < 20; at += 1) expect((await own.spend(much)).exceeded).toBeNull()
  })
})

describe('who is refused uses up nothing', () => {
  const limits = {
    subjectsPerCase: 1,
    subjectsPerOfficerHour: 100,
    subjectsPerOfficerDay: 2,
    subjectsPerApplicationHour: 100,
    subjectsPerDepartmentDay: 3,
  }
  const fresh = (of = limits) => createBudget(createMemoryCounters({ now: () => NOON }), of)

  test('the narrowest bound answers: the case, the officer, the grant, the department', async () => {
    const own = fresh({ ...limits, subjectsPerCase: 0, subjectsPerOfficerDay: 0, subjectsPerDepartmentDay: 0 })
    const grants = [calling({ callsPerDay: 0 })]
    expect(await broken(own, spending(['a'], { case: 'C-1', grants }))).toEqual(['CASE'])
    expect(await broken(own, spending(['a'], { grants }))).toEqual(['OFFICER'])
    const wide = fresh({ ...limits, subjectsPerDepartmentDay: 0 })
    expect(await broken(wide, spending(['a'], { grants }))).toEqual(['GRANT'])
    expect(await broken(wide, spending(['a']))).toEqual(['DEPARTMENT'])
  })

  test('of wider bounds, and what narrower ones took is given back', async () => {
    const own = fresh()
    const grants = [calling({ callsPerDay: 1, subjectsPerDay: 3 })]
    // Everybody fits into the case and the officer's day; the grant has no call left.
    expect((await own.spend(spending(['a'], { case: 'C-1', grants }))).exceeded).toBeNull()
    for (const one of ['b', 'c', 'd', 'e'])
      expect(await broken(own, spending([one], { case: 'C-2', officer: 'H-2', grants }))).toEqual(['GRANT'])
    expect(await broken(own, spending(['f'], { case: 'C-2', officer: 'H-2' }))).toEqual([])
    expect(await broken(own, spending(['g'], { officer: 'H-2' }))).toEqual([])
    expect(await broken(own, spending(['h'], { officer: 'H-3' }))).toEqual(['DEPARTMENT'])
    expect(await broken(own, spending(['a', 'f'], { officer: 'H-3' }))).toEqual([])
  })

  test('whom another was let through with stays counted', async () => {
    const own = fresh()
    const grants = [calling({ callsPerDay: 0 })]
    const asks = [spending(['a', 'b'], { grants }), spending(['a', 'b'])]
    expect(await Promise.all(asks.map((one) => broken(own, one)))).toEqual([['GRANT'], []])
    expect(await broken(own, spending(['c']))).toEqual(['OFFICER'])
  })

  test('parallel operations never share the last place', async () => {
    const own = fresh({ ...limits, subjectsPerCase: 100, subjectsPerOfficerDay: 100, subjectsPerDepartmentDay: 5 })
    const asks = Array.from({ length: 40 }, (_, at) =>
      broken(
        own,
        spending([`p${at}`], { officer: `H-${at % 3}`, grants: [calling({ callsPerDay: at % 2 === 0 ? 0 : 9 })] }),
      ),
    )
    expect((await Promise.all(asks)).filter((kinds) => kinds.length === 0)).toHaveLength(5)
  })

  test('where copying is consented to, no bound of a day holds, but those of case and grant do', async () => {
    const own = fresh()
    const people = ['a', 'b', 'c', 'd']
    expect(await broken(own, spending(people, { copying: true }))).toEqual([])
    expect(await broken(own, spending(people, { copying: true, case: 'C-1' }))).toEqual(['CASE'])
    expect(await broken(own, spending(people, { copying: true, grants: [calling({ subjectsPerDay: 1 })] }))).toEqual([
      'GRANT',
    ])
    expect(await broken(own, spending(['e', 'f']))).toEqual([])
  })
})
