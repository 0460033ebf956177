import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentsIn } from '../audit/files.ts'
import { RECORD_SHAPE } from '../audit/line-shapes.ts'
import type { HeaderLine } from '../audit/line-types.ts'
import { readLine } from '../audit/read-line.ts'
import type { RawLine } from '../audit/read-line.ts'
import type { AuditRecord } from '../audit/record.ts'
import { misfit } from '../audit/shape.ts'
import type { ChainFolder } from './audit-chains.ts'
import { fileLines } from './audit-lines.ts'

/** Where a record stands. */
export interface RecordPlace {
  readonly chain: string
  readonly directory: string
  /** Name of the segment's file. */
  readonly file: string
  readonly segment: number
  /** 1 for the header of the segment. */
  readonly line: number
  readonly seq: number
}

/** A record as it was found, and whether its line still has the hash that it states; `verifyAudit` proves more. */
export interface FoundRecord {
  readonly record: AuditRecord
  readonly place: RecordPlace
  readonly intact: boolean
  /** The line's bytes, without its line feed. */
  readonly bytes: Uint8Array
}

/** Which records are looked for; times in milliseconds since the epoch. */
export interface Scan {
  readonly since?: number
  /** The first instant that is too late. */
  readonly until?: number
  /** Texts of which every line that is wanted holds one: others are passed over before they are read. */
  readonly needles?: readonly string[]
  /** Whether a record is wanted. */
  readonly wanted?: (record: AuditRecord) => boolean
  /** Told of each line that is neither a record nor a signed line: what was searched is then not all that was there. */
  readonly unreadable?: (file: string, line: number) => void
  /** Number of the first segment that is looked into. */
  readonly fromSegment?: number
  /** Looks into every segment, whatever the times in their headers say. */
  readonly everySegment?: boolean
}

interface Segment {
  readonly name: string
  readonly number: number
  readonly first: number | null
  /** When it was begun; null where the header cannot be read. */
  readonly created: number | null
  /** What its records are hashed by. */
  readonly digest: HeaderLine['digest'] | undefined
}

/**
 * By how much the time of a record may lie outside the time for which its segment was open: requests take a while, and
 * clocks are set.
 */
const SLACK = 3_600_000

/** The records of one chain that are looked for, in their order; lines that no reader acknowledged are passed over. */
export async function* scanChain({ directory }: ChainFolder, scan: Scan): AsyncGenerator<FoundRecord, void> {
  const segments = await segmentsOf(directory)
  const needles = scan.needles?.map((needle) => Buffer.from(needle))
  for (const [index, segment] of segments.entries()) {
    if (segment.number < (scan.fromSegment ?? 0)) continue
    if (scan.everySegment !== true && !mayHold(segments, index, scan)) continue
    const end = segments.slice(index + 1).find(({ first }) => first !== null)?.first ?? Infinity
    for await (const lines of fileLines(join(directory, segment.name))) {
      for (const raw of lines) {
        if (
          needles !== undefined &&
          !needles.some((needle) =>
            Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.length).includes(needle),
          )
        )
          continue
        const found = foundIn(raw, { directory, segment, end }, scan)
        if (found !== null) yield found
      }
    }
  }
}

function foundIn(
  raw: RawLine,
  { directory, segment, end }: { readonly directory: string; readonly segment: Segment; readonly end: number },
  scan: Scan,
): FoundRecord | null {
  const value = parsed(raw)
  if (!isRecord(value)) {
    const { kind } = readLine(raw, segment.digest)
    if (!raw.torn && (kind === 'unreadable' || kind === 'record')) scan.unreadable?.(segment.name, raw.number)
    return null
  }
  if (value.seq >= end || !inTime(value, scan) || scan.wanted?.(value) === false) return null
  const line = readLine(raw, segment.digest)
  const { chain, seq } = value
  const place = { chain, directory, file: segment.name, segment: segment.number, line: raw.number, seq }
  return { record: value, place, intact: line.kind === 'record' && line.record.intact, bytes: raw.bytes }
}

function bufferOf({ bytes }: RawLine): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function parsed(raw: RawLine): unknown {
  if (raw.torn) return null
  try {
    return JSON.parse(bufferOf(raw).toString('utf8'))
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is AuditRecord {
  return misfit(RECORD_SHAPE, value) === null
}

function inTime({ time }: AuditRecord, { since = -Infinity, until = Infinity }: Scan): boolean {
  const at = Date.parse(time)
  return at >= since && at < until
}

/** Whether a segment was open at a time that is looked for; where the clock went back between two headers, always. */
function mayHold(segments: readonly Segment[], index: number, { since = -Infinity, until = Infinity }: Scan): boolean {
  const begun = segments[index]?.created ?? null
  const left = segments[index + 1]?.created ?? Infinity
  if (begun === null || begun > left) return true
  return begun - SLACK < until && left + SLACK >= since
}

async function segmentsOf(directory: string): Promise<readonly Segment[]> {
  const names = segmentsIn(await readdir(directory))
  return Promise.all(names.map(async (one) => ({ ...one, ...(await headerOf(join(directory, one.name))) })))
}

async function headerOf(path: string): Promise<Omit<Segment, 'name' | 'number'>> {
  for await (const [raw] of fileLines(path)) {
    const line = raw === undefined ? null : readLine(raw)
    if (line?.kind !== 'header') break
    const { first, created, digest } = line.header
    return { first, created: Date.parse(created), digest }
  }
  return { first: null, created: null, digest: undefined }
}

/** The records of several chains by their time, the oldest first; of one chain always in the order of their numbers. */
export async function* scanChains(chains: readonly ChainFolder[], scan: Scan): AsyncGenerator<FoundRecord, void> {
  const streams = chains.map((chain) => scanChain(chain, scan))
  try {
    const heads = await Promise.all(streams.map(nextOf))
    for (;;) {
      const at = earliest(heads)
      const stream = streams[at]
      const found = heads[at]
      if (stream === undefined || found === undefined || found === null) return
      yield found
      heads[at] = await nextOf(stream)
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)))
  }
}

async function nextOf(stream: AsyncGenerator<FoundRecord, void>): Promise<FoundRecord | null> {
  const next = await stream.next()
  return next.done === true ? null : next.value
}

function earliest(heads: readonly (FoundRecord | null)[]): number {
  let best = -1
  for (const [at, head] of heads.entries()) {
    if (head === null) continue
    const other = heads[best]
    if (!other || Date.parse(head.record.time) < Date.parse(other.record.time)) best = at
  }
  return best
}
