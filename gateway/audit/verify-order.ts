import { fault } from './verify-report.ts'
import type { AuditFault } from './verify-report.ts'
import type { Placed, SegmentView } from './verify-segment.ts'
import type { TrustedHead } from './verify-heads.ts'
import type { Tip } from './line-types.ts'

/** Whether header and seal, signed as they are, belong to this chain. */
export function chainFaults(view: SegmentView): readonly AuditFault[] {
  const { header, name } = view.segment
  const own = [header, view.seal].every((line) => line === null || line.chain === view.chain)
  return own ? [] : [fault('foreign-chain', name, 1)]
}

/** What is wrong with the order of a segment's records and with their links. Most segments pass the short way. */
export function placeFaults(view: SegmentView): readonly AuditFault[] {
  return isOrderly(view) ? [] : [...orderFaults(view), ...linkFaults(view)]
}

/** Whether the records stand 1, 2, 3 … each linked to the one before, from the header to the seal. */
function isOrderly({ segment, placed, seal, before, first, last }: SegmentView): boolean {
  const { header } = segment
  const joins = before.seq === first - 1
  if (header !== null && joins && before.hash !== '' && before.hash !== header.prev) return false
  let hash = header?.prev ?? (joins ? before.hash : '')
  if (hash === '') return false
  for (let index = 0; index < placed.length; index += 1) {
    const record = placed[index]?.record
    if (record?.intact !== true || record.seq !== first + index || record.prev !== hash) return false
    hash = record.hash
  }
  if (last !== null && last !== first + placed.length - 1) return false
  return seal === null || (seal.last === first + placed.length - 1 && seal.hash === hash)
}

/** Whether every number of the segment stands there once, in order. */
function orderFaults(view: SegmentView): readonly AuditFault[] {
  const { segment, placed, first } = view
  const last = view.last ?? placed.reduce((most, one) => Math.max(most, one.seq), first - 1)
  const seen = new Set<number>()
  const faults: AuditFault[] = []
  let highest = first - 1
  for (const { line, seq } of placed) {
    if (seq < first || seq > last || seen.has(seq)) faults.push(fault('inserted', segment.name, line, seq))
    else if (seq < highest) faults.push(fault('swapped', segment.name, line, seq))
    seen.add(seq)
    highest = seq > last ? highest : seq
  }
  return [...faults, ...gaps(view, seen, last)]
}

/** From number to number that is there: a record may claim any number, and no walk of its length may come of it. */
function gaps(view: SegmentView, seen: ReadonlySet<number>, last: number): readonly AuditFault[] {
  const faults: AuditFault[] = []
  const file = view.segment.name
  const present = [...seen].filter((seq) => seq >= view.first && seq <= last).toSorted((a, b) => a - b)
  let from = view.first
  for (const seq of [...present, last + 1]) {
    if (seq > from) {
      const next = view.placed.find((one) => one.seq >= seq)
      const line = next?.line ?? (view.placed.at(-1)?.line ?? 1) + 1
      faults.push(fault(next === undefined ? 'cut-tail' : 'removed', file, line, from, seq - 1))
    }
    from = seq + 1
  }
  return faults
}

/** Whether each record is the one that the next record, the header and the seal know by hash. */
function linkFaults(view: SegmentView): readonly AuditFault[] {
  const { segment, seal, before, first } = view
  const file = segment.name
  const faults: AuditFault[] = []
  const header = segment.header
  if (header !== null && before.seq === first - 1 && before.hash !== '' && before.hash !== header.prev) {
    faults.push(fault('recomputed', file, 1, before.seq))
  }
  let known = header?.prev ?? (before.seq === first - 1 ? before.hash : null)
  let previous: Placed | null = null
  for (const one of bySeq(view.placed)) {
    const record = one.record
    const follows = one.seq === (previous?.seq ?? first - 1) + 1
    if (follows && record?.intact === true && known !== null && record.prev !== known) {
      // What was changed under its old hash is reported already; what is intact was rewritten with its hash.
      const culprit: Placed = previous ?? one
      if (culprit.record?.intact === true) faults.push(fault('recomputed', file, culprit.line, culprit.seq))
    }
    known = record?.hash ?? null
    previous = one
  }
  if (seal !== null && previous?.seq === seal.last && previous.record?.intact === true && known !== seal.hash) {
    faults.push(fault('recomputed', file, previous.line, previous.seq))
  }
  return faults
}

function bySeq(placed: readonly Placed[]): readonly Placed[] {
  return [...new Map(placed.map((one) => [one.seq, one])).values()].toSorted((a, b) => a.seq - b.seq)
}

/** Heads held against the records that they name. */
export interface HeadsChecked {
  readonly faults: readonly AuditFault[]
  /** Those whose hash is that of their record: the others were compared with nothing. */
  readonly agree: readonly TrustedHead[]
}

/** Looks for the first head that knows another hash than the record it names; one speaks for all behind it. */
export function checkHeads(view: SegmentView, heads: readonly TrustedHead[]): HeadsChecked {
  if (heads.length === 0) return { faults: [], agree: [] }
  const byNumber = new Map(view.placed.map((one) => [one.seq, one]))
  const agree: TrustedHead[] = []
  for (const head of heads) {
    if (head.chain !== view.chain) return { faults: [fault('foreign-chain', head.file, head.line)], agree }
    const one = byNumber.get(head.seq)
    const known = hashAt(view, head, one)
    if (known === null) continue
    if (known !== head.hash)
      return { faults: [fault('recomputed', view.segment.name, one?.line ?? 1, head.seq)], agree }
    agree.push(head)
  }
  return { faults: [], agree }
}

/** The hash of the record that a head names, or null where it is not known here. */
function hashAt({ before }: SegmentView, { seq }: TrustedHead, one: Placed | undefined): string | null {
  if (one !== undefined) return one.record?.intact === true ? one.record.hash : null
  return seq === before.seq && before.hash !== '' ? before.hash : null
}

/** Where the chain stands behind a segment; the hash is empty when the last record is damaged. */
export function tipAfter(view: SegmentView): Tip {
  const last = view.placed.reduce<Placed | null>((most, one) => (one.seq >= (most?.seq ?? 0) ? one : most), null)
  if (last === null) return view.before
  return { seq: last.seq, hash: last.record?.intact === true ? last.record.hash : '' }
}
