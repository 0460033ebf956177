import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookUp, officeEntry } from '../../../../bench/alarms/traffic.ts'
import { alarmById, decideAlarm, listAlarms } from '../../../../gateway/governance/alarms/alarms.ts'
import { deliverAlarms } from '../../../../gateway/governance/alarms/deliver.ts'
import { incidentDraft, incidentText } from '../../../../gateway/governance/alarms/incident.ts'
import type { AlarmMessage } from '../../../../gateway/governance/alarms/message.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { storesForTests } from '../../../kit/governance.ts'
import type { TestStores } from '../../../kit/governance.ts'
import { DAY, HOUR, MONDAY, testWatch } from './kit.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await storesForTests()
})
afterAll(() => stores.close())

const NOON = MONDAY + 12 * HOUR

/** A store with one open alarm, and receivers of its messages. */
async function alarmed(kind: 'sqlite' | 'postgres') {
  const store = await stores.kinds.find((one) => one.kind === kind)?.open()
  if (store === undefined) return null
  const watched = await testWatch(store, { now: () => NOON })
  await watched.judge([0, 1, 2, 3].map((nth) => officeEntry(NOON, lookUp([5 + nth * 9_973]))))
  const [alarm] = await listAlarms(store)
  if (alarm === undefined) throw new Error('no alarm')
  return { store, alarm, ...receiver(store) }
}

function receiver(store: GovernanceStore) {
  const time = { now: NOON }
  const taken: AlarmMessage[] = []
  const state = { fails: 0 }
  const failures: string[] = []
  const deliver = (holder = 'one') =>
    deliverAlarms({
      store,
      holder,
      clock: { now: () => time.now },
      failed: (where) => failures.push(where),
      sink: {
        name: 'webhook',
        async send(message) {
          if (state.fails > 0) {
            state.fails -= 1
            throw new Error('down')
          }
          taken.push(message)
        },
      },
    })
  return { time, taken, state, failures, deliver }
}

describe.each(['sqlite', 'postgres'] as const)('deliveries over %s', (kind) => {
  test('of each event are made once, whoever tries, and noted', async (context) => {
    const one = await alarmed(kind)
    if (one === null) return context.skip()
    const { store, alarm, taken, deliver } = one
    await Promise.all([deliver('one'), deliver('two'), deliver('three')])
    await deliver('four')
    expect(taken.map(({ event, alarm: { id, state } }) => [event.kind, id, state])).toEqual([
      ['RAISED', alarm.id, 'OPEN'],
    ])
    const verdict = {
      id: alarm.id,
      kind: 'DISMISSED',
      officer: 'EO-9',
      department: 'elm-office',
      reason: 'looked at',
      at: NOON,
    } as const
    await decideAlarm(store, verdict)
    await deliver()
    expect(taken.map(({ event, alarm: { state } }) => [event.kind, event.by, state])).toEqual([
      ['RAISED', null, 'OPEN'],
      ['DISMISSED', 'elm-office/EO-9', 'DISMISSED'],
    ])
    const kinds = (await alarmById(store, alarm.id))?.events.map((event) => event.kind)
    expect(kinds).toEqual(['RAISED', 'DELIVERED', 'DISMISSED', 'DELIVERED'])
    expect(new Set(taken.map(({ id }) => id)).size).toBe(2)
  })

  test('that fail are made again, each time later; whoever ended in the middle is followed by another', async (context) => {
    const one = await alarmed(kind)
    if (one === null) return context.skip()
    const { store, time, taken, state, failures, deliver } = one
    state.fails = 2
    await deliver()
    await deliver()
    expect([taken.length, failures.length]).toEqual([0, 1])
    time.now += 5_000
    await deliver()
    time.now += 9_999
    await deliver()
    expect(failures).toHaveLength(2)
    // Claimed, and never told what became of it.
    await store.db
      .updateTable('alarm_delivery')
      .set({ holder: 'gone', held_until: time.now + 60_000 })
      .execute()
    time.now += 59_999
    expect(await deliver('other')).toBe(0)
    time.now += 1
    expect(await deliver('other')).toBe(1)
    expect(taken).toHaveLength(1)
  })

  test('are given up after three days, which is noted; older alarms are not begun with', async (context) => {
    const one = await alarmed(kind)
    if (one === null) return context.skip()
    const { store, alarm, time, taken, state, deliver } = one
    state.fails = 1_000
    await deliver()
    for (let tries = 0; tries < 90; tries += 1) {
      time.now += HOUR
      await deliver()
    }
    expect((await alarmById(store, alarm.id))?.events.map((event) => event.kind)).toEqual(['RAISED', 'UNDELIVERED'])
    state.fails = 0
    const late = receiver(store)
    late.time.now = NOON + 4 * DAY
    await late.deliver()
    expect([taken, late.taken]).toEqual([[], []])
  })
})

describe('the draft of an incident report (ZS-6.05)', () => {
  test('names whom it goes to, clauses of the regulation in force, evidence and what is left to decide', async () => {
    const one = await alarmed('sqlite')
    if (one === null) throw new Error('no store')
    const verdict = {
      id: one.alarm.id,
      kind: 'CONFIRMED',
      officer: 'EO-9',
      department: 'elm-office',
      reason: 'asked at the desk',
      at: NOON,
    } as const
    await decideAlarm(one.store, verdict)
    const alarm = await alarmById(one.store, one.alarm.id)
    if (alarm === null) throw new Error('no alarm')
    const draft = incidentDraft(alarm, ['ZS'])
    expect(draft).toMatchObject({
      to: ['AUTHORITY', 'alder-office'],
      clauses: ['ZS-6.05', 'ZS-6.14(7)'],
      detectedAt: new Date(NOON).toISOString(),
      officer: 'AO-1',
    })
    const text = incidentText(draft)
    for (const word of [
      'AO-1',
      'CONFIRMED elm-office/EO-9: asked at the desk',
      'count=4',
      'NT-28.3',
      '数据安全事件报告',
      ...alarm.evidence.receipts,
    ])
      expect(text).toContain(word)
    expect(incidentDraft(alarm, ['XX']).clauses).toContain('FS-27')
    expect(draft.evidence.until).toBe(new Date(NOON).toISOString())
  })
})
