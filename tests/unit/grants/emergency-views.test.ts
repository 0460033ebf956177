import { describe, expect, test } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import { emergenciesOf } from '../../../gateway/grants/emergency.ts'
import type { EmergencyDeclared, EmergencyEvent } from '../../../gateway/grants/emergency-event.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import { buildView } from '../../../gateway/grants/view.ts'
import { createViewCache } from '../../../gateway/grants/view-cache.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { FUSHUN, HUIZHOU, NANTONG, NATIONAL, NOON, ZHEJIANG, ZHONGSHAN } from './world.ts'
import { authorityOf, callerOf, conditional, field, grantOf, matterOf } from './world.ts'

const HOUR = 3_600_000
const FIELDS = [
  conditional('R.cond'),
  conditional('R.deep', { level: 'L4' }),
  conditional('R.masked', { subMode: 'MASKED', mask: 'M-NAME' }),
  conditional('R.compared', { subMode: 'COMPARE', verifyOnly: true, verify: { as: 'TEXT', lowEntropy: false } }),
  conditional('R.unlisted'),
  field('R.secret', { class: 'NOT_SHARED' }),
  field('R.kept', { class: 'NOT_SHARED', emergencyExcluded: true }),
  field('R.number'),
  field('R.open'),
  conditional('R.ref', { kind: 'object', follows: 'R.number' }),
]
const LISTED = ['R.cond', 'R.deep', 'R.masked', 'R.compared', 'R.secret', 'R.kept', 'R.number', 'R.ref'] as const
const MATTERS = [matterOf({ 'R.open': 'READ' }), matterOf({ 'R.open': 'READ' }, { code: 'FINE' })]

const DECLARED: EmergencyDeclared = {
  kind: 'EMERGENCY_DECLARED',
  emergency: 'E-77',
  incident: 'I-1',
  department: 'housing',
  matter: 'M',
  by: 'H-8',
  officers: ['H-1'],
  fields: LISTED,
  hours: 24,
  reason: '走失儿童',
  at: new Date(NOON).toISOString(),
}
const APPROVED: EmergencyEvent = {
  kind: 'EMERGENCY_APPROVED',
  emergency: 'E-77',
  by: 'H-9',
  at: new Date(NOON).toISOString(),
}

interface Asked {
  readonly caller?: Partial<Caller>
  readonly events?: readonly EmergencyEvent[]
  readonly now?: number
  readonly regime?: Regime
  readonly grants?: readonly Grant[]
}

function viewOf({ caller, events = [DECLARED, APPROVED], now = NOON, regime = ZHONGSHAN, grants = [] }: Asked) {
  const index = createGrantIndex(1, grants, emergenciesOf(events))
  return buildView(authorityOf(regime, FIELDS, MATTERS), callerOf({ emergency: 'E-77', ...caller }), index, now)
}

function decided(asked: Asked): Readonly<Record<string, string>> {
  const words = [...viewOf(asked).decisions].map(([at, decision]) => {
    const how = decision.kind === 'DENY' ? decision.code : decision.kind === 'MASK' ? decision.rule : ''
    return [at.slice(2), [decision.kind, how, decision.clause].filter((word) => word !== '').join(' ')] as const
  })
  return Object.fromEntries(words)
}

const ORDINARY = { caller: { emergency: null } }

describe('what a declared emergency opens (ZS-4.10)', () => {
  test('every listed field, one that is not shared too (INV-5); masks and what a law keeps back stay', () => {
    expect(decided({})).toEqual({
      cond: 'ALLOW ZS-4.10',
      deep: 'ALLOW ZS-4.10',
      masked: 'MASK M-NAME ZS-4.10',
      compared: 'ALLOW ZS-4.10',
      unlisted: 'DENY NO_GRANT ZS-4.08',
      secret: 'ALLOW ZS-4.10',
      kept: 'DENY NOT_SHARED ZS-2.06',
      number: 'ALLOW ZS-4.10',
      open: 'ALLOW ZS-4.07',
      ref: 'ALLOW ZS-4.10',
    })
    expect(viewOf({}).decisions.get('R.cond')).toMatchObject({ grant: null, emergency: 'E-77' })
  })

  test('L4 waits for the second officer; what is open without stays open', () => {
    const alone = decided({ events: [DECLARED] })
    expect([alone['deep'], alone['cond']]).toEqual(['DENY EMERGENCY_INVALID ZS-4.10', 'ALLOW ZS-4.10'])
    const byMatter = [{ ...DECLARED, fields: ['R.open'] as const }]
    expect(decided({ events: byMatter })['open']).toBe('ALLOW ZS-4.10')
  })

  test('a reference opens with the number that it follows, and not without', () => {
    const events = [{ ...DECLARED, fields: ['R.ref'] as const }]
    expect(decided({ events })['ref']).toBe('DENY NOT_NEEDED ZS-4.01(3)')
  })

  test('without the header nothing of it is seen', () => {
    expect(decided(ORDINARY)).toEqual(decided({ ...ORDINARY, events: [] }))
  })
})

const REFUSED = {
  cond: 'DENY EMERGENCY_INVALID ZS-4.10',
  unlisted: 'DENY EMERGENCY_INVALID ZS-4.10',
  kept: 'DENY NOT_SHARED ZS-2.06',
  open: 'ALLOW ZS-4.07',
}

describe('where a stated emergency does not hold', () => {
  test.each<[string, Asked]>([
    ['an ID that nobody declared', { caller: { emergency: 'E-78' } }],
    ['names of the language', { caller: { emergency: '__proto__' } }],
    ['names of the language', { caller: { emergency: 'constructor' } }],
    ['an officer whom it does not name', { caller: { officer: 'H-2' } }],
    ['the declaring officer, who is not named', { caller: { officer: 'H-8' } }],
    ['another department’s', { events: [{ ...DECLARED, department: 'tax' }, APPROVED] }],
    ['its last instant over', { now: NOON + 24 * HOUR }],
    ['not begun', { now: NOON - 1 }],
  ])('%s: refusals say so, and what is open stays open', (_what, asked) => {
    expect(decided(asked)).toMatchObject(REFUSED)
  })

  test('an officer who acts for the department has a number of another list', () => {
    const actingFor = { department: 'housing', matters: ['M'], party: 'DEPARTMENT' as const }
    const found = decided({ caller: { department: 'town', party: 'TOWNSHIP', actingFor } })
    expect(found).toMatchObject({ cond: REFUSED.cond, deep: REFUSED.cond })
  })

  test('for a fine it is another purpose', () => {
    const found = decided({ caller: { matter: 'FINE' } })
    expect(found).toMatchObject({ cond: 'DENY PURPOSE_MISMATCH ZS-4.06', open: 'ALLOW ZS-4.07' })
  })

  test('a matter must be stated, and the caller’s own', () => {
    expect(decided({ caller: { matter: null } })['cond']).toBe('DENY PURPOSE_MISSING ZS-4.06')
    expect(decided({ caller: { matter: 'OTHERS' } })['cond']).toBe('DENY PURPOSE_MISMATCH ZS-4.06')
  })

  test('an auditor reads nothing under it either (ZS-1.11)', () => {
    expect(decided({ caller: { roles: ['AUDITOR'] } })['cond']).toBe('DENY NOT_NEEDED ZS-1.11')
  })

  test('the refusal says why, and another department’s looks as one that does not exist', () => {
    const detail = (asked: Asked) => viewOf(asked).decisions.get('R.cond')
    const foreign = detail({ events: [{ ...DECLARED, department: 'tax' }] })
    expect(foreign).toEqual(detail({ caller: { emergency: 'E-78' } }))
    expect(detail({ now: NOON + 24 * HOUR })).toMatchObject({ detail: { en: 'the time of the emergency is over' } })
  })
})

test.each([HUIZHOU, NANTONG, FUSHUN, ZHEJIANG, NATIONAL])('where the text is silent, nothing: $regime', (regime) => {
  expect(decided({ regime })).toEqual(decided({ regime, ...ORDINARY }))
  expect(viewOf({ regime }).validUntil).toBe(viewOf({ regime, events: [] }).validUntil)
})

describe('how long a view holds', () => {
  test('until the emergency expires, is ended or is approved', () => {
    const end = { kind: 'EMERGENCY_ENDED', emergency: 'E-77', by: 'H-8', reason: '已找到' } as const
    const ended = { ...end, at: new Date(NOON + HOUR).toISOString() }
    expect(viewOf({}).validUntil).toBe(NOON + 24 * HOUR)
    expect(viewOf({ events: [DECLARED, ended] }).validUntil).toBe(NOON + HOUR)
    expect(viewOf({ now: NOON - 1 }).validUntil).toBe(NOON)
  })

  test('the cache never gives one officer what another may see, nor an ended one again', () => {
    const state = { now: NOON, index: createGrantIndex(1, [], emergenciesOf([DECLARED, APPROVED])) }
    const source = { current: () => state.index }
    const cache = createViewCache(authorityOf(ZHONGSHAN, FIELDS, MATTERS), source, {
      now: () => state.now,
      monotonic: () => 0,
    })
    const kind = (caller: Partial<Caller>, at: Coordinate = 'R.cond') =>
      cache.viewOf(callerOf({ emergency: 'E-77', ...caller })).decisions.get(at)?.kind
    expect([kind({}), kind({ officer: 'H-2' }), kind({ emergency: null }), kind({})]).toEqual([
      'ALLOW',
      'DENY',
      'DENY',
      'ALLOW',
    ])
    state.now = NOON + 24 * HOUR
    expect(kind({})).toBe('DENY')
    state.now = NOON
    state.index = createGrantIndex(2, [], emergenciesOf([DECLARED], new Map([['E-77', { by: 'x', at: NOON }]])))
    expect(kind({})).toBe('DENY')
  })
})

test('an ID number is masked harder while an emergency shows the birth date (R809-25)', () => {
  const fields = [
    field('R.birth', { class: 'CONDITIONAL', quasiIdentifier: 'BIRTH_DATE' }),
    conditional('R.id', { mask: 'M-IDNO' }),
  ]
  const authority = authorityOf(ZHONGSHAN, fields, [matterOf({ 'R.id': 'READ' })])
  const grants = [grantOf('G', { 'R.id': 'MASKED' })]
  const rule = (emergencies: readonly EmergencyEvent[], now = NOON): unknown => {
    const index = createGrantIndex(1, grants, emergenciesOf(emergencies))
    const decision = buildView(authority, callerOf(), index, now).decisions.get('R.id')
    return decision?.kind === 'MASK' ? decision.rule : decision
  }
  const shown = [{ ...DECLARED, fields: ['R.birth'] as const }]
  expect([rule([]), rule(shown), rule(shown, NOON + 24 * HOUR)]).toEqual(['M-IDNO', 'M-IDNO-2', 'M-IDNO'])
})
