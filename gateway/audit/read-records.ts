import { segmentsIn } from './files.ts'
import type { AuditReader, NumberedFile } from './files.ts'
import type { HeaderLine } from './line-types.ts'
import { RECORD_SHAPE } from './line-shapes.ts'
import type { AuditRecord } from './record.ts'
import { readLine, splitLines } from './read-line.ts'
import type { RecordFacts } from './read-line.ts'
import { misfit } from './shape.ts'
import type { DigestName } from './suite.ts'

/** A segment and its header as it stands there; null where none can be read. */
export interface HeadedSegment extends NumberedFile {
  readonly header: HeaderLine | null
}

// A header is no longer (segments.ts, HEADER_ROOM).
const HEADER_BYTES = 4096

/** The segments of a directory with their headers, unchecked. */
export async function headedSegments(files: AuditReader): Promise<readonly HeadedSegment[]> {
  const found: HeadedSegment[] = []
  for (const file of segmentsIn(await files.list())) {
    const raw = splitLines(await present(files, file.name, HEADER_BYTES))[0]
    const line = raw === undefined ? null : readLine(raw)
    found.push({ ...file, header: line?.kind === 'header' ? line.header : null })
  }
  return found
}

/** A file's bytes; none of a segment that a removal has taken since the directory was listed. */
async function present(files: AuditReader, name: string, length?: number): Promise<Uint8Array> {
  try {
    return await files.read(name, length)
  } catch (error) {
    if ((await files.list()).includes(name)) throw error
    return new Uint8Array()
  }
}

/** A record's line as it stands in a segment. */
export interface RawRecord {
  /** Without its line feed. */
  readonly bytes: Uint8Array
  readonly facts: RecordFacts
  /** Of its segment. */
  readonly digest: DigestName
  readonly segment: number
}

/** Which records: the first is that of number `from`, the last that of number `to`; all where neither is given. */
export interface RecordRange {
  readonly from?: number
  readonly to?: number
}

/**
 * The lines of the records of a log in order, each once: lines that a failed or interrupted segment left behind are
 * passed over. Reads what is there, and only the segments that hold the range; proves nothing: `verifyAudit` does.
 */
export async function* readRawRecords(files: AuditReader, range: RecordRange = {}): AsyncGenerator<RawRecord> {
  const { from = 1, to = Infinity } = range
  const segments = await headedSegments(files)
  let digest: DigestName = 'SHA-256'
  for (const [index, { name, number, header }] of segments.entries()) {
    digest = header?.digest ?? digest
    const end = segments.slice(index + 1).find((next) => next.header !== null)?.header?.first ?? Infinity
    if (end <= from) continue
    if (header !== null && header.first > to) return
    for (const raw of splitLines(await present(files, name))) {
      const line = readLine(raw, digest)
      if (line.kind !== 'record' || !line.record.intact || line.record.seq >= end) continue
      if (line.record.seq < from || line.record.seq > to) continue
      yield { bytes: raw.bytes, facts: line.record, digest, segment: number }
    }
  }
}

/** The records of a log, as `readRawRecords` finds them. */
export async function* readRecords(files: AuditReader, range: RecordRange = {}): AsyncGenerator<AuditRecord> {
  for await (const { bytes } of readRawRecords(files, range)) {
    const record: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (isRecord(record)) yield record
  }
}

function isRecord(value: unknown): value is AuditRecord {
  return misfit(RECORD_SHAPE, value) === null
}
