import { describe, expect, it } from 'vitest'
import { admitCaller } from '../../../gateway/request/standing.ts'
import type { Role } from '../../../gateway/caller/roles.ts'
import { callerOf } from '../grants/world.ts'

/** Lets somebody in, and says what was counted. */
async function counted(
  suspended: boolean,
  roles: readonly Role[] = ['DESK'],
  apart = true,
): Promise<{ readonly counts: readonly string[]; readonly code: unknown }> {
  const counts: string[] = []
  const count = (of: string) => async (): Promise<void> => void counts.push(of)
  const rate = { admit: count('everybody'), admitRefused: count('the officer'), tolerate: async () => true }
  const suspensions = { isSuspended: () => suspended, suspend: async () => {} }
  const take = async (_who: object, part: string): Promise<boolean> => (counts.push(part), apart)
  const separation = { take }
  const failure: unknown = await admitCaller({ rate, suspensions, separation }, callerOf({ roles })).catch(
    (error: unknown) => error,
  )
  return { counts, code: failure instanceof Error && 'code' in failure ? failure.code : null }
}

describe('an officer', () => {
  it('in good standing is counted with application and department', async () => {
    expect(await counted(false)).toEqual({ counts: ['everybody'], code: null })
  })

  it('who is suspended uses up nothing of what colleagues may ask (NT-28.3)', async () => {
    expect(await counted(true)).toEqual({ counts: ['the officer'], code: 'OFFICER_SUSPENDED' })
  })

  it.each(['SECURITY_ADMIN', 'DATA_OPERATOR', 'AUDITOR'] as const)(
    'who comes as %s is that alone today',
    async (role) => {
      expect(await counted(false, [role])).toEqual({ counts: ['everybody', role], code: null })
      expect(await counted(false, [role, 'AUTHORITY'], false)).toEqual({
        counts: ['everybody', role],
        code: 'UNAUTHENTICATED',
      })
    },
  )

  it.each(['AUTHORITY', 'SUPERVISOR', 'PROVIDER'] as const)(
    'who may read the record as %s comes as no administrator today, whatever tokens there are (ZS-6.04)',
    async (role) => {
      expect(await counted(false, [role])).toEqual({ counts: ['everybody', 'AUDITOR'], code: null })
      expect((await counted(false, [role], false)).code).toBe('UNAUTHENTICATED')
      // Who holds both in one token reads nothing, and is the administrator.
      expect((await counted(false, [role, 'DATA_OPERATOR'])).counts).toEqual(['everybody', 'DATA_OPERATOR'])
    },
  )
})
