import { describe, expect, test } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { decideField } from '../../../gateway/grants/decide.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import type { Matter } from '../../../gateway/grants/registers.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import { HUIZHOU, NOON, ZHONGSHAN, conditional, field, grantOf, matterOf } from './world.ts'

const OPEN = field('R.open')
const FIELD = conditional('R.x', { mask: 'M-NO', verify: { as: 'TEXT', lowEntropy: false } })
const PLAIN = conditional('R.x')
const SECRET = field('R.x', { class: 'NOT_SHARED', basis: ['ZS-4.04'], verify: { as: 'TEXT', lowEntropy: false } })
const VERIFIED = conditional('R.x', { verifyOnly: true, verify: { as: 'TEXT', lowEntropy: false } })

const READS = matterOf({ 'R.x': 'READ', 'R.open': 'READ' })
const VERIFIES = matterOf({ 'R.x': 'VERIFY' })
const NEEDS_OTHER = matterOf({ 'R.other': 'READ' })

const CLEAR = grantOf('G', { 'R.x': 'CLEAR' })
const MASKED = grantOf('G', { 'R.x': 'MASKED' })
const TO_VERIFY = grantOf('G', { 'R.x': 'VERIFY_ONLY' })
const BESIDE = grantOf('G', { 'R.other': 'CLEAR' })
const FOREIGN = grantOf('G', { 'R.x': 'CLEAR' }, { matters: ['N'] })
const ENDED = grantOf('G', { 'R.x': 'CLEAR' }, { validUntil: NOON })
const FUTURE = grantOf('G', { 'R.x': 'CLEAR' }, { validFrom: NOON + 1 })
const REVOKED = grantOf('G', { 'R.x': 'CLEAR' }, { revokedAt: NOON })
const UNSIGNED = grantOf('G', { 'R.x': 'CLEAR' }, { agreement: null })

const SITUATION = { regime: ZHONGSHAN, department: 'housing', resources: new Map(), now: NOON }

/** A decision as one word and its reason, e.g. `DENY NO_GRANT ZS-4.08 -`. */
function say(decision: Decision): string {
  const what = decision.kind === 'MASK' ? decision.rule : decision.kind === 'DENY' ? decision.code : ''
  return [decision.kind, what, decision.clause, decision.grant ?? '-'].filter(Boolean).join(' ')
}

function decide(law: Regime, entry: FieldEntry, matter: Matter, grants: readonly Grant[]): string {
  return say(decideField(entry, { ...SITUATION, regime: law, matter, grants }))
}

type Row = readonly [name: string, entry: FieldEntry, matter: Matter, grants: readonly Grant[], zs: string, hz: string]

const ROWS: readonly Row[] = [
  ['unconditional (S02)', OPEN, READS, [], 'ALLOW ZS-4.07 -', 'DENY NO_GRANT HZ-44.1 -'],
  [
    'unconditional, granted',
    OPEN,
    READS,
    [grantOf('G', { 'R.open': 'CLEAR' }, { agreement: null })],
    'ALLOW ZS-4.07 -',
    'ALLOW HZ-44.1 G',
  ],
  ['unconditional, not needed', OPEN, NEEDS_OTHER, [], 'DENY NOT_NEEDED ZS-4.01(3) -', 'DENY NO_GRANT HZ-44.1 -'],
  [
    'unconditional, only verified',
    OPEN,
    matterOf({ 'R.open': 'VERIFY' }),
    [],
    'VERIFY_ONLY ZS-4.01(3) -',
    'DENY NO_GRANT HZ-44.1 -',
  ],
  ['no grant (S01 photo)', FIELD, READS, [], 'DENY NO_GRANT ZS-4.08 -', 'DENY NO_GRANT HZ-45 -'],
  [
    'no grant, and not needed either: the class comes first',
    FIELD,
    NEEDS_OTHER,
    [],
    'DENY NO_GRANT ZS-4.08 -',
    'DENY NO_GRANT HZ-45 -',
  ],
  ['granted clear', FIELD, READS, [CLEAR], 'ALLOW ZS-4.08 G', 'ALLOW HZ-45 G'],
  ['granted masked', FIELD, READS, [MASKED], 'MASK M-NO ZS-4.08 G', 'MASK M-NO HZ-45 G'],
  ['granted masked, no rule registered', PLAIN, READS, [MASKED], 'MASK M-NULL ZS-4.08 G', 'MASK M-NULL HZ-45 G'],
  ['granted for verification', FIELD, READS, [TO_VERIFY], 'VERIFY_ONLY ZS-4.08 G', 'VERIFY_ONLY HZ-45 G'],
  [
    'granted clear, for verification by class (NT-8.1)',
    VERIFIED,
    READS,
    [CLEAR],
    'VERIFY_ONLY ZS-4.08 G',
    'VERIFY_ONLY HZ-45 G',
  ],
  [
    'granted clear, the matter only verifies',
    FIELD,
    VERIFIES,
    [CLEAR],
    'VERIFY_ONLY ZS-4.01(3) G',
    'VERIFY_ONLY HZ-5.5(2) G',
  ],
  [
    'granted clear, not needed',
    FIELD,
    NEEDS_OTHER,
    [CLEAR],
    'DENY NOT_NEEDED ZS-4.01(3) G',
    'DENY NOT_NEEDED HZ-5.5(2) G',
  ],
  [
    'a grant over the record leaves it out (S01 divorce date, S04)',
    FIELD,
    READS,
    [BESIDE],
    'DENY NOT_NEEDED ZS-4.01(3) G',
    'DENY NOT_NEEDED HZ-5.5(2) G',
  ],
  [
    'the same, ended',
    FIELD,
    READS,
    [{ ...BESIDE, validUntil: NOON }],
    'DENY NO_GRANT ZS-4.08 -',
    'DENY NO_GRANT HZ-45 -',
  ],
  [
    'the same, for another matter',
    FIELD,
    READS,
    [{ ...BESIDE, matters: ['N'] }],
    'DENY NO_GRANT ZS-4.08 -',
    'DENY NO_GRANT HZ-45 -',
  ],
  [
    'for another matter (S15a)',
    FIELD,
    READS,
    [FOREIGN],
    'DENY PURPOSE_MISMATCH ZS-4.06 G',
    'DENY PURPOSE_MISMATCH HZ-6 G',
  ],
  [
    'for another matter, ended there',
    FIELD,
    READS,
    [{ ...FOREIGN, validUntil: NOON }],
    'DENY NO_GRANT ZS-4.08 -',
    'DENY NO_GRANT HZ-45 -',
  ],
  ['ended (S14)', FIELD, READS, [ENDED], 'DENY GRANT_EXPIRED ZS-4.08 G', 'DENY GRANT_EXPIRED HZ-39.1 G'],
  ['not yet begun', FIELD, READS, [FUTURE], 'DENY NO_GRANT ZS-4.08 -', 'DENY NO_GRANT HZ-45 -'],
  ['revoked', FIELD, READS, [REVOKED], 'DENY GRANT_REVOKED ZS-4.08 G', 'DENY GRANT_REVOKED HZ-45 G'],
  [
    'revoked, and ended since',
    FIELD,
    READS,
    [{ ...REVOKED, validUntil: NOON }],
    'DENY GRANT_REVOKED ZS-4.08 G',
    'DENY GRANT_REVOKED HZ-45 G',
  ],
  [
    'one ended, another revoked: the provider’s word is told',
    FIELD,
    READS,
    [ENDED, { ...REVOKED, id: 'H' }],
    'DENY GRANT_REVOKED ZS-4.08 H',
    'DENY GRANT_REVOKED HZ-45 H',
  ],
  [
    'one ended, one for another matter: the nearest is told',
    FIELD,
    READS,
    [FOREIGN, { ...ENDED, id: 'H' }],
    'DENY GRANT_EXPIRED ZS-4.08 H',
    'DENY GRANT_EXPIRED HZ-39.1 H',
  ],
  ['one revoked, another active', FIELD, READS, [REVOKED, { ...CLEAR, id: 'H' }], 'ALLOW ZS-4.08 H', 'ALLOW HZ-45 H'],
  ['no agreement (S15d)', FIELD, READS, [UNSIGNED], 'ALLOW ZS-4.08 G', 'DENY AGREEMENT_MISSING HZ-48 G'],
  [
    'no agreement, not needed either',
    FIELD,
    NEEDS_OTHER,
    [UNSIGNED],
    'DENY NOT_NEEDED ZS-4.01(3) G',
    'DENY AGREEMENT_MISSING HZ-48 G',
  ],
  [
    'a wide grant without agreement, a masked one with it',
    FIELD,
    READS,
    [UNSIGNED, { ...MASKED, id: 'H' }],
    'ALLOW ZS-4.08 G',
    'MASK M-NO HZ-45 H',
  ],
  [
    'overlapping: the widest',
    FIELD,
    READS,
    [TO_VERIFY, { ...MASKED, id: 'H' }, { ...CLEAR, id: 'I' }],
    'ALLOW ZS-4.08 I',
    'ALLOW HZ-45 I',
  ],
  [
    'overlapping: never the wider one of another matter',
    FIELD,
    READS,
    [FOREIGN, { ...MASKED, id: 'H' }],
    'MASK M-NO ZS-4.08 H',
    'MASK M-NO HZ-45 H',
  ],
  [
    'overlapping: never the wider one that has ended',
    FIELD,
    READS,
    [ENDED, { ...TO_VERIFY, id: 'H' }],
    'VERIFY_ONLY ZS-4.08 H',
    'VERIFY_ONLY HZ-45 H',
  ],
  ['the matter verifies, no grant (ZS-4.09)', FIELD, VERIFIES, [], 'VERIFY_ONLY ZS-4.09 -', 'DENY NO_GRANT HZ-45 -'],
  ['the matter verifies, nobody said how', PLAIN, VERIFIES, [], 'DENY NO_GRANT ZS-4.08 -', 'DENY NO_GRANT HZ-45 -'],
  [
    'the matter verifies, a grant over the record beside it',
    FIELD,
    VERIFIES,
    [BESIDE],
    'VERIFY_ONLY ZS-4.09 -',
    'DENY NOT_NEEDED HZ-5.5(2) G',
  ],
  [
    'the matter verifies, the grant has ended',
    FIELD,
    VERIFIES,
    [ENDED],
    'VERIFY_ONLY ZS-4.09 -',
    'DENY GRANT_EXPIRED HZ-39.1 G',
  ],
  [
    'the matter verifies, the grant was revoked',
    FIELD,
    VERIFIES,
    [REVOKED],
    'DENY GRANT_REVOKED ZS-4.08 G',
    'DENY GRANT_REVOKED HZ-45 G',
  ],
  ['for verification by class, no grant', VERIFIED, READS, [], 'VERIFY_ONLY ZS-4.09 -', 'DENY NO_GRANT HZ-45 -'],
  [
    'for verification by class, no grant, not needed',
    VERIFIED,
    NEEDS_OTHER,
    [],
    'DENY NOT_NEEDED ZS-4.01(3) -',
    'DENY NO_GRANT HZ-45 -',
  ],
  ['not shared (S07)', SECRET, READS, [], 'VERIFY_ONLY ZS-4.09 -', 'DENY NOT_SHARED HZ-4.1 -'],
  [
    'not shared, granted clear all the same',
    SECRET,
    READS,
    [CLEAR],
    'VERIFY_ONLY ZS-4.09 -',
    'DENY NOT_SHARED HZ-4.1 -',
  ],
  ['not shared, not needed', SECRET, NEEDS_OTHER, [], 'DENY NOT_NEEDED ZS-4.01(3) -', 'DENY NOT_SHARED HZ-4.1 -'],
  [
    'not shared, nobody said how to verify',
    { ...SECRET, verify: null },
    READS,
    [CLEAR],
    'DENY NOT_SHARED ZS-2.06 -',
    'DENY NOT_SHARED HZ-4.1 -',
  ],
]

describe('one field', () => {
  test.each(ROWS)('%s', (_name, entry, matter, grants, zhongshan, huizhou) => {
    expect([decide(ZHONGSHAN, entry, matter, grants), decide(HUIZHOU, entry, matter, grants)]).toEqual([
      zhongshan,
      huizhou,
    ])
  })

  test('a lookup belongs to every matter: what it leads to does not', () => {
    const lookup = field('Query.person', { kind: 'object' })
    const record = field('R.record', { kind: 'object' })
    expect(decide(ZHONGSHAN, lookup, NEEDS_OTHER, [])).toBe('ALLOW ZS-4.07 -')
    expect(decide(ZHONGSHAN, record, NEEDS_OTHER, [])).toBe('DENY NOT_NEEDED ZS-4.01(3) -')
  })

  test('a grant holds from its first millisecond to the one before its end (S14)', () => {
    const grants = [grantOf('G', { 'R.x': 'CLEAR' }, { validFrom: NOON, validUntil: NOON + 1_000 })]
    const at = (now: number): string => say(decideField(PLAIN, { ...SITUATION, matter: READS, grants, now }))
    expect([NOON - 1, NOON, NOON + 999, NOON + 1_000].map(at)).toEqual([
      'DENY NO_GRANT ZS-4.08 -',
      'ALLOW ZS-4.08 G',
      'ALLOW ZS-4.08 G',
      'DENY GRANT_EXPIRED ZS-4.08 G',
    ])
  })

  test('a revocation holds from its own millisecond', () => {
    const grants = [grantOf('G', { 'R.x': 'CLEAR' }, { revokedAt: NOON })]
    const at = (now: number): string => say(decideField(PLAIN, { ...SITUATION, matter: READS, grants, now }))
    expect([NOON - 1, NOON].map(at)).toEqual(['ALLOW ZS-4.08 G', 'DENY GRANT_REVOKED ZS-4.08 G'])
  })
})
