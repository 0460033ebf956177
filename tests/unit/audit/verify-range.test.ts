import { beforeAll, describe, expect, it } from 'vitest'
import { checkpointsIn } from '../../../gateway/audit/heads.ts'
import { headedSegments } from '../../../gateway/audit/read-records.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import type { VerifyRange } from '../../../gateway/audit/verify.ts'
import { linesOf, runs } from '../../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]
const original = new FaultyAuditFiles()

/** Six runs of five records, an hour apart: a segment each. */
beforeAll(async () => {
  const clock = testClock()
  for (const run of 'abcdef') {
    await runs(original, [run], 5, { clock })
    clock.set(clock.now() + 3_600_000)
  }
})

const verify = (range: VerifyRange, files = original) => verifyAudit(files, KEYS, { range })

/** Changes one record, its hash left as it is. */
async function damaged(name: string): Promise<FaultyAuditFiles> {
  const files = original.copy()
  const lines = await linesOf(files, name)
  const changed = lines.with(2, (lines[2] ?? '').replace('H-1017', 'H-1018'))
  files.tamper(name, Buffer.from(`${changed.join('\n')}\n`))
  return files
}

async function checkpointAt(seq: number) {
  const found = (await checkpointsIn(original)).find((one) => one.seq === seq)
  if (found === undefined) throw new Error(`there is no checkpoint of record ${seq}`)
  return found
}

describe('verification of a range', () => {
  it('reads whole segments by number, and says which', async () => {
    const report = await verify({ kind: 'records', from: 12, to: 17 })
    expect(report).toMatchObject({ records: 10, range: { first: 11, toEnd: false }, last: { seq: 20 }, faults: [] })
    expect(report.proved[0]?.en).toContain('Records 11 to 20, 10 in all')
    expect(report.notProved.map(({ en }) => en).join()).toContain('Records 1 to 10 were not read')
    expect(report.notProved.map(({ en }) => en).join()).toContain('Records behind 20 were not read')
    expect(await verify({ kind: 'records', from: 26 })).toMatchObject({ records: 5, range: { first: 26, toEnd: true } })
    expect(await verify({ kind: 'records', to: 1 })).toMatchObject({ records: 5, range: { first: 1, toEnd: false } })
    expect(await verify({ kind: 'records' })).toMatchObject({ records: 30, range: { first: 1, toEnd: true } })
  })

  it('reads whole segments by time', async () => {
    const at = (hours: number): number => testClock().now() + hours * 3_600_000
    expect(await verify({ kind: 'times', since: at(1.5), until: at(2.5) })).toMatchObject({
      records: 10,
      range: { first: 6, toEnd: false },
      faults: [],
    })
    expect(await verify({ kind: 'times', until: at(0.5) })).toMatchObject({ records: 5, range: { first: 1 } })
    expect(await verify({ kind: 'times', since: at(100) })).toMatchObject({ records: 5, range: { first: 26 } })
  })

  it('finds what is wrong within it, and nothing else of what was not read', async () => {
    const files = await damaged('00000003.ndjson')
    expect((await verify({ kind: 'records', from: 11, to: 15 }, files)).faults).toMatchObject([
      { kind: 'changed', seq: 12 },
    ])
    expect((await verify({ kind: 'records', from: 16 }, files)).faults).toEqual([])
    expect((await verify({ kind: 'records', to: 10 }, files)).faults).toEqual([])
  })

  it('still sees that a segment or a checkpoint is gone elsewhere', async () => {
    const files = original.copy()
    files.tamper('00000002.ndjson', null)
    expect((await verify({ kind: 'records', from: 20 }, files)).faults.map(({ kind }) => kind)).toEqual([
      'segment-removed',
    ])
  })

  it('begins no part of it at a header that cannot be trusted', async () => {
    const files = original.copy()
    const lines = await linesOf(files, '00000004.ndjson')
    files.tamper('00000004.ndjson', Buffer.from(`${lines.slice(1).join('\n')}\n`))
    const report = await verify({ kind: 'records', from: 17 }, files)
    expect(report.range.first).toBe(11)
    expect(report.faults.map(({ kind }) => kind)).toEqual(['header-missing'])
  })

  it('tells how far it has come', async () => {
    const told: string[] = []
    await verifyAudit(original, KEYS, { onProgress: (done, of) => told.push(`${done}/${of}`) })
    expect(told).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6'])
    expect((await headedSegments(original)).length).toBe(6)
  })
})

describe('verification behind a checkpoint', () => {
  it('reads only what comes behind, and proves that it is the same log', async () => {
    const { note } = await checkpointAt(15)
    const report = await verify({ kind: 'checkpoint', checkpoint: Buffer.from(note) })
    expect(report).toMatchObject({ range: { first: 11, trusted: 15, toEnd: true }, last: { seq: 30 }, faults: [] })
    expect(report.proved.map(({ en }) => en).join()).toContain('continues the very log of the checkpoint given')
    expect(report.notProved.map(({ en }) => en).join()).toContain('the checkpoint given was taken at its word')
    const files = await damaged('00000001.ndjson')
    expect((await verify({ kind: 'checkpoint', checkpoint: Buffer.from(note) }, files)).faults).toEqual([])
  })

  it('finds another log of the same name, whose every hash and signature fits', async () => {
    const other = new FaultyAuditFiles()
    await runs(other, ['g', 'h', 'i', 'k'], 5)
    const { note } = await checkpointAt(15)
    const { faults } = await verify({ kind: 'checkpoint', checkpoint: Buffer.from(note) }, other)
    expect(faults.map(({ kind }) => kind)).toContain('recomputed')
    const { note: start } = await checkpointAt(5)
    expect((await verify({ kind: 'checkpoint', checkpoint: Buffer.from(start) }, other)).faults).not.toEqual([])
  })

  it('finds an old copy of the directory', async () => {
    const { note } = await checkpointAt(30)
    const old = new FaultyAuditFiles()
    for (const name of await original.list()) {
      if (!name.includes('0000006')) old.tamper(name, await original.read(name))
    }
    const { faults } = await verify({ kind: 'checkpoint', checkpoint: Buffer.from(note) }, old)
    expect(faults).toContainEqual({ kind: 'cut-tail', file: '00000005.ndjson', line: null, seq: 26, through: 30 })
  })

  it('takes none that a stranger signed: then everything is read, and that is a fault', async () => {
    const files = new FaultyAuditFiles()
    await runs(files, ['a'], 5, { signer: STRANGER_KEY.signer })
    const [, one] = await checkpointsIn(files)
    const report = await verify({ kind: 'checkpoint', checkpoint: Buffer.from(one?.note ?? '') })
    expect(report).toMatchObject({ records: 30, range: { first: 1, trusted: null } })
    expect(report.faults).toMatchObject([{ kind: 'unknown-key', file: '--from-checkpoint', line: 1 }])
  })
})
