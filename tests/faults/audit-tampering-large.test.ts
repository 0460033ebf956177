/** What an intruder with the files, but not the key, can do to a log of 100,000 records; and what is found of it. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditReader } from '../../gateway/audit/files.ts'
import { checkpointsIn } from '../../gateway/audit/heads.ts'
import { recordHash } from '../../gateway/audit/line.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import type { VerifyOptions, VerifyReport } from '../../gateway/audit/verify.ts'
import { linesOf } from '../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY, openTestLog, sampleEntry } from '../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../kit/faulty-audit-files.ts'

const RECORDS = 100_000
const BATCH = 2_000
const KEYS = [AUDIT_KEY.publicKey]
const SIZES = { segmentBytes: 8 << 20, maxRecordBytes: 4_096, headEveryRecords: 1_000 }
const SMALL = { route: [], data: [], approvers: [], grants: [], roles: [] }

async function bigLog(prefix: string, count: number, signer = AUDIT_KEY.signer): Promise<FaultyAuditFiles> {
  const files = new FaultyAuditFiles()
  const log = await openTestLog(files, { ...SIZES, signer })
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => `${prefix}-${from + index + 1}`)
    await Promise.all(batch.map(async (receipt) => log.append(await log.reserve(), sampleEntry(receipt, SMALL))))
  }
  await log.close()
  return files
}

let original = new FaultyAuditFiles()
let names: readonly string[] = []
/** A segment in the middle, its lines, and the number of its first record. */
let middle = ''
let lines: readonly string[] = []
let first = 0

beforeAll(async () => {
  original = await bigLog('a', RECORDS)
  names = (await original.list()).filter((name) => /^\d/.test(name))
  middle = names[3] ?? ''
  lines = await linesOf(original, middle)
  first = seqOf(lines[1])
}, 120_000)

/** The directory with some files changed, or gone. */
function changed(files: Readonly<Record<string, readonly string[] | Uint8Array | null>>): AuditReader {
  const of = (name: string) => files[name]
  return {
    list: async () => {
      const all = new Set([...(await original.list()), ...Object.keys(files)])
      return [...all].filter((name) => of(name) !== null).toSorted()
    },
    read: async (name, length) => {
      const content = of(name)
      if (content === undefined || content === null) return original.read(name, length)
      const bytes = content instanceof Uint8Array ? content : Buffer.from(content.map((line) => `${line}\n`).join(''))
      return bytes.subarray(0, length)
    },
    writer: async () => null,
  }
}

const verify = (files: Parameters<typeof changed>[0], options: VerifyOptions = {}) =>
  verifyAudit(changed(files), KEYS, options)

/** Faults as `kind file:line record`. */
function named({ faults }: VerifyReport): readonly string[] {
  return faults.map(({ kind, file, line, seq }) => `${kind} ${file}:${line ?? '-'} ${seq ?? '-'}`)
}

function seqOf(line: string | undefined): number {
  return Number(/"seq":(\d+)/.exec(line ?? '')?.[1])
}

/** Hashes again from a line on, up to the seal, as one without the key can. */
function rechained(content: readonly string[], from: number): readonly string[] {
  let prev = /"hash":"(\w+)"}$/.exec(content[from - 1] ?? '')?.[1] ?? ''
  return content.map((line, index) => {
    if (index < from || !line.includes('"kind":"record"')) return line
    const open = line.replace(/"prev":"\w+"/, () => `"prev":"${prev}"`).replace(/,"hash":"\w+"}$/, '')
    prev = recordHash(prev, Buffer.from(open))
    return `${open},"hash":"${prev}"}`
  })
}

const AT = 5_000

describe(`a log of ${RECORDS} records`, () => {
  it('is in order, in segments, under a checkpoint every 1,000 records', async () => {
    const report = await verify({})
    expect(report).toMatchObject({ records: RECORDS, headed: RECORDS, faults: [], notices: [], live: false })
    expect(names.length).toBeGreaterThan(6)
    // One at the start, one each batch, one at the stop; and two roots of each seal.
    expect(report.roots).toBe(RECORDS / BATCH + 2 + 2 * names.length)
  }, 60_000)

  it('does not hide a changed record', async () => {
    const one = lines.with(AT, (lines[AT] ?? '').replace('H-1017', 'H-1018'))
    expect(named(await verify({ [middle]: one }))).toEqual([`changed ${middle}:${AT + 1} ${first + AT - 1}`])
  }, 60_000)

  it('does not hide one that was changed with its hash, or with all hashes behind it', async () => {
    const one = lines.with(AT, (lines[AT] ?? '').replace('H-1017', 'H-1018'))
    const its = one.with(AT, rechained(one.slice(AT - 1, AT + 1), 1)[1] ?? '')
    expect(named(await verify({ [middle]: its }))).toEqual([`recomputed ${middle}:${AT + 1} ${first + AT - 1}`])
    const all = await verify({ [middle]: rechained(one, AT) })
    // The next checkpoint knows better; so do the seal and the next header.
    const headed = (await checkpointsIn(original)).find(({ seq }) => seq >= first + AT - 1)?.seq ?? 0
    expect(named(all)).toContain(`recomputed ${middle}:${headed - first + 2} ${headed}`)
    expect(new Set(all.faults.map(({ kind }) => kind))).toEqual(new Set(['recomputed']))
  }, 60_000)

  it('does not hide dropped records: one, many, the last of a segment', async () => {
    const one = await verify({ [middle]: lines.toSpliced(AT, 1) })
    expect(named(one)).toEqual([`removed ${middle}:${AT + 1} ${first + AT - 1}`])
    const many = await verify({ [middle]: lines.toSpliced(AT, 500) })
    expect(named(many)).toEqual([`removed ${middle}:${AT + 1} ${first + AT - 1}`])
    expect(many.faults[0]?.through).toBe(first + AT + 498)
    const end = lines.length - 2
    expect(named(await verify({ [middle]: lines.toSpliced(end, 1) }))).toEqual([
      `cut-tail ${middle}:${end + 1} ${seqOf(lines[end])}`,
    ])
  }, 60_000)

  it('does not hide inserted records: one of its own replayed, there or at the end, and an invented one', async () => {
    const replayed = await verify({ [middle]: lines.toSpliced(AT, 0, lines[10] ?? '') })
    expect(named(replayed)).toEqual([`inserted ${middle}:${AT + 1} ${seqOf(lines[10])}`])
    const last = names.at(-1) ?? ''
    const tail = await linesOf(original, last)
    const again = await verify({ [last]: tail.toSpliced(-1, 0, lines[10] ?? '') })
    expect(named(again)).toEqual([`inserted ${last}:${tail.length} ${seqOf(lines[10])}`])
    const invented = rechained([lines[AT - 1] ?? '', (lines[AT] ?? '').replace('a-', 'b-')], 1)[1] ?? ''
    expect(named(await verify({ [middle]: lines.toSpliced(AT, 0, invented) }))).toContain(
      `inserted ${middle}:${AT + 2} ${first + AT - 1}`,
    )
  }, 60_000)

  it('does not hide swapped records, or swapped segments', async () => {
    const swapped = lines.with(AT, lines[AT + 1] ?? '').with(AT + 1, lines[AT] ?? '')
    expect(named(await verify({ [middle]: swapped }))).toEqual([`swapped ${middle}:${AT + 2} ${first + AT - 1}`])
    const next = names[4] ?? ''
    const both = await verify({ [middle]: await original.read(next), [next]: await original.read(middle) })
    expect(named(both)).toContain(`inserted ${middle}:1 -`)
    expect(named(both)).toContain(`inserted ${next}:1 -`)
  }, 60_000)

  it('does not hide a cut tail: lines, a segment, with their checkpoints', async () => {
    const last = names.at(-1) ?? ''
    const tail = await linesOf(original, last)
    const cut = await verify({ [last]: tail.slice(0, -300) })
    expect(named(cut)).toEqual([`cut-tail ${last}:- ${seqOf(tail.at(-300))}`])
    expect(cut.faults[0]?.through).toBe(RECORDS)
    expect(named(await verify({ [last]: null }))).toContain(`cut-tail ${names.at(-2)}:- ${seqOf(tail[1])}`)
    const heads = await linesOf(original, 'heads-00000001.ndjson')
    const without = { [last]: null, 'heads-00000001.ndjson': heads.filter((line) => !knows(line, seqOf(tail[1]))) }
    // The records and all that knew of them: only somebody who kept a checkpoint can tell.
    expect((await verify(without)).faults).toEqual([])
    const kept = (await checkpointsIn(original)).at(-1)?.note ?? ''
    const found = await verify(without, { keptHeads: Buffer.from(kept) })
    expect(named(found)).toContain(`cut-tail ${names.at(-2)}:- ${seqOf(tail[1])}`)
    expect(found.faults[0]?.through).toBe(RECORDS)
    expect((await verify({ 'heads-00000001.ndjson': heads.toSpliced(20, 1) })).faults).toMatchObject([
      { kind: 'head-removed', file: 'heads-00000001.ndjson', line: 21 },
    ])
  }, 60_000)

  it('does not hide that it was written again with another key', async () => {
    const forged = await bigLog('a', 10_000, STRANGER_KEY.signer)
    const kinds = (await verifyAudit(forged, KEYS)).faults.map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(new Set(['unknown-key', 'heads-missing']))
  }, 60_000)

  it('does not hide that two chains of one key were spliced, at a segment or within one', async () => {
    const other = await bigLog('b', 45_000)
    const segment = names[1] ?? ''
    const spliced = await verify({ [segment]: await other.read(segment) })
    expect(named(spliced)).toContain(`recomputed ${segment}:1 ${seqOf((await linesOf(original, segment))[1]) - 1}`)
    const own = await linesOf(original, segment)
    const theirs = await linesOf(other, segment)
    const start = seqOf(own[1])
    const within = await verify({ [segment]: [...own.slice(0, AT), ...theirs.slice(AT, -1), own.at(-1) ?? ''] })
    expect(named(within)).toContain(`recomputed ${segment}:${AT} ${start + AT - 2}`)
  }, 60_000)
})

/** Whether a line of the heads knows a record, or its segment. */
function knows(line: string, seq: number): boolean {
  return Number(/\\n(\d+)\\n/.exec(line)?.[1]) >= seq || line.includes(`segment ${names.length}\\n`)
}
