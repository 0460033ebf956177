import type { Grant } from '../../../gateway/grants/grant.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'

/** A grant that gives fields in clear, and fixes what some filter by. */
export function createGrant(id: string, clear: readonly Coordinate[], fixed: readonly Coordinate[] = []): Grant {
  return {
    id,
    consumer: 'd1',
    applications: null,
    matters: ['m'],
    fields: new Map(clear.map((at) => [at, 'CLEAR'])),
    validFrom: 0,
    validUntil: Number.MAX_SAFE_INTEGER,
    approvals: [{ by: 'PROVIDER', officer: 'P-1' }],
    agreement: null,
    parameters: new Map(fixed.map((at) => [at, ['1']])),
    quota: { callsPerDay: null, subjectsPerDay: null, rowsPerDay: null },
    seasonal: false,
    linkage: [],
    copyConsent: null,
    revokedAt: null,
  }
}
