import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'
import type { Consent, Ruling } from './facts.ts'

const NOTHING = { codes: [], clauses: [], clauseOf: {}, grants: [null], rule: null, consents: [], rests: [] } as const

/** A refusal for any of these codes, each with its clause. */
export function denyAs(clauseOf: Ruling['clauseOf'], grants: Ruling['grants']): Ruling {
  const codes = Object.keys(clauseOf) as RefusalCode[]
  return { ...deny(codes, Object.values(clauseOf), grants), clauseOf }
}

/** What of a ruling a text fixes. */
interface Reasons {
  readonly clause?: string | null | undefined
  readonly consents?: readonly Consent[]
}

function reasons({ clause, consents = [] }: Reasons): Pick<Ruling, 'clauses' | 'grants' | 'consents'> {
  const grants = consents.length > 0 ? consents.map(({ id }) => id) : [null]
  return { clauses: clause ? [clause] : [], grants, consents }
}

export function allow(why: Reasons): Ruling {
  return { ...NOTHING, ...reasons(why), kind: 'ALLOW' }
}

/** A field that is to be masked and has no rule shows nothing (docs/masking.md, "Failing closed"). */
export function mask(rule: MaskRule | null, why: Reasons): Ruling {
  return { ...NOTHING, ...reasons(why), kind: 'MASK', rule: rule ?? 'M-NULL' }
}

export function verifyOnly(why: Reasons): Ruling {
  return { ...NOTHING, ...reasons(why), kind: 'VERIFY_ONLY', codes: ['VERIFY_ONLY'] }
}

/** A refusal; of several codes or grants any may be told. */
export function deny(
  codes: readonly RefusalCode[],
  clauses: readonly (string | null | undefined)[],
  grants: readonly (string | null)[] = [null],
): Ruling {
  return { ...NOTHING, kind: 'DENY', codes, clauses: clauses.filter((one) => typeof one === 'string'), grants }
}

const WIDTH = { DENY: 0, VERIFY_ONLY: 1, MASK: 2, ALLOW: 3 } as const

/** How much leaves. */
export function width({ kind }: Ruling): number {
  return WIDTH[kind]
}
