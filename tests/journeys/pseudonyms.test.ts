import { afterEach, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { createKeyFiles, rotateKey, usedFrom } from '../../gateway/adapters/key-files.ts'
import { subjectPseudonyms } from '../../gateway/audit/pseudonym.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import { openKeyRing } from '../../gateway/keys/key-ring.ts'
import { PURPOSES } from '../../gateway/keys/purposes.ts'
import type { Purpose } from '../../gateway/keys/purposes.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'

/* Whose pseudonym is whose, and what a rotation of keys leaves as it was (HZ-47.2, wall 18). */

const CIVIL: TokenSubject = {
  department: 'civil-affairs',
  application: 'allowance-review',
  officer: 'CA-0042',
  name: '民政 演示',
  roles: ['DESK'],
}
const TOWN: TokenSubject = {
  department: 'town-governments',
  application: 'town-desk',
  officer: 'TG-0007',
  name: '镇街 演示',
  roles: ['DESK'],
}

const FIELDS = [
  'Person.pseudonym',
  'Person.formerPseudonyms',
  'HouseholdRegistration.registrationStatus',
  'SocialInsuranceEnrolment.enrolmentStatus',
]
const LIST = [
  'Query.legalEntities',
  'LegalEntityConnection.nodes',
  'LegalEntity.identifier',
  'LegalEntity.enterprise',
  'Enterprise.divisionCode',
  'Enterprise.legalRepresentative',
  'Enterprise.legalRepresentativeIdNumber',
  // What the reference follows contains it: without its decision nobody crosses (wall 7).
  'Person.idDocumentNumber',
]
const matterOf = (code: string, department: string, fields = FIELDS) => ({ code, title: '核查', department, fields })
const grant = (id: string, matter: string, clear: readonly string[]) => ({
  id,
  consumer: DESK.department,
  matters: [matter],
  clear,
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'HRSS-0031',
  agreement: 'XY-1',
})

const registers = {
  matters: {
    matters: [
      matterOf('first', DESK.department, [...FIELDS, ...LIST]),
      matterOf('second', DESK.department, [...FIELDS, ...LIST]),
      matterOf('living-allowance-review', CIVIL.department),
    ],
  },
  cases: { cases: [{ number: 'C-1', matter: 'first', department: DESK.department }] },
  grants: {
    grants: [
      grant('G-1', 'first', ['Enterprise.legalRepresentative', 'Enterprise.legalRepresentativeIdNumber']),
      grant('G-2', 'first', ['SocialInsuranceEnrolment.enrolmentStatus']),
    ],
  },
}

const PERSON = `query ($n: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { pseudonym formerPseudonyms household { registrationStatus } }
}`
const [ONE, TWO, THREE, FOUR] = [
  demoPeople.allThree,
  demoPeople.conflicting,
  demoPeople.oldNumber,
  demoPeople.certificateCancelled,
].map(({ document }) => document.idDocumentNumber) as [string, string, string, string]

interface Told {
  readonly pseudonym: string | null
  readonly formerPseudonyms: readonly string[] | null
}

let gateway: TestGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

async function open(limits: object = {}): Promise<TestGateway> {
  gateway = await startTestGateway({ registers, settings: { limits } })
  return gateway
}

async function told(of: TestGateway, n: string, facts: Ask): Promise<Told> {
  const { body } = await of.ask({ query: PERSON, variables: { n }, ...facts })
  const { person } = body.data as { person: Told | null }
  if (!person) throw new Error(JSON.stringify(body))
  return person
}

async function rotateAll(of: TestGateway, purposes: readonly Purpose[] = PURPOSES): Promise<void> {
  const now = Date.now()
  for (const purpose of purposes) {
    const from = purpose === 'counter-member' || purpose === 'token-signing' ? usedFrom(purpose, now) : now
    const options = { development: true, now, usedFrom: from, keep: 9 }
    expect(typeof (await rotateKey(keysDirectory(of.config), purpose, options))).toBe('string')
  }
}

describe('a pseudonym', () => {
  test('joins what departments tell of one person in one matter, and nothing beyond', async () => {
    const of = await open()
    const first = await told(of, ONE, { as: DESK, matter: 'first' })
    expect(first.pseudonym).toMatch(/^gxp_[\w-]{32}$/)
    // Two departments' records, asked for one after the other, and again at the next officer's desk.
    const insured = await of.ask({
      as: { ...DESK, officer: 'HUR-0118' },
      matter: 'first',
      query: `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { pseudonym socialInsurance { enrolmentStatus } } }`,
      variables: { n: ONE },
    })
    expect(insured.body.data).toMatchObject({ person: { pseudonym: first.pseudonym } })
    const others = [
      await told(of, TWO, { as: DESK, matter: 'first' }),
      await told(of, ONE, { as: DESK, matter: 'second' }),
      await told(of, ONE, { as: CIVIL, matter: 'living-allowance-review' }),
      // Who acts for a department has pseudonyms of its own, which are not that department's.
      await told(of, ONE, {
        as: TOWN,
        matter: 'living-allowance-review',
        headers: { 'x-acting-for': CIVIL.department },
      }),
    ]
    const all = [first, ...others].map(({ pseudonym }) => pseudonym)
    expect(all).not.toContain(null)
    expect(new Set(all).size).toBe(5)
  })

  test('is told in lists and by references, and not where the reference is refused', async () => {
    const of = await open()
    const query = `{ legalEntities(filter: { divisionCode: "442000" }, first: 5) { nodes { enterprise { legalRepresentative { pseudonym } } } } }`
    const listed = (body: { readonly data?: unknown }): readonly (string | null)[] =>
      (
        body.data as {
          legalEntities: { nodes: { enterprise: { legalRepresentative: Told | null } | null }[] }
        }
      ).legalEntities.nodes.map(({ enterprise }) => enterprise?.legalRepresentative?.pseudonym ?? null)
    const granted = await of.ask({ as: DESK, matter: 'first', query })
    const tokens = listed(granted.body).filter((one) => one !== null)
    expect(tokens.length).toBeGreaterThan(1)
    expect(new Set(tokens).size).toBe(tokens.length)
    // Nobody asked for the number, and it does not travel with it.
    expect(granted.text).not.toMatch(/\d{17}[\dX]/)
    const { data } = await of.recordOf(granted.receipt)
    expect(data.map(({ coordinate }) => coordinate)).not.toContain('Person.idDocumentNumber')
    of.forget()
    const refused = await of.ask({ as: DESK, matter: 'second', query })
    expect(listed(refused.body).filter((one) => one !== null)).toEqual([])
    expect(of.seen.flatMap(({ query: sent }) => (sent.includes('pseudonym') ? [sent] : []))).toEqual([])
  })

  test('joins on after a rotation, and stands in no record and no log', async () => {
    const of = await open()
    const before = await told(of, ONE, { as: DESK, matter: 'first' })
    await rotateAll(of)
    await expect
      .poll(async () => (await told(of, ONE, { as: DESK, matter: 'first' })).pseudonym)
      .not.toBe(before.pseudonym)
    const after = await told(of, ONE, { as: DESK, matter: 'first' })
    expect(after.formerPseudonyms).toEqual([before.pseudonym])
    await of.halt()
    const tokens = [before.pseudonym, after.pseudonym].filter((one) => one !== null)
    expect(await leaksIn(of.directory, tokens)).toEqual([])
  })

  test('is never one by a key that is announced and not used yet', async () => {
    const of = await open()
    const facts = { as: DESK, matter: 'first' }
    const { pseudonym } = await told(of, ONE, facts)
    const now = Date.now()
    const rotate = (usedFrom: number) =>
      rotateKey(keysDirectory(of.config), 'consumer-pseudonym', { development: true, now, usedFrom, keep: 9 })
    // One for tomorrow, then one for now: a new pseudonym tells that the gateway has looked at both.
    for (const usedFrom of [now + 86_400_000, now]) expect(typeof (await rotate(usedFrom))).toBe('string')
    await expect.poll(async () => (await told(of, ONE, facts)).pseudonym).not.toBe(pseudonym)
    expect((await told(of, ONE, facts)).formerPseudonyms).toEqual([pseudonym])
  })

  test('is no argument: nobody finds a person by it', async () => {
    const of = await open()
    const { pseudonym } = await told(of, ONE, { as: DESK, matter: 'first' })
    const reply = await of.ask({ as: DESK, matter: 'first', query: PERSON, variables: { n: pseudonym } })
    expect(reply.body.data).toEqual({ person: null })
    expect(codesOf(reply)).toEqual(['INVALID_ID_NUMBER'])
  })
})

describe('a rotation', () => {
  test('counts nobody twice or anew: who was counted stays counted, once', async () => {
    const of = await open({ subjectsPerCase: 3 })
    const facts = { as: DESK, matter: 'first', case: 'C-1' }
    const codes = async (n: string): Promise<readonly string[]> =>
      codesOf(await of.ask({ query: PERSON, variables: { n }, ...facts }))
    for (const n of [ONE, TWO, THREE]) expect(await codes(n)).toEqual([])
    expect(await codes(FOUR)).toEqual(['RATE_LIMIT'])
    const before = await told(of, ONE, facts)
    await rotateAll(of)
    await expect.poll(async () => (await told(of, ONE, facts)).pseudonym).not.toBe(before.pseudonym)
    // Under another key each of them would be a person who was not counted yet.
    for (const n of [ONE, TWO, THREE]) expect(await codes(n)).toEqual([])
    expect(await codes(FOUR)).toEqual(['RATE_LIMIT'])
    // And so it is where the key of counters is changed at once, against the purpose's own time: she counts twice.
    const now = Date.now()
    const atOnce = { development: true, now, usedFrom: now, keep: 9 }
    await rotateKey(keysDirectory(of.config), 'counter-member', atOnce)
    await expect.poll(() => codes(ONE)).toEqual(['RATE_LIMIT'])
  })

  test('hides no record from an auditor who searches by every key', async () => {
    const of = await open()
    const ask = () => of.ask({ as: DESK, matter: 'first', query: PERSON, variables: { n: ONE } })
    const first = await ask()
    await rotateAll(of, ['subject-pseudonym'])
    const subjectsOf = async (receipt: string): Promise<readonly string[]> => (await of.recordOf(receipt)).subjects
    const [old = ''] = await subjectsOf(first.receipt)
    await expect.poll(async () => subjectsOf((await ask()).receipt)).not.toContain(old)
    const second = await ask()
    const ring = await openKeyRing(createKeyFiles(keysDirectory(of.config)), { allowDevelopment: true })
    const keys = ring.secrets('subject-pseudonym').map(({ key }) => new Uint8Array(key.export()))
    const searched = subjectPseudonyms(keys, 'RESIDENT_ID', ONE)
    expect(searched).toEqual([...(await subjectsOf(second.receipt)), old])
    const found = (await of.records()).filter(({ subjects }) => subjects.some((one) => searched.includes(one)))
    expect(found.map(({ receipt }) => receipt)).toEqual(expect.arrayContaining([first.receipt, second.receipt]))
  })
})
