import { headsIn } from './files.ts'
import type { AuditReader } from './files.ts'
import { keptHeads } from './kept-heads.ts'
import { readLine, splitLines } from './read-line.ts'
import type { ReadLine } from './read-line.ts'
import { noteFault, signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { fault } from './verify-report.ts'
import type { Findings } from './verify-report.ts'
import type { DigestName } from './suite.ts'

/** A checkpoint, or a head of version 1, whose signature is good. */
export interface TrustedHead {
  readonly file: string
  readonly line: number
  readonly chain: string
  readonly head: number
  readonly segment: number
  readonly seq: number
  readonly hash: string
  /** Root of the tree with its digest; null in version 1. */
  readonly root: { readonly text: string; readonly digest: DigestName } | null
}

/** The heads of a directory, and those that the reader kept elsewhere (`kept`, as `keptHeads` reads them). */
export async function readHeads(
  files: AuditReader,
  kept: Uint8Array,
  check: CheckSignature,
  found: Findings,
): Promise<readonly TrustedHead[]> {
  const own: TrustedHead[] = []
  for (const { name } of headsIn(await files.list())) {
    const lines = splitLines(await files.read(name)).map((raw) => readLine(raw))
    for (const line of lines) own.push(...trusted(name, line, line === lines.at(-1), check, found))
  }
  checkNumbers(own, found)
  return [...own, ...trustedKept('--head', kept, check, found)].toSorted((a, b) => a.seq - b.seq || a.head - b.head)
}

/** Those of a file of kept checkpoints that a trusted key signed; `name` is what faults call it. */
export function trustedKept(
  name: string,
  kept: Uint8Array,
  check: CheckSignature,
  found: Findings,
): readonly TrustedHead[] {
  return keptHeads(kept).flatMap(({ read }) => trusted(name, read, false, check, found))
}

function trusted(
  file: string,
  line: ReadLine,
  isLast: boolean,
  check: CheckSignature,
  found: Findings,
): readonly TrustedHead[] {
  if (line.kind !== 'head' && line.kind !== 'checkpoint') {
    if (line.raw.torn && isLast) found.notices.push({ kind: 'head-torn', file, lines: 1 })
    else found.faults.push(fault('unreadable', file, line.raw.number))
    return []
  }
  const facts = line.kind === 'head' ? line.head : line.checkpoint
  const bad = line.kind === 'head' ? signatureFault(check, line.raw, line.head) : noteFault(check, line.checkpoint.note)
  if (bad !== null) {
    found.faults.push(fault(bad, file, line.raw.number, facts.seq))
    return []
  }
  const root = line.kind === 'head' ? null : { text: line.checkpoint.root, digest: line.checkpoint.digest }
  const { chain, head, segment, seq, hash } = facts
  return [{ file, line: line.raw.number, chain, head, segment, seq, hash, root }]
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
