import { describe, expect, it } from 'vitest'
import { refusalClause } from '../../../gateway/request/refuse.ts'
import { ownClause } from '../../../gateway/regime/regime.ts'
import { FAULTS, REFUSALS } from '../../../gateway/vocabulary/codes.ts'
import type { Code } from '../../../gateway/vocabulary/codes.ts'
import { FUSHUN, HUIZHOU, NANTONG, NATIONAL, ZHEJIANG, ZHONGSHAN } from '../grants/world.ts'

const ALL = [ZHONGSHAN, HUIZHOU, NANTONG, FUSHUN, ZHEJIANG, NATIONAL] as const

describe.each(ALL.map((law) => [law.regime, law] as const))('a refusal of a whole request under %s', (_name, law) => {
  it.each<Code>(['RATE_LIMIT', 'AUDIT_UNAVAILABLE', 'UNAUTHENTICATED', 'UNKNOWN_PARTY', 'AUDIENCE_MISMATCH'])(
    'has a clause of that very text: %s (INV-12)',
    (code) => {
      const clause = refusalClause(law, code)
      expect(clause).not.toBeNull()
      expect(ownClause(law, clause)).toBe(clause)
    },
  )

  it('names no clause for the form of a request, and never one of another text', () => {
    for (const code of ['BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'PAYLOAD_TOO_LARGE'] as const)
      expect(refusalClause(law, code)).toBeNull()
    for (const code of Object.keys({ ...FAULTS, ...REFUSALS }) as Code[]) {
      const clause = refusalClause(law, code)
      expect(ownClause(law, clause), code).toBe(clause)
    }
  })
})
