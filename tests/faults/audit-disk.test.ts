import { describe, expect, it } from 'vitest'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { RECORD_FRAME_BYTES, entryJson } from '../../gateway/audit/line.ts'
import type { LogHealth } from '../../gateway/audit/port.ts'
import { readLine, splitLines } from '../../gateway/audit/read-line.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, recordsIn, sampleEntry } from '../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../kit/faulty-audit-files.ts'
import type { Operation } from '../kit/faulty-audit-files.ts'

/** A disk whose faults the test switches on and off, and timers that it fires. */
function disk() {
  const state: { fault: (operation: Operation) => string | null } = { fault: () => null }
  const timers: (() => void)[] = []
  const files = new FaultyAuditFiles({ fault: (operation) => state.fault(operation) })
  const schedule = (callback: () => void) => {
    timers.push(callback)
    return () => undefined
  }
  const fire = async (): Promise<void> => {
    for (const callback of timers.splice(0)) callback()
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return { files, state, schedule, fire }
}

const unavailable: unknown = expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' })
const noSpace = ({ kind }: Operation): string | null => (kind === 'create' ? 'ENOSPC' : null)

async function verified(files: FaultyAuditFiles) {
  const report = await verifyAudit(files, [AUDIT_KEY.publicKey])
  expect(report.faults).toEqual([])
  return { report, receipts: (await recordsIn(files)).map((record) => record.receipt) }
}

describe('a full disk (S20)', () => {
  it('refuses before anything is fetched, serves what room is left, and comes back by itself', async () => {
    const { files, state, schedule, fire } = disk()
    const log = await openTestLog(files, { schedule })
    await fire()
    state.fault = noSpace
    const served: string[] = []
    const attempts = receipts('full', 200)
    const refused = await (async () => {
      for (const receipt of attempts) {
        await log.append(await log.reserve(), sampleEntry(receipt))
        served.push(receipt)
      }
      return null
    })().catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: expect.stringMatching(/^no room.*ENOSPC/) as unknown,
    })
    expect(served.length).toBeGreaterThan(5)
    expect(served.length).toBeLessThan(attempts.length)
    expect(log.health()).toEqual({ ok: false, detail: expect.stringContaining('ENOSPC') as unknown })
    expect(() => log.reserve()).toThrow(unavailable)

    state.fault = () => null
    await fire()
    expect(log.health().ok).toBe(true)
    await appendAll(log, ['after'])
    await log.close()
    expect((await verified(files)).receipts).toEqual([...served, 'after'])
  })

  it('reserves room for every request in flight, as long as promised, however full the segment is', async () => {
    const limits = { maxRecordBytes: 16_384, segmentBytes: 65_536 }
    const entryOf = (bytes: number) => {
      const frame = RECORD_FRAME_BYTES + 'test-chain'.length
      const rest = Buffer.byteLength(entryJson(sampleEntry('one', { case: '' })))
      return sampleEntry('one', { case: 'x'.repeat(bytes - rest - frame) })
    }
    for (let filled = 0; filled < 10; filled += 1) {
      const { files, state, schedule, fire } = disk()
      const log = await openTestLog(files, { schedule, ...limits })
      await fire()
      state.fault = noSpace
      for (let index = 0; index < filled; index += 1) await log.append(await log.reserve(), entryOf(4_096))
      const reserved = await Promise.allSettled(Array.from({ length: 40 }, async () => log.reserve()))
      const granted = reserved.filter((one) => one.status === 'fulfilled').map((one) => one.value)
      expect(granted.length).toBeGreaterThan(1)
      expect(granted.length).toBeLessThan(8)
      const entry = entryOf(limits.maxRecordBytes)
      const tips = await Promise.allSettled(granted.map((one) => log.append(one, entry)))
      expect(tips.map((tip) => tip.status)).toEqual(granted.map(() => 'fulfilled'))
    }
  })

  it('tells the operator at start', async () => {
    const { files, state, schedule } = disk()
    state.fault = noSpace
    await expect(openTestLog(files, { schedule })).rejects.toEqual(unavailable)
    state.fault = () => null
    await (await openTestLog(files, { schedule })).close()
  })
})

describe('whoever is told of the log', () => {
  it('hears once that nothing can be written, and once that it can again, whether or not anybody asks', async () => {
    const { files, state, schedule, fire } = disk()
    const heard: string[] = []
    const onHealth = ({ ok, detail }: LogHealth) => void heard.push(`${ok} ${detail.replace(/:.*/, '')}`)
    const log = await openTestLog(files, { schedule, onHealth })
    await appendAll(log, receipts('a', 3))
    await fire()
    expect(heard).toEqual([])
    state.fault = ({ kind }) => (kind === 'sync' ? 'EIO' : null)
    await appendAll(log, receipts('b', 3))
    await appendAll(log, receipts('c', 3))
    await fire()
    expect(heard).toEqual(['false the audit record could not be made durable'])
    state.fault = () => null
    await fire()
    expect(heard).toEqual(['false the audit record could not be made durable', 'true durable'])
    await log.close()
  })

  it('hears of room that runs short while there is some', async () => {
    const { files, state, schedule, fire } = disk()
    const heard: string[] = []
    const log = await openTestLog(files, { schedule, onHealth: ({ ok, detail }) => void heard.push(`${ok} ${detail}`) })
    await fire()
    state.fault = noSpace
    for (const receipt of receipts('some', 12)) await log.append(await log.reserve(), sampleEntry(receipt))
    await fire()
    expect(heard).toEqual([expect.stringMatching(/^true the next audit segment cannot be preallocated: .*ENOSPC/)])
    state.fault = () => null
    await fire()
    expect(heard.at(-1)).toBe('true durable')
    await log.close()
  })
})

describe('a failed fsync', () => {
  it('retires the segment at once and writes the pending records to a new one, none lost, none twice', async () => {
    const { files, state, schedule, fire } = disk()
    const log = await openTestLog(files, { schedule })
    await fire()
    await appendAll(log, receipts('before', 3))
    let failed: string | null = null
    const later: Operation[] = []
    state.fault = (operation) => {
      if (operation.name === failed) later.push(operation)
      if (failed !== null || operation.kind !== 'sync') return null
      failed = operation.name
      return 'EIO'
    }
    const results = await appendAll(log, receipts('during', 5))
    expect(results.every((result) => result.status === 'fulfilled')).toBe(true)
    expect(failed).not.toBeNull()
    expect(later).toEqual([])
    await log.close()

    const { report, receipts: found } = await verified(files)
    expect(found).toEqual([...receipts('before', 3), ...receipts('during', 5)])
    expect(report.notices).toContainEqual({ kind: 'left-retired', file: '00000001.ndjson', lines: 0 })
    expect(report.notices).toContainEqual({ kind: 'abandoned', file: '00000001.ndjson', lines: 5 })
    const again = splitLines(await files.read('00000002.ndjson')).map((raw) => readLine(raw))
    expect(again.filter((line) => line.kind === 'record')).toHaveLength(5)
  })

  it('refuses the answer when no segment can be written, then every request, until the disk is back', async () => {
    const { files, state, schedule, fire } = disk()
    const log = await openTestLog(files, { schedule })
    await appendAll(log, ['before'])
    state.fault = ({ kind }) => (kind === 'sync' ? 'EIO' : null)
    const [lost] = await appendAll(log, ['lost'])
    expect(lost).toEqual({ status: 'rejected', reason: unavailable })
    expect(() => log.reserve()).toThrow(unavailable)
    await fire()
    expect(log.health().ok).toBe(false)

    state.fault = () => null
    await fire()
    expect(log.health()).toEqual({ ok: true, detail: 'durable' })
    await appendAll(log, ['after'])
    await log.close()
    const { receipts: found } = await verified(files)
    expect(found).toEqual(['before', 'after'])
  })

  it('stops serving when no signed head can be written', async () => {
    const { files, state, schedule, fire } = disk()
    const log = await openTestLog(files, { schedule })
    state.fault = ({ kind, name }) => (kind === 'sync' && name.startsWith('heads') ? 'EIO' : null)
    await appendAll(log, receipts('some', 6))
    await fire()
    expect(log.health()).toEqual({ ok: false, detail: expect.stringContaining('head') as unknown })
    expect(() => log.reserve()).toThrow(unavailable)
    state.fault = () => null
    await fire()
    expect(log.health().ok).toBe(true)
    await log.close()
    await verified(files)
  })
})
