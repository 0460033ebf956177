import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { attack, decided, leaksAfter, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* Attempts to read by a consent that is for something else, for another time, or no consent yet. */

const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const at = (instant: number): string => new Date(instant).toISOString()

const grant = (id: string, facts: object) => ({
  id,
  consumer: DESK.department,
  matters: ['review'],
  clear: [EMPLOYER],
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'HRSS-0031',
  agreement: 'XY-1',
  ...facts,
})
const matter = (code: string, facts: object = {}) => ({
  code,
  title: '审核',
  department: DESK.department,
  fields: ['Person.name', EMPLOYER],
  ...facts,
})
const MATTERS = [
  matter('review'),
  matter('compared', { fields: ['Person.name'], verify: [EMPLOYER] }),
  matter('reads'),
  matter('nameless', { fields: [EMPLOYER] }),
  matter('checked', { department: 'audit-office' }),
]

let now = NOON
const clock = { now: () => now, monotonic: () => performance.now() }
const started: TestGateway[] = []
async function open(grants: readonly object[], regime = 'huizhou'): Promise<TestGateway> {
  const registers = { matters: { matters: MATTERS }, cases: { cases: [] }, grants: { grants } }
  const gateway = await startTestGateway({ registers, regime, clock })
  started.push(gateway)
  return gateway
}
afterAll(async () => {
  for (const gateway of started) await gateway.stop()
})

const EMPLOYERS = person('socialInsurance { employerName }')
const ask = (gateway: TestGateway, code = 'review', query = EMPLOYERS): Promise<Outcome> =>
  attack(gateway, { as: DESK, matter: code, query })

/** The decision on a coordinate, whether its value was told, who was asked, and which grants stand in the record. */
function cameOf(outcome: Outcome, coordinate = EMPLOYER): readonly unknown[] {
  const { reply, departments, record } = outcome
  return [decided(outcome)[coordinate], /示范电子|欧阳静怡/.test(reply.text), departments, record.grants]
}
const refusedAs = (code: string): readonly unknown[] => [code, false, [], []]

describe('a consent opens what it says and nothing else', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    now = NOON
    gateway = await open([
      grant('G-1', {}),
      grant('G-COMPARED', { matters: ['compared'] }),
      grant('G-READS', { matters: ['reads'], clear: [], verifyOnly: [EMPLOYER] }),
    ])
  })

  test('and this is what it opens', async () => {
    const outcome = await ask(gateway)
    expect(outcome.reply.text).toContain('示范电子')
    expect(outcome.record.grants).toEqual(['G-1'])
  })

  test('not for a matter that only compares the value', async () => {
    expect(cameOf(await ask(gateway, 'compared'))).toEqual(refusedAs('VERIFY_ONLY'))
  })

  test('not where it is for comparing alone', async () => {
    expect(cameOf(await ask(gateway, 'reads'))).toEqual(refusedAs('VERIFY_ONLY'))
  })

  test('not for another matter of the same department', async () => {
    expect(cameOf(await ask(gateway, 'nameless'))).toEqual(refusedAs('PURPOSE_MISMATCH'))
  })
})

describe('where open data needs no consent', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    now = NOON
    gateway = await open([], 'zhongshan')
  })

  test('it is not open beyond what the matter needs', async () => {
    expect(decided(await ask(gateway, 'review', person('name')))).toEqual({ 'Person.name': 'ALLOW' })
    expect(cameOf(await ask(gateway, 'nameless', person('name')), 'Person.name')).toEqual(refusedAs('NOT_NEEDED'))
  })

  test('it is not open to who watches over the others', async () => {
    const as = { ...DESK, department: 'audit-office', application: 'audit-console', roles: ['AUDITOR'] as const }
    const outcome = await attack(gateway, { as, matter: 'checked', query: person('name') })
    expect(cameOf(outcome, 'Person.name')).toEqual(refusedAs('NOT_NEEDED'))
  })
})

describe('a consent holds from its first instant to its last', () => {
  const from = NOON + 60_000
  const until = NOON + 120_000
  test.each([
    ['before it', from - 1, 'NO_GRANT'],
    ['at its first instant', from, 'ALLOW'],
    ['at its last', until - 1, 'ALLOW'],
    ['after it, to the millisecond', until, 'GRANT_EXPIRED'],
  ])('%s', async (_name, instant, decision) => {
    const gateway = await timed()
    now = instant
    const outcome = await ask(gateway)
    expect(decided(outcome)).toEqual({ [EMPLOYER]: decision })
    expect(outcome.reply.text.includes('示范电子')).toBe(decision === 'ALLOW')
  })

  // What was decided before is found again: it must have ended with the grant.
  test('one instant after the other, on one gateway', async () => {
    const gateway = await timed()
    const seen: (string | undefined)[] = []
    for (const instant of [from - 1, from, until - 1, until]) {
      now = instant
      seen.push(decided(await ask(gateway))[EMPLOYER])
    }
    expect(seen).toEqual(['NO_GRANT', 'ALLOW', 'ALLOW', 'GRANT_EXPIRED'])
  })

  // A clock that is set back finds what was decided later.
  test('also for a clock that is set back', async () => {
    const gateway = await timed()
    now = from
    expect(decided(await ask(gateway))[EMPLOYER]).toBe('ALLOW')
    now = from - 1
    expect(cameOf(await ask(gateway))).toEqual(refusedAs('NO_GRANT'))
  })

  let shared: Promise<TestGateway> | null = null
  function timed(): Promise<TestGateway> {
    now = NOON
    return (shared ??= open([grant('G-1', { validFrom: at(from), validUntil: at(until) })]))
  }
})

describe('no consent yet', () => {
  test('is one without its agreement', async () => {
    now = NOON
    expect(cameOf(await ask(await open([grant('G-1', { agreement: undefined })])))).toEqual(
      refusedAs('AGREEMENT_MISSING'),
    )
  })

  test('is one that lacks the word of one of two', async () => {
    now = NOON
    const one = { approver: undefined, approvals: [{ by: 'PROVIDER', officer: 'HRSS-0031' }] }
    expect(cameOf(await ask(await open([grant('G-1', one)], 'zhejiang')))).toEqual(refusedAs('NO_GRANT'))
  })
})

test('and nothing of all this is in the record or the log', async () => {
  for (const gateway of started) expect(await leaksAfter(gateway)).toEqual([])
})
