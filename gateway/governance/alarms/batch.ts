import type { AuditRecord } from '../../audit/record.ts'
import { AUTHORITY } from '../../grants/supervision.ts'
import { officerKey } from './keys.ts'
import type { OfficerName } from './keys.ts'

/** A record as the rules read it. */
export interface JudgedRecord {
  readonly record: AuditRecord
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Who asked; null where nobody was known. */
  readonly by: OfficerName | null
  /** Everybody whom the operation was about; of a record of version 1, which does not say, all its subjects. */
  readonly objects: readonly string[]
}

/** Some records of one chain, in its order. */
export type Batch = readonly JudgedRecord[]

/** Reads records for the rules. */
export function batchOf(records: readonly AuditRecord[]): Batch {
  return records.map((record) => {
    const { department, officer, subjects, objects } = record
    return {
      record,
      at: Date.parse(record.time),
      by: department === null || officer === null ? null : { department, officer },
      objects: subjects.slice(0, objects ?? subjects.length),
    }
  })
}

/** Records of a batch by the officer who asked; what nobody known asked is left out. */
export function byOfficer(batch: Batch): ReadonlyMap<string, Batch> {
  return Map.groupBy(
    batch.filter(({ by }) => by !== null),
    ({ by }) => (by === null ? '' : officerKey(by)),
  )
}

/** When the first and the last record of a batch were made: clocks step back, so that it need not be in this order. */
export function spanOf(batch: Batch): { readonly first: number; readonly last: number } {
  const times = batch.map(({ at }) => at)
  return { first: times.reduce((a, b) => Math.min(a, b), Infinity), last: times.reduce((a, b) => Math.max(a, b), 0) }
}

/** Whether it is an operation of its own, rather than one row of a batch of verifications. */
export function isOperation({ verification }: AuditRecord): boolean {
  return verification?.of === undefined
}

/**
 * Whether nothing but the record itself was read. Whoever looks into who asked about a person is no part of what they look
 * into: planted records, neighbours and many officers are none of theirs. Their own data and a relative's are.
 */
export function isInquiry({ data }: AuditRecord): boolean {
  return data.length > 0 && data.every(({ providers = [] }) => providers.length > 0 && providers.every(isAuthority))
}

function isAuthority(department: string): boolean {
  return department === AUTHORITY
}
