import { readLine } from '../../audit/read-line.ts'
import { createSegmentTable } from './segment-table.ts'
import type { ChainSource } from './source.ts'
import { writtenEnd } from './written-end.ts'

/** How far a chain was written. */
export interface ChainEnd {
  readonly chain: string
  /** The last record that can be read, durable or not; what stands before the first where there is none. */
  readonly seq: number
}

/** Longer than the longest line. */
const TAIL = 256 * 1024
const LINE_FEED = 10

/** The end of a chain; null where no segment can be read. */
export async function chainEnd(source: ChainSource): Promise<ChainEnd | null> {
  const last = (await createSegmentTable(source)()).at(-1)
  if (last === undefined) return null
  const { chain, first, digest } = last.header
  const end = await writtenEnd(source, last.name, last.start)
  const start = Math.max(last.start, end - TAIL)
  const bytes = await source.read(last.name, start, end - start)
  const lines = linesOf(bytes).map((line) => readLine({ number: 0, bytes: line, torn: false, end: 0 }, digest))
  const record = lines.findLast((line) => line.kind === 'record')
  return { chain, seq: record?.kind === 'record' ? record.record.seq : first - 1 }
}

/** The last few whole lines. */
function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let end = bytes.lastIndexOf(LINE_FEED); end >= 0 && lines.length < 3;) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, end - 1)
    lines.unshift(bytes.subarray(before + 1, end))
    end = before
  }
  return lines
}
