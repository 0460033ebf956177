import type { AuditCounted, AuditExceeded } from '../audit/record.ts'
import type { Exceeded, Spent, SubjectBoundKind } from '../limits/budget.ts'
import type { Exchange } from './exchange.ts'

/** How the record names what subjects are counted by. */
const MEMBERS = {
  CASE: 'case',
  OFFICER_HOUR: 'officerHour',
  OFFICER: 'officerDay',
  APPLICATION_HOUR: 'applicationHour',
  DEPARTMENT: 'departmentDay',
} as const satisfies Record<SubjectBoundKind, keyof AuditCounted>

const BOUNDS = {
  CASE: 'CASE',
  OFFICER_HOUR: 'OFFICER_HOUR',
  OFFICER: 'OFFICER_DAY',
  APPLICATION_HOUR: 'APPLICATION_HOUR',
  DEPARTMENT: 'DEPARTMENT_DAY',
} as const satisfies Record<SubjectBoundKind, AuditExceeded['bound']>

const QUOTAS = { calls: 'GRANT_CALLS', subjects: 'GRANT_SUBJECTS', rows: 'GRANT_ROWS' } as const

/**
 * Notes for the record how many different subjects were counted, or which bound stood in the way (S09): a slow crawl is
 * read from it without counting the records before. What an answer reaches is counted after what was asked; the later
 * count holds.
 */
export function noteSpent(exchange: Exchange, { exceeded, count, counted }: Spent): void {
  if (exceeded !== null) exchange.exceeded = recordedBound(exceeded, count ?? 0)
  if (counted.size > 0)
    exchange.counted = Object.fromEntries(Array.from(counted, ([kind, total]) => [MEMBERS[kind], total]))
}

function recordedBound(exceeded: Exceeded, count: number): AuditExceeded {
  const { most } = exceeded
  return exceeded.kind === 'GRANT'
    ? { bound: QUOTAS[exceeded.of], count, most, grant: exceeded.grant }
    : { bound: BOUNDS[exceeded.kind], count, most }
}
