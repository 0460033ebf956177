import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatedEvent } from '../../gateway/adapters/grant-events.ts'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { attack, comparable, decided, leaksAfter, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* Attempts to read by an emergency that is somebody else's, over, unapproved, or for something else (ZS-4.10). */

const NUMBER = demoPeople.movedOut.document.idDocumentNumber
const [ADDRESS, STATION] = ['ResidencePermit.residenceAddressDetail', 'ResidencePermit.residencePoliceStation'] as const
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const HOUR = 3_600_000
const at = (instant: number): string => new Date(instant).toISOString()

const declared = (emergency: string, facts: object = {}): DatedEvent => ({
  kind: 'EMERGENCY_DECLARED',
  emergency,
  incident: '20260601-0031',
  department: 'public-security',
  matter: 'missing-person-search',
  by: 'PS-0001',
  officers: ['PS-0107'],
  fields: [ADDRESS, STATION],
  hours: 2,
  reason: '走失儿童',
  at: at(NOON - HOUR),
  ...facts,
})
const approved = (emergency: string, by: string): DatedEvent => ({
  kind: 'EMERGENCY_APPROVED',
  emergency,
  by,
  at: at(NOON - 1_000),
})
const EVENTS: readonly DatedEvent[] = [
  declared('E-OPEN'),
  declared('E-TWO'),
  approved('E-TWO', 'PS-0002'),
  declared('E-SELF'),
  approved('E-SELF', 'ps-0001'),
  declared('E-LATER', { at: at(NOON + HOUR) }),
  declared('E-ENDED'),
  { kind: 'EMERGENCY_ENDED', emergency: 'E-ENDED', by: 'PS-0001', reason: '已找到', at: at(NOON - 1_000) },
  declared('E-OTHER', { department: 'civil-affairs', matter: 'living-allowance-review' }),
  declared('E-REVIEW', { matter: 'review' }),
  declared('E-TWICE'),
  declared('E-TWICE', { officers: ['PS-0666'] }),
]

let now = NOON
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => now, monotonic: () => performance.now() }, events: EVENTS })
})
afterAll(() => gateway.stop())

const QUERY = person('residencePermit { residenceAddressDetail residencePoliceStation }')
const OFFICER = { ...DESK, department: 'public-security', application: 'command-centre', officer: 'PS-0107' }
function ask(emergency: string, more: object = {}): Promise<Outcome> {
  now = NOON
  const headers = { 'x-emergency': emergency }
  return attack(gateway, {
    as: OFFICER,
    matter: 'missing-person-search',
    headers,
    query: QUERY,
    variables: { n: NUMBER },
    ...more,
  })
}

/** The decisions on both fields, what was told, and who was asked. */
function cameOf(outcome: Outcome): readonly unknown[] {
  const { [ADDRESS]: address, [STATION]: station } = decided(outcome)
  return [address, station, outcome.reply.body.data, outcome.departments]
}
const CLOSED = ['EMERGENCY_INVALID', 'EMERGENCY_INVALID', { person: { residencePermit: null } }, []]

describe('an emergency', () => {
  test('opens what it lists; what is most sensitive only with a second officer', async () => {
    const alone = await ask('E-OPEN')
    expect(decided(alone)).toEqual({ [ADDRESS]: 'EMERGENCY_INVALID', [STATION]: 'ALLOW' })
    expect(alone.reply.text).toMatch(/"residencePoliceStation":"[^"]+"/)
    expect(alone.words).not.toContain('residenceAddressDetail')
    const two = await ask('E-TWO')
    expect(decided(two)).toEqual({ [ADDRESS]: 'ALLOW', [STATION]: 'ALLOW' })
    expect(two.record.emergency).toMatchObject({ id: 'E-TWO', declaredBy: 'PS-0001', approvedBy: 'PS-0002' })
  })

  test('is not approved by who declared it, in whatever letters', async () => {
    expect(decided(await ask('E-SELF'))).toMatchObject({ [ADDRESS]: 'EMERGENCY_INVALID' })
  })

  test.each([
    ['one that nobody declared', 'E-NONE'],
    ['one that has not begun', 'E-LATER'],
    ['one that was ended', 'E-ENDED'],
    ['a name of Object.prototype', 'constructor'],
  ])('opens nothing: %s', async (_name, emergency) => {
    expect(cameOf(await ask(emergency))).toEqual(CLOSED)
  })

  test('opens nothing to an officer whom it does not name, be there a second declaration of that ID', async () => {
    expect(cameOf(await ask('E-OPEN', { as: { ...OFFICER, officer: 'PS-0108' } }))).toEqual(CLOSED)
    expect(cameOf(await ask('E-TWICE', { as: { ...OFFICER, officer: 'PS-0666' } }))).toEqual(CLOSED)
  })

  test('opens nothing in another matter', async () => {
    const outcome = await ask('E-REVIEW')
    expect(new Set(codesOf(outcome.reply))).toEqual(new Set(['PURPOSE_MISMATCH']))
    expect(outcome.departments).toEqual([])
  })

  test('of another department is not told from one that nobody declared', async () => {
    const [other, none] = [await ask('E-OTHER'), await ask('E-NONE')]
    expect(cameOf(other)).toEqual(CLOSED)
    expect(comparable(other)).toEqual(comparable(none))
  })

  test('does not open by another department’s officer of the same number', async () => {
    const as = { ...DESK, officer: 'PS-0107' }
    const outcome = await ask('E-OPEN', { as, matter: 'public-rental-housing', case: 'PRH-2026-0001' })
    expect(decided(outcome)).toMatchObject({ [ADDRESS]: 'EMERGENCY_INVALID', [STATION]: 'EMERGENCY_INVALID' })
    expect(outcome.departments).toEqual([])
  })

  test('ends by itself, to the millisecond, though all is compiled', async () => {
    expect(decided(await ask('E-OPEN'))).toMatchObject({ [STATION]: 'ALLOW' })
    const headers = { 'x-emergency': 'E-OPEN' }
    for (const [instant, code] of [
      [NOON + HOUR - 1, 'ALLOW'],
      [NOON + HOUR, 'EMERGENCY_INVALID'],
    ] as const) {
      now = instant
      const more = { as: OFFICER, matter: 'missing-person-search', headers, query: QUERY, variables: { n: NUMBER } }
      expect(decided(await attack(gateway, more))).toMatchObject({ [STATION]: code })
    }
  })

  test('that one states is no other one’s, whose view was just compiled', async () => {
    expect(decided(await ask('E-TWO'))).toMatchObject({ [ADDRESS]: 'ALLOW' })
    expect(decided(await ask('E-OPEN'))).toMatchObject({ [ADDRESS]: 'EMERGENCY_INVALID' })
    expect(cameOf(await ask('E-TWO', { as: { ...OFFICER, officer: 'PS-0109' } }))).toEqual(CLOSED)
    now = NOON
    const without = await attack(gateway, {
      as: OFFICER,
      matter: 'missing-person-search',
      query: QUERY,
      variables: { n: NUMBER },
    })
    expect(without.reply.body.data).toEqual({ person: { residencePermit: null } })
  })

  test.each([
    ['two of them', 'E-TWO, E-OPEN'],
    ['one with a number in it', NUMBER],
    ['one with other characters', 'E-TWO\u200b'],
  ])('is refused as a header: %s', async (_name, stated) => {
    gateway.forget()
    const reply = await gateway.send({
      headers: [
        ['content-type', 'application/json'],
        ['authorization', `Bearer ${await gateway.token(OFFICER)}`],
        ['x-matter', 'missing-person-search'],
        ['x-emergency', Buffer.from(stated).toString('latin1')],
      ],
      body: JSON.stringify({ query: QUERY, variables: { n: NUMBER } }),
    })
    expect([codesOf(reply), gateway.seen]).toEqual([['BAD_REQUEST'], []])
    expect(JSON.stringify(await gateway.recordOf(reply.receipt))).not.toContain(NUMBER)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
