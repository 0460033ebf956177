import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { emergenciesOf, emergencyState, isApproved, nextEmergencyChange } from '../../../gateway/grants/emergency.ts'
import type { Emergency } from '../../../gateway/grants/emergency.ts'
import { emergencyEvent } from '../../../gateway/grants/emergency-event.ts'
import type { EmergencyEvent } from '../../../gateway/grants/emergency-event.ts'
import {
  faultsOfApproval,
  faultsOfDeclaration,
  faultsOfEnd,
  faultsOfReview,
} from '../../../gateway/grants/emergency-guards.ts'
import type { Declaration, DeclarationFacts } from '../../../gateway/grants/emergency-guards.ts'
import { reviewOf } from '../../../gateway/grants/emergency-review.ts'
import { FAULT_TEXTS } from '../../../gateway/grants/emergency-texts.ts'
import { FUSHUN, HUIZHOU, NANTONG, NATIONAL, NOON, ZHEJIANG, ZHONGSHAN, field, matterOf } from './world.ts'

const HOUR = 3_600_000

function iso(at: number): string {
  return new Date(at).toISOString()
}

const DECLARED: EmergencyEvent = {
  kind: 'EMERGENCY_DECLARED',
  emergency: 'E-77',
  incident: '20260601-0031',
  department: 'housing',
  matter: 'M',
  by: 'H-1',
  officers: ['H-2', 'H-3'],
  fields: ['R.x'],
  hours: 24,
  reason: '走失儿童',
  at: iso(NOON),
}
const approvedBy = (by: string, at = NOON + HOUR): EmergencyEvent => ({
  kind: 'EMERGENCY_APPROVED',
  emergency: 'E-77',
  by,
  at: iso(at),
})
const endedAt = (at: number): EmergencyEvent => ({
  kind: 'EMERGENCY_ENDED',
  emergency: 'E-77',
  by: 'H-1',
  reason: '已找到',
  at: iso(at),
})
const reviewedAt = (at: number): EmergencyEvent => ({
  kind: 'EMERGENCY_REVIEWED',
  emergency: 'E-77',
  by: 'H-9',
  outcome: '均属该警情',
  at: iso(at),
})

function derive(...events: readonly EmergencyEvent[]): Emergency {
  const found = emergenciesOf(events).get('E-77')
  if (!found) throw new Error('no such emergency')
  return found
}

describe('what an emergency is, from its events (ZS-4.10)', () => {
  test('it holds from its first instant to the last before its hours are over', () => {
    const one = derive({ ...DECLARED, hours: 2 })
    const states = [-1, 0, 2 * HOUR - 1, 2 * HOUR].map((after) => emergencyState(one, NOON + after))
    expect(states).toEqual(['NOT_YET', 'IN_FORCE', 'IN_FORCE', 'EXPIRED'])
  })

  test('an end holds from its instant; the earliest of several counts', () => {
    const one = derive(DECLARED, endedAt(NOON + 2 * HOUR), endedAt(NOON + HOUR))
    const states = [HOUR - 1, HOUR, 30 * HOUR].map((after) => emergencyState(one, NOON + after))
    expect(states).toEqual(['IN_FORCE', 'ENDED', 'ENDED'])
    expect(emergencyState(derive(DECLARED, endedAt(NOON + 25 * HOUR)), NOON + 26 * HOUR)).toBe('EXPIRED')
  })

  test('whatever a file says, none lasts longer than a day', () => {
    expect(derive({ ...DECLARED, hours: 72 }).until).toBe(NOON + 24 * HOUR)
  })

  test('of two declarations under one ID the first holds, wherever other events stand', () => {
    const one = derive(approvedBy('H-9'), DECLARED, { ...DECLARED, fields: ['R.y'], officers: ['H-8'] })
    expect([[...one.fields], [...one.officers], one.approved?.by]).toEqual([['R.x'], ['H-2', 'H-3'], 'H-9'])
  })

  test.each(['H-1', 'h-1', 'H-2', 'h-3'])('an approval by %s, who declared or uses it, is none', (by) => {
    expect(derive(DECLARED, approvedBy(by)).approved).toBeNull()
  })

  test('an approval holds from its instant, and not from outside the time of the emergency', () => {
    const one = derive(DECLARED, approvedBy('H-9'))
    expect([isApproved(one, NOON + HOUR - 1), isApproved(one, NOON + HOUR)]).toEqual([false, true])
    expect(derive(DECLARED, approvedBy('H-9', NOON - 1)).approved).toBeNull()
    expect(derive(DECLARED, approvedBy('H-9', NOON + 24 * HOUR)).approved).toBeNull()
  })

  test('what was ended before stays ended, and events of no emergency make none', () => {
    const ended = new Map([['E-77', { by: 'x', at: -Infinity }]])
    expect(emergencyState(emergenciesOf([DECLARED], ended).get('E-77') ?? derive(), NOON)).toBe('ENDED')
    expect(emergenciesOf([endedAt(NOON), approvedBy('H-9')]).size).toBe(0)
  })

  test('the next change is the next of approval, end and expiry', () => {
    const one = derive(DECLARED, approvedBy('H-9'), endedAt(NOON + 3 * HOUR))
    const next = [0, HOUR, 3 * HOUR, 24 * HOUR].map((after) => nextEmergencyChange([one], NOON + after))
    expect(next).toEqual([NOON + HOUR, NOON + 3 * HOUR, NOON + 24 * HOUR, Infinity])
  })

  test('an event is refused by its shape: more than a day, no officer, no coordinate, a name of the language', () => {
    const bad = [
      { hours: 25 },
      { hours: 0 },
      { officers: [] },
      { fields: ['x'] },
      { emergency: '__proto__' },
      { by: '' },
    ]
    for (const facts of bad) expect(emergencyEvent.safeParse({ ...DECLARED, ...facts }).success).toBe(false)
    expect(emergencyEvent.safeParse(DECLARED).success).toBe(true)
  })
})

describe('the after-review', () => {
  // Monday 1 June 2026 and the days after.
  test.each([
    ['a Monday', '2026-06-01T10:00:00+08:00', '2026-06-08'],
    ['a Friday', '2026-06-05T23:59:59+08:00', '2026-06-12'],
    ['a Saturday', '2026-06-06T10:00:00+08:00', '2026-06-12'],
    ['a Sunday, still Saturday in Greenwich', '2026-06-07T01:00:00+08:00', '2026-06-12'],
  ])('ended on %s, it is due five working days later, in the city’s own days', (_day, at, due) => {
    const one = derive({ ...DECLARED, at: iso(Date.parse(at) - HOUR) }, endedAt(Date.parse(at)))
    const last = Date.parse(`${due}T23:59:59.999+08:00`)
    expect(reviewOf(one, last)).toEqual({ kind: 'DUE', due, provisional: true })
    expect(reviewOf(one, last + 1)).toEqual({ kind: 'OVERDUE', due, provisional: true })
  })

  test('it is due only once the emergency is over, and done for good', () => {
    expect(reviewOf(derive(DECLARED), NOON + HOUR).kind).toBe('NOT_YET')
    expect(reviewOf(derive(DECLARED), NOON + 24 * HOUR).kind).toBe('DUE')
    const done = derive(DECLARED, reviewedAt(NOON + 48 * HOUR))
    expect(reviewOf(done, NOON + 400 * HOUR)).toEqual({ kind: 'DONE', by: 'H-9', outcome: '均属该警情' })
  })
})

const DECLARATION: Declaration = {
  emergency: 'E-77',
  incident: '20260601-0031',
  department: 'housing',
  matter: 'M',
  by: 'H-1',
  officers: ['H-2'],
  fields: ['R.x'],
  hours: 24,
  reason: '走失儿童',
}
const R_X = field('R.x')

function declare(stated: Partial<Declaration>, facts: Partial<DeclarationFacts> = {}): readonly string[] {
  const fields = new Map([['R.x', R_X]])
  const found = { regime: ZHONGSHAN, registered: true, matter: matterOf({}), fields, known: new Map(), ...facts }
  return faultsOfDeclaration({ ...DECLARATION, ...stated }, found).map(({ code, clause }) => `${code} ${clause ?? ''}`)
}

describe('who may declare what', () => {
  test('a whole declaration may be made', () => {
    expect(declare({})).toEqual([])
  })

  test.each([HUIZHOU, NANTONG, FUSHUN, ZHEJIANG, NATIONAL])('no text but Zhongshan’s knows one: $regime', (regime) => {
    expect(declare({}, { regime })).toEqual(['REGIME_SILENT '])
    expect(faultsOfApproval(derive(DECLARED), 'H-9', regime, NOON).map(({ code }) => code)).toEqual(['REGIME_SILENT'])
  })

  const known = emergenciesOf([DECLARED])
  test.each<[string, Partial<Declaration>, Partial<DeclarationFacts>]>([
    ['DEPARTMENT_UNKNOWN ZS-1.06', {}, { registered: false }],
    ['MATTER_FOREIGN ZS-4.06', {}, { matter: null }],
    ['MATTER_FOREIGN ZS-4.06', {}, { matter: matterOf({}, { department: 'tax' }) }],
    ['OFFICERS_MISSING ZS-6.03', { officers: [] }, {}],
    ['FIELDS_MISSING ZS-4.10', { fields: [] }, {}],
    ['FIELD_UNKNOWN ZS-4.10', { fields: ['R.nothing'] }, {}],
    ['FIELD_UNKNOWN ZS-4.10', { fields: ['constructor'] }, {}],
    ['FIELD_EXCLUDED ZS-4.10', {}, { fields: new Map([['R.x', field('R.x', { emergencyExcluded: true })]]) }],
    ['FIELD_RESTS_ON ZS-4.10', {}, { fields: new Map([['R.x', field('R.x', { follows: 'R.number' })]]) }],
    ['HOURS_EXCEEDED ZS-4.10', { hours: 25 }, {}],
    ['HOURS_EXCEEDED ZS-4.10', { hours: 0 }, {}],
    ['ID_USED ZS-4.10', {}, { known }],
    ['ID_MALFORMED ZS-4.10', { emergency: '__proto__' }, {}],
    ['STAFF_NUMBER ZS-4.10', { by: '张三' }, {}],
    ['STAFF_NUMBER ZS-4.10', { officers: ['H 2'] }, {}],
    ['TEXT_MISSING ZS-4.10', { reason: ' ' }, {}],
    ['TEXT_HOLDS_NUMBER HZ-47.2', { reason: '寻找 11010519491231002X' }, {}],
  ])('%s', (fault, stated, facts) => {
    expect(declare(stated, facts)).toEqual([fault])
  })

  test('a field may rest on what is listed with it, or read by the matter', () => {
    const fields = new Map([
      ['R.x', field('R.x', { follows: 'R.number' })],
      ['R.number', field('R.number')],
    ])
    expect(declare({ fields: ['R.x', 'R.number'] }, { fields })).toEqual([])
    expect(declare({}, { fields, matter: matterOf({ 'R.number': 'READ' }) })).toEqual([])
    expect(declare({}, { fields, matter: matterOf({ 'R.number': 'VERIFY' }) })).toEqual(['FIELD_RESTS_ON ZS-4.10'])
  })

  test('everything in the way is told at once', () => {
    expect(declare({ hours: 30, officers: [], fields: ['R.no'] }).length).toBe(3)
  })
})

describe('who may approve, end and review', () => {
  const codes = (faults: readonly { readonly code: string }[]): readonly string[] => faults.map(({ code }) => code)
  const approval = (one: Emergency | null, by: string, now = NOON) => codes(faultsOfApproval(one, by, ZHONGSHAN, now))

  test('an officer who neither declared nor uses it approves it once, while it holds', () => {
    expect(approval(derive(DECLARED), 'H-9')).toEqual([])
    expect(approval(null, 'H-9')).toEqual(['EMERGENCY_UNKNOWN'])
    for (const by of ['H-1', 'h-1', 'H-2']) expect(approval(derive(DECLARED), by)).toEqual(['APPROVER_INVOLVED'])
    expect(approval(derive(DECLARED, approvedBy('H-9')), 'H-8')).toEqual(['APPROVED_ALREADY'])
    expect(approval(derive(DECLARED), 'H-9', NOON + 24 * HOUR)).toEqual(['EMERGENCY_OVER'])
    expect(approval(derive(DECLARED), '')).toEqual(['STAFF_NUMBER'])
  })

  test('it is ended once, with a reason', () => {
    const end = (one: Emergency | null, reason = '已找到', now = NOON) =>
      codes(faultsOfEnd(one, { by: 'H-1', reason }, now))
    expect(end(derive(DECLARED))).toEqual([])
    expect(end(null)).toEqual(['EMERGENCY_UNKNOWN'])
    expect(end(derive(DECLARED), ' ')).toEqual(['TEXT_MISSING'])
    expect(end(derive(DECLARED, endedAt(NOON)))).toEqual(['EMERGENCY_OVER'])
    expect(end(derive(DECLARED), '已找到', NOON + 24 * HOUR)).toEqual(['EMERGENCY_OVER'])
  })

  test('it is reviewed once, when it is over, by who did not use it', () => {
    const review = (one: Emergency | null, by = 'H-9', now = NOON + 48 * HOUR) =>
      codes(faultsOfReview(one, { by, outcome: '均属该警情' }, now))
    expect(review(derive(DECLARED))).toEqual([])
    expect(review(null)).toEqual(['EMERGENCY_UNKNOWN'])
    expect(review(derive(DECLARED), 'H-9', NOON)).toEqual(['REVIEW_TOO_EARLY'])
    expect(review(derive(DECLARED), 'H-2')).toEqual(['REVIEWER_INVOLVED'])
    expect(review(derive(DECLARED, reviewedAt(NOON + 30 * HOUR)))).toEqual(['REVIEWED_ALREADY'])
  })
})

test('the page has a line for every fault, and no other', () => {
  const page = readFileSync(new URL('../../../docs/emergency.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code)
  expect(rows).toEqual(Object.keys(FAULT_TEXTS))
})
