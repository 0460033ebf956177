import { segmentName, segmentsIn } from './files.ts'
import type { AuditReader } from './files.ts'
import type { HeaderLine, Left, RemovalLine } from './line-types.ts'
import { readLine, splitLines } from './read-line.ts'
import { signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { fault } from './verify-report.ts'
import type { Findings } from './verify-report.ts'

// A header is shorter (segments.ts, HEADER_ROOM).
const HEADER_BYTES = 4096

/** A segment with what signed headers say of it. */
export interface PlannedSegment {
  readonly name: string
  readonly number: number
  /** Its own header, when that can be trusted. */
  readonly header: HeaderLine | null
  /** How it was left, by a later segment's header; null for the last. */
  readonly left: Left | null
}

/**
 * Reads the headers alone: how far a segment counts is known only from the one that follows. Segments that an order
 * removed are no part of it, even where a crash has left some of them.
 */
export async function planSegments(
  files: AuditReader,
  removal: RemovalLine | null,
  check: CheckSignature,
  found: Findings,
): Promise<readonly PlannedSegment[]> {
  const removed = removal?.segments.at(-1) ?? 0
  const segments = segmentsIn(await files.list()).filter(({ number }) => number > removed)
  const headers = new Map<number, HeaderLine>()
  for (const { name, number } of segments) {
    const header = await trustedHeader(files, name, number, check, found)
    if (header !== null) headers.set(number, header)
  }
  const left = new Map([...headers.values()].flatMap((header) => header.follows.map((one) => [one.segment, one])))
  findMissing(
    segments.map((segment) => segment.number),
    left,
    removed,
    found,
  )
  return segments.map(({ name, number }) => ({
    name,
    number,
    header: headers.get(number) ?? null,
    left: left.get(number) ?? null,
  }))
}

/** Whose chain a directory holds, by its first header with a good signature; null where there is none. */
export async function chainOf(files: AuditReader, check: CheckSignature): Promise<string | null> {
  for (const { name, number } of segmentsIn(await files.list())) {
    const header = await trustedHeader(files, name, number, check, { faults: [], notices: [] })
    if (header !== null) return header.chain
  }
  return null
}

async function trustedHeader(
  files: AuditReader,
  name: string,
  number: number,
  check: CheckSignature,
  found: Findings,
): Promise<HeaderLine | null> {
  const first = splitLines(await files.read(name, HEADER_BYTES))[0]
  const line = first === undefined ? null : readLine(first)
  if (line?.kind !== 'header') {
    found.faults.push(fault('header-missing', name, 1))
    return null
  }
  const bad = line.header.segment === number ? signatureFault(check, line.raw, line.header) : 'inserted'
  if (bad === null) return line.header
  found.faults.push(fault(bad, name, 1))
  return null
}

// Of a longer gap, which a single file name can make as long as it likes, one fault tells.
const MOST_NAMED = 64

function findMissing(
  present: readonly number[],
  left: ReadonlyMap<number, Left>,
  removed: number,
  found: Findings,
): void {
  let before = removed
  for (const number of present) {
    const gap = number - before - 1
    if (gap > MOST_NAMED) found.faults.push(fault('segment-removed', gapName(before + 1, number - 1), null))
    else {
      const numbers = Array.from({ length: Math.max(0, gap) }, (_, index) => before + 1 + index)
      found.faults.push(
        ...numbers
          .filter((one) => !neverWritten(left.get(one)))
          .map((one) => fault('segment-removed', segmentName(one), null)),
      )
    }
    before = number
  }
}

/** A segment that failed before its first record may never have reached the disk. */
function neverWritten(left: Left | undefined): boolean {
  return left?.state === 'retired' && left.records === 0
}

function gapName(first: number, last: number): string {
  return `${segmentName(first)} – ${segmentName(last)}`
}
