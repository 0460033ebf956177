import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { claim, numberOf, outcomesOf, personKey, SCHOOL, verify } from '../kit/verify.ts'
import { attack, person } from './attack.ts'

/* Attempts to get round purpose, registration and the alerts of an emergency by what the gateway answers of itself. */

const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const STATION = 'ResidencePermit.residencePoliceStation'
const TOWN = { ...DESK, department: 'town-governments', application: 'town-desk' }
const COMMAND = { ...DESK, department: 'public-security', application: 'command-centre', officer: 'PS-0107' }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { verification: { gridMs: 10 } },
    clock: { now: () => NOON, monotonic: () => performance.now() },
    events: [
      {
        kind: 'EMERGENCY_DECLARED',
        emergency: 'E-1',
        incident: '20260601-0031',
        department: 'public-security',
        matter: 'missing-person-search',
        by: 'PS-0001',
        officers: ['PS-0107'],
        fields: [STATION],
        hours: 2,
        reason: '走失儿童',
        at: new Date(NOON - 1_000).toISOString(),
      },
    ],
  })
})
afterAll(() => gateway.stop())

describe('a matter that stands in the call', () => {
  const QUERY = `query ($p: PersonKeyInput, $m: String) {
    deskCheck(person: $p, matter: $m) { matter materials { status items { coordinate values code } } } }`
  const check = (named: string, ask: Ask) =>
    attack(gateway, { ...ask, query: QUERY, variables: { p: personKey(numberOf('allThree')), m: named } })

  test.each<readonly [string, string, Ask, string]>([
    ['of another department', DESK_MATTER.matter, { as: SCHOOL, case: DESK_MATTER.case }, 'PURPOSE_MISMATCH'],
    ['without its case', DESK_MATTER.matter, { as: DESK }, 'PURPOSE_MISSING'],
    ['with a case that nobody opened', DESK_MATTER.matter, { as: DESK, case: 'PRH-9' }, 'PURPOSE_MISMATCH'],
    ['other than the header', 'school-enrolment', { as: DESK, ...DESK_MATTER }, 'PURPOSE_MISMATCH'],
    [
      'that the delegate was not given',
      'pension-stop',
      { as: TOWN, headers: { 'x-acting-for': 'civil-affairs' } },
      'PURPOSE_MISMATCH',
    ],
    ['of the principal, for oneself', 'living-allowance-review', { as: TOWN }, 'PURPOSE_MISMATCH'],
  ])('%s opens nothing', async (_name, named, ask, code) => {
    const { reply, departments, record } = await check(named, ask)
    expect([codesOf(reply), reply.body.data ?? null, departments]).toEqual([[code], null, []])
    expect([record.method, record.data]).toEqual(['refused', []])
  })

  test('counts and is recorded as the header would', async () => {
    const [stated, named] = [
      await check(DESK_MATTER.matter, { as: DESK, ...DESK_MATTER }),
      await check(DESK_MATTER.matter, { as: DESK, case: DESK_MATTER.case }),
    ]
    expect(named.departments).toEqual(stated.departments)
    for (const member of ['method', 'matter', 'case', 'data', 'subjects', 'grants'] as const)
      expect(named.record[member]).toEqual(stated.record[member])
    expect(named.record.subjects).toHaveLength(1)
  })
})

describe('an emergency that is used by comparing', () => {
  const headers = { 'x-emergency': 'E-1' }
  const rows = [{ person: personKey(numberOf('movedOut')), items: [claim(STATION, '不是')] }]
  const compare = (officer: string) =>
    verify(gateway, rows, { as: { ...COMMAND, officer }, matter: 'missing-person-search', headers })
  const alerts = async (): Promise<readonly string[]> =>
    (await readFile(join(gateway.directory, 'gateway.log'), 'utf8'))
      .split('\n')
      .flatMap((line) => /"what":"(used|misused)"/.exec(line)?.[1] ?? [])

  test('is in the record', async () => {
    const reply = await compare('PS-0107')
    expect(outcomesOf(reply)).toEqual([['NO_MATCH']])
    expect((await gateway.recordOf(reply.receipt)).emergency).toMatchObject({ id: 'E-1', declaredBy: 'PS-0001' })
  })

  test('is told as its first use', async () => {
    await compare('PS-0107')
    expect(await alerts()).toContain('used')
  })

  test('is told where it is somebody else’s', async () => {
    expect(codesOf(await compare('PS-0666'))).toEqual(['EMERGENCY_INVALID'])
    expect(await alerts()).toContain('misused')
  })

  test('and both are told where it is read', async () => {
    const query = person('residencePermit { residencePoliceStation }')
    for (const officer of ['PS-0107', 'PS-0666'])
      await attack(gateway, {
        as: { ...COMMAND, officer },
        matter: 'missing-person-search',
        headers,
        query,
        variables: { n: numberOf('movedOut') },
      })
    expect(new Set(await alerts())).toEqual(new Set(['used', 'misused']))
  })
})
