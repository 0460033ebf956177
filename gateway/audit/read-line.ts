import { HEADER_SHAPE, HEAD_SHAPE, RECORD_SHAPE, SEAL_SHAPE } from './line-shapes.ts'
import { recordBody, recordHash } from './line.ts'
import type { HeadLine, HeaderLine, SealLine } from './line-types.ts'
import { misfit } from './shape.ts'

/** A line as it stands in a file; `torn` when its end was never written. */
export interface RawLine {
  /** 1 for the first line. */
  readonly number: number
  /** Without the line feed. */
  readonly bytes: Uint8Array
  readonly torn: boolean
  /** Offset behind the line and its line feed. */
  readonly end: number
}

/** What a record's line says of its place; `intact` when its hash fits its bytes. */
export interface RecordFacts {
  readonly chain: string
  readonly seq: number
  readonly prev: string
  readonly hash: string
  readonly intact: boolean
  /** Where it breaks the specification, or null. */
  readonly misfit: string | null
}

/** A line understood; `unreadable` is what no writer of ours leaves behind, unless torn. */
export type ReadLine =
  | { readonly kind: 'record'; readonly raw: RawLine; readonly record: RecordFacts }
  | { readonly kind: 'header'; readonly raw: RawLine; readonly header: HeaderLine }
  | { readonly kind: 'seal'; readonly raw: RawLine; readonly seal: SealLine }
  | { readonly kind: 'head'; readonly raw: RawLine; readonly head: HeadLine }
  | { readonly kind: 'unreadable'; readonly raw: RawLine }

const LINE_FEED = 10

/** Cuts a file into lines. Zero bytes at the end are free room; JSON never holds one, so a line with one is torn. */
export function splitLines(file: Uint8Array): readonly RawLine[] {
  const used = file.subarray(0, usedLength(file))
  const lines: RawLine[] = []
  for (let start = 0; start < used.length;) {
    const feed = used.indexOf(LINE_FEED, start)
    const end = feed === -1 ? used.length : feed
    const bytes = used.subarray(start, end)
    lines.push({ number: lines.length + 1, bytes, torn: feed === -1 || bytes.includes(0), end: end + 1 })
    start = end + 1
  }
  return lines
}

function usedLength(file: Uint8Array): number {
  let length = file.length
  while (length > 0 && file[length - 1] === 0) length -= 1
  return length
}

/** Reads one line. */
export function readLine(raw: RawLine): ReadLine {
  const value = raw.torn ? null : parse(raw.bytes)
  if (isHeader(value)) return { kind: 'header', raw, header: value }
  if (isSeal(value)) return { kind: 'seal', raw, seal: value }
  if (isHead(value)) return { kind: 'head', raw, head: value }
  if (!isPlaced(value)) return { kind: 'unreadable', raw }
  const { chain, seq, prev, hash } = value
  const intact = recordHash(prev, recordBody(raw.bytes)) === hash
  return { kind: 'record', raw, record: { chain, seq, prev, hash, intact, misfit: misfit(RECORD_SHAPE, value) } }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    return null
  }
}

function isHeader(value: unknown): value is HeaderLine {
  return kindOf(value) === 'header' && misfit(HEADER_SHAPE, value) === null
}

function isSeal(value: unknown): value is SealLine {
  return kindOf(value) === 'seal' && misfit(SEAL_SHAPE, value) === null
}

function isHead(value: unknown): value is HeadLine {
  return kindOf(value) === 'head' && misfit(HEAD_SHAPE, value) === null
}

function isPlaced(value: unknown): value is Pick<RecordFacts, 'chain' | 'seq' | 'prev' | 'hash'> {
  if (typeof value !== 'object' || value === null || kindOf(value) !== 'record') return false
  if (!('chain' in value && 'seq' in value && 'prev' in value && 'hash' in value)) return false
  const { chain, seq, prev, hash } = value
  return Number.isSafeInteger(seq) && typeof chain === 'string' && typeof prev === 'string' && typeof hash === 'string'
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null
}
