import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { AlarmRuleCode } from '../../gateway/governance/alarms/rules.ts'
import { fileSighting } from '../../gateway/governance/alarms/file-alarm.ts'
import { STANDING, dataOf, indexGateway, withStore } from '../kit/authority.ts'
import { DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { NUMBER, OTHER_NUMBER, leaksAfter, person } from './attack.ts'

/* Attempts to learn from the audit record what is another department's, and to decide on what one did oneself. */

const LIST = `query List($filter: AuditFilter, $first: Int, $after: String) {
  auditRecords(filter: $filter, first: $first, after: $after) {
    nodes { standing receipt officer case subjects { pseudonym } data { coordinate providers } }
    endCursor hasNextPage
  }
}`
const EMPTY = { nodes: [], endCursor: null, hasNextPage: false }
const resident = (idDocumentNumber: string) => ({ person: { idDocumentType: 'RESIDENT_ID', idDocumentNumber } })

let gateway: TestGateway
let housing: Reply
let market: Reply
beforeAll(async () => {
  gateway = await startTestGateway({ index: true })
  const query = person(
    'name household { registrationStatus } socialInsurance { enrolmentStatus } disability { disabilityCertificateNumber }',
  )
  housing = await gateway.ask({ as: DESK, ...DESK_MATTER, query, variables: { n: NUMBER } })
  market = await gateway.ask({ as: MARKET, ...MARKET_MATTER, query: person('name'), variables: { n: OTHER_NUMBER } })
  await indexGateway(gateway)
}, 120_000)
afterAll(() => gateway.stop())

const ask = (who: Ask, variables: Readonly<Record<string, unknown>> = {}, query = LIST): Promise<Reply> =>
  gateway.ask({ ...who, query, variables })
const listed = async (who: Ask, filter: object): Promise<unknown> => dataOf(await ask(who, { filter }))['auditRecords']
const receiptsOf = (reply: Reply): readonly string[] => {
  const { nodes } = dataOf(reply)['auditRecords'] as { nodes: { receipt: string }[] }
  return nodes.map(({ receipt }) => receipt)
}

describe('rows of others', () => {
  test('stay out by aliases and fragments', async () => {
    const query = `query ($own: String!, $other: String!) {
      own: auditRecord(receipt: $own) { ...All }
      other: auditRecord(receipt: $other) { ...All }
      again: auditRecord(receipt: $other) { ... on AuditRecord { ...All } }
      many: auditRecords(filter: { department: "${MARKET.department}" }) { nodes { ...All } }
    }
    fragment All on AuditRecord { receipt standing officer case arguments { name } }`
    const data = dataOf(await ask(STANDING.housing, { own: housing.receipt, other: market.receipt }, query))
    expect(data).toMatchObject({
      own: { receipt: housing.receipt, standing: 'CONSUMER' },
      other: null,
      again: null,
      many: { nodes: [] },
    })
  })

  test('leave no trace: a receipt of another and one that never was are answered alike', async () => {
    const query = 'query ($r: String!) { auditRecord(receipt: $r) { receipt } }'
    const texts = await Promise.all(
      [market.receipt, 'gx_01M8224AR0V54RXRSDRSHX1A99'].map(async (r) => {
        const reply = await ask(STANDING.housing, { r }, query)
        return reply.text.replaceAll(reply.receipt, '')
      }),
    )
    expect(texts[0]).toBe(texts[1])
  })

  test.each([
    ['a person whom another asked about', resident(NUMBER)],
    ['the officer', { officer: DESK.officer }],
    ['the case', { case: DESK_MATTER.case }],
    ['another provider', { provider: 'human-resources-social-security' }],
    ["another provider's coordinate", { coordinate: 'SocialInsuranceEnrolment.enrolmentStatus' }],
    ["the code of another provider's refusal", { code: 'VERIFY_ONLY' }],
  ])('are not found by %s', async (_name, filter) => {
    expect(receiptsOf(await ask(STANDING.auditor, { filter }))).not.toEqual([])
    expect(await listed(STANDING.police, filter)).toEqual(EMPTY)
  })

  test('nor does a number tell a provider whether anybody asked about it', async () => {
    const { idDocumentNumber: known } = demoPeople.deceased.document
    const desk = await gateway.ask({ as: DESK, ...DESK_MATTER, query: person('name'), variables: { n: known } })
    await indexGateway(gateway)
    expect(receiptsOf(await ask(STANDING.auditor, { filter: resident(known) }))).toContain(desk.receipt)
    const [asked, never] = await Promise.all(
      [known, '442000199001010003'].map(async (number) => {
        const reply = await ask(STANDING.police, { filter: resident(number) })
        expect(dataOf(reply)['auditRecords']).toEqual(EMPTY)
        return reply.text.replaceAll(reply.receipt, '')
      }),
    )
    expect(asked).toBe(never)
  })

  test('a person is found among the own requests alone', async () => {
    expect(receiptsOf(await ask(STANDING.housing, { filter: resident(NUMBER) }))).toEqual([housing.receipt])
    expect(await listed(STANDING.housing, resident(OTHER_NUMBER))).toEqual(EMPTY)
  })

  test('a provider is not told whom it was about where others were asked of several', async () => {
    const query = `query ($a: IdNumber!, $b: IdNumber!) {
      a: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $a) { name }
      b: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $b) { socialInsurance { enrolmentStatus } }
    }`
    const both = await gateway.ask({ as: DESK, ...DESK_MATTER, query, variables: { a: NUMBER, b: OTHER_NUMBER } })
    await indexGateway(gateway)
    const one = 'query ($r: String!) { auditRecord(receipt: $r) { subjects { part } data { coordinate } } }'
    const shown = dataOf(await ask(STANDING.police, { r: both.receipt }, one))['auditRecord']
    expect(shown).toMatchObject({ subjects: null })
    expect(JSON.stringify(shown)).toContain('Person.name')
    const whole = dataOf(await ask(STANDING.auditor, { r: both.receipt }, one))['auditRecord']
    expect(whole).toMatchObject({ subjects: [{}, {}] })
  })

  test('no one is what the token does not say', async () => {
    const town: TokenSubject = {
      department: 'town-governments',
      application: 'town-desk',
      officer: 'TG-0007',
      name: '镇街 演示',
      roles: ['PROVIDER'],
    }
    const acting = { as: town, matter: 'living-allowance-review', headers: { 'x-acting-for': 'civil-affairs' } }
    expect(new Set(codesOf(await ask(acting)))).toEqual(new Set(['ROLE_MISSING']))
    const boasting = { ...STANDING.police, headers: { 'x-roles': 'AUDITOR', 'x-department': 'audit-office' } }
    expect(receiptsOf(await ask(boasting))).not.toContain(market.receipt.replace('gx_', 'never'))
    expect(codesOf(await ask(boasting, {}, '{ alarms { nodes { id } } }'))).toEqual(['ROLE_MISSING'])
  })

  test('who asks is told to no department', async () => {
    gateway.forget()
    await ask(STANDING.auditor)
    await gateway.ask({ as: DESK, ...DESK_MATTER, query: person('name'), variables: { n: NUMBER } })
    const seen = JSON.stringify(gateway.seen)
    expect(seen).toContain(DESK.department)
    for (const word of [STANDING.auditor.as.officer, DESK.officer, 'auditRecords', '"roles"'])
      expect(seen).not.toContain(word)
  })
})

describe('arguments', () => {
  const INJECTIONS = [`' or '1'='1`, `x'; drop table audit_record; --`, '%', '"', '\\', '\u0000', '1) or (1=1']
  const TEXTS = [
    'receipt',
    'department',
    'application',
    'officer',
    'matter',
    'case',
    'coordinate',
    'provider',
    'code',
    'grant',
    'since',
    'until',
  ]

  test.each(TEXTS)('no text in %s becomes a part of a statement', async (member) => {
    for (const text of INJECTIONS) {
      const reply = await ask(STANDING.auditor, { filter: { [member]: text } })
      expect(codesOf(reply)).toEqual(['BAD_USER_INPUT'])
      expect(reply.text).toContain(`filter.${member}`)
      expect(reply.text).not.toContain('audit_record')
    }
  })

  test('nor one in a number, a seed, a cursor or a reason', async () => {
    for (const text of INJECTIONS) {
      const passport = { person: { idDocumentType: 'PASSPORT', idDocumentNumber: text } }
      const found = await ask(STANDING.auditor, { filter: passport })
      expect(found.body.errors === undefined ? receiptsOf(found) : codesOf(found)).not.toContain(housing.receipt)
      expect(codesOf(await ask(STANDING.auditor, { after: text }))).toEqual(['BAD_USER_INPUT'])
      const seed =
        'query ($s: String!) { auditSample(count: 2, seed: $s, since: "2026-01-01", until: "2026-02-01") { population } }'
      expect(dataOf(await ask(STANDING.auditor, { s: text }, seed))).toEqual({ auditSample: { population: 0 } })
      const decide = 'mutation ($r: String!) { confirmAlarm(id: "al_none", reason: $r) { done refusal } }'
      expect(dataOf(await ask(STANDING.auditor, { r: `${text} because` }, decide))).toMatchObject({
        confirmAlarm: { done: false, refusal: 'UNKNOWN' },
      })
    }
    expect(receiptsOf(await ask(STANDING.auditor, { filter: { receipt: housing.receipt } }))).toEqual([housing.receipt])
  })

  test.each([
    ['a huge page', { first: 1_000_000 }, 'LIMIT_EXCEEDED'],
    ['a page of nothing', { first: 0 }, 'BAD_USER_INPUT'],
    ['a page of less', { first: -5 }, 'BAD_USER_INPUT'],
    ['times that end before they begin', { filter: { since: '2026-02-01', until: '2026-01-01' } }, 'BAD_USER_INPUT'],
    [
      'two subjects at once',
      { filter: { ...resident(NUMBER), legalEntity: { identifierType: 'USCC', identifier: 'x' } } },
      'BAD_USER_INPUT',
    ],
  ])('%s is refused, and nothing of it repeated', async (_name, variables, code) => {
    const reply = await ask(STANDING.auditor, variables)
    expect(codesOf(reply)).toEqual([code])
    expect(reply.text).not.toContain(NUMBER)
  })

  test('aliases do not multiply what one question may go through', async () => {
    const of = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, at) => `a${at}: auditRecords(first: 1) { hasNextPage }`).join(' ')} }`
    expect(codesOf(await ask(STANDING.auditor, {}, of(5)))).toEqual([])
    expect(codesOf(await ask(STANDING.auditor, {}, of(6)))).toEqual(['LIMIT_EXCEEDED'])
  })

  test('a sample of more than a quarter is refused', async () => {
    const query = '{ auditSample(count: 1, seed: "s", since: "2020-01-01", until: "2026-01-01") { population } }'
    expect(codesOf(await ask(STANDING.auditor, {}, query))).toEqual(['BAD_USER_INPUT'])
  })

  test('a cursor opens for whom it was made, for that filter, untouched', async () => {
    const page = dataOf(await ask(STANDING.auditor, { first: 1 }))['auditRecords'] as { endCursor: string }
    const after = page.endCursor
    expect(codesOf(await ask(STANDING.auditor, { first: 1, after }))).toEqual([])
    const others: readonly [Ask, object][] = [
      [STANDING.authority, {}],
      [STANDING.police, {}],
      [{ ...STANDING.auditor, as: { ...STANDING.auditor.as, officer: 'AO-0004' } }, {}],
      [STANDING.auditor, { filter: { officer: DESK.officer } }],
    ]
    for (const [who, more] of others)
      expect(codesOf(await ask(who, { first: 1, after, ...more }))).toEqual(['BAD_USER_INPUT'])
    const touched = `${after.slice(0, -1)}${after.endsWith('A') ? 'B' : 'A'}`
    expect(codesOf(await ask(STANDING.auditor, { first: 1, after: touched }))).toEqual(['BAD_USER_INPUT'])
  })
})

describe('alarms', () => {
  async function raise(
    department: string | null,
    officer: string | null,
    rule: AlarmRuleCode = 'ENUMERATION',
  ): Promise<string> {
    const at = Date.now()
    return withStore(gateway, async (store) => {
      const evidence = {
        measure: 'SUBJECTS_OF_OFFICER',
        count: 9,
        limit: 5,
        from: new Date(at - 1_000).toISOString(),
        until: new Date(at).toISOString(),
        numbers: {},
        receipts: [],
        subjects: [],
        named: {},
      }
      const concerned = { department, application: null, officer, matter: null }
      const sighting = {
        rule,
        key: [department ?? '', officer ?? ''],
        concerned,
        at,
        window: 1_000,
        evidence,
      }
      return (await fileSighting(store, sighting, at)).alarm
    })
  }
  const decide = async (who: Ask, verb: string, id: string, reason = '核查后认定') =>
    dataOf(
      await ask(
        who,
        { id, reason },
        `mutation ($id: String!, $reason: String!) { ${verb}Alarm(id: $id, reason: $reason) { done refusal alarm { state } } }`,
      ),
    )[`${verb}Alarm`]

  test('are decided by those who oversee, with a reason, and the decision is recorded', async () => {
    const id = await raise(DESK.department, 'HUR-0117')
    expect(await decide(STANDING.auditor, 'confirm', id, ' ')).toMatchObject({ done: false, refusal: 'REASON_UNFIT' })
    expect(await decide(STANDING.auditor, 'confirm', id, `查 ${NUMBER}`)).toMatchObject({ refusal: 'REASON_UNFIT' })
    expect(await decide(STANDING.auditor, 'reopen', id)).toMatchObject({ refusal: 'OPEN_ALREADY' })
    expect(await decide(STANDING.auditor, 'dismiss', id)).toMatchObject({ done: true, alarm: { state: 'DISMISSED' } })
    expect(await decide(STANDING.authority, 'dismiss', id)).toMatchObject({ done: false, refusal: 'ALREADY' })
    const query = '{ alarms(filter: { state: DISMISSED }) { nodes { id state events { kind officer reason } } } }'
    const reply = await ask(STANDING.authority, {}, query)
    expect(dataOf(reply)['alarms']).toMatchObject({
      nodes: [
        {
          id,
          events: [{ kind: 'RAISED' }, { kind: 'DISMISSED', officer: 'audit-office/AO-0003', reason: '核查后认定' }],
        },
      ],
    })
    const records = await gateway.records()
    expect(records.filter(({ method }) => method === 'mutation').map(({ officer }) => officer)).toContain('AO-0003')
  })

  test('about the data authority are not for the data authority, nor those about the auditors for these (ZS-6.16)', async () => {
    const authority = await raise('data-authority', 'DA-0077')
    expect(await decide(STANDING.authority, 'dismiss', authority)).toMatchObject({ refusal: 'OWN_DEPARTMENT' })
    expect(await decide(STANDING.auditor, 'dismiss', authority)).toMatchObject({ done: true })
    const auditors = await raise('audit-office', 'AO-0099')
    expect(await decide(STANDING.auditor, 'dismiss', auditors)).toMatchObject({ refusal: 'OWN_DEPARTMENT' })
    expect(await decide(STANDING.authority, 'confirm', auditors)).toMatchObject({ done: true })
    // What is missing from the record is missing from what the data authority keeps.
    const trouble = await raise(null, null, 'AUDIT_TROUBLE')
    expect(await decide(STANDING.authority, 'dismiss', trouble)).toMatchObject({ refusal: 'OWN_DEPARTMENT' })
    expect(await decide(STANDING.auditor, 'dismiss', trouble)).toMatchObject({ done: true })
  })
})

describe('without its store', () => {
  test('the record is unavailable, and everything else goes on', async () => {
    const settings = { governance: { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' } }
    const lone = await startTestGateway({ settings, index: true })
    try {
      const reply = await lone.ask({ ...STANDING.auditor, query: LIST })
      expect(codesOf(reply)).toEqual(['SOURCE_UNAVAILABLE'])
      expect(reply.body.data).toEqual({ auditRecords: null })
      expect(await lone.recordOf(reply.receipt)).toMatchObject({
        route: [{ department: 'authority', outcome: 'failed' }],
      })
      const desk = await lone.ask({ as: DESK, ...DESK_MATTER, query: person('name'), variables: { n: NUMBER } })
      expect(codesOf(desk)).toEqual([])
    } finally {
      await lone.stop()
    }
  }, 60_000)
})

test('nothing of anybody is left behind', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
