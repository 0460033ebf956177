import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { appendOfficerEvent } from '../../gateway/adapters/officer-events.ts'
import { officerEventsFile } from '../../gateway/config/config.ts'
import { composeAmended } from '../kit/amended-city.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway, TestGatewayOptions } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { partiesAsking, post, replaceRegister } from '../kit/registered.ts'
import { AS_DESK, AS_MARKET, attack, decided, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* The fast lane runs what was read before: nothing but the reading may be remembered of whoever asked it first. */

const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const STATUS = 'HouseholdRegistration.registrationStatus'
const QUERY = person('name household { registrationStatus } socialInsurance { employerName }')
const ROOT = join(import.meta.dirname, '../..')

const started: TestGateway[] = []
async function open(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(options)
  started.push(gateway)
  return gateway
}
afterAll(async () => {
  for (const gateway of started) await gateway.stop()
})

const laneOf = ({ record }: Outcome): string => record.lane

/** Asks as the desk until the text is known, and says what the fast lane then answered. */
async function made(gateway: TestGateway, ask: Ask = { ...AS_DESK, query: QUERY }): Promise<Outcome> {
  await attack(gateway, ask)
  const outcome = await attack(gateway, ask)
  expect(laneOf(outcome)).toBe('fast')
  return outcome
}

/** Asks until an answer is as it is waited for, or for so long that it will never be: the last answer. */
async function until(gateway: TestGateway, ask: Ask, holds: (outcome: Outcome) => boolean): Promise<Outcome> {
  let outcome = await attack(gateway, ask)
  for (let times = 0; times < 100 && !holds(outcome); times += 1) {
    await sleep(50)
    outcome = await attack(gateway, ask)
  }
  return outcome
}

describe('a text that somebody with more rights has made known', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await open()
  })
  beforeEach(async () => {
    const outcome = await made(gateway)
    expect(outcome.reply.text).toContain('示范电子')
    expect(decided(outcome)).toEqual({ 'Person.name': 'ALLOW', [STATUS]: 'ALLOW', [EMPLOYER]: 'ALLOW' })
  })

  test('tells another department what that one may learn, and asks nobody for the rest', async () => {
    // Each department makes a text known for itself.
    expect(laneOf(await attack(gateway, { ...AS_MARKET, query: QUERY }))).toBe('apollo')
    const outcome = await attack(gateway, { ...AS_MARKET, query: QUERY })
    expect(laneOf(outcome)).toBe('fast')
    expect(decided(outcome)).toMatchObject({ 'Person.name': 'ALLOW', [EMPLOYER]: 'NO_GRANT' })
    expect(outcome.reply.text).not.toContain('示范电子')
    expect(outcome.departments).toEqual(['public-security'])
    expect(outcome.words).not.toContain('employerName')
    expect(outcome.record).toMatchObject({
      department: AS_MARKET.as.department,
      officer: AS_MARKET.as.officer,
      grants: [],
    })
  })

  test.each<readonly [string, Ask, string]>([
    ['without a matter', { as: DESK }, 'PURPOSE_MISSING'],
    ['for a case that nobody opened', { as: DESK, ...DESK_MATTER, case: 'PRH-2026-9999' }, 'PURPOSE_MISMATCH'],
    ['for the matter of another department', { as: DESK, matter: AS_MARKET.matter }, 'PURPOSE_MISMATCH'],
  ])('tells nothing %s', async (_name, ask, code) => {
    const outcome = await attack(gateway, { ...ask, query: QUERY })
    expect([laneOf(outcome), outcome.departments]).toEqual(['fast', []])
    expect(new Set(Object.values(decided(outcome)))).toEqual(new Set([code]))
  })

  test('tells of the person who is asked about now', async () => {
    const first = await attack(gateway, { ...AS_DESK, query: QUERY })
    const outcome = await attack(gateway, { ...AS_DESK, query: QUERY, variables: { n: OTHER_NUMBER } })
    expect(laneOf(outcome)).toBe('fast')
    expect(outcome.reply.text).not.toMatch(/示范电子|欧阳静怡/)
    expect(outcome.record.subjects).not.toEqual(first.record.subjects)
    expect(outcome.record.operation?.hash).toBe(first.record.operation?.hash)
  })

  test('speaks the language, and shows the decisions, of who asks now', async () => {
    const headers = { 'accept-language': 'en', 'x-decisions': 'all', accept: 'application/graphql-response+json' }
    const { reply } = await attack(gateway, { ...AS_MARKET, query: QUERY, headers })
    expect(reply.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8')
    expect(reply.body.errors?.[0]?.message).toMatch(/^[\x20-\x7e]+$/)
    expect(reply.body.extensions?.sharing.decisions?.length).toBeGreaterThan(2)
    const plain = await attack(gateway, { ...AS_MARKET, query: QUERY })
    expect(plain.reply.body.errors?.[0]?.message).toMatch(/\p{Script=Han}/u)
  })

  test.each<readonly [string, string | null, number]>([
    ['nobody', null, 401],
    ['a stranger', 'Bearer a.b.c', 401],
  ])('tells %s nothing', async (_name, token, status) => {
    gateway.forget()
    const headers = [
      ['content-type', 'application/json'],
      ...(token === null ? [] : [['authorization', token] as const]),
    ] as const
    const body = JSON.stringify({ query: QUERY, variables: { n: NUMBER } })
    const reply = await gateway.send({ headers, body })
    expect([reply.status, codesOf(reply), gateway.seen]).toEqual([status, ['UNAUTHENTICATED'], []])
  })

  test('and a token that has ended opens it no more', async () => {
    gateway.forget()
    const headers = [
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${await gateway.token(DESK, -3_600)}`],
      ['x-matter', DESK_MATTER.matter],
      ['x-case', DESK_MATTER.case],
    ] as const
    const reply = await gateway.send({ headers, body: JSON.stringify({ query: QUERY, variables: { n: NUMBER } }) })
    expect([reply.status, gateway.seen]).toEqual([401, []])
  })
})

describe('between two requests of the fast lane', () => {
  test('a grant is withdrawn: the next one is refused, and nobody is asked', async () => {
    const gateway = await open()
    await made(gateway)
    await gateway.revoke('G-101')
    const ask = { ...AS_DESK, query: QUERY }
    const outcome = await until(gateway, ask, (one) => decided(one)[EMPLOYER] !== 'ALLOW')
    expect([laneOf(outcome), decided(outcome)[EMPLOYER]]).toEqual(['fast', 'GRANT_REVOKED'])
    expect(outcome.departments).toEqual(['public-security'])
    expect(outcome.reply.text).not.toContain('示范电子')
    expect(outcome.record.grants).toEqual([])
    for (let more = 0; more < 3; more += 1)
      expect(decided(await attack(gateway, ask))).toMatchObject({ [EMPLOYER]: 'GRANT_REVOKED' })
  })

  test('the officer is suspended: nothing is answered, a colleague still is', async () => {
    const gateway = await open()
    await made(gateway)
    await appendOfficerEvent(officerEventsFile(gateway.config), {
      kind: 'OFFICER_SUSPENDED',
      department: DESK.department,
      officer: DESK.officer,
      at: new Date().toISOString(),
      by: 'HUR-0001',
      reason: 'under inquiry',
    })
    const ask = { ...AS_DESK, query: QUERY }
    const outcome = await until(gateway, ask, ({ reply }) => reply.status !== 200)
    expect([outcome.reply.status, codesOf(outcome.reply), outcome.departments]).toEqual([
      403,
      ['OFFICER_SUSPENDED'],
      [],
    ])
    const colleague = await attack(gateway, { ...ask, as: { ...DESK, officer: 'HUR-0118' } })
    expect([colleague.reply.status, laneOf(colleague)]).toEqual([200, 'fast'])
  })

  test('registration becomes required: what is known is no registration', async () => {
    const parties = stringify(await partiesAsking({}))
    const gateway = await open({ registers: { parties } })
    await made(gateway)
    const required = stringify(await partiesAsking({ 'housing-urban-rural/housing-desk': 'REQUIRED' }))
    await replaceRegister(gateway.config.registers.parties, required)
    const outcome = await until(gateway, { ...AS_DESK, query: QUERY }, ({ reply }) => reply.status !== 200)
    expect([outcome.reply.status, codesOf(outcome.reply)]).toEqual([403, ['OPERATION_NOT_REGISTERED']])
    expect([laneOf(outcome), outcome.departments]).toEqual(['none', []])
    expect((await attack(gateway, { ...AS_MARKET, query: QUERY })).reply.status).toBe(200)
  })

  test('a department reclassifies: what was read under the old catalogue is read anew', async () => {
    const gateway = await open()
    const ask = { ...AS_DESK, query: QUERY }
    const before = await made(gateway)
    const share = { subMode: 'DEPARTMENTS', scope: ['civil-affairs'] }
    await gateway.compose(composeAmended({ [EMPLOYER]: { share } }, 'zhongshan'))
    const [first, second] = [await attack(gateway, ask), await attack(gateway, ask)]
    expect([laneOf(first), laneOf(second)]).toEqual(['apollo', 'fast'])
    for (const outcome of [first, second]) {
      expect(decided(outcome)[EMPLOYER]).toBe('OUT_OF_SCOPE')
      expect(outcome.words).not.toContain('employerName')
      expect(outcome.reply.text).not.toContain('示范电子')
      expect(outcome.record.versions.catalog).not.toBe(before.record.versions.catalog)
      expect(outcome.record.generation).toBeGreaterThan(before.record.generation)
    }
  })

  test('the law changes: what was read under the old one is read anew', async () => {
    const folder = join(started[0]?.directory ?? '', 'schema')
    await cp(join(ROOT, 'schema'), folder, { recursive: true })
    const gateway = await open({ settings: { schemaDirectory: folder } })
    await made(gateway)
    const profile = join(folder, 'regimes', 'zhongshan.yaml')
    const law = await readFile(profile, 'utf8')
    const stricter = law.replace(/(access\.unconditional\.applicationNeeded: \{ value: )false/, '$1true')
    expect(stricter).not.toBe(law)
    await replaceRegister(profile, stricter)
    const ask = { ...AS_DESK, query: QUERY }
    const outcome = await until(gateway, ask, (one) => decided(one)['Person.name'] !== 'ALLOW')
    expect(decided(outcome)).toMatchObject({ 'Person.name': 'NO_GRANT', [EMPLOYER]: 'ALLOW' })
    expect(outcome.departments).toEqual(['human-resources-social-security'])
    expect(laneOf(outcome)).toBe('apollo')
    const next = await attack(gateway, ask)
    expect([laneOf(next), decided(next)]).toEqual(['fast', decided(outcome)])
  })
})

describe('one text and another', () => {
  const TWO = `query Own($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }
query Free($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { household { registrationStatus } } }`
  const [OWN = '', FREE = ''] = TWO.split('\n')
  const named = (query: string, operationName?: string): Ask => ({
    ...AS_DESK,
    query,
    ...(operationName === undefined ? {} : { operationName }),
  })
  const variables = { n: NUMBER }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await open()
    await made(gateway, named(TWO, 'Own'))
    await made(gateway, named(OWN))
  })

  test('the same text with the name of another operation runs that one', async () => {
    const other = await attack(gateway, named(TWO, 'Free'))
    expect(Object.keys(decided(other))).toEqual([STATUS])
    expect(Object.keys(decided(await made(gateway, named(TWO, 'Own'))))).toEqual(['Person.name'])
    expect(Object.keys(decided(await made(gateway, named(TWO, 'Free'))))).toEqual([STATUS])
  })

  describe('runs nothing', () => {
    test.each<readonly [string, string, string | undefined]>([
      ['with no name where there are two', TWO, undefined],
      ['with a name that is empty', TWO, ''],
      ['with a name that is empty where there is one', OWN, ''],
      ['with a name that is not there', TWO, 'own'],
      ['with a name and an end of line', TWO, 'Own\n'],
      ['with a part of the text in the name', FREE, `Own\n${OWN}`],
      ['with nothing but text in the name', FREE, `\n${OWN}`],
    ])('%s', async (_name, query, operationName) => {
      const outcome = await attack(gateway, named(query, operationName))
      expect([outcome.reply.body.data, codesOf(outcome.reply)]).toEqual([undefined, ['OPERATION_RESOLUTION_FAILURE']])
      expect([laneOf(outcome), outcome.departments]).toEqual(['apollo', []])
    })
  })

  test.each<readonly [string, (text: string) => string]>([
    ['a byte-order mark in it', (text) => `\ufeff${text}`],
    ['a blank behind it', (text) => `${text} `],
    ['another line end', (text) => `${text}\r\n`],
    ['a comma in it', (text) => text.replace('{ name }', '{ name, }')],
    ['half a character behind it', (text) => `${text}#\ud800`],
    ['a comment with a null', (text) => `${text}#\u0000`],
  ])('that differs by %s is another one', async (_name, change) => {
    expect(laneOf(await attack(gateway, named(change(OWN))))).toBe('apollo')
    expect(laneOf(await made(gateway, named(OWN)))).toBe('fast')
  })

  const body = JSON.stringify({ query: OWN, variables })
  test.each<readonly [string, string, string]>([
    ['with a byte-order mark before all', `\ufeff${body}`, 'fast'],
    ['written with escapes', body.replace('person', '\\u0070erson').replace('query', '\\u0071uery'), 'fast'],
    ['with another text under the same key before', body.replace('{', `{"query":${JSON.stringify(FREE)},`), 'fast'],
    [
      'with another text in the extensions',
      body.replace('{', `{"extensions":{"query":${JSON.stringify(FREE)}},`),
      'apollo',
    ],
    [
      'with another text in the prototype',
      body.replace('{', `{"__proto__":{"query":${JSON.stringify(FREE)}},`),
      'apollo',
    ],
  ])('is the one that JSON says: %s', async (_name, text, lane) => {
    gateway.forget()
    const record = await gateway.recordOf((await post(gateway, AS_DESK, text)).receipt)
    expect([record.data.map(({ coordinate }) => coordinate), record.lane]).toEqual([['Person.name'], lane])
  })

  test('is the last one where two stand under one key', async () => {
    const text = `{"query":${JSON.stringify(OWN)},"variables":${JSON.stringify(variables)},"query":${JSON.stringify(FREE)}}`
    const record = await gateway.recordOf((await post(gateway, AS_DESK, text)).receipt)
    expect(record.data.map(({ coordinate }) => coordinate)).toEqual([STATUS])
  })
})

test('and nothing of all this is in the record or the log', async () => {
  for (const gateway of started) expect(await leaksAfter(gateway)).toEqual([])
})
