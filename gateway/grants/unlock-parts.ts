import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import { ownClause } from '../regime/regime.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { consentRule } from './consent.ts'
import type { ConsentRule } from './consent.ts'
import type { Approver } from './grant.ts'
import type { Matter } from './registers.ts'
import type { UnlockStep } from './unlock-steps.ts'

/**
 * What has to be done:
 * - `APPLY` a grant is applied for; `REAPPLY` the same after one has ended; `OPEN` access is opened without a review;
 * - `AGREE` the security agreement is signed; `VERIFY` the value is not shown, but may be compared;
 * - `STATE_MATTER`, `AMEND_MATTER`, `CHANGE_MATTER` concern the purpose; `WIDEN_SCOPE`, `CLASSIFY` the catalogue;
 * - `WIDEN_PARAMETERS` a grant names other argument values (NT-18.1);
 * - `MASKED_ONLY`, `NOTHING`: nobody can open the clear value; `REMEDY`: what the code itself says.
 */
export type UnlockProcedure =
  | 'APPLY'
  | 'REAPPLY'
  | 'OPEN'
  | 'AGREE'
  | 'VERIFY'
  | 'STATE_MATTER'
  | 'AMEND_MATTER'
  | 'CHANGE_MATTER'
  | 'WIDEN_SCOPE'
  | 'WIDEN_PARAMETERS'
  | 'CLASSIFY'
  | 'MASKED_ONLY'
  | 'NOTHING'
  | 'REMEDY'

/** Somebody who must be asked; a department where the catalogue names one. */
export interface Recipient {
  readonly role: Approver | 'SELF'
  readonly department: string | null
}

/** What would unlock a field for a caller, and why it is so. */
export interface Unlock {
  readonly procedure: UnlockProcedure
  readonly whom: readonly Recipient[]
  /** What an application must state, with the clause; null where the text says nothing. */
  readonly mustState: Text | null
  readonly steps: readonly UnlockStep[]
  /** A security agreement is needed (HZ-48). */
  readonly agreement: Clause | null
  /** The value may be verified instead (ZS-4.09). */
  readonly verification: Clause | null
  readonly clause: Clause
  readonly text: Text
}

/** What has been decided about a field, and where. */
export interface Question {
  readonly entry: FieldEntry
  readonly resource: ResourceEntry | null
  readonly decision: Decision
  readonly regime: Regime
  /** The matter that is stated; null where none is, or where only the field is asked about. */
  readonly matter: Matter | null
}

/** What the regime asks of a grant over the field; null where it asks for none. */
export function ruleOf({ entry, resource, regime }: Question): ConsentRule | null {
  return consentRule(entry, resource, regime)
}

/** The department that is responsible for the field (ZS-1.12). */
export function provider(entry: FieldEntry): Recipient {
  return { role: 'PROVIDER', department: entry.provider }
}

/** The clause by which the value may be verified, where neither a grant nor the class shows it (ZS-4.09). */
export function verificationOf({ entry, regime }: Question): Clause | null {
  if (entry.verify === null || entry.class === 'UNCONDITIONAL') return null
  const name = entry.class === 'NOT_SHARED' ? 'verification.notShared' : 'verification.conditionalUnmet'
  return regime.parameters[name]?.clause ?? null
}

/** What has no application procedure. */
export function plain(question: Question, procedure: UnlockProcedure, whom: readonly Recipient[], text: Text): Unlock {
  const { decision, regime } = question
  return {
    procedure,
    whom,
    mustState: null,
    steps: [],
    agreement: null,
    verification: decision.kind === 'VERIFY_ONLY' ? decision.clause : verificationOf(question),
    clause: ownClause(regime, decision.clause) ?? regime.parameters['sharing.meaning'].clause,
    text,
  }
}

/** Sentences as one text. */
export function joined(sentences: readonly Text[]): Text {
  return {
    zh: `${sentences.map(({ zh }) => zh).join(';')}。`,
    en: `${sentences.map(({ en }) => en).join('; ')}.`,
  }
}
