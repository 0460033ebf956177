import { join } from 'node:path'
import { clauseText } from '../regime/clause-text.ts'
import type { RegimeName } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { readRegulation } from './regime-file.ts'

/**
 * The words of a regime's clauses, for explanations; null for a clause of another text. A schema folder that has the
 * profiles without the texts explains without their words.
 */
export function openClauseTexts(schemaDirectory: string, regime: RegimeName): (clause: Clause) => string | null {
  const regulation = readable(schemaDirectory, regime)
  return (clause) => (regulation === null ? null : clauseText(regulation, clause))
}

function readable(schemaDirectory: string, regime: RegimeName) {
  try {
    return readRegulation(join(schemaDirectory, 'regimes'), regime)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
