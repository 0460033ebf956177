import { z } from 'zod'
import type { AlarmRow } from '../store/tables.ts'
import { isAlarmRule } from './rules.ts'
import type { AlarmRuleCode } from './rules.ts'
import type { Concerned, Evidence } from './sighting.ts'
import { alarmState } from './states.ts'
import type { AlarmState } from './states.ts'

/** An alarm as it stands: what was seen, and what became of it. */
export interface Alarm {
  /** `al_` and 26 characters. */
  readonly id: string
  readonly rule: AlarmRuleCode
  readonly key: readonly string[]
  readonly concerned: Concerned
  /** Milliseconds since the epoch. */
  readonly raisedAt: number
  readonly seenAt: number
  readonly times: number
  readonly evidence: Evidence
  readonly state: AlarmState
  /** In the order in which they were written. */
  readonly events: readonly AlarmEvent[]
}

/** What became of it, and who decided. */
export interface AlarmEvent {
  readonly id: number
  readonly at: number
  readonly kind: string
  /** Null for the gateway itself. */
  readonly officer: string | null
  readonly reason: string | null
}

const evidence = z.object({
  measure: z.string(),
  count: z.number(),
  limit: z.number(),
  from: z.string(),
  until: z.string(),
  numbers: z.record(z.string(), z.number()),
  receipts: z.array(z.string()),
  subjects: z.array(z.string()),
  named: z.record(z.string(), z.array(z.string())),
})
const key = z.array(z.string())

/** Reads the evidence of a row. @throws ZodError for one that is not ours */
export function evidenceOf({ evidence: text }: Pick<AlarmRow, 'evidence'>): Evidence {
  return evidence.parse(JSON.parse(text))
}

/** An alarm from its row and its events. @throws Error for a rule that this program does not know */
export function alarmOf(row: AlarmRow, events: readonly AlarmEvent[]): Alarm {
  const { id, rule, department, application, officer, matter, raised_at: raisedAt, seen_at: seenAt, times } = row
  if (!isAlarmRule(rule)) throw new Error(`alarm ${id} is of a rule that a newer program knows`)
  return {
    id,
    rule,
    key: key.parse(JSON.parse(row.key)),
    concerned: { department, application, officer, matter },
    raisedAt,
    seenAt,
    times,
    evidence: evidenceOf(row),
    state: alarmState(events),
    events,
  }
}
