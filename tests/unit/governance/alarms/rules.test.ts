import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookUp, officeEntry, pseudonymOf, REFUSED, verified } from '../../../../bench/alarms/traffic.ts'
import type { AuditEntry } from '../../../../gateway/audit/record.ts'
import { createLook } from '../../../../gateway/governance/alarms/look.ts'
import { watchSubject } from '../../../../gateway/governance/alarms/watched.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { chained, insertRecords, openTestStore } from '../../../kit/governance.ts'
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

describe('ENUMERATION (FS-27, NT-33.1(3))', () => {
  test('three neighbours in 24 hours are none, four are, over midnight too; the evidence has groups and no number', async () => {
    await watched.judge(lookUps(range(3).map(neighbour), NOON + 11.9 * HOUR))
    expect(await watched.rules()).toEqual([])
    await watched.judge(lookUps([neighbour(3)], NOON + 12.1 * HOUR))
    const [alarm] = await watched.alarms()
    expect(alarm).toMatchObject({
      rule: 'ENUMERATION',
      state: 'OPEN',
      concerned: { department: 'alder-office', officer: 'AO-1' },
      evidence: { measure: 'NEIGHBOURS_OF_OFFICER', count: 4, limit: 4, named: { officers: ['alder-office/AO-1'] } },
    })
    expect(alarm?.evidence.receipts).toHaveLength(4)
    expect(alarm?.evidence.subjects).toEqual(range(4).map(neighbour).toReversed().map(pseudonymOf))
  })

  test('one person asked about ten times is one, also beside others', async () => {
    await watched.judge(
      lookUps(
        range(10).map(() => neighbour(0)),
        NOON,
      ),
    )
    await watched.judge(range(10).map((nth) => officeEntry(NOON + nth, lookUp([neighbour(0), 100 + nth]))))
    expect(await watched.rules()).toEqual([])
  })

  test('mixed into look-ups of others they are found all the same', async () => {
    await watched.judge(range(4).map((nth) => officeEntry(NOON + nth, lookUp([neighbour(nth), 700 + nth]))))
    expect(await measures()).toEqual(['NEIGHBOURS_OF_OFFICER'])
  })

  test('a day later they are others', async () => {
    await watched.judge(lookUps(range(3).map(neighbour), NOON))
    await watched.judge(lookUps([neighbour(3)], NOON + DAY + 3 * MINUTE))
    expect(await watched.rules()).toEqual([])
  })

  test('spread over the officers of an application, and of a department', async () => {
    const by = (nth: number) => ({ officer: `AO-${nth}`, application: nth < 10 ? 'ao-desk' : 'ao-back' })
    await watched.judge(range(9).flatMap((nth) => lookUps([neighbour(nth)], NOON + nth, by(nth))))
    expect(await measures()).toEqual([])
    await watched.judge(lookUps([neighbour(9)], NOON + MINUTE, by(9)))
    expect(await measures()).toEqual(['NEIGHBOURS_OF_APPLICATION'])
    await watched.judge(range(10).flatMap((nth) => lookUps([neighbour(10 + nth)], NOON + HOUR + nth, by(10 + nth))))
    expect(await measures()).toContain('NEIGHBOURS_OF_DEPARTMENT')
  })

  test("the limits' own finding is one at once", async () => {
    const finding = { kind: 'NO_HIT', of: 'OFFICER', count: 20 } as const
    await watched.judge([officeEntry(NOON, { ...REFUSED, ...lookUp([1]), finding })])
    expect((await watched.alarms())[0]?.evidence).toMatchObject({ measure: 'REFUSED_NO_HIT_OF_OFFICER', count: 20 })
  })
})

describe('DISTINCT_SUBJECTS', () => {
  const settings = { DISTINCT_SUBJECTS: { floorHour: 10, freshHour: 20, floorDay: 30, freshDay: 60 } }
  const person = (day: number, nth: number): number => day * 1_000 + nth
  const workDay = (day: number, count: number) =>
    lookUps(
      range(count).map((nth) => person(day, nth)),
      MONDAY + day * DAY + 9 * HOUR,
      {},
      6 * MINUTE,
    )

  test('who has no past is held against the fresh limit, to the one', async () => {
    const quick = (from: number, count: number) =>
      lookUps(
        range(count).map((nth) => from + nth),
        NOON + from * 1_000,
        {},
        1,
      )
    expect(await seen({ settings }, quick(0, 19))).toEqual([])
    await watched.judge(quick(19, 1))
    expect(await measures()).toEqual(['DISTINCT_SUBJECTS_PER_HOUR'])
    expect((await watched.alarms())[0]?.evidence).toMatchObject({ count: 20, limit: 20, numbers: { daysLearned: 0 } })
  })

  test('who has is held against the middle of their own days: quiet ones do not lower it', async () => {
    watched = await testWatch(store, { settings })
    for (const day of [0, 1, 2, 3, 4, 7, 8, 9]) await watched.judge(workDay(day, day === 2 ? 3 : 20))
    await watched.judge(workDay(10, 59))
    expect(await measures()).toEqual([])
    await watched.judge(lookUps([person(10, 59)], MONDAY + 10 * DAY + 17 * HOUR))
    expect((await watched.alarms())[0]?.evidence).toMatchObject({
      measure: 'DISTINCT_SUBJECTS_PER_DAY',
      count: 60,
      limit: 60,
      numbers: { medianOf28Days: 20, daysLearned: 8 },
    })
  })

  test('an hour is any hour: half before, half after the clock strikes', async () => {
    const at = MONDAY + 23.75 * HOUR
    expect(await seen({ settings }, lookUps(range(20), at, {}, MINUTE))).toContain('DISTINCT_SUBJECTS_PER_HOUR')
  })

  test('a colleague with the same number in another department is another officer; small letters are none', async () => {
    const theirs = (from: number, changes: Partial<AuditEntry>) =>
      lookUps(
        range(10).map((nth) => from + nth),
        NOON,
        changes,
        1,
      )
    expect(await seen({ settings }, [...theirs(0, {}), ...theirs(10, { department: 'elm-office' })])).toEqual([])
    await watched.judge(theirs(20, { officer: 'ao-1' }))
    expect(await measures()).toEqual(['DISTINCT_SUBJECTS_PER_HOUR'])
  })

  test('those whom a reference reached are not counted', async () => {
    const wide = { ...lookUp(range(40)), objects: 1 }
    expect(await seen({ settings }, [officeEntry(NOON, wide)])).toEqual([])
  })
})

describe('VERIFY_MISMATCH', () => {
  const verify = (outcome: 'MATCH' | 'NO_MATCH' | 'NO_RECORD', count: number, at: number) =>
    range(count).map((nth) => officeEntry(at + nth, { ...lookUp([nth]), ...verified(outcome), case: null }))

  test('nine of fifteen do not match; eight do not count, nor nine of sixteen', async () => {
    await watched.judge([...verify('MATCH', 7, NOON), ...verify('NO_MATCH', 8, NOON + MINUTE)])
    expect(await watched.rules()).toEqual([])
    await watched.judge(verify('NO_RECORD', 1, NOON + HOUR))
    expect(await watched.rules()).toEqual([])
    await watched.judge(verify('NO_RECORD', 2, NOON + HOUR + 1))
    const [alarm] = await watched.alarms()
    expect(alarm).toMatchObject({
      rule: 'VERIFY_MISMATCH',
      evidence: { count: 11, numbers: { compared: 18, percent: 61 } },
    })
  })

  test('an answer given again compares nothing', async () => {
    const again = verify('NO_MATCH', 30, NOON).map((entry) => ({
      ...entry,
      ...(entry.verification ? { verification: { ...entry.verification, repeats: 'gx_1' } } : {}),
    }))
    await watched.judge(again)
    expect(await watched.rules()).toEqual([])
  })
})

describe('PURPOSE_MISMATCH and DENIED_BURST (ZS-6.14(7), NT-33.1(4))', () => {
  const mismatch: Partial<AuditEntry> = { ...REFUSED, outcome: { status: 403, codes: ['PURPOSE_MISMATCH'] } }

  test('three mismatches in a day (S15), two are none', async () => {
    await watched.judge([officeEntry(NOON, mismatch), officeEntry(NOON + HOUR, mismatch)])
    expect(await watched.rules()).toEqual([])
    await watched.judge([officeEntry(NOON + 2 * HOUR, mismatch)])
    expect(await watched.rules()).toEqual(['PURPOSE_MISMATCH'])
  })

  test('twenty refusals in ten minutes, one after another and in parts, and not nineteen', async () => {
    const refused = (count: number, at: number) => range(count).map((nth) => officeEntry(at + nth, REFUSED))
    await watched.judge(refused(10, NOON))
    await watched.judge(refused(9, NOON + 5 * MINUTE))
    expect(await watched.rules()).toEqual([])
    await watched.judge(refused(1, NOON + 9 * MINUTE))
    expect(await measures()).toEqual(['REFUSALS_OF_OFFICER'])
  })

  test('over more than ten minutes they are none; a source that is down refuses nobody', async () => {
    await watched.judge(range(40).map((nth) => officeEntry(NOON + nth * 35_000, REFUSED)))
    const down: Partial<AuditEntry> = { ...REFUSED, outcome: { status: 503, codes: ['AUDIT_UNAVAILABLE'] } }
    await watched.judge(range(40).map((nth) => officeEntry(NOON + DAY + nth, down)))
    expect(await watched.rules()).toEqual([])
  })

  test('one field that is open to all makes no answer of fifty refusals; half refused is none', async () => {
    const deny = (count: number) =>
      range(count).map((nth) => ({ coordinate: `Person.f${nth}`, decision: 'DENY', code: 'NO_GRANT' }) as const)
    const open = { coordinate: 'Person.name', decision: 'ALLOW' } as const
    const probe = (data: AuditEntry['data'], officer: string) =>
      range(20).map((nth) => officeEntry(NOON + nth, { data, officer }))
    await watched.judge(probe([...deny(1), open], 'AO-2'))
    expect(await watched.rules()).toEqual([])
    await watched.judge(probe([...deny(50), open], 'AO-3'))
    expect(await watched.rules()).toEqual(['DENIED_BURST'])
  })

  test('answers of which nothing may be seen count; strangers count all together, as summaries have them', async () => {
    const nothing: Partial<AuditEntry> = { data: [{ coordinate: 'Person.photo', decision: 'DENY', code: 'NO_GRANT' }] }
    await watched.judge(range(20).map((nth) => officeEntry(NOON + nth, nothing)))
    const stranger = { department: null, application: null, officer: null, matter: null, count: 600 } as const
    const outcome = { status: 401, codes: ['UNAUTHENTICATED'] }
    await watched.judge([officeEntry(NOON, { ...REFUSED, ...stranger, method: 'summary', outcome })])
    expect(await measures()).toEqual(['REFUSALS_OF_OFFICER', 'REFUSALS_OF_STRANGERS'])
  })
})

describe('OFF_HOURS (ZS-6.14(7), NT-33.1(3))', () => {
  const night = MONDAY + 23.5 * HOUR

  test('ten people at night, over midnight; nine are none', async () => {
    await watched.judge(lookUps(range(9), night, {}, 5 * MINUTE))
    expect(await watched.rules()).toEqual([])
    await watched.judge(lookUps([9], night + HOUR))
    expect(await watched.rules()).toEqual(['OFF_HOURS'])
  })

  test('by day, for a matter of the night, on a worked Saturday and in an emergency there is none', async () => {
    const settings = { OFF_HOURS: { nightMatters: ['ambulance'], workdays: ['2026-10-10'], holidays: ['2026-10-01'] } }
    const emergency = {
      id: 'E-1',
      incident: 'I-1',
      declaredBy: 'AO-9',
      approvedBy: null,
      until: '2026-09-30T00:00:00Z',
    }
    const silent = [
      ...lookUps(range(12), NOON),
      ...lookUps(range(12), night, { matter: 'ambulance', officer: 'AO-2' }),
      ...lookUps(range(12), Date.parse('2026-10-10T10:00:00+08:00'), { officer: 'AO-3' }),
      ...lookUps(range(12), night, { officer: 'AO-4', emergency, approvers: ['AO-9'] }),
    ]
    expect(await seen({ settings }, silent)).toEqual([])
    await watched.judge(lookUps(range(12), Date.parse('2026-10-01T10:00:00+08:00'), { officer: 'AO-5' }))
    await watched.judge(lookUps(range(12), Date.parse('2026-10-11T10:00:00+08:00'), { officer: 'AO-6' }))
    expect(new Set((await watched.alarms()).map(({ concerned }) => concerned.officer))).toEqual(
      new Set(['AO-5', 'AO-6']),
    )
  })

  test('whoever only names an emergency has hours as everybody', async () => {
    const emergency = { id: 'E', incident: 'I', declaredBy: 'AO-9', approvedBy: null, until: '2026-09-30T00:00:00Z' }
    await watched.judge(lookUps(range(12), night, { emergency }))
    expect(await watched.rules()).toEqual(['OFF_HOURS'])
  })

  test('half past seven is day, half past seven in the evening is night', async () => {
    await watched.judge(range(10).map((nth) => officeEntry(MONDAY + 7.5 * HOUR + nth, lookUp([nth]))))
    expect(await watched.rules()).toEqual([])
    await watched.judge(range(10).map((nth) => officeEntry(MONDAY + 19.5 * HOUR + nth, lookUp([nth]))))
    expect(await watched.rules()).toEqual(['OFF_HOURS'])
  })
})

/** Who asked about somebody is asked of the record itself. */
const INQUIRY: Partial<AuditEntry> = {
  department: 'elm-office',
  officer: 'EO-1',
  data: [{ coordinate: 'Query.auditRecords', decision: 'ALLOW', providers: ['authority'] }],
}

describe('an inquiry into the record', () => {
  test('is no enumeration, no night’s work, and none of the many; about oneself it is told', async () => {
    const night = MONDAY + 22 * HOUR
    const watching = { pseudonyms: [pseudonymOf(5)], by: 'MSB-1', since: 0 }
    await watchSubject(store, { ...watching, kind: 'HONEY', officer: null })
    await watched.judge(lookUps(range(12).map(neighbour), night, INQUIRY))
    await watched.judge(
      range(8).map((nth) => officeEntry(NOON + nth, { ...lookUp([7]), ...INQUIRY, officer: `E-${nth}` })),
    )
    await watched.judge(range(7).map((nth) => officeEntry(NOON + nth, { ...lookUp([7]), officer: `AO-${nth}` })))
    expect(await watched.rules()).toEqual([])
    const own = { department: 'elm-office', officer: 'EO-1' }
    await watchSubject(store, { ...watching, kind: 'SELF', officer: own })
    await watched.judge(lookUps([5], NOON + 2 * HOUR, INQUIRY))
    expect(await watched.rules()).toEqual(['SELF_LOOKUP'])
    await watched.judge(lookUps([5], NOON + 3 * HOUR, { ...INQUIRY, data: [...(INQUIRY.data ?? []), PERSON_NAME] }))
    expect(await watched.rules()).toEqual(['HONEY', 'SELF_LOOKUP'])
  })
})

const PERSON_NAME = { coordinate: 'Person.name', decision: 'ALLOW', providers: ['public-security'] } as const

describe('somebody whom an office asks about without end', () => {
  test('is counted where the rows are, and read in as many rows as there are days and officers', async () => {
    const look = createLook(store.db)
    const asked = { department: 'alder-office', officer: 'AO-1', subjects: [pseudonymOf(7)], objects: 1 }
    for (const day of range(3))
      await insertRecords(
        store,
        chained(
          range(500).map((nth) => officeEntry(MONDAY + day * DAY + nth, asked)),
          `c-${day}`,
        ),
      )
    const span = { after: MONDAY - 1, until: MONDAY + 3 * DAY }
    expect(await look.countAsked('SUBJECT', [pseudonymOf(7)], span)).toMatchObject([{ officers: 1, subjects: 1 }])
    const rows = await look.askersOf(pseudonymOf(7), span, { byCase: false })
    expect(rows.length).toBeLessThan(13)
    expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(1_500)
    const own = { department: 'alder-office', officer: 'AO-1' }
    expect((await look.askedBy(own, ['AO-1'], span)).length).toBeLessThan(13)
    await watched.judge(
      range(7).map((nth) => officeEntry(MONDAY + 2.9 * DAY + nth, { ...lookUp([7]), officer: `B-${nth}` })),
    )
    expect(await measures()).toEqual(['OFFICERS_OF_SUBJECT'])
  })
})

describe('MANY_OFFICERS and CASE_REUSE', () => {
  const by = (nth: number, at: number, changes: Partial<AuditEntry> = {}) =>
    officeEntry(at, { ...lookUp([77]), officer: `AO-${nth}`, ...changes })

  test('eight officers in a week ask about one person, or five departments; seven and four do not count', async () => {
    await watched.judge(range(7).map((nth) => by(nth, NOON + nth * HOUR)))
    await watched.judge(range(3).map((nth) => by(0, NOON + DAY, { department: `dept-${nth}` })))
    expect(await measures()).toEqual(['OFFICERS_OF_SUBJECT'])
    await watched.judge([by(0, NOON + DAY, { department: 'dept-9' })])
    expect(await measures()).toEqual(['DEPARTMENTS_OF_SUBJECT', 'OFFICERS_OF_SUBJECT'])
  })

  test('whom many ask about every week is known for it', async () => {
    for (const week of [0, 1, 2])
      await watched.judge(range(7).map((nth) => by(nth, NOON + week * 7 * DAY + nth * MINUTE)))
    await watched.judge(range(14).map((nth) => by(nth, NOON + 21 * DAY + nth * MINUTE)))
    expect(await watched.rules()).toEqual([])
    await watched.judge([by(14, NOON + 21 * DAY + HOUR)])
    expect(await watched.rules()).toEqual(['MANY_OFFICERS'])
  })

  test('one case for fifteen people, for six officers; one person in five cases of one officer', async () => {
    await watched.judge(lookUps(range(14), NOON, { case: 'C-1' }, HOUR / 2))
    await watched.judge(range(5).map((nth) => by(nth, NOON, { case: 'C-2', subjects: [pseudonymOf(nth)] })))
    await watched.judge(range(4).map((nth) => officeEntry(NOON + nth, { ...lookUp([99]), case: `D-${nth}` })))
    expect(await watched.rules()).toEqual([])
    await watched.judge(lookUps([14], NOON + 8 * HOUR, { case: 'C-1', officer: 'AO-1' }))
    await watched.judge([by(5, NOON, { case: 'C-2' })])
    await watched.judge([officeEntry(NOON + DAY, { ...lookUp([99]), case: 'D-4' })])
    expect((await measures()).filter((one) => one !== 'SUBJECTS_OFF_HOURS')).toEqual([
      'CASES_OF_SUBJECT',
      'OFFICERS_OF_CASE',
      'SUBJECTS_OF_CASE',
    ])
  })

  test('what no register knows is no case', async () => {
    await watched.judge(lookUps(range(14), NOON, { case: '(unregistered)' }))
    await watched.judge(lookUps(range(14), NOON + HOUR, { case: null }))
    expect(await watched.rules()).toEqual([])
  })
})
