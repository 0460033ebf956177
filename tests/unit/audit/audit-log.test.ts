import { describe, expect, it } from 'vitest'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import {
  AUDIT_KEY,
  appendAll,
  openTestLog,
  receipts,
  recordsIn,
  sampleEntry,
  testClock,
} from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const unavailable: unknown = expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' })

describe('the audit log', () => {
  it('numbers records without gaps over segments and restarts, and answers where each stands', async () => {
    const files = new FaultyAuditFiles()
    const first = await openTestLog(files)
    await appendAll(first, receipts('a', 30))
    await first.close()
    const second = await openTestLog(files)
    const tip = await second.append(await second.reserve(), sampleEntry('b'))
    await second.close()
    const records = await recordsIn(files)
    expect(records.map((record) => record.seq)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1))
    expect(records.at(-1)).toMatchObject({ ...tip, receipt: 'b', chain: 'test-chain' })
    expect(second.findings).toEqual([])
  })

  it('shares one fsync between records that arrive together', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files, { segmentBytes: 1 << 20, headEveryRecords: 1_000_000 })
    // The next segment is preallocated beside; its fsync is not counted.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const before = files.counts.get('sync') ?? 0
    await appendAll(log, receipts('a', 100))
    const together = (files.counts.get('sync') ?? 0) - before
    expect(together).toBe(1)

    for (const receipt of receipts('b', 20)) await appendAll(log, [receipt])
    expect((files.counts.get('sync') ?? 0) - before - together).toBeGreaterThanOrEqual(20)
    await log.close()
  })

  it('does not depend on the clock going forward', async () => {
    const files = new FaultyAuditFiles()
    const clock = testClock()
    const log = await openTestLog(files, { clock })
    await appendAll(log, receipts('a', 6))
    clock.set(Date.parse('2020-01-01T00:00:00Z'))
    await appendAll(log, receipts('b', 20))
    await log.close()
    expect((await verifyAudit(files, [AUDIT_KEY.publicKey])).faults).toEqual([])
  })

  it('keeps a torn line as evidence, reports it and goes on in a new segment', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files)
    await appendAll(log, receipts('a', 3))
    const dead = files.kill()
    const bytes = Buffer.from(await dead.read('00000001.ndjson'))
    const end = bytes.indexOf(0)
    bytes.write('{"v":1,"kind":"record","chain":"te', end)
    dead.tamper('00000001.ndjson', bytes)
    expect((await verifyAudit(dead, [AUDIT_KEY.publicKey])).faults).toMatchObject([{ kind: 'torn', line: 5, seq: 4 }])

    const next = await openTestLog(dead)
    expect(next.findings).toEqual(['00000001.ndjson was not closed in order (torn)'])
    await appendAll(next, ['after'])
    await next.close()
    expect(Buffer.from(await dead.read('00000001.ndjson')).toString()).toContain('{"v":1,"kind":"record","chain":"te\0')
    expect((await recordsIn(dead)).map((record) => record.receipt)).toEqual([...receipts('a', 3), 'after'])
    const report = await verifyAudit(dead, [AUDIT_KEY.publicKey])
    expect(report.faults).toEqual([])
    expect(report.notices.map((notice) => notice.kind)).toEqual(['left-torn', 'abandoned'])
  })

  it('says when signed heads know more than the segments hold', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files)
    await appendAll(log, receipts('a', 6))
    await log.close()
    const lines = Buffer.from(await files.read('00000001.ndjson'))
      .toString()
      .split('\n')
    files.tamper('00000001.ndjson', Buffer.from(`${lines.slice(0, 3).join('\n')}\n`))
    const next = await openTestLog(files)
    expect(next.findings).toContain('a signed head knows record 6, but the segments end at 2')
    await appendAll(next, receipts('b', 9))
    await next.close()
    expect((await verifyAudit(files, [AUDIT_KEY.publicKey])).faults.length).toBeGreaterThan(0)
  })

  it('goes on behind the last record that fits the chain, not behind one that was put in its place', async () => {
    const files = new FaultyAuditFiles()
    await appendAll(await openTestLog(files), receipts('a', 3))
    const other = new FaultyAuditFiles()
    await appendAll(await openTestLog(other), receipts('b', 3))
    const dead = files.kill()
    const own = Buffer.from(await dead.read('00000001.ndjson'))
      .toString()
      .split('\n')
    const foreign = Buffer.from(await other.read('00000001.ndjson'))
      .toString()
      .split('\n')
    dead.tamper('00000001.ndjson', Buffer.from([own[0], own[1], foreign[2], own[3], ''].join('\n')))
    const next = await openTestLog(dead)
    const tip = await next.append(await next.reserve(), sampleEntry('after'))
    expect(tip.seq).toBe(2)
    expect(next.findings).toEqual(['00000001.ndjson was not closed in order (torn)'])
    await next.close()
  })

  it('refuses a record without room of its own, an oversize one, and every one after the end', async () => {
    const log = await openTestLog(new FaultyAuditFiles())
    const reservation = await log.reserve()
    await log.append(reservation, sampleEntry('a'))
    await expect(log.append(reservation, sampleEntry('b'))).rejects.toEqual(unavailable)
    const long = sampleEntry('c', { degraded: ['x'.repeat(4_000)] })
    await expect(log.append(await log.reserve(), long)).rejects.toEqual(unavailable)
    const released = await log.reserve()
    log.release(released)
    await expect(log.append(released, sampleEntry('d'))).rejects.toEqual(unavailable)
    await log.close()
    expect(() => log.reserve()).toThrow(unavailable)
    expect(log.health()).toEqual({ ok: false, detail: 'closed' })
  })

  it('takes neither the directory of another chain nor one that is written already', async () => {
    const files = new FaultyAuditFiles()
    const log = await openTestLog(files)
    await expect(openTestLog(files)).rejects.toEqual(unavailable)
    await log.close()
    await expect(openTestLog(files, { chain: 'other' })).rejects.toThrow('holds chain test-chain')
    await expect(openTestLog(files, { chain: 'a b' })).rejects.toThrow('no chain ID')
    await expect(openTestLog(files, { segmentBytes: 1024 })).rejects.toThrow('segmentBytes')
    await (await openTestLog(files)).close()
  })

  it('signs a head when a quiet log has had its time', async () => {
    const timers: (() => void)[] = []
    const files = new FaultyAuditFiles()
    const schedule = (callback: () => void) => {
      timers.push(callback)
      return () => undefined
    }
    const log = await openTestLog(files, { schedule })
    await appendAll(log, ['a'])
    expect((await verifyAudit(files.copy(), [AUDIT_KEY.publicKey])).headed).toBe(0)
    for (const callback of timers.splice(0)) callback()
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const report = await verifyAudit(files, [AUDIT_KEY.publicKey])
    expect(report).toMatchObject({ headed: 1, live: true, faults: [], notices: [{ kind: 'open' }] })
    await log.close()
  })
})
