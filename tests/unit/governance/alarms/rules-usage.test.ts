import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookUp, officeEntry, pseudonymOf, REFUSED } from '../../../../bench/alarms/traffic.ts'
import type { AuditEntry } from '../../../../gateway/audit/record.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { openTestStore } from '../../../kit/governance.ts'
import { DAY, HOUR, MINUTE, MONDAY, testWatch } from './kit.ts'
import type { TestWatch, TestWatchOptions } from './kit.ts'

let store: GovernanceStore
let watched: TestWatch
beforeEach(async () => {
  store = await openTestStore()
  watched = await testWatch(store)
})
afterEach(async () => {
  expect(watched.failures).toEqual([])
  await store.close()
})

const NOON = MONDAY + 12 * HOUR
/** Numbers of one group: they share division and birth date. */
const neighbour = (nth: number): number => 5 + nth * 9_973
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** So many look-ups one after another, each about one person. */
function lookUps(people: readonly number[], at: number, changes: Partial<AuditEntry> = {}, apart = MINUTE) {
  return people.map((person, nth) => officeEntry(at + nth * apart, { ...lookUp([person]), ...changes }))
}

async function seen(options: TestWatchOptions, entries: readonly AuditEntry[]): Promise<readonly string[]> {
  watched = await testWatch(store, options)
  await watched.judge(entries)
  return measures()
}

async function measures(): Promise<readonly string[]> {
  return (await watched.alarms()).map(({ evidence }) => evidence.measure).toSorted()
}

describe('VOLUME (FS-27, NT-33.1(3))', () => {
  const settings = { VOLUME: { floor: 20, fresh: 60, factor: 3 } }
  const requests = (at: number, count: number) => range(count).map((nth) => officeEntry(at + nth * 1_000))

  test('three times the same weekday, to the one; other weekdays do not matter', async () => {
    watched = await testWatch(store, { settings })
    for (const week of [0, 1, 2]) {
      await watched.judge(requests(NOON + week * 7 * DAY, 10 + week))
      await watched.judge(requests(NOON + week * 7 * DAY + DAY, 40))
    }
    await watched.judge(requests(NOON + 21 * DAY, 32))
    expect(await watched.rules()).toEqual([])
    await watched.judge(requests(NOON + 21 * DAY + HOUR, 1))
    expect((await watched.alarms())[0]).toMatchObject({
      rule: 'VOLUME',
      concerned: { department: 'alder-office', matter: 'alder-benefit', officer: null },
      evidence: { count: 33, limit: 33, numbers: { medianOfWeekday: 11, weeksLearned: 3 } },
    })
  })

  test('before there are enough weeks a limit of its own holds', async () => {
    expect(await seen({ settings }, requests(NOON, 59))).toEqual([])
    await watched.judge(requests(NOON + HOUR, 1))
    expect(await watched.rules()).toEqual(['VOLUME'])
  })
})

describe('FIRST_SEEN', () => {
  const uses = (at: number, coordinate: string, changes: Partial<AuditEntry> = {}) =>
    officeEntry(at, { data: [{ coordinate, decision: 'MASK', rule: 'M-NAME' }], ...changes })

  test('a field after the learning time, once; a refused one is not used', async () => {
    await watched.judge([uses(NOON, 'Person.name'), uses(NOON + 13 * DAY, 'Person.sex')])
    const denied = officeEntry(NOON + 15 * DAY, { data: [{ coordinate: 'Person.photo', decision: 'DENY' }] })
    await watched.judge([uses(NOON + 15 * DAY, 'Person.sex'), denied])
    expect(await watched.rules()).toEqual([])
    await watched.judge([uses(NOON + 16 * DAY, 'Person.birthDate')])
    const [alarm] = await watched.alarms()
    expect(alarm).toMatchObject({
      rule: 'FIRST_SEEN',
      times: 1,
      evidence: { named: { coordinates: ['Person.birthDate'] } },
    })
    await watched.judge([uses(NOON + 17 * DAY, 'Person.birthDate')])
    expect((await watched.alarms())[0]?.times).toBe(1)
  })

  test('a matter of a department; a new application learns first', async () => {
    await watched.judge([uses(NOON, 'Person.name')])
    await watched.judge([uses(NOON + 20 * DAY, 'Person.sex', { application: 'ao-new' })])
    expect(await watched.rules()).toEqual([])
    await watched.judge([uses(NOON + 21 * DAY, 'Person.name', { matter: 'alder-pension' })])
    expect((await watched.alarms())[0]?.evidence.named).toEqual({ matters: ['alder-pension'] })
  })
})

describe('HONEY, SELF_LOOKUP, RELATIVE_LOOKUP', () => {
  const watch = (person: number, kind: string, officer: string) =>
    store.db
      .insertInto('watched_subject')
      .values({ pseudonym: pseudonymOf(person), kind, officer, since: MONDAY, by: 'AO-9' })
      .execute()

  test('any look-up of a planted record, refused ones and lists too, by whomever', async () => {
    await watch(5, 'HONEY', '')
    await watched.judge([officeEntry(NOON, { ...lookUp([4]), subjects: [pseudonymOf(4), pseudonymOf(5)] })])
    await watched.judge([officeEntry(NOON, { ...lookUp([5]), ...REFUSED, officer: 'AO-2' })])
    const seen = (await watched.alarms()).map(({ rule, concerned }) => `${rule} ${concerned.officer}`)
    expect(seen.toSorted()).toEqual(['HONEY AO-1', 'HONEY AO-2'])
  })

  test('an officer’s own data and their relatives’, by that officer alone, and not by a reference', async () => {
    await watch(5, 'SELF', 'alder-office/AO-1')
    await watch(6, 'RELATIVE', 'alder-office/AO-1')
    await watched.judge([
      ...lookUps([5, 6], NOON, { officer: 'AO-2' }),
      ...lookUps([5, 6], NOON, { department: 'elm-office' }),
      officeEntry(NOON, { ...lookUp([1]), subjects: [pseudonymOf(1), pseudonymOf(5)] }),
    ])
    expect(await watched.rules()).toEqual([])
    await watched.judge(lookUps([5, 6], NOON, { officer: 'ao-1' }))
    expect(await watched.rules()).toEqual(['RELATIVE_LOOKUP', 'SELF_LOOKUP'])
  })
})

describe('AUDIT_TROUBLE', () => {
  test('each gap that the index finds is told once', async () => {
    const gap = { chain: 'gateway', found_at: NOON, kind: 'GAP', from_seq: 5, to_seq: 9, detail: '' }
    await store.db.insertInto('audit_gap').values(gap).execute()
    await watched.watch.tick()
    await watched.watch.tick()
    const [alarm, ...others] = await watched.alarms()
    expect([alarm?.evidence.measure, alarm?.evidence.count, alarm?.times, others]).toEqual(['RECORDS_GAP', 5, 1, []])
  })
})

describe('exceptions and rules that are off', () => {
  test('raise nothing; the exception ends with its last day', async () => {
    const one = { rules: ['ENUMERATION'], officer: 'ao-1', reason: 'a test of the desk', until: '2026-09-28' }
    const entries = lookUps(range(4).map(neighbour), NOON)
    expect(await seen({ settings: { except: [one] } }, entries)).toEqual([])
    await watched.judge(lookUps(range(4).map(neighbour), NOON + 2 * DAY))
    expect(await watched.rules()).toEqual(['ENUMERATION'])
  })

  test('a rule that is off', async () => {
    const entries = lookUps(range(4).map(neighbour), NOON)
    expect(await seen({ settings: { ENUMERATION: { enabled: false } } }, entries)).toEqual([])
  })
})
