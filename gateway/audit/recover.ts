/**
 * What a directory holds when a writer starts: where the chain ends, and what happened to the files before.
 * Nothing is repaired in place: a torn tail stays as evidence and the chain goes on in a new segment (S20).
 */
import { headsIn, isSpare, segmentsIn } from './files.ts'
import type { AuditFiles, NumberedFile } from './files.ts'
import { GENESIS } from './line-types.ts'
import type { Left, SealLine, Tip } from './line-types.ts'
import { EMPTY_TREE, frontierOf, grown, leafHash } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import { readLine, splitLines } from './read-line.ts'
import type { ReadLine } from './read-line.ts'
import { assertOwn, assertSigned } from './recover-check.ts'
import type { LastHead, Reached } from './recover-check.ts'
import { headedSegments, readRawRecords } from './read-records.ts'
import type { DigestName } from './suite.ts'
import type { CheckSignature } from './verify-signature.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Where a writer goes on. */
export interface Recovered {
  readonly tip: Tip
  /** Over all records up to `tip`. */
  readonly tree: Frontier
  /** Of the last record. */
  readonly digest: DigestName
  readonly follows: readonly Left[]
  /** Number of the last segment file, 0 for none. */
  readonly segment: number
  /** Heads written so far. */
  readonly heads: number
  /** Number of the last file of heads, 0 for none. */
  readonly headsFile: number
  /** For operators: what was not in order. */
  readonly findings: readonly string[]
}

/**
 * Reads the end of a directory.
 *
 * @param check the signatures of keys that ever signed; null where none is known, then no signature is looked at
 * @throws Failure `AUDIT_UNAVAILABLE` when it belongs to another chain, no segment can be read, or what was signed is not
 *   what stands there: whatever would be written behind it would put a good signature on it.
 */
export async function recover(
  files: AuditFiles,
  chain: string,
  check: CheckSignature | null = null,
): Promise<Recovered> {
  const names = await files.list()
  for (const name of names.filter(isSpare)) await files.removeSpare(name)
  const { reached, ...end } = await recoverChain(files, { chain, check }, segmentsIn(names))
  const heads = await recoverHeads(files, headsIn(names), end.tip, (last) => {
    assertOwn(last, chain, reached, check)
  })
  await files.syncDirectory()
  return { ...end, ...heads, findings: [...end.findings, ...heads.findings] }
}

interface ChainEnd extends Pick<Recovered, 'tip' | 'tree' | 'digest' | 'follows' | 'segment' | 'findings'> {
  /** The chain as the last segment leaves it after each of its records; null for a chain that is yet to begin. */
  readonly reached: Reached | null
}

interface Whose {
  readonly chain: string
  readonly check: CheckSignature | null
}

async function recoverChain(files: AuditFiles, whose: Whose, segments: readonly NumberedFile[]): Promise<ChainEnd> {
  const follows: Left[] = []
  const findings: string[] = []
  const segment = segments.at(-1)?.number ?? 0
  for (const file of segments.toReversed()) {
    const found = await examine(files, file, whose)
    follows.unshift({ segment: file.number, records: found?.records ?? 0, state: found?.state ?? 'torn' })
    if (found?.state !== 'sealed')
      findings.push(`${file.name} was not closed in order (${found?.state ?? 'no header'})`)
    if (found !== null) {
      const digest = found.records > 0 ? found.digest : await digestOf(files, found.tip.seq, found.digest)
      return {
        tip: found.tip,
        tree: found.tree ?? (await treeUpTo(files, found.tip.seq)),
        digest,
        follows,
        segment,
        findings,
        reached: found.reached,
      }
    }
  }
  if (segments.length === 0) {
    return {
      tip: { seq: 0, hash: GENESIS },
      tree: EMPTY_TREE,
      digest: 'SHA-256',
      follows,
      segment,
      findings,
      reached: null,
    }
  }
  throw new Failure('AUDIT_UNAVAILABLE', { detail: 'no audit segment has a readable header: run `audit verify`' })
}

interface Examined {
  readonly tip: Tip
  readonly records: number
  readonly state: Left['state']
  readonly digest: DigestName
  /** Null where the segment's header knows of no tree: version 1. */
  readonly tree: Frontier | null
  readonly reached: Reached
}

async function examine(files: AuditFiles, file: NumberedFile, { chain, check }: Whose): Promise<Examined | null> {
  const bytes = await files.read(file.name)
  const [top, ...below] = splitLines(bytes)
  const first = top === undefined ? null : readLine(top)
  if (first?.kind !== 'header') return null
  const { digest } = first.header
  const rest = below.map((raw) => readLine(raw, digest))
  if (first.header.chain !== chain) {
    throw new Failure('AUDIT_UNAVAILABLE', {
      detail: `the audit directory holds chain ${first.header.chain}, not ${chain}: choose another directory`,
    })
  }
  assertSigned(file, first.raw, first.header, check)
  // A seal in another place closes nothing: the records behind it were acknowledged, their numbers are taken.
  const written = rest.filter((line) => line.kind !== 'seal')
  const start = { seq: first.header.first - 1, hash: first.header.prev }
  const kept = intactPrefix(written, start)
  const end = rest.at(-1)
  const sealed = rest.length === kept.lines.length + 1 && end?.kind === 'seal' && isSealOf(end.seal, file, kept)
  await settle(files, file.name, bytes.subarray(0, (sealed ? end.raw : (kept.lines.at(-1) ?? first).raw).end))
  const state = sealed ? 'sealed' : rest.length === kept.lines.length ? 'open' : 'torn'
  const before = first.header.v === 2 ? frontierOf(first.header.first - 1, first.header.tree) : null
  const leaves = kept.lines.map((line) => leafHash(digest, line.raw.bytes))
  const tree = before === null ? null : grown(before, leaves, digest)
  const hashes = kept.lines.flatMap((line) => (line.kind === 'record' ? [line.record.hash] : []))
  const reached = { start, hashes, before, leaves, digest }
  return { tip: kept.tip, records: kept.lines.length, state, digest, tree, reached }
}

function isSealOf(seal: SealLine, { number }: NumberedFile, { lines, tip }: Kept): boolean {
  return seal.segment === number && seal.records === lines.length && seal.last === tip.seq && seal.hash === tip.hash
}

/**
 * The tree of a chain that no header in version 2 tells of: once, when a chain of version 1 is taken over. A record that
 * cannot be read, which verification names, counts as an empty line.
 */
async function treeUpTo(files: AuditFiles, last: number): Promise<Frontier> {
  let tree = EMPTY_TREE
  for await (const { bytes, facts, digest } of readRawRecords(files, { to: last })) {
    if (facts.seq <= tree.size) continue
    const gap = Array.from({ length: facts.seq - tree.size - 1 }, () => leafHash(digest, new Uint8Array()))
    tree = grown(tree, [...gap, leafHash(digest, bytes)], digest)
  }
  const missing = Array.from({ length: last - tree.size }, () => leafHash('SHA-256', new Uint8Array()))
  return grown(tree, missing, 'SHA-256')
}

/** The digest of a record, by the header of its segment. */
async function digestOf(files: AuditFiles, seq: number, otherwise: DigestName): Promise<DigestName> {
  const segments = await headedSegments(files)
  return segments.findLast(({ header }) => header !== null && header.first <= seq)?.header?.digest ?? otherwise
}

interface Kept {
  readonly lines: readonly ReadLine[]
  readonly tip: Tip
}

function intactPrefix(lines: readonly ReadLine[], start: Tip): Kept {
  let tip = start
  const kept: ReadLine[] = []
  for (const line of lines) {
    if (line.kind !== 'record' || !line.record.intact) break
    if (line.record.seq !== tip.seq + 1 || line.record.prev !== tip.hash) break
    tip = { seq: line.record.seq, hash: line.record.hash }
    kept.push(line)
  }
  return { lines: kept, tip }
}

/**
 * Makes durable what was read, by writing the same bytes again. After a crash they may stand in the page cache alone,
 * marked clean by an fsync that failed: a plain fsync would then report success and save nothing.
 */
async function settle(files: AuditFiles, name: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(name)
  try {
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function recoverHeads(
  files: AuditFiles,
  headFiles: readonly NumberedFile[],
  tip: Tip,
  assert: (last: LastHead) => void,
): Promise<Pick<Recovered, 'heads' | 'headsFile' | 'findings'>> {
  const headsFile = headFiles.at(-1)?.number ?? 0
  for (const file of headFiles.toReversed()) {
    const bytes = await files.read(file.name)
    const last = splitLines(bytes)
      .map((raw) => readLine(raw))
      .findLast((line) => line.kind === 'head' || line.kind === 'checkpoint')
    if (last?.kind !== 'head' && last?.kind !== 'checkpoint') continue
    assert(last)
    await settle(files, file.name, bytes.subarray(0, last.raw.end))
    const { head, seq } = last.kind === 'head' ? last.head : last.checkpoint
    const findings = seq > tip.seq ? [`a signed head knows record ${seq}, but the segments end at ${tip.seq}`] : []
    return { heads: head, headsFile, findings }
  }
  return { heads: 0, headsFile, findings: [] }
}
