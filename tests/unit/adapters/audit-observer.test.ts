import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { channel } from 'node:diagnostics_channel'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { startAuditObserver } from '../../../gateway/adapters/audit-observer.ts'
import type { AuditObserver } from '../../../gateway/adapters/audit-observer.ts'
import { openGovernanceStore } from '../../../gateway/governance/store/store.ts'
import type { LifecycleEvent } from '../../../gateway/observe/channels.ts'
import { appendAll, openTestLog, receipts } from '../../kit/audit-samples.ts'

let folder: string
let observer: AuditObserver | null = null
let steps: string[] = []
const listener = (event: unknown): void => {
  const { step, subject } = event as LifecycleEvent
  if (subject === 'audit-index') steps.push(step)
}
const file = (): string => join(folder, 'state', 'governance.sqlite')
const audit = (): string => join(folder, 'audit')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-observer-'))
  steps = []
  channel('gongxiang:lifecycle').subscribe(listener)
})
afterEach(async () => {
  channel('gongxiang:lifecycle').unsubscribe(listener)
  await observer?.close()
  observer = null
})

function start(entry?: URL): AuditObserver {
  const parts = { address: { file: file() }, directory: audit(), alarms: null }
  return startAuditObserver(entry ? { ...parts, entry } : parts)
}

async function copied(): Promise<readonly string[]> {
  const store = await openGovernanceStore({ file: file() })
  const rows = await store.db.selectFrom('audit_record').select('receipt').orderBy('seq').execute()
  await store.close()
  return rows.map(({ receipt }) => receipt)
}

describe('the thread that copies the record', () => {
  test('takes what is acknowledged, and at the end what is left', async () => {
    observer = start()
    const log = await openTestLog(auditFiles(audit()))
    await appendAll(log, receipts('a', 5))
    observer.acknowledge(5)
    await vi.waitUntil(async () => (await copied()).length === 5, { timeout: 10_000, interval: 50 })
    await appendAll(log, receipts('b', 3))
    await log.close()
    observer.acknowledge(8)
    await observer.close()
    observer = null
    expect(await copied()).toEqual([...receipts('a', 5), ...receipts('b', 3)])
  })

  test('a store that cannot be used is told once, and nothing else happens; then it is made good', async () => {
    await writeFile(join(folder, 'state'), 'a file where the folder should be')
    observer = start()
    const one = observer
    const health = () => one.health()
    await vi.waitUntil(() => !health().ok, { timeout: 10_000 })
    expect(steps).toEqual(['degraded'])
    const log = await openTestLog(auditFiles(audit()))
    await appendAll(log, receipts('a', 4))
    await log.close()
    await rm(join(folder, 'state'))
    await vi.waitUntil(() => health().ok, { timeout: 30_000 })
    expect(steps).toEqual(['degraded', 'recovered'])
    await vi.waitUntil(async () => (await copied()).length === 4, { timeout: 10_000, interval: 50 })
    expect(observer.readings()).toContainEqual({
      name: 'gongxiang_audit_index_lag_records',
      labels: { chain: 'test-chain' },
      value: 0,
    })
  })

  test('a thread that ends is started again', async () => {
    const entry = join(folder, 'entry.mjs')
    // Ends at its first start, and is the real one at the next.
    const real = new URL('../../../gateway/adapters/audit-observer-worker.ts', import.meta.url)
    await writeFile(
      entry,
      `import { existsSync, writeFileSync } from 'node:fs'
       if (!existsSync(${JSON.stringify(`${folder}/once`)})) {
         writeFileSync(${JSON.stringify(`${folder}/once`)}, '')
         throw new Error('planted')
       }
       await import(${JSON.stringify(real.href)})`,
    )
    const log = await openTestLog(auditFiles(audit()))
    await appendAll(log, receipts('a', 4))
    await log.close()
    observer = start(pathToFileURL(entry))
    await vi.waitUntil(() => steps.includes('recovered'), { timeout: 30_000 })
    expect(steps).toEqual(['degraded', 'recovered'])
    await vi.waitUntil(async () => (await copied()).length === 4, { timeout: 10_000, interval: 50 })
  })
})
