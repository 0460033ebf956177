import { describe, expect, it } from 'vitest'
import { admitCaller } from '../../../gateway/request/standing.ts'
import { callerOf } from '../grants/world.ts'

/** Lets somebody in, and says what was counted. */
async function counted(suspended: boolean): Promise<{ readonly counts: readonly string[]; readonly code: unknown }> {
  const counts: string[] = []
  const count = (of: string) => async (): Promise<void> => void counts.push(of)
  const rate = { admit: count('everybody'), admitRefused: count('the officer'), tolerate: async () => true }
  const suspensions = { isSuspended: () => suspended, suspend: async () => {} }
  const failure: unknown = await admitCaller({ rate, suspensions }, callerOf({})).catch((error: unknown) => error)
  return { counts, code: failure instanceof Error && 'code' in failure ? failure.code : null }
}

describe('an officer', () => {
  it('in good standing is counted with application and department', async () => {
    expect(await counted(false)).toEqual({ counts: ['everybody'], code: null })
  })

  it('who is suspended uses up nothing of what colleagues may ask (NT-28.3)', async () => {
    expect(await counted(true)).toEqual({ counts: ['the officer'], code: 'OFFICER_SUSPENDED' })
  })
})
