import { segmentsIn } from '../../audit/files.ts'
import type { HeaderLine } from '../../audit/line-types.ts'
import { readLine } from '../../audit/read-line.ts'
import type { ChainSource } from './source.ts'

/** A segment whose header can be read. */
export interface Segment {
  readonly name: string
  readonly number: number
  readonly header: HeaderLine
  /** Offset of its first record. */
  readonly start: number
}

/** The segments of a chain that begin with a header, in order; each header is read once. */
export type SegmentTable = () => Promise<readonly Segment[]>

/** A header lists the segments before it, in a room of this many bytes (gateway/audit/segments.ts). */
const HEADER_ROOM = 8192
const LINE_FEED = 10

/** Keeps the table of a folder. */
export function createSegmentTable(source: ChainSource): SegmentTable {
  const known = new Map<string, Segment>()
  return async () => {
    const files = segmentsIn(await source.list())
    const present = new Set(files.map(({ name }) => name))
    for (const name of known.keys()) if (!present.has(name)) known.delete(name)
    for (const { name, number } of files) {
      if (known.has(name)) continue
      const segment = await readHeader(source, name, number)
      if (segment !== null) known.set(name, segment)
    }
    return [...known.values()].toSorted((a, b) => a.number - b.number)
  }
}

async function readHeader(source: ChainSource, name: string, number: number): Promise<Segment | null> {
  const bytes = await source.read(name, 0, HEADER_ROOM)
  const end = bytes.indexOf(LINE_FEED)
  if (end < 0) return null
  const line = readLine({ number: 1, bytes: bytes.subarray(0, end), torn: false, end: end + 1 })
  return line.kind === 'header' ? { name, number, header: line.header, start: end + 1 } : null
}

/** The segment in which a record stands that counts, where there is one: a later one has the last word. */
export function segmentOf(segments: readonly Segment[], seq: number): Segment | null {
  return segments.findLast(({ header }) => header.first <= seq) ?? null
}

/** The number of the record at which a segment's lines stop counting: the next one begins with it. */
export function boundOf(segments: readonly Segment[], segment: Segment): number {
  return segments.find(({ number }) => number > segment.number)?.header.first ?? Infinity
}
