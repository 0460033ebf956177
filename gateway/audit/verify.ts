import type { KeyObject } from 'node:crypto'
import { ordersIn, segmentName } from './files.ts'
import type { AuditReader } from './files.ts'
import { GENESIS } from './line-types.ts'
import type { RemovalLine, Tip } from './line-types.ts'
import { EMPTY_TREE, frontierOf } from './merkle.ts'
import { readOrders } from './orders.ts'
import type { StandingOrder } from './orders.ts'
import { conclusions } from './verify-conclusions.ts'
import { readHeads, trustedKept } from './verify-heads.ts'
import type { TrustedHead } from './verify-heads.ts'
import { chainFaults, checkHeads, placeFaults, tipAfter } from './verify-order.ts'
import { continues } from './standing-orders.ts'
import { chainOf, planSegments } from './verify-plan.ts'
import type { PlannedSegment } from './verify-plan.ts'
import { chooseSegments } from './verify-range.ts'
import type { VerifyRange } from './verify-range.ts'
import { fault } from './verify-report.ts'
import type { Findings, VerifyReport } from './verify-report.ts'
import { viewSegment } from './verify-segment.ts'
import { checkSignatures } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { checkTree } from './verify-tree.ts'
import type { TreeState } from './verify-tree.ts'

export type { VerifyReport } from './verify-report.ts'
export type { VerifyRange } from './verify-range.ts'

/** What a verification is given beside files and keys. */
export interface VerifyOptions {
  /** Checkpoints that the reader kept elsewhere: with them even a tail cut together with its heads is found. */
  readonly keptHeads?: Uint8Array
  /** What is to be read; everything where it is not given. */
  readonly range?: VerifyRange
  /** Told after each segment. */
  readonly onProgress?: (segments: number, of: number) => void
}

/**
 * Checks a log offline, with nothing but its files and the public keys of the gateway: every record, its place and
 * its links, every signature, every Merkle root. Finds all faults, names each by file, line and record number. Reads
 * segment by segment. Rejects with the disk's own error when a file cannot be read.
 */
export async function verifyAudit(
  files: AuditReader,
  publicKeys: readonly KeyObject[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const before = await newestOrder(files)
  try {
    const report = await verifyOnce(files, publicKeys, options)
    if (report.faults.length === 0 || (await newestOrder(files)) === before) return report
  } catch (error) {
    if ((await newestOrder(files)) === before) throw error
  }
  // An order came meanwhile: segments that it removed are no longer part of the log.
  return verifyAudit(files, publicKeys, options)
}

async function newestOrder(files: AuditReader): Promise<number> {
  return ordersIn(await files.list()).at(-1)?.number ?? 0
}

async function verifyOnce(
  files: AuditReader,
  publicKeys: readonly KeyObject[],
  options: VerifyOptions,
): Promise<VerifyReport> {
  const check = checkSignatures(publicKeys)
  const found: Findings = { faults: [], notices: [] }
  const live = (await files.writer()) !== null
  // Heads before segments: a running log then has every record that a head read here knows.
  const { heads, trusted } = await trustedHeads(files, options, check, found)
  const chain = (await chainOf(files, check)) ?? heads[0]?.chain ?? null
  const orders = await readOrders(files, check, chain, found)
  const removal = lastRemoval(orders)
  const segments = await planSegments(files, removal, check, found)
  const chosen = chooseSegments(segments, options.range ?? null, trusted)
  const walked = await walk({ files, check, live, chain, heads, segments, removal, ...chosen }, options, found)
  // While the log runs, its newest segment may know heads and orders that were written after they were read here.
  const known = live ? await readAgain(files, chain, check) : { heads, orders }
  checkOrders(known.orders, segments, found)
  if (chosen.end === segments.length) checkEnd(heads, segments, walked.last, found)
  if (segments.length > 0 && heads.length === 0) {
    found.faults.push(fault('heads-missing', 'heads-00000001.ndjson', null))
  }
  checkHeadNumbers(heads, known.heads, segments, found)
  await noteRemoval(files, orders, removal, found)
  if (removal !== null) checkRemoval(removal, segments, found)
  return report({
    heads,
    trusted,
    segments,
    removal,
    orders,
    live,
    found,
    walked,
    toEnd: chosen.end === segments.length,
  })
}

async function trustedHeads(
  files: AuditReader,
  { keptHeads = new Uint8Array(), range }: VerifyOptions,
  check: CheckSignature,
  found: Findings,
): Promise<{ readonly heads: readonly TrustedHead[]; readonly trusted: TrustedHead | null }> {
  const heads = await readHeads(files, keptHeads, check, found)
  if (range?.kind !== 'checkpoint') return { heads, trusted: null }
  const given = trustedKept('--from-checkpoint', range.checkpoint, check, found).toSorted((a, b) => a.seq - b.seq)
  return {
    heads: [...heads, ...given].toSorted((a, b) => a.seq - b.seq || a.head - b.head),
    trusted: given.at(-1) ?? null,
  }
}

/** Heads and orders as they stand now. What is wrong with them was told when they were read first. */
async function readAgain(
  files: AuditReader,
  chain: string | null,
  check: CheckSignature,
): Promise<{ readonly heads: readonly TrustedHead[]; readonly orders: readonly StandingOrder[] }> {
  const told: Findings = { faults: [], notices: [] }
  const heads = await readHeads(files, new Uint8Array(), check, told)
  return { heads, orders: await readOrders(files, check, chain, told) }
}

interface Walk {
  readonly files: AuditReader
  readonly check: CheckSignature
  readonly live: boolean
  /** By the first header with a good signature, or else by a head. */
  readonly chain: string | null
  readonly heads: readonly TrustedHead[]
  readonly segments: readonly PlannedSegment[]
  readonly removal: RemovalLine | null
  readonly start: number
  readonly end: number
}

interface Walked {
  readonly chain: string | null
  readonly first: number
  readonly last: Tip
  readonly records: number
  readonly roots: number
  /** Heads whose hash is that of the record they name, and those whose root was computed again too. */
  readonly agree: readonly TrustedHead[]
  readonly computed: ReadonlySet<TrustedHead>
}

async function walk(parts: Walk, { onProgress }: VerifyOptions, found: Findings): Promise<Walked> {
  const { files, check, live, chain, heads, segments, removal, start, end } = parts
  const agree: TrustedHead[] = []
  const computed = new Set<TrustedHead>()
  let [before, tree] = beginning(segments[start], start === 0 ? removal : null, start === 0)
  const first = before.seq + 1
  let [records, roots, nextHead] = [
    0,
    0,
    Math.max(
      0,
      heads.findIndex(({ seq }) => seq >= before.seq),
    ),
  ]
  for (const [index, segment] of segments.slice(start, end).entries()) {
    const faults = found.faults.length
    const context = { before, chain, digest: tree.digest, live, check }
    const view = viewSegment(segment, await files.read(segment.name), context, found)
    const after = tipAfter(view)
    const firstHead = nextHead
    while ((heads[nextHead]?.seq ?? Infinity) <= after.seq) nextHead += 1
    const here = heads.slice(firstHead, nextHead)
    const held = checkHeads(view, here)
    agree.push(...held.agree)
    found.faults.push(...chainFaults(view), ...placeFaults(view), ...held.faults)
    // Roots over records that are damaged anyway would tell nothing new.
    if (found.faults.length > faults) tree = { tree: null, digest: view.digest }
    else {
      const checked = checkTree(view, here, tree)
      found.faults.push(...checked.faults)
      roots += checked.roots
      for (const head of checked.computed) computed.add(head)
      tree = checked
    }
    records += view.placed.length
    before = after
    onProgress?.(index + 1, end - start)
  }
  return { chain, first, last: before, records, roots, agree, computed }
}

/** What is known before the first segment that is read: nothing, what an order says, or what its own header says. */
function beginning(
  segment: PlannedSegment | undefined,
  removal: RemovalLine | null,
  fromStart: boolean,
): readonly [Tip, TreeState] {
  if (removal !== null) {
    const seq = removal.records.at(-1) ?? 0
    return [
      { seq, hash: removal.hash },
      { tree: frontierOf(seq, removal.tree), digest: removal.digest },
    ]
  }
  const header = fromStart ? null : (segment?.header ?? null)
  if (header === null)
    return [
      { seq: 0, hash: GENESIS },
      { tree: EMPTY_TREE, digest: 'SHA-256' },
    ]
  return [
    { seq: header.first - 1, hash: header.prev },
    { tree: null, digest: header.digest },
  ]
}

function lastRemoval(orders: readonly StandingOrder[]): RemovalLine | null {
  const last = orders.findLast(({ order }) => order.kind === 'removal')?.order
  return last?.kind === 'removal' ? last : null
}

function checkOrders(orders: readonly StandingOrder[], segments: readonly PlannedSegment[], found: Findings): void {
  const present = most(orders.map(({ file }) => Number(/\d+/.exec(file)?.[0] ?? 0)))
  const claimed = most(segments.map(({ header }) => (header?.v === 2 ? header.orders : 0)))
  if (claimed > present)
    found.faults.push(fault('order-removed', `order-${String(claimed).padStart(8, '0')}.ndjson`, null))
}

function checkEnd(
  heads: readonly TrustedHead[],
  segments: readonly PlannedSegment[],
  last: Tip,
  found: Findings,
): void {
  const end = segments.at(-1)
  const furthest = heads.at(-1)
  if (furthest !== undefined && furthest.seq > last.seq) {
    found.faults.push(fault('cut-tail', end?.name ?? furthest.file, null, last.seq + 1, furthest.seq))
  }
}

/** @param known the heads as they stand now; `heads` are those that stood before the segments were read */
function checkHeadNumbers(
  heads: readonly TrustedHead[],
  known: readonly TrustedHead[],
  segments: readonly PlannedSegment[],
  found: Findings,
): void {
  const claimed = most(segments.map((segment) => segment.header?.heads ?? 0))
  if (heads.length > 0 && claimed > most(known.map((head) => head.head))) {
    found.faults.push(fault('head-removed', heads.at(-1)?.file ?? '', null))
  }
  const begun = most(heads.map((head) => head.segment))
  if (begun > (segments.at(-1)?.number ?? 0)) found.faults.push(fault('segment-removed', segmentName(begun), null))
}

/** The link to what was removed, in whatever range was read; a damaged header is a fault of its own. */
function checkRemoval(removal: RemovalLine, segments: readonly PlannedSegment[], found: Findings): void {
  const next = segments[0]
  if (next === undefined || next.header === null || continues(next.header, removal)) return
  found.faults.push(fault('recomputed', next.name, 1, removal.records.at(-1) ?? 0))
}

async function noteRemoval(
  files: AuditReader,
  orders: readonly StandingOrder[],
  removal: RemovalLine | null,
  found: Findings,
): Promise<void> {
  if (removal === null) return
  for (const { file, order } of orders) {
    if (order.kind === 'removal') found.notices.push({ kind: 'removed-in-order', file, lines: recordsOf(order) })
  }
  const names = new Set(await files.list())
  for (const { order } of orders) {
    if (order.kind !== 'removal') continue
    const left = segmentsOf(order).filter((number) => names.has(segmentName(number)))
    if (left.length > 0) {
      found.notices.push({ kind: 'removal-unfinished', file: segmentName(left[0] ?? 0), lines: left.length })
    }
  }
}

function recordsOf({ records: [first = 1, last = 0] }: RemovalLine): number {
  return last - first + 1
}

function segmentsOf({ segments: [first = 1, last = 0] }: RemovalLine): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

interface Facts {
  readonly heads: readonly TrustedHead[]
  readonly trusted: TrustedHead | null
  readonly segments: readonly PlannedSegment[]
  readonly removal: RemovalLine | null
  readonly orders: readonly StandingOrder[]
  readonly live: boolean
  readonly found: Findings
  readonly walked: Walked
  readonly toEnd: boolean
}

function report({ heads, trusted, segments, removal, orders, live, found, walked, toEnd }: Facts): VerifyReport {
  const { chain, first, last, records, roots, agree, computed } = walked
  const headed = most(agree.map(({ seq }) => seq))
  const range = { first, trusted: trusted?.seq ?? null, toEnd }
  const removals = orders.filter(({ order }) => order.kind === 'removal').length
  const removed = removal === null ? null : { last: removal.records.at(-1) ?? 0, orders: removals }
  const counts = { records, segments: segments.length, heads: heads.length, roots }
  // The next record and a head may tell of the same one.
  const faults = [...new Map(found.faults.map((one) => [JSON.stringify(one), one])).values()]
  const facts = { chain, ...counts, range, removed, last, headed, live, faults }
  const same = new Set(agree)
  const compared = {
    trusted: trusted === null || !same.has(trusted) ? 'not' : computed.has(trusted) ? 'root' : 'hash',
    // Those behind the range's end are faults where it is the chain's.
    left: heads.filter((head) => !same.has(head)),
  } as const
  return { ...facts, notices: found.notices, ...conclusions(facts, compared) }
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0)
}
