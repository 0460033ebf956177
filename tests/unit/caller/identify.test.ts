import { describe, expect, it } from 'vitest'
import { createIdentify, refusedCaller } from '../../../gateway/caller/identify.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { AUDIENCE, bearer, changeableKeys, forge, ISSUER, jwksOf, makeKey, NOW, testParties } from './issuer.ts'

const key = makeKey('k1')
const keys = changeableKeys(jwksOf(key))
const identify = createIdentify({
  keys,
  parties: testParties(),
  issuer: ISSUER,
  audience: AUDIENCE,
  clockToleranceSeconds: 30,
})

async function refusal(headers: readonly string[], now = NOW): Promise<Failure> {
  try {
    await identify(headers, now)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('a good token', () => {
  it('gives a frozen caller, with matter and case trimmed', async () => {
    const caller = await identify(bearer(forge(key), 'X-Matter', ' ZF-001 ', 'x-case', 'C-2026.1_a'), NOW)
    expect(caller).toEqual({
      department: 'housing-urban-rural',
      application: 'housing-desk',
      officer: 'HUR-0117',
      roles: ['DESK'],
      party: 'DEPARTMENT',
      actingFor: null,
      matter: 'ZF-001',
      case: 'C-2026.1_a',
      emergency: null,
    })
    expect(Object.isFrozen(caller)).toBe(true)
    expect(JSON.stringify(caller)).not.toContain('演示人员')
  })

  it('needs no matter and no case; an empty header counts as none', async () => {
    const caller = await identify(bearer(forge(key), 'x-matter', ' '), NOW)
    expect(caller.matter).toBeNull()
    expect(caller.case).toBeNull()
  })

  it('orders roles and takes each once, so that equal sets are equal views', async () => {
    const token = forge(key, { roles: ['ANALYST', 'DESK', 'ANALYST'] })
    expect((await identify(bearer(token), NOW)).roles).toEqual(['DESK', 'ANALYST'])
  })

  it('takes a list of audiences with ours in it', async () => {
    await expect(identify(bearer(forge(key, { aud: ['other', AUDIENCE] })), NOW)).resolves.toBeDefined()
  })
})

describe('a town that acts for a department (ZS-7.04)', () => {
  const town = { dept: 'town-governments', app: 'town-desk', sub: 'TW-0001' }

  it('stays itself, and names the department whose grants count', async () => {
    const caller = await identify(bearer(forge(key, town), 'x-acting-for', 'civil-affairs'), NOW)
    expect(caller).toMatchObject({
      department: 'town-governments',
      party: 'TOWNSHIP',
      actingFor: { department: 'civil-affairs', matters: ['living-allowance-review'], party: 'DEPARTMENT' },
    })
  })

  it.each([
    ['for a department that charged it with nothing', town, 'education'],
    ['for a department that nobody knows', town, 'nobody'],
    ['though it is no delegate at all', {}, 'civil-affairs'],
  ])('is refused %s', async (_name, claims, department) => {
    const failure = await refusal(bearer(forge(key, claims), 'x-acting-for', department))
    expect([failure.code, failure.clause]).toEqual(['AUDIENCE_MISMATCH', 'ZS-7.04'])
  })

  it.each(['closed-bureau', 'unheard-of'])('is refused for %s, which may not ask itself', async (department) => {
    const failure = await refusal(bearer(forge(key, town), 'x-acting-for', department))
    expect([failure.code, failure.clause]).toEqual(['UNKNOWN_PARTY', 'ZS-1.06'])
  })
})

describe('the parties (ZS-1.06, HZ-2.1, HZ-3.1(2), HZ-6, INV-10)', () => {
  it.each([
    ['an unregistered department', { dept: 'unheard-of' }, 'UNKNOWN_PARTY', 'ZS-1.06'],
    ['a department named like a property of every object', { dept: 'constructor' }, 'UNKNOWN_PARTY', 'ZS-1.06'],
    ['a suspended department', { dept: 'closed-bureau', app: 'desk' }, 'UNKNOWN_PARTY', 'ZS-1.06'],
    ["another department's application", { app: 'authority-console' }, 'AUDIENCE_MISMATCH', 'HZ-6'],
    ['a suspended application', { app: 'old-desk' }, 'AUDIENCE_MISMATCH', 'HZ-6'],
    ['the rights of the authority in a department', { roles: ['AUTHORITY'] }, 'AUDIENCE_MISMATCH', 'ZS-1.10'],
    ['the rights of the audit office elsewhere', { roles: ['DESK', 'AUDITOR'] }, 'AUDIENCE_MISMATCH', 'ZS-1.11'],
  ])('refuses %s', async (_, claims, code, clause) => {
    const failure = await refusal(bearer(forge(key, claims)))
    expect([failure.code, failure.clause]).toEqual([code, clause])
  })

  it('lets the authority hold its own role', async () => {
    const token = forge(key, { dept: 'data-authority', app: 'authority-console', roles: ['AUTHORITY'] })
    expect((await identify(bearer(token), NOW)).roles).toEqual(['AUTHORITY'])
  })

  it('remembers for the audit record whom it refused, and nobody where no token was verified', async () => {
    const known = await refusal(bearer(forge(key, { dept: 'unheard-of' })))
    expect(refusedCaller(known)).toEqual({
      department: 'unheard-of',
      application: 'housing-desk',
      officer: 'HUR-0117',
      roles: ['DESK'],
    })
    expect(refusedCaller(await refusal([]))).toBeNull()
    expect(refusedCaller('text')).toBeNull()
  })
})

describe('the officer (ZS-6.03, NT-28.3)', () => {
  it.each([
    ['no sub', { sub: undefined }],
    ['an empty sub', { sub: '' }],
    ['no name', { name: undefined }],
    ['a blank name', { name: '  ' }],
    ["the department's own account", { sub: 'housing-urban-rural' }],
    ["the application's own account", { sub: 'housing-desk' }],
  ])('refuses %s', async (_, claims) => {
    expect((await refusal(bearer(forge(key, claims)))).code).toBe('END_USER_MISSING')
  })

  it("refuses a citizen's number as staff number, which the audit record would keep (HZ-47.2)", async () => {
    const failure = await refusal(bearer(forge(key, { sub: '11010519491231002X' })))
    expect([failure.code, failure.clause]).toEqual(['UNAUTHENTICATED', 'HZ-47.2'])
  })
})

describe('separation of duties (ZS-6.04)', () => {
  it.each([
    [['SECURITY_ADMIN', 'DATA_OPERATOR']],
    [['DATA_OPERATOR', 'AUDITOR']],
    [['AUDITOR', 'SECURITY_ADMIN', 'DESK']],
  ])('refuses %j in one account', async (roles) => {
    const failure = await refusal(bearer(forge(key, { dept: 'data-authority', app: 'authority-console', roles })))
    expect([failure.code, failure.clause]).toEqual(['UNAUTHENTICATED', 'ZS-6.04'])
  })

  it('refuses who decides over data and watches over it (ZS-1.11)', async () => {
    const roles = ['AUTHORITY', 'AUDITOR']
    const failure = await refusal(bearer(forge(key, { dept: 'data-authority', app: 'authority-console', roles })))
    expect([failure.code, failure.clause]).toEqual(['UNAUTHENTICATED', 'ZS-1.11'])
  })

  it('accepts each of them alone', async () => {
    for (const role of ['SECURITY_ADMIN', 'DATA_OPERATOR']) {
      const token = forge(key, { dept: 'data-authority', app: 'authority-console', roles: [role] })
      expect((await identify(bearer(token), NOW)).roles).toEqual([role])
    }
  })
})

describe('the headers x-matter and x-case', () => {
  it.each([
    ['sent twice', ['x-matter', 'A', 'X-MATTER', 'A']],
    ['sent twice, one empty', ['x-case', '', 'x-case', 'B']],
    ['too long', ['x-matter', 'a'.repeat(65)]],
    ['with other characters', ['x-case', 'C/1']],
    ['with a line break', ['x-case', 'C\n1']],
    ['with two values', ['x-matter', 'A, B']],
    ["with a citizen's number", ['x-case', 'C-11010519491231002X']],
  ])('are refused %s', async (_, more) => {
    const failure = await refusal(bearer(forge(key), ...more))
    expect(failure.code).toBe('BAD_REQUEST')
    for (const value of more.filter((part) => part.length > 20)) expect(failure.message).not.toContain(value)
  })

  it('tell a stranger nothing: the token comes first', async () => {
    expect((await refusal(['x-matter', 'A', 'x-matter', 'B'])).code).toBe('UNAUTHENTICATED')
  })
})
