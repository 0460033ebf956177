import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { AS_DESK, attack, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'

/* Departments that answer what they were not asked, about somebody else, in another's name, or nonsense. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())
afterEach(() => gateway.heal())

const LIE = 'made up'
const entity = (...entities: readonly unknown[]) => ({ data: { _entities: entities } })
const answers = (answer: unknown): void => gateway.disturb('public-security', async () => answer)
const BOTH = {
  query: 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }',
  variables: {
    keys: [NUMBER, OTHER_NUMBER].map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber })),
  },
}
const named = (...names: readonly (string | null)[]) => ({ persons: names.map((name) => ({ name })) })

describe('a department speaks for itself alone', () => {
  test('not for what another one was asked, who knows nobody of that name', async () => {
    // The other one answers last, and has nothing.
    let said = (): void => undefined
    const spoken = new Promise<void>((resolve) => (said = resolve))
    gateway.disturb('public-security', async () => {
      setTimeout(said, 20)
      return entity({ name: LIE, disability: { issuingAuthority: LIE, issueDate: '1999-01-01' } })
    })
    gateway.disturb('disabled-persons', async () => {
      await spoken
      return entity(null)
    })
    const { reply, departments } = await attack(gateway, {
      ...AS_DESK,
      query: person('name disability { issuingAuthority issueDate }'),
    })
    expect(departments).toEqual(['disabled-persons', 'public-security'])
    expect(reply.body.data).toEqual({ person: { name: LIE, disability: null } })
  })

  test('not for what nobody asked, nor for what was refused', async () => {
    answers(entity({ name: LIE, sex: LIE, household: { photo: LIE, registrationStatus: LIE }, extra: LIE }))
    const { reply } = await attack(gateway, { ...AS_DESK, query: person('name sex household { photo }') })
    expect(reply.body.data).toEqual({ person: { name: LIE, sex: null, household: null } })
  })

  test('not in time: of another one’s records it cannot say how old they are', async () => {
    gateway.disturb('public-security', async (next) => ({
      ...(await next()),
      extensions: { sources: [{ type: 'DisabilityCertificate', asOf: '1970-01-01T00:00:00Z' }] },
    }))
    const { reply } = await attack(gateway, { ...AS_DESK, query: person('name disability { issuingAuthority }') })
    expect(reply.body.data).toMatchObject({ person: { disability: {} } })
    expect(reply.text).not.toContain('1970')
  })

  test('nor in words of its own, in the place of a time, a type or an error', async () => {
    const words = { type: `T ${NUMBER}`, asOf: `as of ${NUMBER}` }
    const sources = [words, { ...words, type: 'Person' }, { type: 'Person', asOf: 7 }, null]
    const error = { message: NUMBER, path: ['_entities', 0, 'name'], extensions: { code: `C${NUMBER}`, stack: NUMBER } }
    for (const lie of [{ extensions: { sources } }, { errors: [error] }]) {
      answers({ ...entity({ name: LIE }), ...lie })
      const reply = await gateway.ask({ ...AS_DESK, query: person('name'), variables: { n: NUMBER } })
      expect(reply.status).toBe(200)
      expect(reply.text + JSON.stringify(await gateway.recordOf(reply.receipt))).not.toContain(NUMBER)
    }
  })
})

describe('as many answers as questions', () => {
  test.each([
    ['too many', [{ name: LIE }, { name: LIE }, { name: LIE }]],
    ['too few', [{ name: LIE }]],
    ['none', []],
  ])('%s: whose is whose cannot be known', async (_name, entities) => {
    answers(entity(...entities))
    const { reply, record } = await attack(gateway, { ...AS_DESK, ...BOTH })
    expect(reply.body.data).toEqual(named(null, null))
    expect(codesOf(reply)).toEqual(['SOURCE_INVALID', 'SOURCE_INVALID'])
    expect(record.route).toContainEqual(expect.objectContaining({ department: 'public-security', outcome: 'failed' }))
  })

  test('each is its own person’s', async () => {
    answers(entity({ name: 'first' }, { name: 'second' }))
    const { reply } = await attack(gateway, { ...AS_DESK, ...BOTH })
    expect(reply.body.data).toEqual(named('first', 'second'))
  })

  test('one that is missing is missing for its own person alone', async () => {
    answers({ ...entity({ name: 'first' }, null), errors: [{ message: 'x', path: ['_entities', 1] }] })
    const { reply } = await attack(gateway, { ...AS_DESK, ...BOTH })
    expect(reply.body.data).toEqual(named('first', null))
    expect(codesOf(reply)).toEqual(['SOURCE_UNAVAILABLE'])
  })
})

describe('what is not of the type that the schema promises', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['an object for a text', { name: { deep: LIE } }],
    ['a list for a text', { name: [LIE] }],
    ['a text for a record', { household: LIE }],
    ['a list for a record', { household: [{ registrationStatus: LIE }] }],
    ['a word that is no value of the enum', { household: { registrationStatus: LIE } }],
    ['a text for a list', { socialInsurance: LIE }],
  ]
  test.each(values)('is not passed on: %s', async (_name, lie) => {
    const [field = ''] = Object.keys(lie as object)
    const select: Readonly<Record<string, string>> = {
      name: 'name',
      household: 'household { registrationStatus }',
      socialInsurance: 'socialInsurance { enrolmentStatus }',
    }
    gateway.disturb('human-resources-social-security', async () => entity(lie))
    answers(entity(lie))
    const { reply } = await attack(gateway, { ...AS_DESK, query: person(select[field] ?? '') })
    expect(reply.text).not.toContain(LIE)
    expect(codesOf(reply)).toContain('SOURCE_INVALID')
  })

  test('is not passed on in megabytes either', async () => {
    answers(entity({ name: Array.from({ length: 200_000 }, () => LIE) }))
    const { reply } = await attack(gateway, { ...AS_DESK, query: person('name') })
    expect(reply.body.data).toEqual({ person: { name: null } })
    expect(reply.text.length).toBeLessThan(5_000)
  })

  test('and a mask is a mask, whatever stands under it', async () => {
    gateway.disturb('disabled-persons', async () => entity({ disability: { issueDate: `born ${NUMBER}` } }))
    const { reply } = await attack(gateway, { ...AS_DESK, query: person('disability { issueDate }') })
    expect(reply.body.data).toEqual({ person: { disability: { issueDate: null } } })
  })
})

describe('nobody is asked in vain', () => {
  test('once the client is gone, those whose turn has not come', async () => {
    const gone = new AbortController()
    gateway.disturb('gateway', async (next) => {
      const answer = await next()
      gone.abort()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return answer
    })
    gateway.forget()
    const before = (await gateway.records()).length
    const asked = gateway.ask({ ...AS_DESK, query: person('name'), variables: { n: NUMBER }, signal: gone.signal })
    await expect(asked).rejects.toThrow(/abort/i)
    await expect.poll(async () => (await gateway.records()).length).toBe(before + 1)
    expect(gateway.seen.map(({ department }) => department)).toEqual(['gateway'])
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway, [LIE])).toEqual([])
})
