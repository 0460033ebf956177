import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { fetchTexts } from '../kit/gateway-departments.ts'
import type { SeenFetch } from '../kit/gateway-departments.ts'
import type { Reply } from '../kit/gateway-http.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const FIELDS = `
  name sex
  household { registrationStatus householdTownship photo }
  socialInsurance { enrolmentStatus insuranceType enrolmentDate employerName socialInsuranceNumber }
  professionalTitles { professionalTitleQualification qualificationDate }
  disability { issuingAuthority issueDate disabilityCertificateNumber }`
const QUERY = `query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${FIELDS} } }`
const INLINE = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { ${FIELDS} } }`

/** Four views of one document; the last one states no matter. */
const CALLERS: Readonly<Record<string, Ask>> = {
  desk: { as: DESK, ...DESK_MATTER },
  market: { as: MARKET, ...MARKET_MATTER },
  analyst: { as: ANALYST, ...ANALYST_MATTER },
  nobody: { as: DESK },
}
const NAMES = Object.keys(CALLERS)

/** What each may see of NUMBER, and which fields its departments may be asked for. */
const WANTED: Readonly<Record<string, { data: object | null; fields: Readonly<Record<string, string>> }>> = {
  desk: {
    data: {
      name: '欧阳静怡',
      sex: null,
      household: { registrationStatus: 'NORMAL', householdTownship: '中山市石岐街道', photo: null },
      professionalTitles: null,
      disability: {
        issuingAuthority: '中山市残疾人联合会',
        issueDate: '2021-**-**',
        disabilityCertificateNumber: null,
      },
    },
    fields: {
      'public-security': 'household householdTownship name registrationStatus',
      'human-resources-social-security':
        'employerName enrolmentDate enrolmentStatus insuranceType socialInsurance socialInsuranceNumber',
      'disabled-persons': 'disability issueDate issuingAuthority',
    },
  },
  market: {
    data: {
      name: '欧阳静怡',
      sex: '2',
      household: null,
      socialInsurance: null,
      professionalTitles: null,
      disability: null,
    },
    fields: { 'public-security': 'name sex' },
  },
  analyst: {
    data: {
      name: null,
      sex: '2',
      household: { registrationStatus: 'NORMAL', householdTownship: '中山市石岐街道', photo: null },
      professionalTitles: [{ professionalTitleQualification: null, qualificationDate: '2019-**-**' }],
      disability: null,
    },
    fields: {
      'public-security': 'household householdTownship registrationStatus sex',
      'human-resources-social-security':
        'enrolmentDate enrolmentStatus insuranceType professionalTitles qualificationDate socialInsurance',
    },
  },
  // Without a matter not even the lookup is anybody's business.
  nobody: {
    data: null,
    fields: {},
  },
}

let gateway: TestGateway
/** A new gateway: nothing is compiled yet. */
async function cold(): Promise<void> {
  await gateway?.stop()
  gateway = await startTestGateway()
}
beforeAll(cold)
afterAll(() => gateway.stop())

function asCaller(name: string, further: Ask = {}): Promise<Reply> {
  return gateway.ask({ query: QUERY, variables: { n: NUMBER }, ...CALLERS[name], ...further })
}

/** Field names asked of each department; keys of the person and GraphQL's own words are left out. */
function askedFields(seen: readonly SeenFetch[]): Record<string, string> {
  const asked: Record<string, string> = {}
  const words =
    /\b(?!query\b|representations\b|_Any\b|_entities\b|on\b|Person\b|__typename\b|idDocument\w+\b)[a-zA-Z]\w+/g
  for (const department of new Set(seen.map((one) => one.department))) {
    if (department === 'gateway') continue
    const queries = seen.filter((one) => one.department === department).map(({ query }) => query)
    asked[department] = [...new Set(queries.join(' ').match(words))].toSorted().join(' ')
  }
  return asked
}

async function expectOwnView(name: string, further: Ask = {}): Promise<{ reply: Reply; seen: readonly SeenFetch[] }> {
  gateway.forget()
  const reply = await asCaller(name, further)
  const seen = [...gateway.seen]
  expect(reply.body.data, name).toMatchObject({ person: WANTED[name]?.data })
  expect(askedFields(seen), name).toEqual(WANTED[name]?.fields)
  return { reply, seen }
}

describe('one document under several callers', () => {
  test.each([
    ['one order', NAMES],
    ['the other order', NAMES.toReversed()],
    ['the widest last', ['nobody', 'market', 'analyst', 'desk']],
  ])('cold, then warm, in %s: answers and fetches', async (_order, names) => {
    await cold()
    for (const _round of ['cold', 'warm', 'warm again']) for (const name of names) await expectOwnView(name)
    expect.hasAssertions()
  })

  test('inline literals and variables give the same fetches and answers', async () => {
    for (const name of NAMES) {
      const first = await expectOwnView(name)
      const second = await expectOwnView(name, { query: INLINE, variables: {} })
      expect(fetchTexts(second.seen).map(unbound)).toEqual(fetchTexts(first.seen).map(unbound))
      expect(second.reply.body.data).toEqual(first.reply.body.data)
    }
  })

  test('other names of variables, operations and fragments do not matter', async () => {
    const renamed = `query Other($other: IdNumber!) { person(idDocumentNumber: $other, idDocumentType: RESIDENT_ID) { ...A } } fragment A on Person { ${FIELDS} }`
    for (const name of NAMES) await expectOwnView(name, { query: renamed, variables: { other: NUMBER } })
    expect.hasAssertions()
  })

  test('80 at once, interleaved: each gets its own answer, and its departments saw no more', async () => {
    await cold()
    gateway.forget()
    const order = Array.from({ length: 80 }, (_, index) => NAMES[(index * 7) % NAMES.length] ?? 'desk')
    const replies = await Promise.all(
      order.map((name, index) => asCaller(name, index % 3 === 0 ? { query: INLINE, variables: {} } : {})),
    )
    const byReceipt = Map.groupBy(gateway.seen, ({ context }) => context.receipt)
    for (const [index, reply] of replies.entries()) {
      const name = order[index] ?? ''
      expect(reply.body.data, name).toMatchObject({ person: WANTED[name]?.data })
      expect(askedFields(byReceipt.get(reply.receipt) ?? []), name).toEqual(WANTED[name]?.fields)
    }
    expect(new Set(replies.map(({ receipt }) => receipt)).size).toBe(80)
  })

  test('a case of another matter, other roles and another officer are other callers', async () => {
    await expectOwnView('desk')
    expect((await asCaller('desk', { case: 'BLC-2026-0001' })).body.data).toEqual({ person: null })
    expect((await asCaller('desk', { case: 'PRH-2026-0002' })).body.data).toMatchObject({
      person: WANTED['desk']?.data,
    })
    expect((await asCaller('desk', { as: { ...DESK, officer: 'HUR-0200' } })).body.data).toMatchObject({
      person: WANTED['desk']?.data,
    })
    expect((await asCaller('market', { matter: DESK_MATTER.matter })).body.data).toEqual({ person: null })
    await expectOwnView('desk')
  })

  test('different persons under one plan do not mix', async () => {
    const people = [demoPeople.allThree, demoPeople.publicSecurityOnly, demoPeople.deceased, demoPeople.movedOut]
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        asCaller('desk', { variables: { n: people[index % people.length]?.document.idDocumentNumber } }),
      ),
    )
    for (const [index, reply] of replies.entries())
      expect(reply.body.data).toMatchObject({ person: { name: people[index % people.length]?.name } })
  })
})

/** A fetch without the names of lifted variables. */
function unbound(text: string): string {
  return text.replaceAll(/\b[vl]\d\b/g, 'x').replaceAll(/\{"x":[^}]*\}$|\([^)]*\)/g, '')
}
