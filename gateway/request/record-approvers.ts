import type { AuditApproval, AuditEntry } from '../audit/record.ts'
import type { Use } from '../compile/compiled-operation.ts'
import type { Grant, GrantIndex } from '../grants/grant.ts'
import { emergencyBehind } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { disclosed, grantIdsBehind } from './disclosed.ts'
import type { AnsweredOperation } from './exchange.ts'
import { officersBehind } from './note-emergency.ts'
import { once } from './once.ts'

/** Stands for the approver where the law itself opens the data (ZS-4.07). */
const UNCONDITIONAL = 'NONE-UNCONDITIONAL'

type Approved = Pick<AuditEntry, 'approvers' | 'grants' | 'approvals'>

/**
 * The record's approvers (批准人员, ZS-6.03): the grants behind what an answer tells, each with those who approved it,
 * and whoever stands for an approver where no grant was needed.
 *
 * @param now milliseconds since the epoch
 */
export function approval(operation: AnsweredOperation | null, now: number): Approved {
  if (operation === null) return { approvers: [], grants: [] }
  const told = disclosed(operation)
  const before = known.get(operation.grants)?.get(told)
  if (before) return before
  const approved = approvedBy(told, operation, now)
  // Under an emergency who approves depends on the moment.
  const lasts = Object.isFrozen(told) && !withoutGrant(told).some((decision) => emergencyBehind(decision) !== null)
  if (lasts) keep(operation.grants, told, approved)
  return approved
}

/** The same few frozen lists are recorded all day under one index of grants: what is told of them is written once. */
const known = new WeakMap<GrantIndex, WeakMap<readonly Use[], Approved>>()

function keep(index: GrantIndex, told: readonly Use[], approved: Approved): void {
  const ofIndex = known.get(index) ?? new WeakMap<readonly Use[], Approved>()
  known.set(index, ofIndex.set(told, approved))
}

function approvedBy(told: readonly Use[], operation: AnsweredOperation, now: number): Approved {
  const grants = Object.freeze(grantIdsBehind(told).filter((id) => id !== null))
  const found = grants.flatMap((id) => operation.grants.find(id) ?? [])
  const officers = found.flatMap(({ approvals }) => approvals.map(({ officer }) => officer))
  const without = withoutGrant(told).flatMap((decision) => standIns(decision, operation, now))
  const approvals = Object.freeze(found.map(approvalOf))
  return {
    approvers: Object.freeze([...new Set([...officers, ...without])]),
    grants,
    ...(approvals.length === 0 ? {} : { approvals }),
  }
}

function approvalOf({ id, approvals, agreement, copyConsent }: Grant): AuditApproval {
  return Object.freeze({
    grant: id,
    approvers: Object.freeze(approvals.map(({ by, officer }) => ({ by, officer }))),
    ...(agreement === null ? {} : { agreement }),
    ...(copyConsent === null ? {} : { copyConsent }),
  })
}

/** Decisions that rest on no grant, of those for which the same stand in only the first. */
const withoutGrant = once((told: readonly Use[]): readonly Decision[] => {
  const different = new Map<string, Decision>()
  for (const { decision, reconciled } of told) {
    if (decision.grant !== null || reconciled === true) continue
    const by = JSON.stringify([emergencyBehind(decision), decision.kind === 'MASK' ? decision.approval : null])
    if (!different.has(by)) different.set(by, decision)
  }
  return [...different.values()]
})

/** Who stands for an approver where no grant was needed. */
function standIns(decision: Decision, { grants }: AnsweredOperation, now: number): readonly string[] {
  const id = emergencyBehind(decision)
  const emergency = id === null ? undefined : grants.emergencies.get(id)
  // Who declared it, and who was the second (ZS-4.10).
  if (emergency) return officersBehind(emergency, now)
  // A mask without a grant rests on the method that was approved for the field (ZJ-22.3).
  return [decision.kind === 'MASK' ? (decision.approval ?? UNCONDITIONAL) : UNCONDITIONAL]
}
