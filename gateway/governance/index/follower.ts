import { GENESIS } from '../../audit/line-types.ts'
import type { Tip } from '../../audit/line-types.ts'
import type { AuditRecord } from '../../audit/record.ts'
import type { Found } from './found.ts'
import { boundOf, createSegmentTable, segmentOf } from './segment-table.ts'
import type { Segment, SegmentTable } from './segment-table.ts'
import type { ChainSource } from './source.ts'
import { forked, gap, takeLines } from './take-lines.ts'
import type { Taken } from './take-lines.ts'
import { createSettling, writtenEnd } from './written-end.ts'
import type { Settling } from './written-end.ts'

/** The beginning of every chain. */
export const BEGINNING: Tip = { seq: 0, hash: GENESIS }

/** Records of one chain, in order, each once. */
export interface Batch {
  readonly records: readonly AuditRecord[]
  readonly found: readonly Found[]
  /** The last record that was looked at; nothing before it comes again. */
  readonly tip: Tip
  /** `idle`: nothing more counts yet; `lost`: what was taken before is not, or no longer, in the segments. */
  readonly state: 'more' | 'idle' | 'lost'
}

/** Reads a chain while it is written, whatever becomes of its files: rotation, retired and removed segments, torn lines. */
export interface Follower {
  /** @param acknowledged up to which record the writer says that they are durable; 0 where it says nothing */
  next(acknowledged: number): Promise<Batch>
}

/** What a chain is followed with. */
export interface FollowerParts {
  readonly source: ChainSource
  /** The last record that was taken before. */
  readonly after: Tip
  readonly now: () => number
  /** Milliseconds for which a line must have stood there, where nobody says that it is durable. */
  readonly settle: number
  /** Records of a batch, at most. */
  readonly most: number
}

/** Read at once; longer than the longest line. */
const CHUNK = 1 << 20

const NOTHING = { records: [], found: [], bytes: 0, lost: false } as const

interface Place {
  readonly segment: Segment
  offset: number
  readonly settling: Settling
}

/** Where a follower is. */
interface State {
  readonly parts: FollowerParts
  readonly table: SegmentTable
  tip: Tip
  place: Place | null
}

/** A follower of every chain below a folder. */
export function createFollower(parts: FollowerParts): Follower {
  const state: State = { parts, table: createSegmentTable(parts.source), tip: parts.after, place: null }
  return { next: (acknowledged) => next(state, acknowledged) }
}

async function next(state: State, acknowledged: number): Promise<Batch> {
  const segments = await state.table()
  const found: Found[] = []
  if (state.place === null) {
    const begun = await begin(state, segments, found)
    if (begun !== 'found') return { records: [], found, tip: state.tip, state: begun }
  }
  for (;;) {
    const { place } = state
    if (place === null) return { records: [], found, tip: state.tip, state: 'idle' }
    const taken = await takeFrom(state, place, segments, acknowledged)
    found.push(...taken.found)
    state.tip = taken.tip
    place.offset += taken.bytes
    if (taken.lost) return { records: taken.records, found, tip: state.tip, state: 'lost' }
    if (taken.bytes > 0) return { records: taken.records, found, tip: state.tip, state: 'more' }
    const after = segments.find(({ number }) => number > place.segment.number)
    if (after === undefined) return { records: [], found, tip: state.tip, state: 'idle' }
    found.push(...cross(state, after))
  }
}

/** Finds the place behind the last record that was taken. */
async function begin(state: State, segments: readonly Segment[], found: Found[]): Promise<'found' | Batch['state']> {
  const { tip } = state
  const [first] = segments
  if (first === undefined) return tip.seq === 0 ? 'idle' : 'lost'
  const holder = tip.seq === 0 ? null : segmentOf(segments, tip.seq)
  if (holder === null) {
    // What was removed in order before it was ever copied is no gap: only the chain's beginning may be missing.
    if (tip.seq > 0) found.push(...cross(state, first))
    else state.tip = { seq: first.header.first - 1, hash: first.header.prev }
    state.place = placeIn(first, state)
    return 'found'
  }
  const offset = await offsetBehind(state, holder, boundOf(segments, holder))
  if (offset === null) return 'lost'
  state.place = { ...placeIn(holder, state), offset }
  return 'found'
}

/** The offset behind the last record that was taken; null where it is not there, or is another. */
async function offsetBehind(
  { parts: { source }, tip }: State,
  segment: Segment,
  bound: number,
): Promise<number | null> {
  const { header } = segment
  let at: Tip = { seq: header.first - 1, hash: header.prev }
  for (let offset = segment.start; at.seq < tip.seq;) {
    const bytes = await source.read(segment.name, offset, CHUNK)
    const rules = { header, bound, settled: bytes.length, acknowledged: 0, most: Infinity }
    const taken = takeLines(bytes, at, { ...rules, bound: Math.min(bound, tip.seq + 1) })
    at = taken.tip
    offset += taken.bytes
    if (at.seq === tip.seq) return at.hash === tip.hash ? offset : null
    if (taken.bytes === 0) return null
  }
  return at.hash === tip.hash ? segment.start : null
}

function placeIn(segment: Segment, { parts: { settle } }: State): Place {
  return { segment, offset: segment.start, settling: createSettling(settle) }
}

async function takeFrom(
  state: State,
  place: Place,
  segments: readonly Segment[],
  acknowledged: number,
): Promise<Taken> {
  const { source, now, most } = state.parts
  const { segment, offset, settling } = place
  const bound = boundOf(segments, segment)
  // A segment that another one follows is written to its end.
  const written = bound === Infinity ? await writtenEnd(source, segment.name, offset) : Infinity
  if (written === offset) return { ...NOTHING, tip: state.tip }
  const settled = written === Infinity ? Infinity : settling.look(written, now()) - offset
  const bytes = await source.read(segment.name, offset, CHUNK)
  const rules = { header: segment.header, bound, settled, acknowledged, most }
  const taken = takeLines(bytes, state.tip, rules)
  // What is no line however far one reads would hold up everything behind it.
  const isGarbage = bytes.length === CHUNK && taken.bytes === 0 && !bytes.includes(0) && !bytes.includes(10)
  return isGarbage ? { ...taken, bytes: CHUNK } : taken
}

/** Goes on in the next segment, whose header says what must have come before. */
function cross(state: State, { header, ...rest }: Segment): readonly Found[] {
  const { tip } = state
  state.place = placeIn({ header, ...rest }, state)
  const before = { seq: header.first - 1, hash: header.prev }
  if (before.seq > tip.seq) {
    state.tip = before
    return [gap(tip.seq + 1, before.seq)]
  }
  if (before.seq < tip.seq || before.hash === tip.hash) return []
  state.tip = before
  return [forked(header.first)]
}
