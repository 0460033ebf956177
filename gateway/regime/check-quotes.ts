import { clauseText, normalised } from './clause-text.ts'
import type { Regulation } from './clause-text.ts'
import { citationsOf } from './regime.ts'
import type { Regime } from './regime.ts'

/** A citation that the regulation does not bear out. */
export interface QuoteFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Citations whose clause is not in the regulation, or whose words are not in that very clause; all of them. */
export function checkQuotes(regime: Regime, regulation: Regulation): readonly QuoteFault[] {
  return citationsOf(regime).flatMap(({ clause, quote, path }) => {
    const text = clauseText(regulation, clause)
    if (text === null) return [{ path: [...path, 'clause'], message: `${clause} is not in the regulation` }]
    if (normalised(text).includes(normalised(quote))) return []
    return [{ path: [...path, 'quote'], message: `these words are not in ${clause}` }]
  })
}
