import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createEnumeration } from '../../../gateway/limits/enumeration.ts'
import type { Asker, AskedSubject } from '../../../gateway/limits/enumeration.ts'

const LIMITS = {
  neighboursPerOfficer: 2,
  neighboursPerApplication: 4,
  neighboursPerDepartment: 5,
  missSubjects: 5,
  missPercent: 60,
}
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const HOUR = 3_600_000
const desk: Asker = { department: 'housing', application: 'desk', officer: 'H-1' }
const by = (officer: string, application = 'desk'): Asker => ({ ...desk, application, officer })

function enumeration(now = { at: NOON }, limits: Partial<typeof LIMITS> = {}) {
  const own = createEnumeration(createMemoryCounters({ now: () => now.at }), { ...LIMITS, ...limits })
  const ask = (asker: Asker, asked: readonly AskedSubject[]) => own.ask(asker, asked, false)
  return { ...own, ask }
}

function near(pseudonyms: string, neighbourhood: string | null = 'n'): readonly AskedSubject[] {
  return [...pseudonyms].map((pseudonym) => ({ pseudonym, neighbourhood }))
}

describe('neighbouring numbers', () => {
  test('of one officer are found at the first beyond the bound, however they are spread over requests', async () => {
    const own = enumeration()
    expect(await own.ask(desk, near('a'))).toBeNull()
    expect(await own.ask(desk, near('ab'))).toBeNull()
    expect(await own.ask(desk, near('c'))).toEqual({ kind: 'NEIGHBOURHOOD', of: 'OFFICER', count: 3 })
    expect(await own.ask(by('H-2'), near('abc'))).toEqual({ kind: 'NEIGHBOURHOOD', of: 'OFFICER', count: 3 })
  })

  test('are those of one neighbourhood: others, and numbers that have none, are not counted', async () => {
    const own = enumeration()
    expect(await own.ask(desk, [...near('ab', 'x'), ...near('cd', 'y'), ...near('efghij', null)])).toBeNull()
    expect(await own.ask(desk, [...near('ab', 'x'), ...near('ce', 'y')])).toMatchObject({ count: 3 })
  })

  test('are found over the officers of an application, and over the applications of a department', async () => {
    const own = enumeration()
    expect(await own.ask(by('H-1'), near('ab'))).toBeNull()
    expect(await own.ask(by('H-2'), near('cd'))).toBeNull()
    expect(await own.ask(by('H-3'), near('e'))).toEqual({ kind: 'NEIGHBOURHOOD', of: 'APPLICATION', count: 5 })
    expect(await own.ask(by('H-3', 'hall'), near('e'))).toBeNull()
    expect(await own.ask(by('H-3', 'hall'), near('f'))).toEqual({ kind: 'NEIGHBOURHOOD', of: 'DEPARTMENT', count: 6 })
    expect(await own.ask({ ...by('H-3'), department: 'education' }, near('f'))).toBeNull()
  })

  test('that were refused take no place of colleagues', async () => {
    const own = enumeration()
    for (let at = 0; at < 9; at += 1) expect(await own.ask(by('H-1'), near('abcdefgh'))).not.toBeNull()
    expect(await own.ask(by('H-2'), near('ab'))).toBeNull()
    expect(await own.ask(by('H-3'), near('cd'))).toBeNull()
  })

  test('are forgotten with the day', async () => {
    const now = { at: NOON }
    const own = enumeration(now)
    expect(await own.ask(desk, near('ab'))).toBeNull()
    now.at += 13 * HOUR
    expect(await own.ask(desk, near('cd'))).toBeNull()
  })

  test('of parallel requests do not slip past the bound', async () => {
    const own = enumeration()
    const found = await Promise.all([...'abcdefghij'].map((one) => own.ask(desk, near(one))))
    expect(found.filter((one) => one === null)).toHaveLength(2)
  })
})

describe('misses', () => {
  test('are found once enough were asked about and most of them did not exist', async () => {
    const own = enumeration()
    expect(await own.learn(desk, ['a'], ['b', 'c', 'd'])).toBeNull()
    expect(await own.learn(desk, [], ['e'])).toEqual({ kind: 'NO_HIT', of: 'OFFICER', count: 4 })
  })

  test('in the bound are none: exactly the percentage is allowed', async () => {
    const own = enumeration()
    expect(await own.learn(desk, ['a', 'b'], ['c', 'd', 'e'])).toBeNull()
    expect(await own.learn(desk, [], ['f'])).toMatchObject({ count: 4 })
  })

  test('are of different subjects: the same one asked about again is one', async () => {
    const own = enumeration()
    for (let at = 0; at < 20; at += 1) expect(await own.learn(desk, [], ['a', 'b', 'c', 'd'])).toBeNull()
  })

  test('are cleared by what is found later of the same subject', async () => {
    const own = enumeration()
    expect(await own.learn(desk, [], ['a', 'b', 'c', 'd'])).toBeNull()
    expect(await own.learn(desk, ['a', 'b'], [])).toBeNull()
    expect(await own.learn(desk, [], ['e'])).toBeNull()
    expect(await own.learn(desk, [], ['f', 'g'])).toMatchObject({ kind: 'NO_HIT', count: 5 })
  })

  test('of colleagues and of earlier hours do not count', async () => {
    const now = { at: NOON }
    const own = enumeration(now)
    expect(await own.learn(desk, [], ['a', 'b', 'c', 'd'])).toBeNull()
    expect(await own.learn(by('H-2'), [], ['e'])).toBeNull()
    now.at += HOUR
    expect(await own.learn(desk, [], ['f'])).toBeNull()
  })

  test('are found over the officers of an application, and over the applications of a department', async () => {
    const own = enumeration()
    const four = (from: string): readonly string[] => [...'1234'].map((one) => from + one)
    // Three times as many as of an officer, then six times.
    for (const officer of ['A', 'B', 'C']) expect(await own.learn(by(officer), [], four(officer))).toBeNull()
    expect(await own.learn(by('D'), [], four('D').slice(1))).toEqual({ kind: 'NO_HIT', of: 'APPLICATION', count: 15 })
    for (const officer of ['E', 'F', 'G']) expect(await own.learn(by(officer, 'hall'), [], four(officer))).toBeNull()
    expect(await own.learn(by('H', 'counter'), [], four('H').slice(1))).toEqual({
      kind: 'NO_HIT',
      of: 'DEPARTMENT',
      count: 30,
    })
    expect(await own.learn({ ...by('H'), department: 'education' }, [], ['x'])).toBeNull()
  })

  test('an answer without a miss is never a finding; at 100 percent nothing is', async () => {
    const own = enumeration()
    expect(await own.learn(desk, [], ['a', 'b', 'c', 'd'])).toBeNull()
    expect(await own.learn(desk, ['e'], [])).toBeNull()
    const blind = enumeration(undefined, { missPercent: 100 })
    expect(await blind.learn(desk, [], [...'abcdefghijklmnop'])).toBeNull()
  })

  test('are not seen in parallel hits', async () => {
    const own = enumeration()
    const hits = Array.from({ length: 30 }, (_, at) => own.learn(desk, [`p${at}`], []))
    const all = await Promise.all([...hits, own.learn(desk, [], ['missing']), own.learn(desk, [], ['other'])])
    expect(all.filter((one) => one !== null)).toEqual([])
  })
})
