/**
 * The disk, as a port: one flat directory of files. gateway/adapters/audit-file.ts is the real one;
 * tests/kit/faulty-audit-files.ts loses what was not fsynced. Every method rejects with the disk's own error.
 */

/** A file open for writing. After a rejection nothing may be assumed about what it holds. */
export interface AuditFile {
  /** Writes all bytes at an offset, or rejects. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Resolves when everything written so far survives a power cut. Never asked again once it rejected (fsyncgate). */
  sync(): Promise<void>
  /** Cuts the file to a length, durably. */
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** What reading needs: all that `audit verify` gets. */
export interface AuditReader {
  /** Names in the directory, sorted. */
  list(): Promise<readonly string[]>
  /** A file's bytes, or its first `length`. */
  read(name: string, length?: number): Promise<Uint8Array>
  /** Process ID of the live writer of the directory, or null. */
  writer(): Promise<number | null>
}

/** Port: the audit directory of its one writer. */
export interface AuditFiles extends AuditReader {
  /**
   * Makes the directory (0700) and becomes its one writer; returns how to give that up.
   * A dead writer's lock is taken over. Rejects when another writer lives.
   */
  lock(): Promise<() => Promise<void>>
  /** Creates a file (0600) that must not exist. */
  create(name: string): Promise<AuditFile>
  /** Opens an existing file. */
  open(name: string): Promise<AuditFile>
  rename(from: string, to: string): Promise<void>
  /** Gives a file its final name, which must be free: rejects with EEXIST where it is taken, and replaces nothing. */
  publish(from: string, to: string): Promise<void>
  /** Removes a spare or a draft, which never held a record; refuses any other file (nobody deletes, ZS-6.03). */
  removeSpare(name: string): Promise<void>
  /** Removes a segment that a signed order names (retention.ts, its only caller); refuses any other file. */
  removeSegment(name: string): Promise<void>
  /** Makes creations and renames survive a power cut. */
  syncDirectory(): Promise<void>
}

const SEGMENT = /^(\d{8,})\.ndjson$/
const HEADS = /^heads-(\d{8,})\.ndjson$/
const ORDER = /^order-(\d{8,})\.ndjson$/
const SPARE = /^(spare-\d{8,}|draft-[0-9a-f]{16})$/

const padded = (number: number): string => String(number).padStart(8, '0')

export const segmentName = (number: number): string => `${padded(number)}.ndjson`
export const headsName = (number: number): string => `heads-${padded(number)}.ndjson`
export const orderName = (number: number): string => `order-${padded(number)}.ndjson`
export const spareName = (number: number): string => `spare-${padded(number)}`
/** What an order is called until it is durable; `id` is 16 hex digits that no other writer has. */
export const draftName = (id: string): string => `draft-${id}`

/** Whether a file is preallocated room without any record, or an order that was never given: of no effect. */
export const isSpare = (name: string): boolean => SPARE.test(name)

/** Whether a file is a segment. */
export const isSegment = (name: string): boolean => SEGMENT.test(name)

/** A numbered file of the log. */
export interface NumberedFile {
  readonly name: string
  readonly number: number
}

/** The segments among names, in order. */
export const segmentsIn = (names: readonly string[]): readonly NumberedFile[] => numbered(names, SEGMENT)

/** The files of heads among names, in order. */
export const headsIn = (names: readonly string[]): readonly NumberedFile[] => numbered(names, HEADS)

/** The files of orders among names, in order. */
export const ordersIn = (names: readonly string[]): readonly NumberedFile[] => numbered(names, ORDER)

function numbered(names: readonly string[], pattern: RegExp): readonly NumberedFile[] {
  return names
    .flatMap((name) => {
      const digits = pattern.exec(name)?.[1]
      return digits === undefined ? [] : [{ name, number: Number(digits) }]
    })
    .toSorted((a, b) => a.number - b.number)
}
