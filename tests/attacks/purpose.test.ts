import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PROFILES } from '../../gateway/caller/development-issuer.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { attack, comparable, leaksAfter, NUMBER, person } from './attack.ts'

/* Attempts to speak for another department, another matter or another case, or to be served another caller's plan. */

const ENROLMENTS = person('name socialInsurance { employerName enrolmentStatus }')
const FIELD = 'SocialInsuranceEnrolment.employerName'

const valid = { validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00' }
const consented = { consumer: DESK.department, approver: 'HRSS-0031', agreement: 'XY-1' }
const GRANTS = [
  { id: 'G-PLAIN', ...consented, matters: ['housing'], clear: [FIELD], ...valid },
  { id: 'G-APP', ...consented, matters: ['app-limited'], applications: ['housing-desk'], clear: [FIELD], ...valid },
  { id: 'G-SHORT', ...consented, matters: ['short'], clear: [FIELD], ...valid },
  { id: 'G-MARKET', ...consented, consumer: 'market-registration', matters: ['licence'], masked: [FIELD], ...valid },
]
const matterOf = (code: string, department: string, more: object = {}) => ({
  code,
  title: code,
  department,
  fields: ['Person.name', FIELD],
  ...more,
})
const MATTERS = [
  matterOf('housing', DESK.department),
  matterOf('app-limited', DESK.department),
  matterOf('short', DESK.department, { caseRequired: true }),
  matterOf('licence', 'market-registration', { caseRequired: true }),
]
const CASES = [
  { number: 'SHORT-1', matter: 'short', department: DESK.department },
  { number: 'HOUSING-1', matter: 'housing', department: DESK.department },
  { number: 'LICENCE-1', matter: 'licence', department: 'market-registration' },
]

let gateway: TestGateway
const openUntil = new Date(Date.now() + 5_000).toISOString()
beforeAll(async () => {
  const grants = GRANTS.map((one) => (one.id === 'G-SHORT' ? { ...one, validUntil: openUntil } : one))
  const city = await readFile('city/registers/parties.yaml', 'utf8')
  const application = (code: string): string => `      - code: ${code}\n        name: { zh: 住房, en: Housing }\n`
  const parties = city.replace(
    / {6}- code: housing-desk\n.*\n/,
    application('housing-desk') + application('housing-archive'),
  )
  gateway = await startTestGateway({
    registers: { parties, matters: { matters: MATTERS }, cases: { cases: CASES }, grants: { grants } },
  })
})
afterAll(() => gateway.stop())

describe('a matter or case that is not the caller’s gives nothing', () => {
  const attempts: Readonly<Record<string, readonly [matter: string, file: string | null, code: string]>> = {
    'no matter': ['', null, 'PURPOSE_MISSING'],
    'the matter of another department': ['licence', null, 'PURPOSE_MISMATCH'],
    'the matter of another department with its case': ['licence', 'LICENCE-1', 'PURPOSE_MISMATCH'],
    'an invented matter': ['no-such', null, 'PURPOSE_MISMATCH'],
    'the matter in capitals': ['HOUSING', null, 'PURPOSE_MISMATCH'],
    'a matter called constructor': ['constructor', null, 'PURPOSE_MISMATCH'],
    'a matter called __proto__': ['__proto__', null, 'PURPOSE_MISMATCH'],
    'a case that is missing where one is needed': ['short', null, 'PURPOSE_MISSING'],
    'a blank case where one is needed': ['short', '   ', 'PURPOSE_MISSING'],
    'a case of another matter': ['short', 'HOUSING-1', 'PURPOSE_MISMATCH'],
    'a case of another department': ['housing', 'LICENCE-1', 'PURPOSE_MISMATCH'],
    'a case called __proto__': ['short', '__proto__', 'PURPOSE_MISMATCH'],
  }
  test.each(Object.entries(attempts))('%s', async (_name, [matter, file, code]) => {
    const outcome = await attack(gateway, { as: DESK, matter, case: file, query: ENROLMENTS })
    expect(new Set(codesOf(outcome.reply))).toEqual(new Set([code]))
    expect(outcome.reply.body.data).toEqual({ person: null })
    expect(outcome.departments).toEqual([])
    expect(gateway.seen).toEqual([])
    expect(outcome.record.outcome.codes).toEqual([code])
  })

  test('and whether a case exists elsewhere is not told', async () => {
    const [other, invented] = [
      await attack(gateway, { as: DESK, matter: 'short', case: 'LICENCE-1', query: ENROLMENTS }),
      await attack(gateway, { as: DESK, matter: 'short', case: 'INVENTED-1', query: ENROLMENTS }),
    ]
    expect(comparable(other)).toEqual(comparable(invented))
  })
})

describe('headers cannot be smuggled', () => {
  const both = (name: string, ...values: readonly string[]): [string, string][] => values.map((value) => [name, value])
  test.each<[string, readonly (readonly [string, string])[], string]>([
    ['two matters', both('x-matter', 'licence', 'housing'), 'BAD_REQUEST'],
    ['two matters in different case', [...both('x-matter', 'housing'), ...both('X-MATTER', 'licence')], 'BAD_REQUEST'],
    ['two cases', [...both('x-matter', 'short'), ...both('x-case', 'SHORT-1', 'LICENCE-1')], 'BAD_REQUEST'],
    ['a list of matters', both('x-matter', 'housing, licence'), 'BAD_REQUEST'],
    ['full-width letters', both('x-matter', Buffer.from('ｈousing').toString('latin1')), 'BAD_REQUEST'],
    ['a zero-width space', both('x-matter', Buffer.from('housing\u200b').toString('latin1')), 'BAD_REQUEST'],
    ['an escaped byte', both('x-matter', 'housing%00'), 'BAD_REQUEST'],
    ['an underscore for the hyphen', both('x_matter', 'housing'), 'PURPOSE_MISSING'],
    ['65 letters', both('x-matter', 'h'.repeat(65)), 'BAD_REQUEST'],
  ])('%s', async (_name, headers, code) => {
    gateway.forget()
    const token = await gateway.token(DESK)
    const reply = await gateway.send({
      headers: [['content-type', 'application/json'], ['authorization', `Bearer ${token}`], ...headers],
      body: JSON.stringify({ query: ENROLMENTS, variables: { n: NUMBER } }),
    })
    expect(new Set(codesOf(reply))).toEqual(new Set([code]))
    expect(gateway.seen).toEqual([])
    expect(reply.text).not.toContain('示范电子')
  })

  test('a document, its variables and its extensions change nothing of it', async () => {
    const body = {
      query: ENROLMENTS,
      variables: { n: NUMBER, 'x-matter': 'housing', dept: 'market-registration' },
      extensions: { 'x-matter': 'housing', matter: 'housing', roles: ['AUTHORITY'] },
      matter: 'housing',
    }
    gateway.forget()
    const token = await gateway.token(DESK)
    const reply = await gateway.send({
      headers: [
        ['content-type', 'application/json'],
        ['authorization', `Bearer ${token}`],
      ],
      body: JSON.stringify(body),
    })
    expect(new Set(codesOf(reply))).toEqual(new Set(['PURPOSE_MISSING']))
    expect(gateway.seen).toEqual([])
  })
})

describe('a token that the city did not give is nobody’s', () => {
  const encode = (value: object | string): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => ({
    iss: gateway.config.identity.issuer,
    aud: gateway.config.identity.audience,
    sub: DESK.officer,
    name: DESK.name,
    dept: DESK.department,
    app: DESK.application,
    roles: DESK.roles,
    exp: Math.floor(Date.now() / 1000) + 600,
  })
  const mine = generateKeyPairSync('ed25519')
  const signed = (header: object, payload: object): string => {
    const text = `${encode(header)}.${encode(payload)}`
    return `${text}.${sign(null, Buffer.from(text), mine.privateKey).toString('base64url')}`
  }
  const kidOf = async (): Promise<string> => {
    const [head = ''] = (await gateway.token(DESK)).split('.')
    return String((JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: unknown }).kid)
  }
  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'alg none': async () => `${encode({ alg: 'none' })}.${encode(claims())}.AA`,
    'our kid, another key': async () => signed({ alg: 'EdDSA', kid: await kidOf() }, claims()),
    'its own jwk': async () =>
      signed({ alg: 'EdDSA', kid: await kidOf(), jwk: mine.publicKey.export({ format: 'jwk' }) }, claims()),
    'crit that nobody knows': async () => signed({ alg: 'EdDSA', kid: await kidOf(), crit: ['x'], x: 1 }, claims()),
    'a kid that is a path': async () => signed({ alg: 'EdDSA', kid: '../../../../etc/passwd' }, claims()),
    'HS256 with the public key': async () => {
      const keys = await readFile(gateway.config.identity.jwks, 'utf8')
      const text = `${encode({ alg: 'HS256', kid: await kidOf() })}.${encode(claims())}`
      return `${text}.${createHmac('sha256', keys).update(text).digest('base64url')}`
    },
    'a token inside of a token': async () =>
      signed({ alg: 'EdDSA', cty: 'JWT' }, { ...claims(), nested: await gateway.token(DESK) }),
    'claims of a changed payload': async () => {
      const [head, , tail] = (await gateway.token(DESK)).split('.')
      return `${head}.${encode({ ...claims(), dept: 'market-registration' })}.${tail}`
    },
    'no canonical base64url': async () => `${await gateway.token(DESK)}=`,
    'more than 8 KiB': async () =>
      signed({ alg: 'EdDSA', kid: await kidOf() }, { ...claims(), pad: 'x'.repeat(8_000) }),
    'five parts, as an encrypted one has': async () => 'a.b.c.d.e',
    'one that has ended': () => gateway.token(DESK, -60),
  }
  test.each(Object.entries(forgeries))('%s', async (_name, forge) => {
    gateway.forget()
    const before = (await gateway.records()).length
    const reply = await gateway.send({
      headers: [
        ['content-type', 'application/json'],
        ['authorization', `Bearer ${await forge()}`],
        ['x-matter', 'housing'],
      ],
      body: JSON.stringify({ query: ENROLMENTS, variables: { n: NUMBER } }),
    })
    expect([reply.status, codesOf(reply)]).toEqual([401, ['UNAUTHENTICATED']])
    expect(reply.body.data).toBeUndefined()
    expect(gateway.seen).toEqual([])
    // Counted, not recorded one by one: a stranger must not fill the disk.
    expect((await gateway.records()).length).toBe(before)
  })

  test('nor may a key of another purpose sign one', async () => {
    const jwks = JSON.parse(await readFile(gateway.config.identity.jwks, 'utf8')) as {
      keys: readonly { kid: string }[]
    }
    expect(jwks.keys.map(({ kid }) => kid)).toEqual([await kidOf()])
  })

  test.each([
    ['another department’s application', { application: 'licence-service' }, 'AUDIENCE_MISMATCH'],
    ['a role that is not its to give', { roles: ['AUDITOR'] as const }, 'AUDIENCE_MISMATCH'],
    ['an unknown department', { department: 'constructor' }, 'UNKNOWN_PARTY'],
    ['an account of the department', { officer: DESK.department }, 'END_USER_MISSING'],
  ])('%s is refused and recorded', async (_name, change, code) => {
    const outcome = await attack(gateway, { as: { ...DESK, ...change }, matter: 'housing', query: ENROLMENTS })
    expect([outcome.reply.status, codesOf(outcome.reply)]).toEqual([403, [code]])
    expect(gateway.seen).toEqual([])
    expect(outcome.record).toMatchObject({ method: 'refused', outcome: { codes: [code] } })
  })
})

describe('one caller’s plan is never another’s', () => {
  const callers = {
    clear: { as: DESK, matter: 'housing' },
    foreign: { as: PROFILES['market-app'], matter: 'licence', case: 'LICENCE-1' },
    purposeless: { as: DESK, matter: 'licence' },
  } as const
  const employer = async (who: keyof typeof callers): Promise<unknown> => {
    const reply = await gateway.ask({ ...callers[who], query: ENROLMENTS, variables: { n: NUMBER } })
    return /示范电子/.test(reply.text) ? 'CLEAR' : /"decision":"MASK"/.test(reply.text) ? 'MASKED' : 'NOTHING'
  }
  test.each([
    [['clear', 'foreign', 'purposeless']],
    [['purposeless', 'foreign', 'clear']],
    [['foreign', 'clear', 'foreign', 'purposeless', 'clear']],
  ] as const)('in the order %j, one by one and at once', async (order) => {
    const right = { clear: 'CLEAR', foreign: 'MASKED', purposeless: 'NOTHING' } as const
    for (const who of order) expect([who, await employer(who)]).toEqual([who, right[who]])
    const crowd = Array.from({ length: 8 }, () => order).flat()
    expect(await Promise.all(crowd.map(employer))).toEqual(crowd.map((who) => right[who]))
  })

  test('neither does the order of roles or another case make another view, nor another application the same', async () => {
    const orders = [['DESK', 'ANALYST'] as const, ['ANALYST', 'DESK'] as const, DESK.roles]
    for (const roles of orders) {
      const outcome = await attack(gateway, { as: { ...DESK, roles }, matter: 'app-limited', query: ENROLMENTS })
      expect(outcome.reply.text).toContain('示范电子')
      expect(outcome.record.grants).toEqual(['G-APP'])
    }
    const sibling = { ...DESK, application: 'housing-archive' }
    const other = await attack(gateway, { as: sibling, matter: 'app-limited', query: ENROLMENTS })
    expect(codesOf(other.reply)).toContain('NO_GRANT')
    expect(other.reply.text).not.toContain('示范电子')
    expect(other.departments).not.toContain('human-resources-social-security')
  })
})

describe('a grant that has ended', () => {
  test('by revocation ends every view that was built on it, cached plans included', async () => {
    const ask = { as: DESK, matter: 'housing', query: ENROLMENTS } as const
    expect((await attack(gateway, ask)).reply.text).toContain('示范电子')
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    gateway.disturb('human-resources-social-security', async (next) => {
      await held
      return next()
    })
    const underWay = gateway.ask({ ...ask, variables: { n: NUMBER } })
    await vi.waitFor(() => expect(departmentsSeen(gateway.seen)).toContain('human-resources-social-security'))
    await gateway.revoke('G-PLAIN')
    await vi.waitFor(
      async () => {
        const { reply, departments } = await attack(gateway, {
          ...ask,
          query: person('socialInsurance { employerName }'),
        })
        expect(codesOf(reply)).toEqual(['GRANT_REVOKED'])
        expect(departments).toEqual([])
      },
      { timeout: 10_000, interval: 50 },
    )
    release()
    // Grants change views, never requests in flight: what was under way ends, and its record names the grant.
    const reply = await underWay
    expect((await gateway.recordOf(reply.receipt)).grants).toEqual(['G-PLAIN'])
    gateway.heal()
  })

  test('by its date serves nobody from the instant on', async () => {
    const ask = { as: DESK, matter: 'short', case: 'SHORT-1', query: ENROLMENTS } as const
    let late = 0
    await vi.waitFor(
      async () => {
        const sent = Date.now()
        const { reply } = await attack(gateway, ask)
        const clear = reply.text.includes('示范电子')
        if (sent >= Date.parse(openUntil) && clear) late += 1
        expect(codesOf(reply)).toContain('GRANT_EXPIRED')
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(late).toBe(0)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
