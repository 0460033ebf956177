import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditFiles } from '../../../gateway/audit/files.ts'
import { segmentsIn } from '../../../gateway/audit/files.ts'
import { checkInclusion, inclusionProof } from '../../../gateway/audit/proof.ts'
import { placeHold, planRemoval, releaseHold, removeExpired } from '../../../gateway/audit/retention.ts'
import { standingHolds } from '../../../gateway/audit/standing-orders.ts'
import type { HoldScope } from '../../../gateway/audit/line-types.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { linesOf, versionOneFiles } from '../../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY, openTestLog, recordsIn, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]
const ORDER = { by: 'A-1', second: 'A-2', reason: '保存期满', document: '数管〔2030〕1号', years: 3 }
let files = new FaultyAuditFiles()

/** A segment of three records for each year from 2022 to 2027, each record about a subject of its own. */
beforeEach(async () => {
  files = new FaultyAuditFiles()
  for (let year = 2022; year <= 2027; year += 1) await writeYear(files, year)
})

async function writeYear(into: AuditFiles, year: number): Promise<void> {
  const time = `${year}-05-01T08:00:00+08:00`
  const log = await openTestLog(into, { clock: testClock(Date.parse(time)) })
  for (const n of [1, 2, 3]) {
    await log.append(await log.reserve(), sampleEntry(`${year}-${n}`, { time, subjects: [`subject-${year}-${n}`] }))
  }
  await log.close()
}

const parts = (now: string, of: AuditFiles = files) => ({
  files: of,
  signing: { chain: 'test-chain', signer: AUDIT_KEY.signer, clock: testClock(Date.parse(now)) },
  publicKeys: KEYS,
  // Another chain of the deployment is still written.
  known: Date.parse(now),
})

const NOW = '2028-06-01T00:00:00Z'
const at = (time: string) => ({ now: Date.parse(time), known: Date.parse(time) })
const segments = async (of: FaultyAuditFiles = files) => segmentsIn(await of.list()).map(({ number }) => number)
const hold = (id: string, scope: HoldScope) => ({ id, scope, by: 'A-1', second: 'A-2', reason: '调查' })

describe('removal of what is no longer to be kept (R809-29)', () => {
  it('takes whole segments from the beginning, and the rest still proves itself', async () => {
    const before = (await verifyAudit(files, KEYS)).last
    expect(await removeExpired(parts(NOW), ORDER)).toEqual({
      kind: 'removed',
      plan: { segments: [1, 2, 3, 4], records: 12, stops: { kind: 'not-expired', segment: 5 } },
    })
    expect(await segments()).toEqual([5, 6])
    const report = await verifyAudit(files, KEYS)
    expect(report).toMatchObject({ faults: [], records: 6, range: { first: 13 }, removed: { last: 12, orders: 1 } })
    expect(report.notices).toEqual([{ kind: 'removed-in-order', file: 'order-00000001.ndjson', lines: 12 }])
    expect(report.last).toEqual(before)
    expect(report.proved.map(({ en }) => en).join()).toContain('Records 1 to 12 were removed by 1 signed order(s)')
    expect(report.notProved.map(({ en }) => en).join()).toContain('What records 1 to 12 said')
  })

  it('leaves an order that says what, by whom, and on what decision', async () => {
    await removeExpired(parts(NOW), ORDER)
    expect(JSON.parse((await linesOf(files, 'order-00000001.ndjson'))[0] ?? '')).toMatchObject({
      kind: 'removal',
      order: 1,
      by: 'A-1',
      second: 'A-2',
      document: '数管〔2030〕1号',
      segments: [1, 4],
      records: [1, 12],
      times: ['2022-05-01T08:00:00+08:00', '2025-05-01T08:00:00+08:00'],
    })
  })

  it('goes on a year later, with a writer that came back in between', async () => {
    await removeExpired(parts('2026-06-01T00:00:00Z'), ORDER)
    expect(await segments()).toEqual([3, 4, 5, 6])
    await writeYear(files, 2028)
    expect(await removeExpired(parts(NOW), ORDER)).toMatchObject({ kind: 'removed', plan: { segments: [3, 4] } })
    expect(await segments()).toEqual([5, 6, 7])
    const report = await verifyAudit(files, KEYS)
    expect(report).toMatchObject({ faults: [], records: 9, removed: { last: 12, orders: 2 } })
    expect((await recordsIn(files))[0]).toMatchObject({ receipt: '2026-1', seq: 13 })
    const proof = await inclusionProof(files, '2027-2')
    expect(proof.kind === 'inclusion-proof' && checkInclusion(proof, KEYS)).toMatchObject({ kind: 'proved', seq: 17 })
    expect(await inclusionProof(files, 5)).toMatchObject({ kind: 'damaged' })
  })

  it('keeps three years at least, the last segment, and what a clock calls younger', async () => {
    expect(await removeExpired(parts(NOW), { ...ORDER, years: 2 })).toEqual({
      kind: 'refused',
      why: 'below-three-years',
    })
    expect(await removeExpired(parts(NOW), { ...ORDER, years: 2.5 })).toMatchObject({ kind: 'refused' })
    expect(await planRemoval(files, KEYS, { years: 0, ...at(NOW) })).toMatchObject({ segments: [1, 2, 3, 4] })
    expect(await planRemoval(files, KEYS, { years: 5, ...at(NOW) })).toMatchObject({ segments: [1, 2] })
    expect(await planRemoval(files, KEYS, { years: 3, ...at('2099-01-01T00:00:00Z') })).toEqual({
      segments: [1, 2, 3, 4, 5],
      records: 15,
      stops: { kind: 'not-closed', segment: 6 },
    })
    expect(await removeExpired(parts('2024-01-01T00:00:00Z'), ORDER)).toMatchObject({ kind: 'nothing' })
    expect(await segments()).toHaveLength(6)
  })

  it('needs two officers, a reason and a decision', async () => {
    for (const [changes, why] of [
      [{ second: 'A-1' }, 'one-officer'],
      [{ second: ' ' }, 'one-officer'],
      [{ by: '' }, 'one-officer'],
      [{ reason: ' ' }, 'reason-missing'],
      [{ document: '' }, 'reason-missing'],
    ] as const) {
      expect(await removeExpired(parts(NOW), { ...ORDER, ...changes })).toEqual({ kind: 'refused', why })
    }
    expect(await segments()).toHaveLength(6)
  })

  it('removes nothing of a damaged beginning: it is evidence', async () => {
    const lines = await linesOf(files, '00000002.ndjson')
    files.tamper('00000002.ndjson', Buffer.from(`${lines.toSpliced(2, 1).join('\n')}\n`))
    expect(await removeExpired(parts(NOW), ORDER)).toMatchObject({ kind: 'refused', why: 'segments-damaged' })
    expect(await segments()).toHaveLength(6)
  })

  it('leaves segments of version 1 until a header of version 2 knows their tree', async () => {
    const old = await versionOneFiles()
    const now = Date.parse('2035-01-01T00:00:00Z')
    expect(await planRemoval(old, KEYS, { years: 3, now, known: now })).toMatchObject({
      segments: [],
      stops: { kind: 'not-closed', segment: 1 },
    })
  })
})

describe('a removal that a crash interrupts', () => {
  it('at any operation: the log verifies, and the next removal finishes it', async () => {
    const steps = new FaultyAuditFiles()
    for (let year = 2022; year <= 2025; year += 1) await writeYear(steps, year)
    const whole = (await verifyAudit(steps, KEYS)).last
    const clean = steps.copy()
    await removeExpired(parts(NOW, clean), ORDER)
    expect(await segments(clean)).toEqual([4])
    for (let cutAt = 1; cutAt <= clean.operations; cutAt += 1) {
      const disk = steps.copy().restart({ cutAt, random: () => 0.7 })
      await expect(removeExpired(parts(NOW, disk), ORDER)).rejects.toThrow('EPOWER')
      for (const after of [disk.kill(), disk.restart()]) {
        expect(await verifyAudit(after, KEYS), `cut at ${cutAt}`).toMatchObject({ faults: [], last: whole })
        await removeExpired(parts(NOW, after), ORDER)
        expect(await segments(after), `cut at ${cutAt}`).toEqual([4])
        expect(await verifyAudit(after, KEYS)).toMatchObject({ faults: [], last: whole, removed: { last: 9 } })
      }
    }
    expect(clean.operations).toBeGreaterThan(6)
  })
})

describe('a hold that comes after a removal was interrupted', () => {
  it('keeps what is still there, until it is released', async () => {
    const disk = files.copy().restart({ fault: ({ kind, nth }) => (kind === 'remove' && nth === 2 ? 'EIO' : null) })
    await expect(removeExpired(parts(NOW, disk), ORDER)).rejects.toThrow('EIO')
    const after = disk.kill()
    expect(await segments(after)).toEqual([2, 3, 4, 5, 6])
    await placeHold(parts(NOW, after), hold('H-1', { subjects: ['subject-2027-1'] }))
    expect(await removeExpired(parts(NOW, after), ORDER)).toMatchObject({ kind: 'nothing' })
    expect(await segments(after)).toEqual([2, 3, 4, 5, 6])
    const report = await verifyAudit(after, KEYS)
    expect(report.faults).toEqual([])
    expect(report.notices.map(({ kind, lines }) => `${kind} ${lines}`)).toEqual([
      'removed-in-order 12',
      'removal-unfinished 3',
    ])
    await releaseHold(parts(NOW, after), { id: 'H-1', by: 'A-1', second: 'A-2', reason: '结案' })
    await removeExpired(parts(NOW, after), ORDER)
    expect(await segments(after)).toEqual([5, 6])
  })
})

describe('what nobody ordered', () => {
  it('is a fault: a segment gone without an order, or beyond it, or by an order of a stranger', async () => {
    const without = files.copy()
    without.tamper('00000001.ndjson', null)
    expect((await verifyAudit(without, KEYS)).faults).toMatchObject([
      { kind: 'segment-removed', file: '00000001.ndjson' },
    ])
    await removeExpired(parts(NOW), ORDER)
    const beyond = files.copy()
    beyond.tamper('00000005.ndjson', null)
    expect((await verifyAudit(beyond, KEYS)).faults.map(({ kind }) => kind)).toContain('segment-removed')
    const gone = files.copy()
    gone.tamper('order-00000001.ndjson', null)
    expect((await verifyAudit(gone, KEYS)).faults.filter(({ kind }) => kind === 'segment-removed')).toHaveLength(4)
    expect((await verifyAudit(files, [STRANGER_KEY.publicKey])).faults).toContainEqual(
      expect.objectContaining({ kind: 'unknown-key', file: 'order-00000001.ndjson' }),
    )
  })

  it('is a fault: an order taken away, in the middle or at the end', async () => {
    for (const id of ['H-1', 'H-2', 'H-3']) await placeHold(parts(NOW), hold(id, {}))
    await writeYear(files, 2028)
    expect((await verifyAudit(files, KEYS)).faults).toEqual([])
    for (const name of ['order-00000001.ndjson', 'order-00000002.ndjson', 'order-00000003.ndjson']) {
      const copy = files.copy()
      copy.tamper(name, null)
      expect(
        (await verifyAudit(copy, KEYS)).faults.map(({ kind }) => kind),
        name,
      ).toEqual(['order-removed'])
    }
    const changed = files.copy()
    const line = (await linesOf(files, 'order-00000002.ndjson'))[0] ?? ''
    changed.tamper('order-00000002.ndjson', Buffer.from(`${line.replace('调查', '无')}\n`))
    expect((await verifyAudit(changed, KEYS)).faults.map(({ kind }) => kind)).toContain('bad-signature')
    expect(await removeExpired(parts(NOW, changed), ORDER)).toEqual({ kind: 'refused', why: 'orders-damaged' })
  })
})

describe('a legal hold', () => {
  it.each<readonly [string, HoldScope, readonly number[]]>([
    ['on everything', {}, []],
    ['on a subject', { subjects: ['subject-2023-2'] }, [1]],
    ['on a time', { from: '2024-01-01T00:00:00+08:00', to: '2024-12-31T23:59:59+08:00' }, [1, 2]],
    ['on everything until', { to: '2022-12-31T23:59:59+08:00' }, []],
    ['on a subject at another time', { from: '2025-01-01T00:00:00+08:00', subjects: ['subject-2023-2'] }, [1, 2, 3, 4]],
  ])('%s keeps what it touches, and all behind', async (_, scope, removed) => {
    expect(await placeHold(parts(NOW), hold('H-1', scope))).toEqual({ kind: 'held' })
    const plan = await planRemoval(files, KEYS, { years: 3, ...at(NOW) })
    expect(plan.segments).toEqual(removed)
    expect(plan.stops).toMatchObject(removed.length < 4 ? { kind: 'held', hold: 'H-1' } : { kind: 'not-expired' })
    const done = await removeExpired(parts(NOW), ORDER)
    expect(done.kind).toBe(removed.length === 0 ? 'nothing' : 'removed')
    expect(await segments()).toEqual([1, 2, 3, 4, 5, 6].filter((one) => !removed.includes(one)))
    expect((await verifyAudit(files, KEYS)).faults).toEqual([])
  })

  it('ends with its release, by two officers, and has an ID of its own', async () => {
    await placeHold(parts(NOW), hold('H-1', {}))
    expect(await placeHold(parts(NOW), hold('H-1', {}))).toEqual({ kind: 'refused', why: 'hold-exists' })
    expect(await placeHold(parts(NOW), hold('H-2', { subjects: [] }))).toEqual({
      kind: 'refused',
      why: 'scope-invalid',
    })
    expect(await placeHold(parts(NOW), hold('H-2', { from: 'soon' }))).toEqual({
      kind: 'refused',
      why: 'scope-invalid',
    })
    expect((await standingHolds(files, KEYS)).holds.map(({ id }) => id)).toEqual(['H-1'])
    const release = { id: 'H-1', by: 'A-3', second: 'A-4', reason: '结案' }
    expect(await releaseHold(parts(NOW), { ...release, second: 'A-3' })).toEqual({
      kind: 'refused',
      why: 'one-officer',
    })
    expect(await releaseHold(parts(NOW), { ...release, id: 'H-9' })).toEqual({ kind: 'refused', why: 'hold-unknown' })
    expect(await releaseHold(parts(NOW), release)).toEqual({ kind: 'released' })
    expect(await standingHolds(files, KEYS)).toEqual({ holds: [], damaged: false })
    expect(await removeExpired(parts(NOW), ORDER)).toMatchObject({ kind: 'removed', plan: { segments: [1, 2, 3, 4] } })
  })
})
