import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditFiles } from '../../../gateway/audit/files.ts'
import { segmentsIn } from '../../../gateway/audit/files.ts'
import { placeHold, planRemoval, removeExpired } from '../../../gateway/audit/retention.ts'
import { newestSigned, standingHolds } from '../../../gateway/audit/standing-orders.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { AUDIT_KEY, openTestLog, recordsIn, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]
const REMOVAL = { by: 'A-1', second: 'A-2', reason: '保存期满', document: '数管〔2030〕1号', years: 3 }
const NOW = '2028-06-01T00:00:00Z'
const ORDER = 'order-00000001.ndjson'
let files = new FaultyAuditFiles()

beforeEach(async () => {
  files = await chainOfYears('test-chain', 2022, 2027)
})

async function chainOfYears(chain: string, from: number, to: number): Promise<FaultyAuditFiles> {
  const made = new FaultyAuditFiles()
  for (let year = from; year <= to; year += 1) await writeYear(made, year, chain)
  return made
}

async function writeYear(into: AuditFiles, year: number, chain = 'test-chain', count = 3): Promise<void> {
  const time = `${year}-05-01T08:00:00+08:00`
  const log = await openTestLog(into, { chain, clock: testClock(Date.parse(time)) })
  for (let n = 1; n <= count; n += 1) await log.append(await log.reserve(), sampleEntry(`${year}-${n}`, { time }))
  await log.close()
}

const parts = (of: AuditFiles = files, chain = 'test-chain') => ({
  files: of,
  signing: { chain, signer: AUDIT_KEY.signer, clock: testClock(Date.parse(NOW)) },
  publicKeys: KEYS,
  known: Date.parse(NOW),
})
const hold = (id: string, subjects?: readonly string[]) => ({
  id,
  scope: subjects === undefined ? {} : { subjects },
  by: 'A-1',
  second: 'A-2',
  reason: '调查',
})
const segments = async (of: FaultyAuditFiles = files) => segmentsIn(await of.list()).map(({ number }) => number)
const kinds = async (of: FaultyAuditFiles = files) => (await verifyAudit(of, KEYS)).faults.map(({ kind }) => kind)

/** The disk, with something done before one of its operations. */
function meanwhile(
  of: FaultyAuditFiles,
  method: 'writer' | 'list',
  nth: number,
  act: () => Promise<unknown>,
): AuditFiles {
  let calls = 0
  const before = async () => {
    calls += 1
    if (calls === nth) await act()
  }
  return {
    lock: () => of.lock(),
    create: (name) => of.create(name),
    open: (name) => of.open(name),
    rename: (from, to) => of.rename(from, to),
    publish: (from, to) => of.publish(from, to),
    removeSpare: (name) => of.removeSpare(name),
    removeSegment: (name) => of.removeSegment(name),
    syncDirectory: () => of.syncDirectory(),
    read: (name, length) => of.read(name, length),
    list: async () => {
      if (method === 'list') await before()
      return of.list()
    },
    writer: async () => {
      if (method === 'writer') await before()
      return of.writer()
    },
  }
}

describe('an order that is not whole', () => {
  it.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['without its line feed', (bytes) => bytes.subarray(0, -1)],
    ['emptied', () => Buffer.alloc(0)],
    ['with a zero byte in it', (bytes) => Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(1), bytes.subarray(21)])],
  ])('%s is a fault, and removes nothing', async (_, cut) => {
    await placeHold(parts(), hold('H-1'))
    await writeYear(files, 2028)
    files.tamper(ORDER, cut(Buffer.from(await files.read(ORDER))))
    expect(await kinds()).toContain('order-removed')
    expect(await removeExpired(parts(), REMOVAL)).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect(await planRemoval(files, KEYS, { years: 3, now: Date.parse(NOW) })).toEqual({
      segments: [],
      records: 0,
      stops: { kind: 'orders-damaged' },
    })
    expect(await standingHolds(files, KEYS)).toEqual({ holds: [], damaged: true })
    expect(await segments()).toHaveLength(7)
  })

  it('never has the name of one, wherever the power is cut, and leaves nothing behind', async () => {
    const clean = files.copy()
    await placeHold(parts(clean), hold('H-1'))
    for (let cutAt = 1; cutAt <= clean.operations; cutAt += 1) {
      const disk = files.copy().restart({ cutAt, random: () => 0.7 })
      await expect(placeHold(parts(disk), hold('H-1'))).rejects.toThrow('EPOWER')
      for (const after of [disk.kill(), disk.restart()]) {
        expect(await kinds(after), `cut at ${cutAt}`).toEqual([])
        await writeYear(after, 2028)
        expect((await after.list()).filter((name) => name.startsWith('draft-'))).toEqual([])
      }
    }
    expect(clean.operations).toBeGreaterThanOrEqual(5)
  })

  it('does not count where a disk fails, and may be given again', async () => {
    const disk = files.copy().restart({ fault: ({ kind, nth }) => (kind === 'sync' && nth === 1 ? 'EIO' : null) })
    await expect(placeHold(parts(disk), hold('H-1'))).rejects.toThrow('EIO')
    expect((await disk.list()).some((name) => /^(draft|order)-/.test(name))).toBe(false)
    expect(await placeHold(parts(disk), hold('H-1'))).toEqual({ kind: 'held' })
  })
})

describe('an order given while another is', () => {
  it('a hold before a removal is written: the removal is decided anew', async () => {
    // The verification that goes before the order asks for the writer.
    const race = meanwhile(files, 'writer', 1, () => placeHold(parts(), hold('H-1')))
    expect(await removeExpired(parts(race), REMOVAL)).toMatchObject({
      kind: 'nothing',
      plan: { stops: { hold: 'H-1' } },
    })
    expect(await segments()).toHaveLength(6)
    expect(await kinds()).toEqual([])
    expect(await placeHold(parts(), hold('H-2'))).toEqual({ kind: 'held' })
  })

  it('two holds at once: both stand', async () => {
    await Promise.all(['H-1', 'H-2', 'H-3'].map((id) => placeHold(parts(), hold(id))))
    expect((await standingHolds(files, KEYS)).holds.map(({ id }) => id).toSorted()).toEqual(['H-1', 'H-2', 'H-3'])
    expect(await kinds()).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6])('a removal during a verification, before its listing %i: no alarm', async (nth) => {
    const race = meanwhile(files, 'list', nth, () => removeExpired(parts(), REMOVAL))
    expect((await verifyAudit(race, KEYS)).faults).toEqual([])
  })

  it('a removal between plan and reading: no alarm, and what is gone is passed over', async () => {
    let reads = 0
    const race = meanwhile(files, 'list', 99, async () => undefined)
    const slow: AuditFiles = {
      ...race,
      read: async (name, length) => {
        reads += name === '00000001.ndjson' && length === undefined ? 1 : 0
        if (name === '00000001.ndjson' && length === undefined && reads === 1) await removeExpired(parts(), REMOVAL)
        return files.read(name, length)
      },
    }
    expect(await verifyAudit(slow, KEYS)).toMatchObject({ faults: [], removed: { last: 12 } })
    expect(reads).toBe(1)
  })

  it('a removal while records are read: those that are gone are passed over', async () => {
    let listed = 0
    const slow: AuditFiles = {
      ...meanwhile(files, 'list', 99, async () => undefined),
      read: async (name, length) => {
        listed += length === undefined ? 1 : 0
        if (listed === 1) await removeExpired(parts(), REMOVAL)
        return files.read(name, length)
      },
    }
    expect((await recordsIn(slow)).map(({ receipt }) => receipt)).toEqual(
      [2026, 2027].flatMap((year) => [1, 2, 3].map((n) => `${year}-${n}`)),
    )
  })
})

describe('an order of another chain under the same key', () => {
  it('takes no hold away', async () => {
    const other = await chainOfYears('other', 2022, 2023)
    await placeHold(parts(other, 'other'), hold('Z', ['nobody']))
    await placeHold(parts(), hold('H-1'))
    await writeYear(files, 2028)
    files.tamper(ORDER, await other.read(ORDER))
    expect(await kinds()).toContain('foreign-chain')
    expect(await removeExpired(parts(), REMOVAL)).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect(await segments()).toHaveLength(7)
  })

  it('removes nothing', async () => {
    const other = await chainOfYears('other', 2022, 2027)
    expect(await removeExpired(parts(other, 'other'), REMOVAL)).toMatchObject({ kind: 'removed' })
    const young = await chainOfYears('test-chain', 2026, 2032)
    young.tamper(ORDER, await other.read(ORDER))
    expect(await removeExpired(parts(young), REMOVAL)).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect(await segments(young)).toHaveLength(7)
    for (const number of [1, 2, 3, 4]) young.tamper(`0000000${number}.ndjson`, null)
    expect(await kinds(young)).toContain('foreign-chain')
    const part = await verifyAudit(young, KEYS, { range: { kind: 'records', from: 19 } })
    expect(part.proved.map(({ en }) => en).join()).not.toContain('were removed by')
  })

  it('nor one of this chain that took other records than those before the next segment', async () => {
    const copy = new FaultyAuditFiles()
    for (let year = 2022; year <= 2027; year += 1) await writeYear(copy, year, 'test-chain', 2)
    await removeExpired(parts(copy), REMOVAL)
    files.tamper(ORDER, await copy.read(ORDER))
    expect(await removeExpired(parts(), REMOVAL)).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect(await segments()).toHaveLength(6)
    const part = await verifyAudit(files, KEYS, { range: { kind: 'records', from: 16 } })
    expect(part.faults).toContainEqual(expect.objectContaining({ kind: 'recomputed', file: '00000005.ndjson' }))
  })
})

describe('an order that was taken away', () => {
  it('is not masked by a new one: headers know how many there were', async () => {
    await placeHold(parts(), hold('H-1'))
    await writeYear(files, 2028)
    files.tamper(ORDER, null)
    expect(await placeHold(parts(), hold('OTHER', ['nobody']))).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect(await removeExpired(parts(), REMOVAL)).toEqual({ kind: 'refused', why: 'orders-damaged' })
    expect((await files.list()).filter((name) => name.startsWith('order-'))).toEqual([])
    expect((await standingHolds(files, KEYS)).damaged).toBe(true)
  })
})

describe('a clock', () => {
  const alone = (of: AuditFiles, now: string) => ({
    files: of,
    signing: { chain: 'test-chain', signer: AUDIT_KEY.signer, clock: testClock(Date.parse(now)) },
    publicKeys: KEYS,
  })

  it('that is far ahead of all that was signed removes nothing', async () => {
    expect(await removeExpired(alone(files, '2099-01-01T00:00:00Z'), REMOVAL)).toEqual({
      kind: 'refused',
      why: 'clock-ahead',
    })
    expect(await planRemoval(files, KEYS, { years: 3, now: Date.parse(NOW) })).toMatchObject({
      segments: [],
      stops: { kind: 'clock-ahead' },
    })
    expect(await segments()).toHaveLength(6)
  })

  it('that is a little ahead counts as what was signed last', async () => {
    // The last of 2024 is three years old a day after the last that was signed.
    const files24 = await chainOfYears('test-chain', 2022, 2023)
    const time = '2024-05-01T23:00:00Z'
    const log = await openTestLog(files24, { clock: testClock(Date.parse(time)) })
    await log.close()
    await writeYear(files24, 2027)
    const plan = (now: string) => planRemoval(files24, KEYS, { years: 3, now: Date.parse(now) })
    expect(await newestSigned(files24, KEYS)).toBe(Date.parse('2027-05-01T00:00:00Z'))
    expect((await plan('2027-05-20T00:00:00Z')).segments).toEqual([1, 2])
    expect((await plan('2027-05-01T00:00:00Z')).segments).toEqual([1, 2])
  })

  it('on 29 February counts to 28 February', async () => {
    const made = new FaultyAuditFiles()
    for (const time of ['2025-02-28T20:00:00Z', '2026-02-28T20:00:00Z'])
      await (await openTestLog(made, { clock: testClock(Date.parse(time)) })).close()
    const now = Date.parse('2028-02-29T12:00:00Z')
    expect(await planRemoval(made, KEYS, { years: 3, now, known: now })).toMatchObject({
      segments: [],
      stops: { kind: 'not-expired', segment: 1 },
    })
    const later = Date.parse('2028-03-01T00:00:00Z')
    expect((await planRemoval(made, KEYS, { years: 3, now: later, known: later })).segments).toEqual([1])
  })
})
