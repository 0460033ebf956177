import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookUp, officeEntry, pseudonymOf, REFUSED } from '../../../../bench/alarms/traffic.ts'
import type { AuditEntry } from '../../../../gateway/audit/record.ts'
import { alarmById, decideAlarm, listAlarms } from '../../../../gateway/governance/alarms/alarms.ts'
import { watchSubject } from '../../../../gateway/governance/alarms/watched.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { chained, insertRecords, storesForTests } from '../../../kit/governance.ts'
import type { TestStores } from '../../../kit/governance.ts'
import { DAY, HOUR, MINUTE, MONDAY, testWatch } from './kit.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await storesForTests()
})
afterAll(() => stores.close())

const NOON = MONDAY + 12 * HOUR
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)
const neighbours = (from: number, count: number, at = NOON): readonly AuditEntry[] =>
  range(count).map((nth) => officeEntry(at + nth, lookUp([5 + (from + nth) * 9_973])))

async function opened(kind: 'sqlite' | 'postgres'): Promise<GovernanceStore | null> {
  return (await stores.kinds.find((one) => one.kind === kind)?.open()) ?? null
}

const HONEY_OF = (person: number) =>
  ({ kind: 'HONEY', pseudonyms: [pseudonymOf(person)], officer: null, by: 'MSB-1', since: 0 }) as const

const counts = async (store: GovernanceStore) =>
  (await listAlarms(store)).map(({ rule, times, evidence, state }) => [rule, times, evidence.count, state])

describe.each(['sqlite', 'postgres'] as const)('a watch over %s', (kind) => {
  test('raises once, and counts more of the same; the same batch again changes nothing', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    const watched = await testWatch(store)
    await watched.judge(neighbours(0, 4))
    const records = await watched.judge(neighbours(4, 2, NOON + MINUTE))
    expect(await counts(store)).toEqual([['ENUMERATION', 2, 6, 'OPEN']])
    await watched.watch.observe(records)
    await watched.watch.observe([...records].toReversed())
    expect(await counts(store)).toEqual([['ENUMERATION', 2, 6, 'OPEN']])
    expect(watched.news.map(({ what }) => what)).toEqual(['RAISED'])
    expect(watched.failures).toEqual([])
  })

  test('goes on where another process ended, and judges what that one never did', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    const first = await testWatch(store)
    await first.judge(neighbours(0, 2))
    const end = await store.db.selectFrom('audit_chain').select(['seq', 'hash']).executeTakeFirstOrThrow()
    // Copied, and never judged: the process ended in between.
    await insertRecords(store, chained(neighbours(2, 1, NOON + MINUTE), 'test-chain', end))
    const second = await testWatch(store)
    await second.judge(neighbours(3, 1, NOON + 2 * MINUTE))
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'OPEN']])
  })

  test('catches up by itself where nothing follows', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    await insertRecords(store, chained(neighbours(0, 4), 'test-chain'))
    const watched = await testWatch(store)
    await watched.watch.tick()
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'OPEN']])
  })

  test('of two replicas on one store sees what neither sees alone, once', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    const [one, two] = [await testWatch(store, { chain: 'one' }), await testWatch(store, { chain: 'two' })]
    await one.judge(neighbours(0, 2))
    await Promise.all([one.judge(neighbours(2, 2, NOON + MINUTE)), two.judge(neighbours(4, 2, NOON + MINUTE))])
    const [alarm, ...others] = (await listAlarms(store)).filter(({ key }) => key[0] === 'OFFICER')
    expect([alarm?.evidence.count, others]).toEqual([6, []])
    const raised = await store.db.selectFrom('alarm_event').select('id').where('kind', '=', 'RAISED').execute()
    expect(raised).toHaveLength(1)
    expect([...one.failures, ...two.failures]).toEqual([])
  })

  test('opens a dismissed alarm again with more evidence, and raises another one after a confirmed one', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    let now = NOON + HOUR
    const watched = await testWatch(store, { now: () => now })
    await watched.judge(neighbours(0, 4))
    const [alarm] = await listAlarms(store)
    const decide = (what: 'DISMISSED' | 'CONFIRMED') =>
      decideAlarm(store, {
        id: alarm?.id ?? '',
        kind: what,
        officer: 'EO-9',
        department: 'elm-office',
        reason: 'a family of four',
        at: now,
      })
    expect((await decide('DISMISSED')).kind).toBe('DECIDED')
    await watched.judge(neighbours(4, 1, NOON + 2 * HOUR))
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'DISMISSED']])
    await watched.judge(neighbours(5, 1, NOON + 3 * HOUR))
    expect(await counts(store)).toEqual([['ENUMERATION', 2, 6, 'OPEN']])
    now = NOON + 4 * HOUR
    expect((await decide('CONFIRMED')).kind).toBe('DECIDED')
    await watched.judge(neighbours(6, 1, NOON + 5 * HOUR))
    expect(await counts(store)).toEqual([['ENUMERATION', 3, 7, 'CONFIRMED']])
    await watched.judge(neighbours(20, 4, NOON + 3 * DAY))
    const left = (await counts(store)).map(([, times, count, state]) => `${times} ${count} ${state}`)
    expect(left.toSorted()).toEqual(['1 4 OPEN', '3 7 CONFIRMED'])
    expect(watched.news.map(({ what }) => what)).toEqual(['RAISED', 'REOPENED', 'RAISED'])
  })

  test('asks for the past, for cases, days and askers', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    const settings = {
      DISTINCT_SUBJECTS: {
        floorHour: 3,
        freshHour: 9,
        floorDay: 3,
        freshDay: 9,
        learningDays: 2,
        factorHour: 2,
        factorDay: 2,
      },
      CASE_REUSE: { subjects: 5, officers: 2, cases: 2 },
      MANY_OFFICERS: { officers: 2 },
      VOLUME: { floor: 3, fresh: 5 },
    }
    const watched = await testWatch(store, { settings })
    const asked = (day: number, count: number, changes: Partial<AuditEntry> = {}) =>
      range(count).map((nth) =>
        officeEntry(NOON + day * DAY + nth * 20 * MINUTE, { ...lookUp([day * 100 + nth]), ...changes }),
      )
    for (const day of [0, 1, 2]) await watched.judge(asked(day, 4))
    expect(await counts(store)).toEqual([])
    await watched.judge(asked(3, 8, { case: 'C-1' }))
    await watched.judge(asked(3, 1, { case: 'C-2' }))
    await watched.judge(asked(3, 1, { officer: 'AO-2', case: 'C-1' }))
    const measures = (await listAlarms(store)).map(({ evidence }) => evidence.measure)
    expect(watched.failures).toEqual([])
    expect(measures.toSorted()).toEqual([
      'CASES_OF_SUBJECT',
      'DISTINCT_SUBJECTS_PER_DAY',
      'OFFICERS_OF_CASE',
      'OFFICERS_OF_SUBJECT',
      'REQUESTS_OF_MATTER_PER_DAY',
      'SUBJECTS_OF_CASE',
    ])
    const day = (await listAlarms(store)).find(({ evidence }) => evidence.measure === 'DISTINCT_SUBJECTS_PER_DAY')
    expect(day?.evidence).toMatchObject({ count: 8, limit: 8, numbers: { medianOf28Days: 4, daysLearned: 3 } })
  })

  test('is asked for by state, rule, officer and page', async (context) => {
    const store = await opened(kind)
    if (store === null) return context.skip()
    let now = NOON
    const watched = await testWatch(store, { now: () => now })
    await watched.judge(neighbours(0, 4))
    now = NOON + HOUR
    await watched.judge(range(20).map((nth) => officeEntry(NOON + HOUR + nth, { ...REFUSED, officer: 'AO-2' })))
    const ids = async (filter: object) => (await listAlarms(store, filter)).map(({ rule }) => rule)
    expect(await ids({})).toEqual(['DENIED_BURST', 'ENUMERATION'])
    expect(await ids({ officer: 'ao-1' })).toEqual(['ENUMERATION'])
    expect(await ids({ rule: 'DENIED_BURST', state: 'OPEN' })).toEqual(['DENIED_BURST'])
    expect(await ids({ state: 'CONFIRMED' })).toEqual([])
    expect(await ids({ since: NOON + 1 })).toEqual(['DENIED_BURST'])
    const [newest] = await listAlarms(store, { first: 1 })
    const after = { raisedAt: newest?.raisedAt ?? 0, id: newest?.id ?? '' }
    expect(await ids({ after })).toEqual(['ENUMERATION'])
    expect(await ids({ department: 'elm-office' })).toEqual([])
  })
})

describe('a watch', () => {
  test('learns from what was recorded before it was switched on, and raises nothing for it', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const watched = await testWatch(store, { since: NOON + DAY })
    await watched.judge(neighbours(0, 6))
    expect(await counts(store)).toEqual([])
    const seen = await store.db.selectFrom('alarm_seen').select('kind').execute()
    expect(seen.map(({ kind }) => kind)).toContain('FIELD')
    await watched.judge(neighbours(10, 4, NOON + 2 * DAY))
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'OPEN']])
  })

  test('counts by instants, in whatever order they come: clocks step back', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const watched = await testWatch(store)
    const entries = neighbours(0, 4).map((entry, nth) => ({
      ...entry,
      time: new Date(NOON - nth * HOUR).toISOString(),
    }))
    for (const entry of entries) await watched.judge([entry])
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'OPEN']])
  })

  test('goes on with the other rules where one fails, and tells of it', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const watched = await testWatch(store)
    await store.db.schema.alterTable('watched_subject').renameTo('hidden').execute()
    await watched.judge(neighbours(0, 4))
    const failed = ['HONEY', 'SELF_LOOKUP', 'RELATIVE_LOOKUP']
    const raised = await listAlarms(store)
    expect(raised.map(({ rule }) => rule).toSorted()).toEqual([...failed.map(() => 'AUDIT_TROUBLE'), 'ENUMERATION'])
    expect(raised.flatMap(({ evidence }) => evidence.named['rules'] ?? []).toSorted()).toEqual(failed.toSorted())
    expect(watched.failures.map((one) => one.split(':')[1]?.trim())).toEqual(failed)
    // More of it is more of the same trouble.
    await watched.judge(neighbours(4, 1, NOON + MINUTE))
    expect(await listAlarms(store)).toHaveLength(4)
  })

  test('asks a rule again while the store is away for a moment, and loses none of its records', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    await watchSubject(store, HONEY_OF(0))
    await store.db.schema.alterTable('watched_subject').renameTo('hidden').execute()
    let pauses = 0
    const pause = async (): Promise<void> => {
      pauses += 1
      if (pauses === 3) await store.db.schema.alterTable('hidden').renameTo('watched_subject').execute()
    }
    const watched = await testWatch(store, { pause })
    await watched.judge([officeEntry(NOON, lookUp([0]))])
    expect([await watched.rules(), watched.failures]).toEqual([['HONEY'], []])
  })

  test('tells a finding whose number is lower than one that was told, and each of a chain by itself', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const watched = await testWatch(store, { now: () => NOON + MINUTE })
    const gap = { chain: 'test-chain', found_at: NOON, kind: 'GAP', to_seq: 9, detail: 'gone' }
    await store.db
      .insertInto('audit_gap')
      .values({ ...gap, id: 7, from_seq: 8 })
      .execute()
    await watched.watch.tick()
    // PostgreSQL may show it later, though it has the lower number.
    await store.db
      .insertInto('audit_gap')
      .values({ ...gap, id: 6, from_seq: 3 })
      .execute()
    await watched.watch.tick()
    await watched.watch.tick()
    const told = (await listAlarms(store)).map(({ evidence, times }) => [evidence.numbers['fromSeq'], times])
    expect(new Map(told.map(([from, times]) => [from, times]))).toEqual(
      new Map([
        [3, 1],
        [8, 1],
      ]),
    )
    expect(told).toHaveLength(2)
  })

  test('tells again what begins anew while nobody has decided, and suspends again', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    let [now, suspended] = [NOON, 0]
    const watched = await testWatch(store, { now: () => now, suspend: async () => void (suspended += 1) })
    await watched.judge(neighbours(0, 4))
    now = NOON + 7 * DAY
    await watched.judge(neighbours(20, 4, now))
    await watched.judge(neighbours(24, 1, now + MINUTE))
    expect(watched.news.map(({ what }) => what)).toEqual(['RAISED', 'SUSPENDED', 'REOPENED', 'SUSPENDED'])
    expect([suspended, (await listAlarms(store)).length]).toEqual([2, 1])
  })

  test('loses nothing where the store fails: the next call begins where this one did', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const watched = await testWatch(store)
    await store.db.schema.alterTable('alarm').renameTo('hidden').execute()
    await expect(watched.judge(neighbours(0, 4))).rejects.toThrow(/alarm/)
    await store.db.schema.alterTable('hidden').renameTo('alarm').execute()
    await watched.judge([officeEntry(NOON + MINUTE)])
    expect(await counts(store)).toEqual([['ENUMERATION', 1, 4, 'OPEN']])
  })

  test('forgets traces that no rule looks back on', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    let now = NOON
    const watched = await testWatch(store, { now: () => now })
    await watched.judge(neighbours(0, 2))
    await watched.watch.tick()
    expect(await store.db.selectFrom('alarm_trace').select('seq').execute()).toHaveLength(2)
    now = NOON + 4 * DAY
    await watched.watch.tick()
    expect(await store.db.selectFrom('alarm_trace').select('seq').execute()).toEqual([])
  })
})

describe('suspension', () => {
  test('is once for each time that the alarm opens, also where the process ended before it; never without being asked for', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    const suspended: string[] = []
    const [silent, loud] = [
      await testWatch(store),
      await testWatch(store, { suspend: async ({ officer }, reason) => void suspended.push(`${officer} ${reason}`) }),
    ]
    await silent.judge(neighbours(0, 4))
    expect(suspended).toEqual([])
    await loud.judge(neighbours(4, 1, NOON + MINUTE))
    await loud.judge(neighbours(5, 1, NOON + 2 * MINUTE))
    const [alarm] = await listAlarms(store)
    expect(suspended).toEqual([expect.stringContaining(`AO-1 alarm ${alarm?.id} (ENUMERATION)`)])
    expect(alarm?.events.map(({ kind }) => kind)).toEqual(['RAISED', 'SUSPENDED'])
  })

  test('that fails is told, and tried again with the next sighting', async () => {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    let fails = true
    const watched = await testWatch(store, {
      suspend: () => (fails ? Promise.reject(new Error('a full disk')) : Promise.resolve()),
    })
    await watched.judge(neighbours(0, 4))
    expect(watched.failures).toEqual(['alarms: suspension: Error: a full disk'])
    fails = false
    await watched.judge(neighbours(4, 1, NOON + MINUTE))
    expect(watched.news.map(({ what }) => what)).toEqual(['RAISED', 'SUSPENDED'])
  })
})

describe('a decision', () => {
  async function alarmOn(entries: readonly AuditEntry[]) {
    const store = await stores.kinds[0]?.open()
    if (store === undefined) throw new Error('no store')
    await (await testWatch(store)).judge(entries)
    const [alarm] = await listAlarms(store)
    if (alarm === undefined) throw new Error('no alarm')
    const decide = (changes: object) =>
      decideAlarm(store, {
        id: alarm.id,
        kind: 'CONFIRMED',
        officer: 'EO-9',
        department: 'elm-office',
        reason: 'looked at',
        at: NOON,
        ...changes,
      })
    return { store, alarm, decide }
  }

  test('stands with who decided and why; twice the same does not', async () => {
    const { store, alarm, decide } = await alarmOn(neighbours(0, 4))
    expect(await decide({})).toMatchObject({ kind: 'DECIDED', alarm: { state: 'CONFIRMED' } })
    expect(await decide({})).toEqual({ kind: 'REFUSED', why: 'ALREADY' })
    expect((await alarmById(store, alarm.id))?.events.at(-1)).toMatchObject({
      officer: 'elm-office/EO-9',
      reason: 'looked at',
    })
  })

  test.each([
    [{ id: 'al_NOBODY' }, 'UNKNOWN'],
    [{ reason: '  ' }, 'NO_REASON'],
    [{ reason: 'of 11010519491231002X' }, 'NUMBER'],
    [{ officer: 'AO-9', department: 'alder-office' }, 'CONCERNED'],
    [{ officer: 'AO-1', department: 'alder-office' }, 'CONCERNED'],
    [{ kind: 'REOPENED' }, 'OPEN_ALREADY'],
  ] as const)('with %j is refused: %s', async (changes, why) => {
    const { decide } = await alarmOn(neighbours(0, 4))
    expect(await decide(changes)).toEqual({ kind: 'REFUSED', why })
  })

  test('of an officer of another department with the same number stands', async () => {
    const { decide } = await alarmOn(neighbours(0, 4))
    expect((await decide({ officer: 'AO-1', department: 'elm-office' })).kind).toBe('DECIDED')
  })

  test('is no department’s whose officers are part of the pattern, where it is about several', async () => {
    const { decide, alarm } = await alarmOn(
      range(8).map((nth) => officeEntry(NOON + nth, { ...lookUp([7]), officer: `AO-${nth}` })),
    )
    expect([alarm.rule, alarm.evidence.subjects]).toEqual(['MANY_OFFICERS', [pseudonymOf(7)]])
    expect(await decide({ officer: 'AO-3', department: 'alder-office' })).toEqual({ kind: 'REFUSED', why: 'CONCERNED' })
    expect((await decide({})).kind).toBe('DECIDED')
  })
})
