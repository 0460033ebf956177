import { beforeAll, describe, expect, it } from 'vitest'
import { recordHash } from '../../gateway/audit/line.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import type { VerifyReport } from '../../gateway/audit/verify.ts'
import { AUDIT_KEY, STRANGER_KEY, appendAll, openTestLog, receipts } from '../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../kit/faulty-audit-files.ts'

const SEGMENT = '00000002.ndjson'
let original = new FaultyAuditFiles()
let lines: readonly string[] = []
let last = ''

/** Three runs: five segments or more, all sealed. */
beforeAll(async () => {
  for (const run of ['a', 'b', 'c']) {
    const log = await openTestLog(original)
    for (const wave of [0, 1, 2]) await appendAll(log, receipts(`${run}${wave}`, 9))
    await log.close()
  }
  lines = await linesOf(SEGMENT)
  last = (await original.list()).findLast((name) => /^\d+\.ndjson$/.test(name)) ?? ''
})

async function linesOf(name: string): Promise<readonly string[]> {
  return Buffer.from(await original.read(name))
    .toString('utf8')
    .trimEnd()
    .split('\n')
}

/** Faults as `kind file:line record`. */
function named(report: VerifyReport): readonly string[] {
  return report.faults.map((fault) => `${fault.kind} ${fault.file}:${fault.line ?? '-'} ${fault.seq ?? '-'}`)
}

async function verifyWith(name: string, content: readonly string[] | Uint8Array | null, file = original.copy()) {
  const bytes =
    content === null || content instanceof Uint8Array ? content : Buffer.from(content.map((one) => `${one}\n`).join(''))
  file.tamper(name, bytes)
  return verifyAudit(file, [AUDIT_KEY.publicKey])
}

function seqOf(line: string | undefined): number {
  return Number(/"seq":(\d+)/.exec(line ?? '')?.[1])
}

/** Recomputes hashes from a line on, as one without the key can. */
function rechained(content: readonly string[], from: number): readonly string[] {
  let prev = /"hash":"(\w+)"}$/.exec(content[from - 1] ?? '')?.[1] ?? ''
  return content.map((line, index) => {
    if (index < from || !line.includes('"kind":"record"')) return line
    const open = line.replace(/"prev":"\w+"/, () => `"prev":"${prev}"`).replace(/,"hash":"\w+"}$/, '')
    prev = recordHash(prev, Buffer.from(open))
    return `${open},"hash":"${prev}"}`
  })
}

describe('verification of a log (HZ-47.1)', () => {
  it('finds nothing in an unchanged one', async () => {
    const report = await verifyAudit(original, [AUDIT_KEY.publicKey])
    expect(report.faults).toEqual([])
    expect(report.notices).toEqual([])
    expect(report).toMatchObject({ chain: 'test-chain', records: 81, headed: 81, live: false })
    expect(report.segments).toBeGreaterThan(5)
  })

  it('finds any changed byte of a segment, at its line', async () => {
    const bytes = Buffer.from(await original.read(SEGMENT))
    const missed: number[] = []
    // Every 61st byte meets all members, every line feed separates two lines.
    const places = Array.from(bytes.keys()).filter((at) => at % 61 === 0 || bytes[at] === 10)
    for (const at of places) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      const line = bytes.subarray(0, at).toString('latin1').split('\n').length
      const { faults } = await verifyWith(SEGMENT, changed)
      if (!faults.some((fault) => fault.file === SEGMENT && fault.line === line)) missed.push(at)
    }
    expect(places.length).toBeGreaterThan(150)
    expect(missed).toEqual([])
  })

  it('finds any changed byte of the heads', async () => {
    const name = 'heads-00000001.ndjson'
    const bytes = Buffer.from(await original.read(name))
    // Without its last line feed the last head is as a power cut leaves it: then the next file tells.
    for (let at = 0; at < bytes.length - 1; at += 11) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      const { faults } = await verifyWith(name, changed)
      expect(
        faults.some((fault) => fault.file === name),
        `byte ${at}`,
      ).toBe(true)
    }
  })

  it('names a changed record, and only that one', async () => {
    const changed = lines.with(4, (lines[4] ?? '').replace('"officer":"H-1017"', '"officer":"H-1018"'))
    expect(named(await verifyWith(SEGMENT, changed))).toEqual([`changed ${SEGMENT}:5 ${seqOf(lines[4])}`])
  })

  it('names a changed record of the last segment', async () => {
    const content = await linesOf(last)
    const changed = content.with(1, (content[1] ?? '').replace('"status":200', '"status":403'))
    expect(named(await verifyWith(last, changed))).toEqual([`changed ${last}:2 ${seqOf(content[1])}`])
  })

  it('names removed records', async () => {
    const report = await verifyWith(SEGMENT, lines.toSpliced(3, 2))
    expect(named(report)).toEqual([`removed ${SEGMENT}:4 ${seqOf(lines[3])}`])
    expect(report.faults[0]?.through).toBe(seqOf(lines[4]))
  })

  it('names swapped records', async () => {
    const swapped = lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '')
    expect(named(await verifyWith(SEGMENT, swapped))).toEqual([`swapped ${SEGMENT}:5 ${seqOf(lines[3])}`])
  })

  it('names a record that stands twice', async () => {
    const twice = lines.toSpliced(4, 0, lines[2] ?? '')
    expect(named(await verifyWith(SEGMENT, twice))).toEqual([`inserted ${SEGMENT}:5 ${seqOf(lines[2])}`])
  })

  it('names a torn record', async () => {
    const bytes = Buffer.from(await original.read(SEGMENT))
    const middle = bytes.indexOf('\n', bytes.length / 2)
    bytes.fill(0, middle - 40, middle - 10)
    const line = bytes.subarray(0, middle).toString('latin1').split('\n').length
    expect(named(await verifyWith(SEGMENT, bytes))).toEqual([`torn ${SEGMENT}:${line} ${seqOf(lines[line - 1])}`])
  })
})

describe('a tail that was cut', () => {
  it('is found when whole lines are gone', async () => {
    const content = await linesOf(last)
    const report = await verifyWith(last, content.slice(0, -3))
    expect(named(report)).toEqual([`cut-tail ${last}:- ${seqOf(content.at(-3))}`])
    expect(report.faults[0]?.through).toBe(81)
  })

  it('is found when it is cut within a line', async () => {
    const bytes = await original.read(last)
    const kinds = (await verifyWith(last, bytes.subarray(0, bytes.length - 900))).faults.map((fault) => fault.kind)
    expect(kinds).toEqual(['torn', 'cut-tail'])
  })

  it('is found when it is filled with zeros, as free room looks', async () => {
    const content = await linesOf(last)
    const bytes = Buffer.concat([Buffer.from(`${content.slice(0, 3).join('\n')}\n`), Buffer.alloc(9_000)])
    expect(named(await verifyWith(last, bytes))).toContain(`cut-tail ${last}:- ${seqOf(content[3])}`)
  })

  it('is found in an earlier segment, by what the next header signed', async () => {
    expect(named(await verifyWith(SEGMENT, lines.slice(0, -2)))).toEqual([
      `seal-removed ${SEGMENT}:${lines.length - 1} -`,
      `cut-tail ${SEGMENT}:${lines.length - 1} ${seqOf(lines.at(-2))}`,
    ])
  })

  it('is found with the heads that knew it removed too, when a head was kept elsewhere', async () => {
    const copy = original.copy()
    const heads = (await original.list()).filter((name) => name.startsWith('heads'))
    const keptHeads = Buffer.from(await original.read(heads.at(-1) ?? ''))
    // The whole last run disappears: its segments and its heads.
    const firstOfRun = (
      await Promise.all(
        (await original.list()).map(async (name) => ({
          name,
          text: Buffer.from(await original.read(name)).toString(),
        })),
      )
    ).filter(({ name, text }) => /^\d/.test(name) && text.includes('"receipt":"c'))
    for (const { name } of firstOfRun) copy.tamper(name, null)
    const report = await verifyWith(heads.at(-1) ?? '', null, copy)
    expect(report.faults).toEqual([])
    expect(report.notProved.map((text) => text.en).join()).toContain('newest')
    const anchored = await verifyAudit(copy, [AUDIT_KEY.publicKey], { keptHeads })
    expect(anchored.faults.map((fault) => fault.kind)).toContain('cut-tail')
  })
})

describe('a chain recomputed without the key', () => {
  it('is found within a segment', async () => {
    const changed = rechained(lines.with(4, (lines[4] ?? '').replace('H-1017', 'H-1018')), 4)
    const faults = named(await verifyWith(SEGMENT, changed))
    expect(faults.some((fault) => fault.startsWith(`recomputed ${SEGMENT}:`))).toBe(true)
  })

  it('is found when one record was rewritten with its hash', async () => {
    // Heads name every fifth record or so: of three neighbours two are known by the next record alone.
    for (const at of [2, 3, 4]) {
      const rewritten = rechained(lines.with(at, (lines[at] ?? '').replace('H-1017', 'H-1018')), at)[at] ?? ''
      const faults = named(await verifyWith(SEGMENT, lines.with(at, rewritten)))
      expect(faults).toEqual([`recomputed ${SEGMENT}:${at + 1} ${seqOf(lines[at])}`])
    }
  })

  it('is found at the end of a segment, by its seal and by the next header', async () => {
    const at = lines.length - 2
    const changed = rechained(lines.with(at, (lines[at] ?? '').replace('H-1017', 'H-1018')), at)
    const faults = named(await verifyWith(SEGMENT, changed))
    expect(faults[0]).toBe(`recomputed ${SEGMENT}:${at + 1} ${seqOf(lines[at])}`)
    expect(faults.at(-1)).toBe(`recomputed 00000003.ndjson:1 ${seqOf(lines[at])}`)
    // Without the next header and the heads the seal alone tells.
    const copy = original.copy()
    for (const name of await original.list()) if (name > SEGMENT) copy.tamper(name, null)
    expect(named(await verifyWith(SEGMENT, changed, copy))).toContain(
      `recomputed ${SEGMENT}:${at + 1} ${seqOf(lines[at])}`,
    )
  })

  it('is found at the end of the log, where only heads know better', async () => {
    const content = (await linesOf(last)).slice(0, -1)
    const at = content.length - 1
    const changed = rechained(content.with(at, (content[at] ?? '').replace('H-1017', 'H-1018')), at)
    expect(named(await verifyWith(last, changed))).toEqual([`recomputed ${last}:${at + 1} 81`])
  })

  it('is found when everything is signed again with another key', async () => {
    const forged = new FaultyAuditFiles()
    const log = await openTestLog(forged, { signer: STRANGER_KEY.signer })
    await appendAll(log, receipts('forged', 4))
    await log.close()
    const kinds = (await verifyAudit(forged, [AUDIT_KEY.publicKey])).faults.map((fault) => fault.kind)
    expect(new Set(kinds)).toEqual(new Set(['unknown-key', 'heads-missing']))
    const claimed = JSON.parse(lines[0] ?? '') as { key: string }
    const header = (
      Buffer.from(await forged.read('00000001.ndjson'))
        .toString()
        .split('\n')[0] ?? ''
    ).replace(/"key":"\w+"/, `"key":"${claimed.key}"`)
    forged.tamper('00000001.ndjson', Buffer.from(`${header}\n`))
    expect((await verifyAudit(forged, [AUDIT_KEY.publicKey])).faults.map((fault) => fault.kind)).toContain(
      'bad-signature',
    )
  })

  it('is found when records of another chain are put in', async () => {
    const other = new FaultyAuditFiles()
    const log = await openTestLog(other, { chain: 'other-chain' })
    for (const wave of [0, 1, 2]) await appendAll(log, receipts(`o${wave}`, 9))
    await log.close()
    const kinds = (await verifyWith(SEGMENT, await other.read(SEGMENT))).faults.map((fault) => fault.kind)
    expect(kinds).toContain('foreign-chain')
  })
})

describe('files that are gone', () => {
  it('finds a deleted segment, first, middle and last', async () => {
    for (const name of ['00000001.ndjson', SEGMENT]) {
      expect(named(await verifyWith(name, null))).toContain(`segment-removed ${name}:- -`)
    }
    expect((await verifyWith(last, null)).faults.map((fault) => fault.kind)).toContain('cut-tail')
  })

  it('finds a deleted last segment that held no record', async () => {
    const copy = original.copy()
    await (await openTestLog(copy)).close()
    const empty = (await copy.list()).findLast((name) => /^\d+\.ndjson$/.test(name)) ?? ''
    expect(empty).not.toBe(last)
    expect(named(await verifyWith(empty, null, copy))).toEqual([`segment-removed ${empty}:- -`])
  })

  it('finds deleted heads: all of them, a file, a line', async () => {
    const heads = (await original.list()).filter((name) => name.startsWith('heads'))
    const copy = original.copy()
    for (const name of heads) copy.tamper(name, null)
    expect((await verifyAudit(copy, [AUDIT_KEY.publicKey])).faults.map((fault) => fault.kind)).toContain(
      'heads-missing',
    )
    expect(named(await verifyWith(heads[0] ?? '', null))).toEqual([`head-removed ${heads[1]}:1 -`])
    expect((await verifyWith(heads[1] ?? '', null)).faults.map((fault) => fault.kind)).toEqual(['head-removed'])
    expect(named(await verifyWith(heads[2] ?? '', null))).toEqual([`head-removed ${heads[1]}:- -`])
    const content = await linesOf(heads[0] ?? '')
    expect(named(await verifyWith(heads[0] ?? '', content.toSpliced(1, 1)))).toEqual([`head-removed ${heads[0]}:2 -`])
  })
})
