import type { Clause } from './clause.ts'
import type { RefusalCode, Text } from './codes.ts'
import type { Coordinate } from './coordinate.ts'

/** The masking rules (docs/masking.md). A rule's ID is stable; what it shows is its set's, which is versioned. */
export const MASK_RULES = [
  'M-NONE',
  'M-NULL',
  'M-NAME',
  'M-IDNO',
  'M-IDNO-2',
  'M-PHONE',
  'M-ADDR',
  'M-DATE',
  'M-NO',
  'M-CODE',
  'M-ALL',
  'M-EMAIL',
  'M-LANDLINE',
  'M-CARD',
  'M-PLATE',
  'M-PASSPORT',
  'M-IP',
  'M-USCC',
  'M-AMOUNT',
] as const
export type MaskRule = (typeof MASK_RULES)[number]

/** The sets of masking rules; a process runs one (config: `masking.ruleSet`), so nothing cached crosses. */
export const MASK_SETS = ['strict', 'hutool'] as const
export type MaskSet = (typeof MASK_SETS)[number]

/** Rises whenever a rule of the set comes to show something else. */
const MASK_SET_VERSIONS: Readonly<Record<MaskSet, number>> = { strict: 1, hutool: 1 }

/** A set with its version, e.g. `strict/1`: with a rule's ID, it says what was shown (ZS-5.03). */
export function maskSetId(set: MaskSet): string {
  return `${set}/${MASK_SET_VERSIONS[set]}`
}

/**
 * What one caller may learn of one coordinate, and why.
 * - `ALLOW`: the clear value.
 * - `MASK`: the value after `rule`.
 * - `VERIFY_ONLY`: no value; it may be compared by the verification operations (ZS-4.09).
 * - `DENY`: nothing; never fetched.
 *
 * `because` names the coordinate whose decision this one takes over, where the field's own would show more: what it
 * contains, follows or is computed from (design, walls 7 and 8). To open the field is to open that one. `emergency` names
 * the declared emergency that opens it in place of a grant (ZS-4.10).
 */
export type Decision =
  | {
      readonly kind: 'ALLOW'
      readonly clause: Clause
      readonly grant: string | null
      readonly emergency?: string
    }
  | {
      readonly kind: 'MASK'
      readonly rule: MaskRule
      readonly clause: Clause
      readonly grant: string | null
      /** Number of the approved method, where the mask alone opens the field (ZJ-22.3). */
      readonly approval?: string
      readonly emergency?: string
      readonly because?: Coordinate
    }
  | {
      readonly kind: 'VERIFY_ONLY'
      readonly code: 'VERIFY_ONLY'
      readonly clause: Clause
      readonly grant: string | null
      readonly because?: Coordinate
    }
  | {
      readonly kind: 'DENY'
      readonly code: RefusalCode
      readonly clause: Clause
      readonly grant: string | null
      readonly because?: Coordinate
      /** What the code leaves open: which of its causes it was. */
      readonly detail?: Text
    }

/** The coordinate that decides in the field's place; null where the field's own class, grant and matter do. */
export function decidedBy(decision: Decision): Coordinate | null {
  return decision.kind === 'ALLOW' ? null : (decision.because ?? null)
}

/** The declared emergency that opens the field in place of a grant (ZS-4.10), or null. */
export function emergencyBehind(decision: Decision): string | null {
  return decision.kind === 'ALLOW' || decision.kind === 'MASK' ? (decision.emergency ?? null) : null
}

/** What a decision comes to. */
export type DecisionKind = Decision['kind']

const STRICTNESS: Readonly<Record<DecisionKind, number>> = { ALLOW: 0, MASK: 1, VERIFY_ONLY: 2, DENY: 3 }

/** Whether a value, clear or masked, leaves the gateway under this decision. */
export function disclosesValue(decision: Decision): boolean {
  return decision.kind === 'ALLOW' || decision.kind === 'MASK'
}

/** The stricter of two decisions; the first where they are equally strict. */
export function stricter(a: Decision, b: Decision): Decision {
  return STRICTNESS[b.kind] > STRICTNESS[a.kind] ? b : a
}
