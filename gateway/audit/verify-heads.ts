import { headsIn } from './files.ts'
import type { AuditReader } from './files.ts'
import { readLine, splitLines } from './read-line.ts'
import type { ReadLine } from './read-line.ts'
import { signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { fault } from './verify-report.ts'
import type { Findings } from './verify-report.ts'

/** A head whose signature is good. */
export interface TrustedHead {
  readonly file: string
  readonly line: number
  readonly chain: string
  readonly head: number
  readonly segment: number
  readonly seq: number
  readonly hash: string
}

/** The heads of a directory, and those that the reader kept elsewhere (`kept`, lines of a file of heads). */
export async function readHeads(
  files: AuditReader,
  kept: Uint8Array,
  check: CheckSignature,
  found: Findings,
): Promise<readonly TrustedHead[]> {
  const own: TrustedHead[] = []
  for (const { name } of headsIn(await files.list())) {
    own.push(...trustedHeads(name, await files.read(name), check, found))
  }
  checkNumbers(own, found)
  const anchors = trustedHeads('--head', kept, check, found)
  return [...own, ...anchors].toSorted((a, b) => a.seq - b.seq || a.head - b.head)
}

function trustedHeads(name: string, bytes: Uint8Array, check: CheckSignature, found: Findings): readonly TrustedHead[] {
  const lines = splitLines(bytes).map(readLine)
  return lines.flatMap((line) => trusted(name, line, line === lines.at(-1), check, found))
}

function trusted(
  file: string,
  line: ReadLine,
  isLast: boolean,
  check: CheckSignature,
  found: Findings,
): readonly TrustedHead[] {
  if (line.kind !== 'head') {
    if (line.raw.torn && isLast) found.notices.push({ kind: 'head-torn', file, lines: 1 })
    else found.faults.push(fault('unreadable', file, line.raw.number))
    return []
  }
  const bad = signatureFault(check, line.raw, line.head)
  if (bad !== null) {
    found.faults.push(fault(bad, file, line.raw.number, line.head.seq))
    return []
  }
  const { chain, head, segment, seq, hash } = line.head
  return [{ file, line: line.raw.number, chain, head, segment, seq, hash }]
}

// A head may be written twice, when the disk failed in between; it may not be missing, nor know less than an earlier one.
function checkNumbers(heads: readonly TrustedHead[], found: Findings): void {
  let before = { head: 0, seq: 0 }
  for (const head of heads) {
    if (head.head > before.head + 1) found.faults.push(fault('head-removed', head.file, head.line))
    if (head.seq < before.seq) found.faults.push(fault('cut-tail', head.file, head.line, head.seq + 1, before.seq))
    before = head
  }
}
