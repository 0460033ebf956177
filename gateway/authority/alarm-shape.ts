import type { Alarm } from '../governance/alarms/alarm.ts'
import { lagOf } from '../governance/queries/chains.ts'
import type { Chains } from '../governance/queries/chains.ts'

/** An alarm as `Alarm` of the schema has it. */
export function shapeAlarm({ concerned, raisedAt, seenAt, evidence, events, ...alarm }: Alarm): object {
  const { id, rule, state, times } = alarm
  return {
    id,
    rule,
    state,
    times,
    ...concerned,
    raisedAt: instant(raisedAt),
    seenAt: instant(seenAt),
    evidence: JSON.stringify(evidence),
    events: events.map(({ at, kind, officer, reason }) => ({ at: instant(at), kind, officer, reason })),
  }
}

/** The index as `AuditIndex` of the schema has it. */
export function shapeChains({ chains, gaps }: Chains): object {
  return {
    lag: chains.reduce((sum, one) => sum + lagOf(one), 0),
    chains: chains.map((one) => ({
      chain: one.chain,
      replica: one.replica,
      seq: one.seq,
      toldSeq: one.told_seq,
      lag: lagOf(one),
      firstSeen: instant(one.first_seen),
      lastSeen: instant(one.last_seen),
      retiredAt: one.retired_at === null ? null : instant(one.retired_at),
    })),
    gaps: gaps.map((one) => ({
      chain: one.chain,
      foundAt: instant(one.found_at),
      kind: one.kind,
      fromSeq: one.from_seq,
      toSeq: one.to_seq,
      detail: one.detail,
    })),
  }
}

/** Milliseconds since the epoch as ISO 8601. */
export function instant(at: number): string {
  return new Date(at).toISOString()
}
