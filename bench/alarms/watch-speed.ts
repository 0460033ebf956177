import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordLine, entryJson } from '../../gateway/audit/line.ts'
import { GENESIS } from '../../gateway/audit/line-types.ts'
import type { AuditEntry, AuditRecord } from '../../gateway/audit/record.ts'
import { listAlarms } from '../../gateway/governance/alarms/alarms.ts'
import { DEFAULT_SETTINGS } from '../../gateway/governance/alarms/settings.ts'
import { createAlarmWatch } from '../../gateway/governance/alarms/watch.ts'
import { indexRecords } from '../../gateway/governance/index/index-records.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import type { StoreAddress } from '../../gateway/governance/store/store.ts'
import { officeWeeks } from './traffic.ts'

/** Records that the index copies together. */
const BATCH = 250
const MONDAY = Date.parse('2026-09-28T00:00:00+08:00')

/** What indexing and judging some records took. */
export interface WatchSpeed {
  readonly records: number
  /** Milliseconds of CPU of all batches: they mean the same on a busy machine. A server's own are not in them. */
  readonly index: number
  readonly alarms: number
  /** Of the slowest batch's judgement. */
  readonly slowest: number
  readonly raised: number
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Records of one chain, as they stand in a segment. */
function chained(entries: readonly AuditEntry[]): readonly AuditRecord[] {
  let tip = { seq: 0, hash: GENESIS }
  return entries.map((entry) => {
    const { bytes, tip: next } = recordLine('bench', tip, entryJson(entry), 'SHA-256')
    tip = next
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as AuditRecord
  })
}

/** Weeks of a city's offices through the index and the rules, batch by batch. */
export async function watchSpeed(days: number, address?: StoreAddress): Promise<WatchSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-bench-alarms-'))
  const store = await openGovernanceStore(address ?? { file: join(folder, 'governance.sqlite') })
  try {
    await store.db.insertInto('store_fact').values({ name: 'alarms:since', value: '0' }).execute()
    const clock = { now: () => Date.now() }
    const ignore = (): void => undefined
    const parts = { settings: () => DEFAULT_SETTINGS, publish: ignore, suspend: null, failed: ignore }
    const watch = createAlarmWatch({ store, clock, ...parts })
    const records = chained(officeWeeks({ seed: 7, start: MONDAY, days, officersPerOffice: 12, casesPerDay: 16 }))
    let [index, alarms, slowest] = [0, 0, 0]
    for (let at = 0; at < records.length; at += BATCH) {
      const batch = records.slice(at, at + BATCH)
      const started = cpuMilliseconds()
      await indexRecords(store, { chain: 'bench', replica: 'bench' }, batch, clock.now())
      const indexed = cpuMilliseconds()
      await watch.observe(batch)
      const judged = cpuMilliseconds() - indexed
      index += indexed - started
      alarms += judged
      slowest = Math.max(slowest, judged)
    }
    const raised = (await listAlarms(store)).length
    return { records: records.length, index, alarms, slowest, raised }
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
