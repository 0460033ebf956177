import type { KeyObject } from 'node:crypto'
import { segmentName } from './files.ts'
import type { AuditReader } from './files.ts'
import { GENESIS } from './line-types.ts'
import { signatureChecker } from './signature.ts'
import { readHeads } from './verify-heads.ts'
import type { TrustedHead } from './verify-heads.ts'
import { chainFaults, headFaults, linkFaults, orderFaults, tipAfter } from './verify-order.ts'
import { planSegments } from './verify-plan.ts'
import type { PlannedSegment } from './verify-plan.ts'
import { conclusions, fault } from './verify-report.ts'
import type { Findings, VerifyReport } from './verify-report.ts'
import { viewSegment } from './verify-segment.ts'
import type { Tip } from './line-types.ts'

export type { VerifyReport } from './verify-report.ts'

export interface VerifyOptions {
  /** Head lines that the reader kept elsewhere: with them even a tail cut together with its heads is found. */
  readonly keptHeads?: Uint8Array
}

/**
 * Checks a log offline, with nothing but its files and the public keys of the gateway: every record, its place and
 * its links, every signature. Finds all faults, names each by file, line and record number. Reads segment by segment.
 * Rejects with the disk's own error when a file cannot be read.
 */
export async function verifyAudit(
  files: AuditReader,
  publicKeys: readonly KeyObject[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const check = signatureChecker(publicKeys)
  const found: Findings = { faults: [], notices: [] }
  const live = (await files.writer()) !== null
  // Heads before segments: a running log then has every record that a head read here knows.
  const heads = await readHeads(files, options.keptHeads ?? new Uint8Array(), check, found)
  const segments = await planSegments(files, check, found)
  const chain = segments.find((segment) => segment.header !== null)?.header?.chain ?? heads[0]?.chain ?? null
  let before: Tip = { seq: 0, hash: GENESIS }
  let records = 0
  let nextHead = 0
  for (const segment of segments) {
    const view = viewSegment(segment, await files.read(segment.name), { before, chain, live, check }, found)
    const after = tipAfter(view)
    const firstHead = nextHead
    while ((heads[nextHead]?.seq ?? Infinity) <= after.seq) nextHead += 1
    const here = heads.slice(firstHead, nextHead)
    found.faults.push(...chainFaults(view), ...orderFaults(view), ...linkFaults(view), ...headFaults(view, here))
    records += view.placed.length
    before = after
  }
  checkHeads(heads, segments, before, live, found)
  const headed = heads.findLast((head) => head.seq <= before.seq)?.seq ?? 0
  const facts = { chain, records, segments: segments.length, heads: heads.length, last: before, headed, live }
  // The next record and a head may tell of the same one.
  const faults = [...new Map(found.faults.map((one) => [JSON.stringify(one), one])).values()]
  return { ...facts, faults, notices: found.notices, ...conclusions({ ...facts, faults }) }
}

function checkHeads(
  heads: readonly TrustedHead[],
  segments: readonly PlannedSegment[],
  last: Tip,
  live: boolean,
  found: Findings,
): void {
  const end = segments.at(-1)
  const furthest = heads.at(-1)
  if (furthest !== undefined && furthest.seq > last.seq) {
    found.faults.push(fault('cut-tail', end?.name ?? furthest.file, null, last.seq + 1, furthest.seq))
  }
  if (end !== undefined && heads.length === 0) found.faults.push(fault('heads-missing', 'heads-00000001.ndjson', null))
  // While the log runs, its newest segment may know a head that was written after the heads were read here.
  const settled = live ? segments.slice(0, -1) : segments
  const claimed = most(settled.map((segment) => segment.header?.heads ?? 0))
  if (heads.length > 0 && claimed > most(heads.map((head) => head.head))) {
    found.faults.push(fault('head-removed', heads.at(-1)?.file ?? '', null))
  }
  const begun = most(heads.map((head) => head.segment))
  if (begun > (end?.number ?? 0)) found.faults.push(fault('segment-removed', segmentName(begun), null))
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0)
}
