import type { Use } from '../compile/compiled-operation.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { AnsweredOperation } from './exchange.ts'

/** What an answer tells of: values; of a verification outcomes, once it is known which items have one. */
export function disclosed({ active, verified }: Pick<AnsweredOperation, 'active' | 'verified'>): readonly Use[] {
  if (verified === undefined) return active.filter(({ decision }) => disclosesValue(decision))
  const compared = active.filter(({ decision }) => disclosesValue(decision) || decision.kind === 'VERIFY_ONLY')
  if (verified.length === 0) return compared
  const told = new Set<string | null>(
    verified.flatMap(({ items }) => items.flatMap((one) => (one.outcome === null ? [] : one.coordinate))),
  )
  return compared.filter(({ coordinate }) => told.has(coordinate))
}
