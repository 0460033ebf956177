import type { Coordinate } from '../vocabulary/coordinate.ts'

/** What a matter does with a field: reads it, or only verifies it. */
export type FieldUse = 'READ' | 'VERIFY'

/** A matter (事项) and the fewest fields that suffice for it (最少够用, ZS-4.01(3)). */
export interface Matter {
  readonly code: string
  readonly title: string
  /** The department whose matter it is. */
  readonly department: string
  readonly caseRequired: boolean
  /** A standing matter of supervision (监督, ZS-6.12, ZS-6.03): opens the audit record by role, and nothing else. */
  readonly supervision?: boolean
  readonly fields: ReadonlyMap<Coordinate, FieldUse>
  /** What a citizen would have to bring, each with the fields that say the same; what no material names stands alone. */
  readonly materials?: readonly Material[]
}

/** A material (材料) that a matter needs: a certificate, a proof. */
export interface Material {
  readonly code: string
  readonly title: string
  readonly fields: readonly Coordinate[]
}

/** Matters by code. */
export interface MatterSource {
  /** Rises with every change: what was decided by another version is decided anew. */
  version(): number
  find(code: string): Matter | null
  /** All matters of one department. */
  ofDepartment(department: string): readonly Matter[]
}

/** A case (办件): one citizen's or firm's file within a matter. */
export interface Case {
  readonly number: string
  readonly matter: string
  readonly department: string
}

/** Cases by number: the departments' own case systems behind a port. */
export interface CaseSource {
  find(number: string): Case | null
}
