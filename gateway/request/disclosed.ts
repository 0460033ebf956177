import type { Use } from '../compile/compiled-operation.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { AnsweredOperation } from './exchange.ts'
import { once } from './once.ts'

/** What an answer tells of: values, and what they were compared with; of a verification outcomes, once it is known which items have one. */
export function disclosed({ active, verified }: Pick<AnsweredOperation, 'active' | 'verified'>): readonly Use[] {
  if (verified === undefined) return disclosing(active)
  const compared = active.filter(({ decision }) => disclosesValue(decision) || decision.kind === 'VERIFY_ONLY')
  if (verified.length === 0) return compared
  const told = new Set<string | null>(
    verified.flatMap(({ items }) => items.flatMap((one) => (one.outcome === null ? [] : one.coordinate))),
  )
  return compared.filter(({ coordinate }) => told.has(coordinate))
}

const disclosing = once((active: readonly Use[]): readonly Use[] =>
  Object.freeze(active.filter(({ decision, compared }) => compared === true || disclosesValue(decision))),
)

/** Grants behind what an answer tells of, each once; null among them for what none was needed for. */
export const grantIdsBehind = once((told: readonly Use[]): readonly (string | null)[] =>
  Object.freeze([...new Set(told.map(({ decision }) => decision.grant))]),
)
