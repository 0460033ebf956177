import type { KeyObject } from 'node:crypto'
import type { Checkpoint } from './checkpoint.ts'
import type { AuditFiles } from './files.ts'
import type { Tip } from './line-types.ts'
import type { AuditEntry } from './record.ts'
import type { AuditSigner } from './suite.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Room for one record; opaque, serves once. */
export interface Reservation {
  readonly bytes: number
}

/** No record, no answer (ZS-6.03, INV-7). */
export interface AuditLog {
  /**
   * Reserves room for one record before anything is fetched. Answers at once while room is there.
   * @throws Failure `AUDIT_UNAVAILABLE` when room or the disk is not there: then nothing may be fetched.
   */
  reserve(): Reservation | Promise<Reservation>
  /**
   * Resolves with the record's place only when it is durable.
   * @throws Failure `AUDIT_UNAVAILABLE` when it is not: the answer must not leave.
   */
  append(reservation: Reservation, entry: AuditEntry): Promise<Tip>
  /** Gives room back when a request ends without a record. */
  release(reservation: Reservation): void
  /** Whether requests may be served; `detail` is for operators. */
  health(): LogHealth
  /** What was not in order when the directory was opened, for the operators' log. */
  readonly findings: readonly string[]
  /** Waits for what was appended, then leaves a signed head and seal. Rejects when they could not be written. */
  close(): Promise<void>
}

/** Whether requests may be served; `detail` is for operators. */
export interface LogHealth {
  readonly ok: boolean
  readonly detail: string
}

/** Runs a callback later; returns how to call that off. */
export type Schedule = (callback: () => void, milliseconds: number) => () => void

/** What an audit log is opened with; sizes in bytes, times in milliseconds. */
export interface AuditLogOptions {
  /** The directory. */
  readonly files: AuditFiles
  readonly clock: Clock
  /** Read for each line that is signed: it may be another one at the next, whose public half is known by then. */
  readonly signer: AuditSigner
  /** All keys that ever signed this chain: with them the chain goes on only behind what they signed. */
  readonly publicKeys?: readonly KeyObject[]
  /** The chain's ID, stable for the directory: 1–64 of letters, digits, `.`, `_`, `-`. */
  readonly chain: string
  /** What checkpoints call the log, unique in the world: no spaces, no plus sign; default `gongxiang/<chain>`. */
  readonly origin?: string
  /** Told of each checkpoint when it is durable. It must only take note: the next record waits for it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void
  /** Told when it ceases to be able to write and when it can again, and of room that runs short. It must only take note. */
  readonly onHealth?: (health: LogHealth) => void
  /** Size of a segment, preallocated; default 8 MiB. */
  readonly segmentBytes?: number
  /** The longest record, and what a request reserves; default 64 KiB. */
  readonly maxRecordBytes?: number
  /** A signed head after so many records, default 1,000 … */
  readonly headEveryRecords?: number
  /** … or so many milliseconds after the first record without one, default 30,000. */
  readonly headEveryMillis?: number
  /** How long after a failure of the disk it is tried again, default 1,000. */
  readonly retryMillis?: number
  readonly schedule?: Schedule
}

/** The options that have defaults. */
export type AuditLimits = Required<
  Omit<AuditLogOptions, 'files' | 'clock' | 'signer' | 'publicKeys' | 'chain' | 'origin' | 'onCheckpoint' | 'onHealth'>
>
