import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createViewCache } from '../../gateway/grants/view-cache.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { HUIZHOU, NOON, authorityOf, callerOf, conditional, grantOf, indexOf, matterOf } from '../unit/grants/world.ts'
import { NUMBER, person } from './attack.ts'

/* Attempts to ask in a standing that one has not, or has no longer. */

const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const REVIEW = 'living-allowance-review'
const registersFor = (department: string, parties: string) => ({
  parties,
  matters: {
    matters: [
      { code: REVIEW, title: '低保审核', department, fields: ['Person.name', EMPLOYER] },
      { code: 'other', title: '其他', department, fields: ['Person.name', EMPLOYER] },
    ],
  },
  cases: { cases: [] },
  grants: {
    grants: [
      {
        id: 'G-1',
        consumer: department,
        matters: [REVIEW, 'other'],
        clear: [EMPLOYER],
        validFrom: '2020-01-01T00:00:00+08:00',
        validUntil: '2099-01-01T00:00:00+08:00',
        approver: 'HRSS-0031',
        agreement: 'XY-1',
      },
    ],
  },
})

const PARTIES = await readFile(join(import.meta.dirname, '../../city/registers/parties.yaml'), 'utf8')
const SUSPENDED = PARTIES.replace('  - code: civil-affairs\n', '  - code: civil-affairs\n    suspended: true\n')
const QUERY = person('socialInsurance { employerName }')
const TOWN = { ...DESK, department: 'town-governments', application: 'town-desk', officer: 'TW-0001' }
const CIVIL = { ...DESK, department: 'civil-affairs', application: 'allowance-review', officer: 'CA-0001' }

let gateway: TestGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

async function open(parties: string, regime?: string, department = 'civil-affairs'): Promise<TestGateway> {
  gateway = await startTestGateway({
    registers: registersFor(department, parties),
    ...(regime === undefined ? {} : { regime }),
  })
  return gateway
}

const asTown = (of: TestGateway, matter = REVIEW, department = 'civil-affairs'): Promise<Reply> =>
  of.ask({
    as: TOWN,
    matter,
    headers: { 'x-acting-for': department },
    query: QUERY,
    variables: { n: NUMBER },
  })
const asCivil = (of: TestGateway): Promise<Reply> =>
  of.ask({ as: CIVIL, matter: REVIEW, query: QUERY, variables: { n: NUMBER } })

describe('whoever acts for another', () => {
  test('is not served what the other was answered, nor the other what it may not', async () => {
    const own = await open(PARTIES)
    expect([codesOf(await asCivil(own)), codesOf(await asTown(own))]).toEqual([[], []])
    expect(codesOf(await asTown(own, 'other'))).toEqual(['PURPOSE_MISMATCH'])
    const alone = await own.ask({ as: TOWN, matter: REVIEW, query: QUERY, variables: { n: NUMBER } })
    expect(codesOf(alone)).toEqual(['PURPOSE_MISMATCH'])
  })

  // A department that may not ask any more went on asking through its delegates (ZS-1.06).
  test('may no more than the other: a suspended department', async () => {
    const own = await open(SUSPENDED)
    expect(codesOf(await asCivil(own))).toEqual(['UNKNOWN_PARTY'])
    expect(codesOf(await asTown(own))).not.toEqual([])
  })

  // Matters and grants of a department that is in no register were honoured.
  test('may no more than the other: a department that nobody has registered', async () => {
    const parties = PARTIES.replace('department: civil-affairs, matters', 'department: nobody-here, matters')
    const own = await open(parties, undefined, 'nobody-here')
    expect(codesOf(await asTown(own, REVIEW, 'nobody-here'))).not.toEqual([])
  })

  // Only Zhongshan's text knows towns that act for departments (ZS-7.04), yet it was honoured everywhere.
  test('does so where the regulation says so', async () => {
    const own = await open(PARTIES, 'huizhou')
    expect(codesOf(await asTown(own))).not.toEqual([])
  })
})

describe('a party that is registered anew, as one that takes part by reference', () => {
  const FIELDS = [conditional('R.x')]
  const world = authorityOf(HUIZHOU, FIELDS, [matterOf({ 'R.x': 'READ' })])
  const index = indexOf(grantOf('G', { 'R.x': 'CLEAR' }))
  const views = () => createViewCache(world, { current: () => index }, { now: () => NOON, monotonic: () => 0 })

  test('may read nothing where the text does not know it', () => {
    expect(
      views()
        .viewOf(callerOf({ party: 'PUBLIC_UTILITY' }))
        .decisions.get('R.x')?.kind,
    ).toBe('DENY')
  })

  // The view of before was found again: its key did not have the kind of party.
  test('nor may it by what it was allowed before', () => {
    const known = views()
    expect(known.viewOf(callerOf()).decisions.get('R.x')?.kind).toBe('ALLOW')
    expect(known.viewOf(callerOf({ party: 'PUBLIC_UTILITY' })).decisions.get('R.x')?.kind).toBe('DENY')
  })
})

test('a suspension ends what was compiled', async () => {
  const own = await open(PARTIES)
  expect(codesOf(await asCivil(own))).toEqual([])
  await writeFile(own.config.registers.parties, SUSPENDED)
  await vi.waitFor(async () => expect(codesOf(await asCivil(own))).toEqual(['UNKNOWN_PARTY']), {
    timeout: 10_000,
    interval: 100,
  })
})
