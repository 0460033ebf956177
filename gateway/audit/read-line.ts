import { parseCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import {
  CHECKPOINT_SHAPE,
  HEADER_SHAPE,
  HEADER_SHAPE_V1,
  HEAD_SHAPE,
  HOLD_SHAPE,
  RECORD_SHAPE,
  RELEASE_SHAPE,
  REMOVAL_SHAPE,
  SEAL_SHAPE,
  SEAL_SHAPE_V1,
} from './line-shapes.ts'
import { lineHash } from './line.ts'
import type { CheckpointLine, HeadLine, HeaderLine, OrderLine, SealLine } from './line-types.ts'
import { matcherOf } from './shape-matcher.ts'
import { misfit } from './shape.ts'
import type { DigestName } from './suite.ts'

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
  | { readonly kind: 'checkpoint'; readonly raw: RawLine; readonly checkpoint: Checkpoint }
  | { readonly kind: 'order'; readonly raw: RawLine; readonly order: OrderLine }
  | { readonly kind: 'unreadable'; readonly raw: RawLine }

const LINE_FEED = 10

/** Cuts a file into lines. Zero bytes at the end are free room; JSON never holds one, so a line with one is torn. */
export function splitLines(file: Uint8Array): readonly RawLine[] {
  // Lines are parts of it: as a buffer each is read without another view.
  const used = asBuffer(file).subarray(0, usedLength(file))
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

/** Reads one line; `digest` is what the header of its segment names. */
export function readLine(raw: RawLine, digest: DigestName = 'SHA-256'): ReadLine {
  return readWritten(raw, digest) ?? readAny(raw, digest)
}

function readAny(raw: RawLine, digest: DigestName): ReadLine {
  const value = raw.torn ? null : parse(raw.bytes)
  switch (kindOf(value)) {
    case 'record':
      return readRecord(raw, value, digest)
    case 'header':
      return isHeader(value) ? { kind: 'header', raw, header: value } : { kind: 'unreadable', raw }
    case 'seal':
      return isSeal(value) ? { kind: 'seal', raw, seal: value } : { kind: 'unreadable', raw }
    case 'head':
      return isHead(value) ? { kind: 'head', raw, head: value } : { kind: 'unreadable', raw }
    case 'checkpoint': {
      const checkpoint = isCheckpoint(value) && isCanonical(raw, value) ? parseCheckpoint(value.checkpoint) : null
      return checkpoint === null ? { kind: 'unreadable', raw } : { kind: 'checkpoint', raw, checkpoint }
    }
    default:
      return isOrder(value) ? { kind: 'order', raw, order: value } : { kind: 'unreadable', raw }
  }
}

const fitsRecord = matcherOf(RECORD_SHAPE)
const RECORD_START =
  /^\{"v":[12],"kind":"record","chain":"([A-Za-z0-9._-]{1,64})","seq":(\d{1,15}),"prev":"([0-9a-f]{64})",/
// The longest that RECORD_START takes.
const START_BYTES = 220
const HASH_START = '"hash":"'.length + 64 + '"}'.length

/** A record as the writer wrote it, without building it: most lines of a log. Null for any other line. */
function readWritten(raw: RawLine, digest: DigestName): ReadLine | null {
  const bytes = asBuffer(raw.bytes)
  const start = RECORD_START.exec(bytes.toString('latin1', 0, START_BYTES))
  if (start === null || raw.torn || !fitsRecord(bytes)) return null
  const [, chain = '', number = '', prev = ''] = start
  const hash = bytes.toString('latin1', bytes.length - HASH_START + '"hash":"'.length, bytes.length - '"}'.length)
  const intact = lineHash(prev, bytes, digest) === hash
  return { kind: 'record', raw, record: { chain, seq: Number(number), prev, hash, intact, misfit: null } }
}

function readRecord(raw: RawLine, value: unknown, digest: DigestName): ReadLine {
  if (!isPlaced(value)) return { kind: 'unreadable', raw }
  const { chain, seq, prev, hash } = value
  const intact = lineHash(prev, raw.bytes, digest) === hash
  return { kind: 'record', raw, record: { chain, seq, prev, hash, intact, misfit: misfit(RECORD_SHAPE, value) } }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(asBuffer(bytes).toString('utf8'))
  } catch {
    return null
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function isHeader(value: unknown): value is HeaderLine {
  return misfit(HEADER_SHAPE, value) === null || misfit(HEADER_SHAPE_V1, value) === null
}

function isSeal(value: unknown): value is SealLine {
  return misfit(SEAL_SHAPE, value) === null || misfit(SEAL_SHAPE_V1, value) === null
}

function isHead(value: unknown): value is HeadLine {
  return misfit(HEAD_SHAPE, value) === null
}

function isCheckpoint(value: unknown): value is CheckpointLine {
  return misfit(CHECKPOINT_SHAPE, value) === null
}

/** Signed is the note alone: the line around it must have its one form. */
function isCanonical(raw: RawLine, line: CheckpointLine): boolean {
  return Buffer.from(JSON.stringify(line)).equals(raw.bytes)
}

function isOrder(value: unknown): value is OrderLine {
  return [REMOVAL_SHAPE, HOLD_SHAPE, RELEASE_SHAPE].some((shape) => misfit(shape, value) === null)
}

function isPlaced(value: unknown): value is Pick<RecordFacts, 'chain' | 'seq' | 'prev' | 'hash'> {
  if (typeof value !== 'object' || value === null) return false
  if (!('chain' in value && 'seq' in value && 'prev' in value && 'hash' in value)) return false
  const { chain, seq, prev, hash } = value
  return Number.isSafeInteger(seq) && typeof chain === 'string' && typeof prev === 'string' && typeof hash === 'string'
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null
}
