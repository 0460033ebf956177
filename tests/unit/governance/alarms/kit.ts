import { DEFAULT_SETTINGS, readAlarmSettings } from '../../../../gateway/governance/alarms/settings.ts'
import type { AlarmSettings } from '../../../../gateway/governance/alarms/settings.ts'
import { listAlarms } from '../../../../gateway/governance/alarms/alarms.ts'
import type { Alarm } from '../../../../gateway/governance/alarms/alarm.ts'
import { createAlarmWatch } from '../../../../gateway/governance/alarms/watch.ts'
import type { AlarmNews, AlarmWatch, AlarmWatchParts } from '../../../../gateway/governance/alarms/watch.ts'
import type { AuditEntry, AuditRecord } from '../../../../gateway/audit/record.ts'
import type { GovernanceStore } from '../../../../gateway/governance/store/store.ts'
import { chained, insertRecords } from '../../../kit/governance.ts'

/** Midnight of a Monday in the city (UTC+8). */
export const MONDAY = Date.parse('2026-09-28T00:00:00+08:00')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A watch over a store, with everything that it told. */
export interface TestWatch {
  readonly watch: AlarmWatch
  readonly news: AlarmNews[]
  readonly failures: string[]
  /** Copies entries into the store as the index does, as the next records of the chain, and has them judged. */
  judge(entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]>
  alarms(): Promise<readonly Alarm[]>
  /** Rules that have an alarm, in alphabetical order, each once. */
  rules(): Promise<readonly string[]>
}

export interface TestWatchOptions {
  readonly settings?: object
  readonly suspend?: AlarmWatchParts['suspend']
  readonly now?: () => number
  /** What is done where a watch would wait before it asks a rule again; nothing, where it is not said. */
  readonly pause?: () => Promise<void>
  /** Since when alarms are raised; from the beginning where it is not said. */
  readonly since?: number
  readonly chain?: string
}

export async function testWatch(store: GovernanceStore, options: TestWatchOptions = {}): Promise<TestWatch> {
  const { settings, suspend = null, now = () => MONDAY, since = 0, chain = 'test-chain' } = options
  const { pause = async () => undefined } = options
  const limits: AlarmSettings = settings === undefined ? DEFAULT_SETTINGS : readAlarmSettings(settings)
  const news: AlarmNews[] = []
  const failures: string[] = []
  await store.db
    .insertInto('store_fact')
    .values({ name: 'alarms:since', value: String(since) })
    .onConflict((oc) => oc.column('name').doNothing())
    .execute()
  const watch = createAlarmWatch({
    store,
    clock: { now },
    settings: () => limits,
    publish: (one) => news.push(one),
    suspend,
    pause,
    failed: (where, error) => failures.push(`${where}: ${String(error)}`),
  })
  return {
    watch,
    news,
    failures,
    async judge(entries) {
      const end = await store.db
        .selectFrom('audit_chain')
        .select(['seq', 'hash'])
        .where('chain', '=', chain)
        .executeTakeFirst()
      const records = chained(entries, chain, end)
      await insertRecords(store, records)
      await watch.observe(records)
      return records
    },
    alarms: () => listAlarms(store),
    rules: async () => [...new Set((await listAlarms(store)).map(({ rule }) => rule))].toSorted(),
  }
}
