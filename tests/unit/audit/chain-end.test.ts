import { beforeEach, describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../../../gateway/audit/checkpoint.ts'
import { checkpointsIn, latestCheckpoint } from '../../../gateway/audit/heads.ts'
import { entryJson, recordLine } from '../../../gateway/audit/line.ts'
import { removeExpired } from '../../../gateway/audit/retention.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { linesOf } from '../../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY, openTestLog, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]
const MIDDLE = '00000002.ndjson'
const LAST = '00000003.ndjson'
const HEADS = 'heads-00000003.ndjson'
let files = new FaultyAuditFiles()

/** Three segments of three records, each by a run of its own. */
beforeEach(async () => {
  files = new FaultyAuditFiles()
  for (const run of ['a', 'b', 'c']) await append(files, [`${run}1`, `${run}2`, `${run}3`])
})

async function append(into: FaultyAuditFiles, receipts: readonly string[], close = true): Promise<readonly string[]> {
  const log = await openTestLog(into)
  for (const receipt of receipts) await log.append(await log.reserve(), sampleEntry(receipt))
  if (close) await log.close()
  return log.findings
}

const put = (name: string, lines: readonly string[], into = files) => {
  into.tamper(name, Buffer.from(lines.map((line) => `${line}\n`).join('')))
}
const faults = async (of = files) =>
  (await verifyAudit(of, KEYS)).faults.map(({ kind, line }) => `${kind} ${line ?? '-'}`)

describe('a seal that does not end its segment', () => {
  it.each([MIDDLE, LAST])('is a fault in %s: moved before the records, or with lines behind it', async (name) => {
    const lines = await linesOf(files, name)
    const seal = lines.at(-1) ?? ''
    const forged = seal.replace(/"root":"./, '"root":"Q')
    put(name, lines.toSpliced(-1, 1).toSpliced(1, 0, seal))
    expect(await faults()).toEqual(['inserted 3'])
    put(name, [...lines, forged, forged])
    expect(await faults()).toEqual(['inserted 6'])
    put(name, [...lines, lines[1] ?? ''])
    expect(await faults()).toContain('inserted 6')
  })

  it('does not make a writer give numbers again', async () => {
    const lines = await linesOf(files, LAST)
    put(LAST, lines.toSpliced(-1, 1).toSpliced(1, 0, lines.at(-1) ?? ''))
    expect(await append(files, ['d1'])).toEqual(['00000003.ndjson was not closed in order (torn)'])
    const report = await verifyAudit(files, KEYS)
    expect(report).toMatchObject({ records: 10, last: { seq: 10 } })
    expect(report.faults.map(({ kind, file }) => [kind, file])).toEqual([['inserted', LAST]])
  })

  it('of another segment closes nothing', async () => {
    const lines = await linesOf(files, LAST)
    const other = (await linesOf(files, MIDDLE)).at(-1) ?? ''
    put(LAST, [...lines.slice(0, -1), other])
    expect(await append(files, ['d1'])).toEqual(['00000003.ndjson was not closed in order (torn)'])
    expect(await verifyAudit(files, KEYS)).toMatchObject({ records: 10, faults: [{ kind: 'inserted', file: LAST }] })
  })
})

describe('a writer that comes back to what was changed', () => {
  it('does not go on behind a header that is not as it was signed', async () => {
    const lines = await linesOf(files, LAST)
    const [header = ''] = lines
    put(LAST, lines.with(0, header.replace(/"tree":\["./, '"tree":["Z')))
    await expect(append(files, ['d1'])).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: expect.stringMatching(/the header of 00000003\.ndjson is not as it was signed.*audit verify/) as unknown,
    })
    expect(await files.list()).not.toContain('00000004.ndjson')
  })

  it('does not go on behind records that the newest checkpoint does not know', async () => {
    const lines = await linesOf(files, LAST)
    const before = JSON.parse((await linesOf(files, MIDDLE)).at(-1) ?? '') as { hash: string }
    let tip = { seq: 6, hash: before.hash }
    const forged = ['x1', 'x2', 'x3'].map((receipt) => {
      const line = recordLine('test-chain', tip, entryJson(sampleEntry(receipt)), 'SHA-256')
      tip = line.tip
      return Buffer.from(line.bytes).toString().trimEnd()
    })
    put(LAST, [lines[0] ?? '', ...forged])
    await expect(append(files, ['d1'])).rejects.toMatchObject({
      detail: expect.stringContaining('what the newest checkpoint knows of record 9') as unknown,
    })
  })

  it.each<readonly [string, { readonly root?: string; readonly chain?: string; readonly by?: typeof STRANGER_KEY }]>([
    ['of another tree', { root: Buffer.alloc(32, 7).toString('base64') }],
    ['of another chain', { chain: 'other' }],
    ['of a stranger', { by: STRANGER_KEY }],
  ])('does not go on over a newest checkpoint %s', async (_, { by = AUDIT_KEY, ...changes }) => {
    const newest = await latestCheckpoint(files)
    if (newest === null) throw new Error('no checkpoint')
    const { note } = formatCheckpoint({ ...newest, ...changes }, by.signer)
    put(HEADS, [...(await linesOf(files, HEADS)), JSON.stringify({ v: 2, kind: 'checkpoint', checkpoint: note })])
    await expect(append(files, ['d1'])).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  })

  it('goes on after a crash, where all is as it was signed', async () => {
    await append(files, ['d1', 'd2'], false)
    const after = files.kill()
    expect(await append(after, ['e1'])).toEqual(['00000004.ndjson was not closed in order (open)'])
    expect(await verifyAudit(after, KEYS)).toMatchObject({ faults: [], records: 12 })
  })
})

describe('a number that nobody could count to', () => {
  it('of a record is one gap', async () => {
    const lines = await linesOf(files, LAST)
    const far = recordLine('test-chain', { seq: 9e14, hash: '0'.repeat(64) }, entryJson(sampleEntry('x')), 'SHA-256')
    put(LAST, [...lines.slice(0, -1), Buffer.from(far.bytes).toString().trimEnd()])
    expect((await verifyAudit(files, KEYS)).faults).toContainEqual({
      kind: 'removed',
      file: LAST,
      line: 5,
      seq: 10,
      through: 9e14,
    })
  })

  it('of a segment is one gap', async () => {
    files.tamper('99999999.ndjson', await files.read(LAST))
    const { faults: found } = await verifyAudit(files, KEYS)
    expect(found.filter(({ kind }) => kind === 'segment-removed')).toMatchObject([
      { file: '00000004.ndjson – 99999998.ndjson' },
    ])
  })
})

describe('a segment without records', () => {
  it('is missed when it was sealed', async () => {
    const made = new FaultyAuditFiles()
    for (const receipts of [['a'], [], ['b']]) await append(made, receipts)
    made.tamper(MIDDLE, null)
    expect((await verifyAudit(made, KEYS)).faults).toMatchObject([{ kind: 'segment-removed', file: MIDDLE }])
  })
})

describe('what a report says to be proved', () => {
  const said = (texts: readonly { readonly en: string }[]) => texts.map(({ en }) => en).join('\n')
  const checkpoint = async (seq: number) => {
    const found = (await checkpointsIn(files)).find((one) => one.seq === seq)
    if (found === undefined) throw new Error(`no checkpoint of ${seq}`)
    return found
  }
  const behind = (note: string) => ({ kind: 'checkpoint', checkpoint: Buffer.from(note) }) as const

  it('of a checkpoint that was compared, by root and hash', async () => {
    const { note } = await checkpoint(6)
    const report = await verifyAudit(files, KEYS, { range: behind(note) })
    expect(said(report.proved)).toContain('continues the very log of the checkpoint given (up to record 6)')
    expect(said(report.notProved)).toContain('the checkpoint given was taken at its word')
    expect(said(report.notProved)).not.toContain('compared with nothing: that record')
  })

  it('nothing of one whose record is not there, nor of a forged one', async () => {
    const old = await checkpoint(3)
    const now = Date.parse('2036-01-01T00:00:00Z')
    const signing = { chain: 'test-chain', signer: AUDIT_KEY.signer, clock: testClock(now) }
    const order = { by: 'A-1', second: 'A-2', reason: 'r', document: 'd', years: 3 }
    await removeExpired({ files, signing, publicKeys: KEYS, known: now }, order)
    const forged = formatCheckpoint(
      { ...old, root: Buffer.alloc(32, 7).toString('base64'), hash: 'ab'.repeat(32) },
      AUDIT_KEY.signer,
    )
    for (const { note } of [old, forged]) {
      const report = await verifyAudit(files, KEYS, { range: behind(note) })
      expect(report.faults).toEqual([])
      expect(said(report.proved)).not.toContain('very log')
      expect(said(report.notProved)).toContain('The checkpoint(s) given of record 3 were compared with nothing')
      const kept = await verifyAudit(files, KEYS, { keptHeads: Buffer.from(note) })
      expect(said(kept.notProved)).toContain('The checkpoint(s) given of record 3 were compared with nothing')
    }
    const whole = await verifyAudit(files, KEYS)
    expect(said(whole.proved)).toContain('were removed by 1 signed order(s)')
    expect(said(whole.notProved)).toMatch(/\d checkpoint\(s\) of this directory were compared with nothing/)
  })

  it('and calls a forged one that is there a fault', async () => {
    const forged = formatCheckpoint(
      { ...(await checkpoint(6)), root: Buffer.alloc(32, 7).toString('base64') },
      AUDIT_KEY.signer,
    )
    expect((await verifyAudit(files, KEYS, { range: behind(forged.note) })).faults).toMatchObject([{ kind: 'tree' }])
  })
})
