import type { Regime } from '../../../gateway/regime/regime.ts'
import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { DecisionKind, MaskRule } from '../../../gateway/vocabulary/decision.ts'

/*
 * What the law is applied to, in the law's own shapes: the gateway's registers fit them, and nothing here knows how the
 * gateway decides.
 */

/** One registered field (信息项). */
export interface Item {
  readonly coordinate: Coordinate
  readonly kind: 'leaf' | 'object'
  /** Every department that serves the field. */
  readonly providers: readonly string[]
  readonly resource: string
  readonly class: 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED'
  readonly subMode: 'DEPARTMENTS' | 'PARTIAL' | 'MASKED' | 'COMPARE' | 'CONDITIONS' | null
  readonly scope: readonly string[] | null
  readonly verifyOnly: boolean
  readonly mask: MaskRule | null
  readonly maskApproval: string | null
  readonly maskProhibited: boolean
  readonly verify: object | null
  readonly embeds: readonly Coordinate[]
  readonly quasiIdentifier: string | null
  readonly follows: Coordinate | null
  readonly requires: readonly Coordinate[]
  readonly declassified: string | null
  readonly onInterface: boolean
}

/** One catalogue entry (目录条目), as far as the law asks (NT-18.1, NT-18.2). */
export interface Entry {
  readonly authorisationMode: 'DIRECT' | 'PLATFORM' | null
  readonly parameterControl: boolean
}

/** What a department agreed to. Instants are milliseconds since the epoch. */
export interface Consent {
  readonly id: string
  readonly consumer: string
  readonly applications: readonly string[] | null
  readonly matters: readonly string[]
  readonly fields: ReadonlyMap<Coordinate, 'CLEAR' | 'MASKED' | 'VERIFY_ONLY'>
  readonly validFrom: number
  readonly validUntil: number
  readonly approvals: readonly { readonly by: string }[]
  readonly agreement: string | null
  readonly parameters: ReadonlyMap<Coordinate, readonly string[]>
  readonly revokedAt: number | null
}

/** A matter (事项) with its minimal field set (最少够用). */
export interface Business {
  readonly code: string
  readonly department: string
  readonly caseRequired: boolean
  readonly fields: ReadonlyMap<Coordinate, 'READ' | 'VERIFY'>
}

/** Who asks. */
export interface Asker {
  readonly department: string
  readonly application: string
  readonly party: string
  /** The department that it acts for, with the kind of party that it is. */
  readonly actingFor: {
    readonly department: string
    readonly party: string
    readonly matters: readonly string[]
  } | null
  readonly matter: string | null
  readonly case: string | null
}

/** One moment of one city. */
export interface Situation {
  readonly regime: Regime
  readonly items: ReadonlyMap<Coordinate, Item>
  readonly entries: ReadonlyMap<string, Entry>
  /** Types of each interface. */
  readonly implementations: ReadonlyMap<string, readonly string[]>
  readonly matters: readonly Business[]
  readonly cases: readonly { readonly number: string; readonly matter: string; readonly department: string }[]
  readonly consents: readonly Consent[]
  readonly asker: Asker
  readonly now: number
}

/**
 * What the law says of one field. Where the texts leave open which of several reasons is told, all of them stand here;
 * no clause means any of the regime's own text.
 */
export interface Ruling {
  readonly kind: DecisionKind
  readonly codes: readonly RefusalCode[]
  readonly clauses: readonly string[]
  /** The clause of each code, where codes have their own. */
  readonly clauseOf: Readonly<Partial<Record<RefusalCode, string>>>
  readonly grants: readonly (string | null)[]
  readonly rule: MaskRule | null
  /** Consents that give the field itself; any of them will do. */
  readonly consents: readonly Consent[]
  /** The same for the field and for all that its value tells of or is made from: one of each must be kept to. */
  readonly rests: readonly (readonly Consent[])[]
}

export type Rulings = ReadonlyMap<Coordinate, Ruling>
