import type { Use } from '../compile/compiled-operation.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { AnsweredOperation } from './exchange.ts'

/** What an answer tells of: values, or, of a verification, outcomes. */
export function disclosed({ active, verified }: Pick<AnsweredOperation, 'active' | 'verified'>): readonly Use[] {
  return active.filter(
    ({ decision }) => disclosesValue(decision) || (verified !== undefined && decision.kind === 'VERIFY_ONLY'),
  )
}
