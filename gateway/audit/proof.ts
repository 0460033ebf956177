/**
 * Proofs that need no log: that one record stands in the log of a checkpoint (RFC 6962, 2.1.1), and that the log of one
 * checkpoint goes on in that of another (2.1.2). Made from the record's segment and those up to the checkpoint alone;
 * what lies before comes from the header. A third party checks them with the public key (examples/verify-proof).
 */
import type { KeyObject } from 'node:crypto'
import { noteState, parseCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { AuditReader } from './files.ts'
import { checkpointsIn } from './heads.ts'
import { auditPath, consistencyPath, EMPTY_TREE, frontierOf, hashText, isConsistent } from './merkle.ts'
import { hashOfText, leafHash, rootFromPath, treeParts } from './merkle.ts'
import type { DigestAt, Frontier, TreeHash } from './merkle.ts'
import { readLine } from './read-line.ts'
import { headedSegments, readRawRecords, readRecords } from './read-records.ts'
import type { HeadedSegment, RawRecord } from './read-records.ts'
import type { DigestName } from './suite.ts'

/** From which record on the log is hashed with which digest. */
export interface DigestFrom {
  readonly from: number
  readonly digest: DigestName
}

/** That a record stands in the log of a checkpoint. JSON as it is. */
export interface InclusionProof {
  readonly v: 1
  readonly kind: 'inclusion-proof'
  readonly chain: string
  /** Of the leaf, from 0: the record's number less one. */
  readonly index: number
  readonly size: number
  readonly digests: readonly DigestFrom[]
  /** The record's line, without its line feed. */
  readonly record: string
  /** The hashes beside the way up, the lowest first; base64. */
  readonly hashes: readonly string[]
  /** The checkpoint, a signed note. */
  readonly checkpoint: string
}

/** That the log of an older checkpoint is the beginning of a newer one's. */
export interface ConsistencyProof {
  readonly v: 1
  readonly kind: 'consistency-proof'
  readonly chain: string
  readonly digests: readonly DigestFrom[]
  readonly older: string
  readonly newer: string
  readonly hashes: readonly string[]
}

/** Why there is no proof. */
export type NoProof =
  /** No such record. */
  | { readonly kind: 'unknown-record' }
  /** Of an early version's records, or behind the last checkpoint: none knows the record yet. */
  | { readonly kind: 'no-checkpoint'; readonly seq: number }
  /** The log does not lead to the checkpoint's root: `audit verify` tells where it is damaged. */
  | { readonly kind: 'damaged'; readonly seq: number }

/**
 * Proves a record, by its number or its receipt, against a checkpoint: the one given, or the first that knows it.
 * A receipt is looked for from the beginning.
 */
export async function inclusionProof(
  files: AuditReader,
  record: number | string,
  checkpoint: Checkpoint | null = null,
): Promise<InclusionProof | NoProof> {
  const seq = typeof record === 'number' ? record : await numberOf(files, record)
  if (seq === null || seq < 1) return { kind: 'unknown-record' }
  const against = checkpoint ?? (await checkpointsIn(files)).find((one) => one.seq >= seq) ?? null
  if (against === null || against.seq < seq) {
    return (await hasRecord(files, seq)) ? { kind: 'no-checkpoint', seq } : { kind: 'unknown-record' }
  }
  const part = await treePart(files, seq, against.seq)
  const found = part?.records.find(({ facts }) => facts.seq === seq)
  if (part === null || found === undefined) return { kind: 'damaged', seq }
  const path = auditPath(seq - 1, against.seq, part.hashOf)
  const digestAt = digestsAt(part.digests)
  const root = rootFromPath(leafHash(found.digest, found.bytes), { index: seq - 1, size: against.seq }, path, digestAt)
  if (root === null || hashText(root) !== against.root) return { kind: 'damaged', seq }
  return {
    v: 1,
    kind: 'inclusion-proof',
    chain: against.chain,
    index: seq - 1,
    size: against.seq,
    digests: part.digests,
    record: Buffer.from(found.bytes).toString('utf8'),
    hashes: path.map(hashText),
    checkpoint: against.note,
  }
}

async function numberOf(files: AuditReader, receipt: string): Promise<number | null> {
  for await (const record of readRecords(files)) if (record.receipt === receipt) return record.seq
  return null
}

async function hasRecord(files: AuditReader, seq: number): Promise<boolean> {
  for await (const _record of readRawRecords(files, { from: seq, to: seq })) return true
  return false
}

/** Proves that one checkpoint's log goes on in another's; `older` is of at least one record. */
export async function consistencyProof(
  files: AuditReader,
  older: Checkpoint,
  newer: Checkpoint,
): Promise<ConsistencyProof | NoProof> {
  if (older.seq < 1 || older.seq > newer.seq) return { kind: 'unknown-record' }
  const part = await treePart(files, older.seq, newer.seq)
  if (part === null) return { kind: 'damaged', seq: older.seq }
  const hashes = consistencyPath(older.seq, newer.seq, part.hashOf).map(hashText)
  const { chain } = newer
  const proof: ConsistencyProof = {
    v: 1,
    kind: 'consistency-proof',
    chain,
    digests: part.digests,
    older: older.note,
    newer: newer.note,
    hashes,
  }
  return leadsOn(proof, older, newer) ? proof : { kind: 'damaged', seq: older.seq }
}

interface TreePart {
  readonly records: readonly RawRecord[]
  readonly digests: readonly DigestFrom[]
  readonly hashOf: (from: number, to: number) => TreeHash
}

/** The tree up to `to`, with its records from the beginning of the segment that holds `from`; null where some lack. */
async function treePart(files: AuditReader, from: number, to: number): Promise<TreePart | null> {
  const segments = await headedSegments(files)
  const base = baseOf(segments, from)
  if (base === null) return null
  const records = await Array.fromAsync(readRawRecords(files, { from: base.size + 1, to }))
  const whole = records.length === to - base.size && records.every(({ facts }, at) => facts.seq === base.size + at + 1)
  if (!whole) return null
  const digests = digestsOf(segments)
  const leaves = records.map(({ bytes, digest }) => leafHash(digest, bytes))
  return { records, digests, hashOf: treeParts(base, leaves, digestsAt(digests)) }
}

/** The tree before the segment that holds a record; before version 2 no header tells, and it is built from the first. */
function baseOf(segments: readonly HeadedSegment[], seq: number): Frontier | null {
  const header = segments.findLast((segment) => segment.header !== null && segment.header.first <= seq)?.header
  if (header?.v === 2) return frontierOf(header.first - 1, header.tree)
  return segments[0]?.header?.first === 1 ? EMPTY_TREE : null
}

function digestsOf(segments: readonly HeadedSegment[]): readonly DigestFrom[] {
  const digests: DigestFrom[] = []
  for (const { header } of segments) {
    if (header === null || header.digest === digests.at(-1)?.digest) continue
    // A segment that no record reached says nothing of any.
    if (digests.at(-1)?.from === header.first) digests.pop()
    digests.push({ from: digests.length === 0 ? 1 : header.first, digest: header.digest })
  }
  return digests
}

function digestsAt(digests: readonly DigestFrom[]): DigestAt {
  return (index) => digests.findLast(({ from }) => from <= index + 1)?.digest ?? 'SHA-256'
}

/** What a proof shows, or why it shows nothing. */
export type Checked =
  | { readonly kind: 'proved'; readonly seq: number; readonly checkpoint: Checkpoint }
  | { readonly kind: 'refused'; readonly why: 'form' | 'record' | 'path' | 'bad-signature' | 'unknown-key' }

/** Checks an inclusion proof with the public keys alone: record, path, root, signature. */
export function checkInclusion(proof: InclusionProof, publicKeys: readonly KeyObject[]): Checked {
  const checkpoint = parseCheckpoint(proof.checkpoint)
  if (checkpoint === null || checkpoint.seq !== proof.size || checkpoint.chain !== proof.chain) return refused('form')
  const digestAt = digestsAt(proof.digests)
  const bytes = Buffer.from(proof.record)
  const line = readLine({ number: 1, bytes, torn: false, end: bytes.length }, digestAt(proof.index))
  if (line.kind !== 'record' || !line.record.intact || line.record.chain !== proof.chain) return refused('record')
  if (line.record.seq !== proof.index + 1) return refused('record')
  const path = proof.hashes.map(hashOfText)
  const root = rootFromPath(leafHash(digestAt(proof.index), bytes), proof, path, digestAt)
  if (root === null || hashText(root) !== checkpoint.root) return refused('path')
  return signed(checkpoint, publicKeys) ?? { kind: 'proved', seq: line.record.seq, checkpoint }
}

/** Checks a consistency proof with the public keys alone. */
export function checkConsistency(proof: ConsistencyProof, publicKeys: readonly KeyObject[]): Checked {
  const [older, newer] = [parseCheckpoint(proof.older), parseCheckpoint(proof.newer)]
  if (older === null || newer === null || older.origin !== newer.origin) return refused('form')
  if (older.chain !== proof.chain || newer.chain !== proof.chain) return refused('form')
  if (!leadsOn(proof, older, newer)) return refused('path')
  const bad = signed(older, publicKeys) ?? signed(newer, publicKeys)
  return bad ?? { kind: 'proved', seq: newer.seq, checkpoint: newer }
}

function leadsOn({ hashes, digests }: ConsistencyProof, older: Checkpoint, newer: Checkpoint): boolean {
  const path = hashes.map(hashOfText)
  return isConsistent(sized(older), sized(newer), path, digestsAt(digests))
}

function sized({ seq, root }: Checkpoint): { readonly size: number; readonly root: TreeHash } {
  return { size: seq, root: hashOfText(root) }
}

function signed(checkpoint: Checkpoint, publicKeys: readonly KeyObject[]): Checked | null {
  const state = noteState(checkpoint.note, publicKeys)
  if (state === 'good') return null
  return refused(state === 'bad' ? 'bad-signature' : 'unknown-key')
}

function refused(why: Extract<Checked, { readonly kind: 'refused' }>['why']): Checked {
  return { kind: 'refused', why }
}
