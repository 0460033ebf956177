import type { Text } from '../../vocabulary/codes.ts'
import type { Alarm, AlarmEvent } from './alarm.ts'
import { alarmLine, restoreText } from './describe.ts'
import { RULES } from './rules.ts'

/** What a sink is told of one event of an alarm. It may come twice: `id` says that it is the same. */
export interface AlarmMessage {
  readonly version: 1
  /** Alarm and number of the event: the idempotency key. */
  readonly id: string
  readonly event: {
    readonly kind: string
    readonly at: string
    readonly by: string | null
    readonly reason: string | null
  }
  readonly alarm: {
    readonly id: string
    readonly rule: string
    readonly title: Text
    readonly severity: string
    readonly clauses: readonly string[]
    readonly state: Alarm['state']
    readonly raisedAt: string
    readonly seenAt: string
    readonly times: number
    readonly department: string | null
    readonly application: string | null
    readonly officer: string | null
    readonly matter: string | null
    readonly text: Text
    readonly restore: Text | null
    readonly evidence: Alarm['evidence']
  }
}

/** The message of an event; the alarm in it is as it stands when it is sent, which may be later. */
export function alarmMessage(alarm: Alarm, event: AlarmEvent): AlarmMessage {
  const { title, severity, clauses } = RULES[alarm.rule]
  const { id, rule, state, times, evidence, concerned } = alarm
  return {
    version: 1,
    id: `${id}:${event.id}`,
    event: { kind: event.kind, at: new Date(event.at).toISOString(), by: event.officer, reason: event.reason },
    alarm: {
      id,
      rule,
      title,
      severity,
      clauses,
      state,
      raisedAt: new Date(alarm.raisedAt).toISOString(),
      seenAt: new Date(alarm.seenAt).toISOString(),
      times,
      ...concerned,
      text: alarmLine(alarm),
      restore: restoreText(alarm),
      evidence,
    },
  }
}
