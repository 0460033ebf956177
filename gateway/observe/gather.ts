import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'

/**
 * Values that are read only when somebody looks: lengths, states, sizes, and what somebody counts anyway (`_total`). Each
 * with its help text for operators.
 */
export const READINGS = {
  gongxiang_build_info: 'Always 1; the version of the program and the regime in force.',
  gongxiang_ready: 'Whether requests are served: 1 or 0.',
  gongxiang_degraded: 'What of our own is bypassed at this moment; no series where all is well.',
  gongxiang_department_ok: 'Whether calls to a department are let through by its breaker: 1 or 0.',
  gongxiang_requests_in_flight: 'Requests that are worked on now.',
  gongxiang_audit_reservations: 'Records for which room is promised and that are not written yet.',
  gongxiang_audit_anchor_lag: 'Records that a second place has not confirmed yet.',
  gongxiang_audit_anchor_lag_seconds:
    'How long a second place has confirmed nothing of what it was to be told; 0 where it is up to date.',
  gongxiang_audit_index_lag_records: 'Audit records that are written and not yet in the index, by chain.',
  gongxiang_audit_index_lag_seconds: 'Seconds since all audit records were in the index, by chain; 0 where they are.',
  gongxiang_generation: 'Number of the generation (schema, catalogue, plans) that serves new requests.',
  gongxiang_department_calls: 'Calls to a department, under way and waiting for their turn.',
  gongxiang_cache_entries: 'Entities in the layer of the entity cache inside the process.',
  gongxiang_cache_bytes: 'Their bytes, about.',
  gongxiang_cache_entities_total: 'Entities looked for in the entity cache, by where they were found.',
  gongxiang_cache_stored_total: 'Entities newly kept.',
  gongxiang_cache_altered_total: 'Entries found altered or swapped, and not used.',
  gongxiang_spans: 'Spans of traces: waiting to be exported now; sent and dropped since the start.',
} as const
export type ReadingName = keyof typeof READINGS

/** One value now. Labels are words of our own and registered codes, never anybody's name or number. */
export interface Reading {
  readonly name: ReadingName
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = 'gongxiang:gather'
const gathering = channel(NAME)

interface Gathering {
  readonly add: (readings: readonly Reading[]) => void
}

/** Lets a room answer whoever looks; until then it costs nothing. The returned function ends it. */
export function tellReadings(tell: () => readonly Reading[]): () => void {
  // The channel is ours, and `gatherReadings` its only publisher.
  const listener = (message: unknown): void => (message as Gathering).add(tell())
  subscribe(NAME, listener)
  return () => void unsubscribe(NAME, listener)
}

/** All values of this moment, from every room that has some. */
export function gatherReadings(): readonly Reading[] {
  const all: Reading[] = []
  gathering.publish({ add: (readings) => void all.push(...readings) } satisfies Gathering)
  return all
}
