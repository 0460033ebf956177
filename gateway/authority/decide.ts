import type { Caller } from '../caller/caller.ts'
import type { Alarm } from '../governance/alarms/alarm.ts'
import { alarmById, decideAlarm } from '../governance/alarms/alarms.ts'
import type { VerdictRefusal } from '../governance/alarms/alarms.ts'
import type { AlarmDecision } from '../governance/alarms/states.ts'
import { shapeAlarm } from './alarm-shape.ts'
import { readArguments } from './read-arguments.ts'
import { overseen } from './resolvers.ts'
import type { AuthorityCall } from './resolvers.ts'

/** Why an alarm was not decided, as `AlarmRefusal` of the schema has it. */
type Refusal = 'UNKNOWN' | 'OWN_DEPARTMENT' | 'ALREADY' | 'OPEN_ALREADY' | 'REASON_UNFIT'

const REFUSALS: Readonly<Record<VerdictRefusal, Refusal>> = {
  UNKNOWN: 'UNKNOWN',
  ALREADY: 'ALREADY',
  OPEN_ALREADY: 'OPEN_ALREADY',
  CONCERNED: 'OWN_DEPARTMENT',
  NO_REASON: 'REASON_UNFIT',
  NUMBER: 'REASON_UNFIT',
}

/** Characters of a reason. */
const REASON = { least: 2, most: 500 } as const

type Resolve = (root: unknown, given: unknown, call: AuthorityCall) => Promise<object>

/** `Mutation` of the subgraph. */
export const MUTATIONS: Readonly<Record<string, Resolve>> = {
  confirmAlarm: (_root, given, call) => decide('CONFIRMED', readArguments('Mutation.confirmAlarm', given), call),
  dismissAlarm: (_root, given, call) => decide('DISMISSED', readArguments('Mutation.dismissAlarm', given), call),
  reopenAlarm: (_root, given, call) => decide('REOPENED', readArguments('Mutation.reopenAlarm', given), call),
}

/**
 * Decides on an alarm. Of whoever oversees, nobody decides on their own department: an alarm about the data authority is
 * the auditors' to judge, and one about the audit office the authority's (ZS-6.16).
 */
async function decide(
  kind: AlarmDecision,
  { id, reason }: { readonly id: string; readonly reason: string },
  call: AuthorityCall,
): Promise<object> {
  const { db, asker, now } = overseen(call)
  const { department, officer } = asker.caller
  const known = await alarmById({ db }, id)
  const own = known !== null && isOfRecordKeepers(known, asker.caller)
  const length = [...reason.trim()].length
  const unfit = length < REASON.least || length > REASON.most
  if (own || unfit) return refused(own ? 'OWN_DEPARTMENT' : 'REASON_UNFIT', known)
  const decided = await decideAlarm({ db }, { id, kind, officer, department, reason, at: now })
  if (decided.kind === 'REFUSED') return refused(REFUSALS[decided.why], known)
  return { done: true, refusal: null, alarm: shapeAlarm(decided.alarm) }
}

function refused(refusal: Refusal, alarm: Alarm | null): object {
  return { done: false, refusal, alarm: alarm && shapeAlarm(alarm) }
}

/** The record is the data authority's to keep: that something is missing from it is for others to judge. */
function isOfRecordKeepers({ rule }: Alarm, { roles }: Pick<Caller, 'roles'>): boolean {
  if (rule !== 'AUDIT_TROUBLE') return false
  return roles.includes('AUTHORITY') || !(roles.includes('AUDITOR') || roles.includes('SUPERVISOR'))
}
