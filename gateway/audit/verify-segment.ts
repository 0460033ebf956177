import { readLine, splitLines } from './read-line.ts'
import type { RawLine, ReadLine, RecordFacts } from './read-line.ts'
import { fault } from './verify-report.ts'
import type { AuditFault, Findings } from './verify-report.ts'
import type { PlannedSegment } from './verify-plan.ts'
import { signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import type { SealLine, Tip } from './line-types.ts'
import type { DigestName } from './suite.ts'

/** A line that holds, or held, a record; `seq` is a guess from its place where the line no longer tells. */
export interface Placed {
  readonly line: number
  readonly seq: number
  readonly record: RecordFacts | null
  readonly raw: RawLine
}

/** What the checks of one segment share. */
export interface SegmentView {
  readonly segment: PlannedSegment
  readonly chain: string | null
  readonly digest: DigestName
  /** The last record before this segment. */
  readonly before: Tip
  /** In the order of the file. */
  readonly placed: readonly Placed[]
  readonly seal: SealLine | null
  /** Numbers that this segment should hold; `last` is null when nothing signed tells. */
  readonly first: number
  readonly last: number | null
}

/** Sorts a segment's lines into records, seal and leftovers, and reports what is wrong with a line by itself. */
export function viewSegment(
  segment: PlannedSegment,
  bytes: Uint8Array,
  context: {
    readonly before: Tip
    readonly chain: string | null
    /** Of the segment before; the header's own counts where there is one. */
    readonly digest: DigestName
    readonly live: boolean
    readonly check: CheckSignature
  },
  found: Findings,
): SegmentView {
  const { before, chain, live, check } = context
  const digest = segment.header?.digest ?? context.digest
  const lines = splitLines(bytes).map((raw) => readLine(raw, digest))
  const body = lines[0]?.kind === 'record' ? lines : lines.slice(1)
  const first = segment.header?.first ?? before.seq + 1
  const seal = trustedSeal(segment, body, check, found)
  const left = segment.left
  const last = seal?.last ?? (left === null ? null : first + left.records - 1)
  const kept = left === null || left.state === 'sealed' ? Number.MAX_SAFE_INTEGER : first + left.records - 1
  const placed: Placed[] = []
  let abandoned = 0
  found.faults.push(...behindSeal(segment.name, body))
  for (const line of body) {
    if (line.kind === 'seal') continue
    const one = place(line, (placed.at(-1)?.seq ?? first - 1) + 1)
    if (one.seq > kept || (abandoned > 0 && one.record === null)) {
      abandoned += 1
      continue
    }
    if (line.raw.torn && line === body.at(-1) && left === null) {
      // Nobody was told of this record. While the log runs it may be one in the making.
      if (!live) found.faults.push(fault('torn', segment.name, one.line, one.seq))
      continue
    }
    placed.push(one)
    found.faults.push(...lineFaults(segment.name, line, one, chain))
  }
  const file = segment.name
  if (left !== null && left.state !== 'sealed') found.notices.push({ kind: `left-${left.state}`, file, lines: 0 })
  if (abandoned > 0) found.notices.push({ kind: 'abandoned', file, lines: abandoned })
  return { segment, chain, digest, before, placed, seal, first, last }
}

/** Nothing is ever written behind a seal: neither a record nor another seal. One fault tells of all that follow. */
function behindSeal(file: string, body: readonly ReadLine[]): readonly AuditFault[] {
  const seal = body.findIndex(({ kind }) => kind === 'seal')
  const after = seal === -1 ? undefined : body[seal + 1]
  if (after === undefined) return []
  return [fault('inserted', file, after.raw.number, after.kind === 'record' ? after.record.seq : null)]
}

function place(line: ReadLine, guess: number): Placed {
  const record = line.kind === 'record' ? line.record : null
  return { line: line.raw.number, seq: record?.intact === true ? record.seq : guess, record, raw: line.raw }
}

function lineFaults(file: string, line: ReadLine, placed: Placed, chain: string | null) {
  const at = (kind: Parameters<typeof fault>[0]) => [fault(kind, file, placed.line, placed.seq)]
  if (line.kind !== 'record') return at(line.raw.torn ? 'torn' : 'unreadable')
  if (!line.record.intact) return at('changed')
  if (chain !== null && line.record.chain !== chain) return at('foreign-chain')
  return line.record.misfit === null ? [] : at('schema')
}

function trustedSeal(
  segment: PlannedSegment,
  body: readonly ReadLine[],
  check: CheckSignature,
  found: Findings,
): SealLine | null {
  const line = body.find((one) => one.kind === 'seal')
  if (line?.kind !== 'seal') {
    const file = segment.name
    if (segment.left?.state === 'sealed')
      found.faults.push(fault('seal-removed', file, (body.at(-1)?.raw.number ?? 0) + 1))
    if (segment.left === null) found.notices.push({ kind: 'open', file, lines: 0 })
    return null
  }
  const bad = line.seal.segment === segment.number ? signatureFault(check, line.raw, line.seal) : 'inserted'
  if (bad === null) return line.seal
  found.faults.push(fault(bad, segment.name, line.raw.number))
  return null
}
