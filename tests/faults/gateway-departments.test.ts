import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import type { Disturbance } from '../kit/gateway-departments.ts'
import type { Reply } from '../kit/gateway-http.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const HR = 'human-resources-social-security'
/** What a department must not get into an answer, a record or a log. */
const SECRET = 'ORA-00942 at 10.1.2.3 赵钱孙李'
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") {
  name
  household { registrationStatus }
  socialInsurance { insuranceType enrolmentStatus employerName }
  disability { issuingAuthority } } }`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterEach(() => gateway.heal())
afterAll(() => gateway.stop())

function ask(query = QUERY): Promise<Reply> {
  return gateway.ask({ ...DESK_MATTER, query })
}

/** An answer of HR about its one entity. */
function entity(value: unknown, rest: object = {}): object {
  return { data: { _entities: [value] }, ...rest }
}

function record(changes: object = {}): object {
  return { insuranceType: '110', enrolmentStatus: 'ENROLLED', employerName: '某公司', ...changes }
}

const SIBLINGS = {
  name: '欧阳静怡',
  household: { registrationStatus: 'NORMAL' },
  disability: { issuingAuthority: '中山市残疾人联合会' },
}

/** Places that carry an error, with its code. */
function places({ body }: Reply): readonly string[] {
  return (body.errors ?? []).map(({ path, extensions }) => `${path?.slice(1).join('.')} ${extensions.code}`)
}

async function expectOnlyItsOwn(reply: Reply, socialInsurance: unknown, errors: readonly string[]): Promise<void> {
  expect(reply.status).toBe(200)
  expect(reply.body.data).toEqual({ person: { ...SIBLINGS, socialInsurance } })
  expect(places(reply)).toEqual(errors)
  expect(reply.text).not.toMatch(/ORA-|10\.1\.2\.3|赵钱孙李/)
  for (const { extensions } of reply.body.errors ?? []) expect(extensions.remedy).toContain('docs/errors.md#source_')
  const { route } = await gateway.recordOf(reply.receipt)
  expect(route.filter(({ department }) => department !== HR).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok'])
}

const UNAVAILABLE = ['socialInsurance SOURCE_UNAVAILABLE']
const INVALID = ['socialInsurance SOURCE_INVALID']

describe('one department fails: its places are null with the reason, all others stand (INV-9)', () => {
  test.each<[string, Disturbance, readonly string[]]>([
    ['is down', () => Promise.reject(new Error(SECRET)), UNAVAILABLE],
    ['throws no error', () => Promise.reject(SECRET), UNAVAILABLE],
    ['errors and no data', async () => ({ errors: [{ message: SECRET }] }), UNAVAILABLE],
    ['errors and null data', async () => ({ data: null, errors: [{ message: SECRET, path: [] }] }), UNAVAILABLE],
    [
      'an error at its null',
      async () =>
        entity({ socialInsurance: null }, { errors: [{ message: SECRET, path: ['_entities', 0, 'socialInsurance'] }] }),
      UNAVAILABLE,
    ],
    [
      'an error below its null',
      async () =>
        entity(
          { socialInsurance: null },
          { errors: [{ message: SECRET, path: ['_entities', 0, 'socialInsurance', 3, 'insuranceType'] }] },
        ),
      UNAVAILABLE,
    ],
    [
      'an error above its null',
      async () => entity(null, { errors: [{ message: SECRET, path: ['_entities', 0] }] }),
      UNAVAILABLE,
    ],
    [
      'an error without a place, and data',
      async () => entity({ socialInsurance: [record()] }, { errors: [{ message: SECRET }] }),
      UNAVAILABLE,
    ],
    [
      'an error at a place that is not null',
      async () =>
        entity(
          { socialInsurance: [record()] },
          { errors: [{ message: SECRET, path: ['_entities', 0, 'socialInsurance'] }] },
        ),
      UNAVAILABLE,
    ],
    [
      'an error at a place that is not there',
      async () => entity({ socialInsurance: [record()] }, { errors: [{ message: SECRET, path: ['__proto__', 'x'] }] }),
      UNAVAILABLE,
    ],
    [
      'errors that are none',
      async () => entity({ socialInsurance: [record()] }, { errors: [null, SECRET, 5] }),
      UNAVAILABLE,
    ],
    ['nothing', async () => undefined, INVALID],
    ['null', async () => null, INVALID],
    ['a text', async () => SECRET, INVALID],
    ['a list', async () => [entity({ socialInsurance: [] })], INVALID],
    ['an empty object', async () => ({}), INVALID],
    ['data that is a text', async () => ({ data: SECRET }), INVALID],
    ['no entities', async () => ({ data: { other: SECRET } }), INVALID],
    [
      'entities that are no list',
      async () => ({ data: { _entities: { 0: { socialInsurance: [record()] } } } }),
      INVALID,
    ],
    ['too few entities', async () => ({ data: { _entities: [] } }), INVALID],
    [
      'too many entities',
      async () => ({ data: { _entities: [{ socialInsurance: [] }, { socialInsurance: [] }] } }),
      INVALID,
    ],
    ['an entity that is a text', async () => entity(SECRET), INVALID],
    ['an entity that is a list', async () => entity([{ socialInsurance: [] }]), INVALID],
    ['an entity without the field', async () => entity({ other: SECRET }), INVALID],
    ['an object in the place of a list', async () => entity({ socialInsurance: record() }), INVALID],
    ['a text in the place of a list', async () => entity({ socialInsurance: SECRET }), INVALID],
    [
      'a null in a list without nulls',
      async () => entity({ socialInsurance: [record(), null] }),
      ['socialInsurance.1 SOURCE_INVALID'],
    ],
    ['a list in a list', async () => entity({ socialInsurance: [[record()]] }), ['socialInsurance.0 SOURCE_INVALID']],
  ])('%s', async (_name, disturbance, errors) => {
    gateway.disturb(HR, disturbance)
    const reply = await ask()
    await expectOnlyItsOwn(
      reply,
      null,
      errors.map((one) => one),
    )
    expect(places(reply).length).toBeLessThan(2)
    gateway.heal()
    expect(places(await ask())).toEqual([])
  })

  test.each<[string, object, object | null, string]>([
    ['an object for a value', { insuranceType: { value: SECRET } }, { insuranceType: null }, 'insuranceType'],
    ['a list for a value', { employerName: [SECRET] }, { employerName: null }, 'employerName'],
    ['a word that the enum does not have', { enrolmentStatus: SECRET }, { enrolmentStatus: null }, 'enrolmentStatus'],
    [
      'a value nested deeply',
      { employerName: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown },
      { employerName: null },
      'employerName',
    ],
    ['a value left out', { employerName: undefined }, { employerName: null }, 'employerName'],
  ])('%s: that value alone (ZS-6.14(6))', async (_name, lie, shown, field) => {
    // As JSON has it: what is undefined is left out.
    const sent = JSON.parse(JSON.stringify(record(lie))) as object
    gateway.disturb(HR, async () => entity({ socialInsurance: [record(), sent] }))
    await expectOnlyItsOwn(await ask(), [record(), record(shown ?? {})], [`socialInsurance.1.${field} SOURCE_INVALID`])
    expect.hasAssertions()
  })

  test('no record is no fault', async () => {
    gateway.disturb(HR, async () => entity(null))
    await expectOnlyItsOwn(await ask(), null, [])
    gateway.disturb(HR, async () => entity({ socialInsurance: null }))
    await expectOnlyItsOwn(await ask(), null, [])
    gateway.disturb(HR, async () => entity({ socialInsurance: [] }))
    await expectOnlyItsOwn(await ask(), [], [])
    expect.hasAssertions()
  })

  test('what was not asked does not come through, whatever it is called', async () => {
    const more = JSON.parse(
      `{"__proto__":{"polluted":"${SECRET}"},"constructor":{"prototype":{"polluted":"x"}},"name":"${SECRET}","household":{"photo":"${SECRET}"},"toJSON":"${SECRET}","socialInsurance":[{"__proto__":{"polluted":1},"insuranceType":"110","enrolmentStatus":"ENROLLED","employerName":"某公司","socialInsuranceNumber":"${SECRET}"}]}`,
    ) as object
    gateway.disturb(HR, async () => entity(more, { extensions: { debug: SECRET }, secret: SECRET }))
    const reply = await ask()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(reply.body.data).toMatchObject({
      person: { household: { registrationStatus: 'NORMAL' }, socialInsurance: [record()] },
    })
    expect(reply.text).not.toMatch(/polluted|socialInsuranceNumber|photo/)
  })

  test("a department cannot speak for another one's field or source time", async () => {
    const sources = [
      null,
      SECRET,
      { type: SECRET, asOf: '2026-01-01T00:00:00Z' },
      { type: 'HouseholdRegistration', asOf: '1999-01-01T00:00:00+08:00' },
      { type: 'SocialInsuranceEnrolment', asOf: SECRET },
    ]
    // The lie comes last, when it would cover the truth.
    const { promise: others, resolve } = Promise.withResolvers<void>()
    gateway.disturb('public-security', (next) => next().finally(() => setTimeout(resolve, 50)))
    gateway.disturb(HR, async () => {
      await others
      const lies = { socialInsurance: [record()], name: SECRET, household: { registrationStatus: SECRET } }
      return entity(lies, { extensions: { sources } })
    })
    const reply = await ask()
    expect(reply.body.extensions?.sharing.notes?.map(({ path }) => path.join('.'))).toEqual([
      'person.household',
      'person.disability',
    ])
    expect(JSON.stringify(reply.body.extensions)).not.toMatch(/1999|ORA-/)
    expect(reply.body.data).toMatchObject({ person: { ...SIBLINGS, socialInsurance: [record()] } })
  })

  test('megabytes come through whole, and are counted', async () => {
    const employerName = '字'.repeat(3_000_000)
    gateway.disturb(HR, async () => entity({ socialInsurance: [record({ employerName })] }))
    const reply = await ask()
    expect(reply.text.length).toBeGreaterThan(3_000_000)
    expect((await gateway.recordOf(reply.receipt)).result.bytes).toBe(Buffer.byteLength(reply.text))
  })
})

describe('several departments', () => {
  test('all are down: every place says so, and the answer is recorded', async () => {
    for (const one of [HR, 'public-security', 'disabled-persons'])
      gateway.disturb(one, () => Promise.reject(new Error(SECRET)))
    const reply = await ask()
    expect(reply.body.data).toEqual({
      person: { name: null, household: null, socialInsurance: null, disability: null },
    })
    expect(places(reply).toSorted()).toEqual(
      ['disability', 'household', 'name', 'socialInsurance'].map((place) => `${place} SOURCE_UNAVAILABLE`),
    )
    const { route, outcome } = await gateway.recordOf(reply.receipt)
    expect(outcome.codes).toEqual(['SOURCE_UNAVAILABLE'])
    expect(
      route
        .filter((one) => one.outcome === 'failed')
        .map(({ department }) => department)
        .toSorted(),
    ).toEqual(['disabled-persons', HR, 'public-security'])
  })

  test('a refusal and a failure are told side by side', async () => {
    gateway.disturb('public-security', () => Promise.reject(new Error(SECRET)))
    const reply = await ask(QUERY.replace('registrationStatus', 'registrationStatus photo'))
    expect(places(reply)).toEqual([
      'household.photo NO_GRANT',
      'name SOURCE_UNAVAILABLE',
      'household SOURCE_UNAVAILABLE',
    ])
  })

  test('one that never answers is left behind after its time, the others are not lost', async () => {
    const signals: AbortSignal[] = []
    gateway.disturb(HR, (_next, { signal }) => {
      signals.push(signal)
      return new Promise(() => undefined)
    })
    await expectOnlyItsOwn(await ask(), null, UNAVAILABLE)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test("no other document's answer is touched while one waits", async () => {
    const { promise, resolve } = Promise.withResolvers<object>()
    gateway.disturb(HR, () => promise)
    const waiting = ask()
    const other = await ask(QUERY.replace(/socialInsurance \{[^}]*\}/, ''))
    expect(other.body.data).toEqual({ person: SIBLINGS })
    resolve(entity({ socialInsurance: [record()] }))
    expect((await waiting).body.data).toEqual({ person: { ...SIBLINGS, socialInsurance: [record()] } })
  })
})

test('nothing of it is in record or log', async () => {
  expect((await gateway.verify()).faults).toEqual([])
  await gateway.halt()
  expect(await leaksIn(gateway.directory, ['ORA-00942', '赵钱孙李'])).toEqual([])
})
