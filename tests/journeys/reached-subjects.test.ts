import { afterEach, describe, expect, test } from 'vitest'
import { subjectPseudonym } from '../../gateway/audit/pseudonym.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'

/* Whoever an answer tells of is in its record and is counted, whether asked about by number, or reached (ZS-6.03, S09). */

const OWN = '442000'
const REPRESENTATIVE = 'Enterprise.legalRepresentative'
const FIELDS = [
  'LegalEntityConnection.nodes',
  'LegalEntityConnection.endCursor',
  'LegalEntity.identifierType',
  'LegalEntity.identifier',
  'LegalEntity.enterprise',
  'Enterprise.divisionCode',
  'Enterprise.enterpriseName',
  'Enterprise.legalRepresentativeIdNumber',
  REPRESENTATIVE,
  'Person.idDocumentType',
  'Person.idDocumentNumber',
  'Person.name',
]
const CLEAR = ['Enterprise.legalRepresentativeIdNumber', REPRESENTATIVE]
const matter = (code: string) => ({ code, title: '企业核验', department: DESK.department, fields: FIELDS })

function registers(facts: object = {}, clear: readonly string[] = CLEAR) {
  const grant = {
    id: 'G-FIRMS',
    consumer: DESK.department,
    matters: ['firms'],
    clear,
    validFrom: '2026-01-01T00:00:00+08:00',
    validUntil: '2031-01-01T00:00:00+08:00',
    approvals: [
      { by: 'PROVIDER', officer: 'MR-0001' },
      { by: 'AGENCY', officer: 'DA-0001' },
    ],
    agreement: 'XY-1',
    ...facts,
  }
  return {
    matters: { matters: [matter('firms')] },
    cases: { cases: [{ number: 'C-1', matter: 'firms', department: DESK.department }] },
    grants: { grants: [grant] },
  }
}

let gateway: TestGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

async function open(limits: object, given: object = registers(), regime = 'zhongshan'): Promise<TestGateway> {
  gateway = await startTestGateway({ regime, registers: given, settings: { limits } })
  return gateway
}

const SELECTION = 'identifierType identifier enterprise { enterpriseName legalRepresentative { name } }'
/** Beside the names what the grant itself opens. */
const NUMBERED = 'identifierType identifier enterprise { legalRepresentativeIdNumber legalRepresentative { name } }'

function list(of: TestGateway, first: number, facts: Ask = {}, selection = SELECTION): Promise<Reply> {
  of.forget()
  return of.ask({
    matter: 'firms',
    query: `query ($first: Int) {
      legalEntities(filter: { divisionCode: "${OWN}" }, first: $first) { nodes { ${selection} } } }`,
    variables: { first },
    ...facts,
  })
}

interface Node {
  readonly identifierType: string
  readonly identifier: string
  readonly enterprise: { readonly legalRepresentativeIdNumber?: string; readonly legalRepresentative: unknown } | null
}

function nodesOf(reply: Reply): readonly Node[] {
  const { legalEntities } = reply.body.data as { legalEntities: { nodes: readonly Node[] } }
  return legalEntities.nodes
}

/** How many persons and firms an answer tells of; the synthetic city knows some firms without a representative. */
function told(reply: Reply): number {
  const nodes = nodesOf(reply)
  const people = nodes.filter((one) => one.enterprise?.legalRepresentative).length
  return nodes.length + people
}

const withheld = (reply: Reply): readonly unknown[] => [reply.status, codesOf(reply), reply.body.data]

describe('in the record', () => {
  test('stand all firms of a list and their representatives, under the pseudonyms of a lookup', async () => {
    const own = await open({})
    const reply = await list(own, 5, {}, NUMBERED)
    expect(codesOf(reply)).toEqual([])
    const { subjects } = await own.recordOf(reply.receipt)
    const people = nodesOf(reply).flatMap(({ enterprise }) => enterprise?.legalRepresentativeIdNumber ?? [])
    expect(people.length).toBeGreaterThan(1)
    expect(subjects).toHaveLength(new Set([...people, ...nodesOf(reply).map(({ identifier }) => identifier)]).size)
    const [number = ''] = people
    const lookup = await own.ask({
      matter: 'firms',
      query: 'query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }',
      variables: { n: number },
    })
    const [asked = ''] = (await own.recordOf(lookup.receipt)).subjects
    expect(subjects).toContain(asked)
    expect(asked).not.toBe(subjectPseudonym(Buffer.alloc(32), 'RESIDENT_ID', number))
    await own.halt()
    expect(await leaksIn(own.directory)).toEqual([])
  })

  test('nobody stands whom the answer does not tell of', async () => {
    const own = await open({}, registers({}, ['Enterprise.legalRepresentativeIdNumber']))
    const reply = await list(own, 3)
    expect(nodesOf(reply).every(({ enterprise }) => !enterprise?.legalRepresentative)).toBe(true)
    expect((await own.recordOf(reply.receipt)).subjects).toHaveLength(nodesOf(reply).length)
  })
})

describe('an answer over a bound is withheld, and the record names whom it would have told of', () => {
  test.each<[string, object, Ask]>([
    ['of the case', { subjectsPerCase: 3 }, { case: 'C-1' }],
    ['of the officer’s day', { subjectsPerOfficerDay: 3 }, {}],
    ['of the department’s day', { subjectsPerDepartmentDay: 3 }, {}],
  ])('%s', async (_name, limits, facts) => {
    const own = await open(limits)
    const first = await list(own, 1, facts)
    expect([codesOf(first), told(first)]).toEqual([[], 2])
    const reply = await list(own, 3, facts)
    expect(withheld(reply)).toEqual([429, ['RATE_LIMIT'], undefined])
    const record = await own.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'refused', data: [], grants: [], result: { entities: 0 } })
    expect(record.subjects.length).toBeGreaterThan(2)
    expect(record.route.map(({ department }) => department)).toContain('public-security')
    // What was refused has taken no place: who was told of before may be told of again.
    expect(codesOf(await list(own, 1, facts))).toEqual([])
    expect((await own.verify()).faults).toEqual([])
  })

  test('of one operation: those asked about and those reached together', async () => {
    const own = await open({ subjectsPerOperation: 3 })
    expect(told(await list(own, 1))).toBe(2)
    const reply = await list(own, 3)
    expect(withheld(reply)).toEqual([400, ['LIMIT_EXCEEDED'], undefined])
    expect(await own.recordOf(reply.receipt)).toMatchObject({ method: 'refused', data: [], subjects: [] })
  })

  test('of the grant: subjects and rows are counted together, or neither', async () => {
    const own = await open({}, registers({ quota: { subjectsPerDay: 3, rowsPerDay: 3 } }))
    const used = [429, ['QUOTA_EXCEEDED'], undefined]
    expect(withheld(await list(own, 3, {}, NUMBERED))).toEqual(used)
    const reply = await list(own, 1, {}, NUMBERED)
    expect([codesOf(reply), told(reply)]).toEqual([[], 2])
    expect(withheld(await list(own, 2, {}, NUMBERED))).toEqual(used)
  })

  test('where data is asked for and not copied, for want of a consent (ZJ-23.2)', async () => {
    const clear = FIELDS
    const own = await open({ subjectsPerOfficerDay: 2 }, registers({}, clear), 'zhejiang')
    expect(codesOf(await list(own, 1))).toEqual([])
    const reply = await list(own, 3)
    expect(withheld(reply)).toEqual([403, ['COPY_CONSENT_MISSING'], undefined])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZJ-23.2')
    await own.stop()
    const consented = await open(
      { subjectsPerOfficerDay: 2 },
      registers({ copyConsent: '浙数函〔2026〕1号' }, clear),
      'zhejiang',
    )
    expect(codesOf(await list(consented, 3))).toEqual([])
  })
})

describe('what is withheld uses up nothing of others', () => {
  const officer = (name: string): Ask => ({ as: { ...DESK, officer: name } })

  test('a page that one officer may not have leaves the department its day', async () => {
    const own = await open({ subjectsPerOfficerDay: 2, subjectsPerDepartmentDay: 4 })
    for (let at = 0; at < 4; at += 1) expect(codesOf(await list(own, 5, officer('H-1')))).toEqual(['RATE_LIMIT'])
    expect(codesOf(await list(own, 1, officer('H-2')))).toEqual([])
  })

  test('nor do parallel pages, of which no two take the last place', async () => {
    const own = await open({ subjectsPerDepartmentDay: 2 })
    const pages = Array.from({ length: 8 }, (_, at) => list(own, at % 2 === 0 ? 1 : 4, officer(`H-${at}`)))
    const replies = await Promise.all(pages)
    expect(replies.map((reply) => codesOf(reply))).toEqual(replies.map((_, at) => (at % 2 === 0 ? [] : ['RATE_LIMIT'])))
  })
})
