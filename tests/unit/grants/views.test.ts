import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import type { Grant, GrantIndex } from '../../../gateway/grants/grant.ts'
import { buildUnionView, buildView } from '../../../gateway/grants/view.ts'
import type { Authority, View } from '../../../gateway/grants/view.ts'
import { createViewCache } from '../../../gateway/grants/view-cache.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import {
  HUIZHOU,
  NOON,
  ZHONGSHAN,
  authorityOf,
  callerOf,
  conditional,
  field,
  grantOf,
  indexOf,
  matterOf,
} from './world.ts'

const READS = matterOf({ 'R.x': 'READ', 'R.open': 'READ' })
const FIELDS: readonly FieldEntry[] = [field('Query.r', { kind: 'object' }), conditional('R.x'), field('R.open')]
const WORLD = authorityOf(ZHONGSHAN, FIELDS, [READS])

function say(decision: Decision | undefined): string {
  if (decision === undefined) return 'none'
  if (decision.kind === 'MASK') return decision.rule
  return decision.kind === 'DENY' ? decision.code : decision.kind
}

function seen(view: View): Record<string, string> {
  return Object.fromEntries([...view.decisions].map(([at, decision]) => [at, say(decision)]))
}

function look(world: Authority, caller: Caller, ...grants: readonly Grant[]): Record<string, string> {
  return seen(buildView(world, caller, indexOf(...grants), NOON))
}

describe('who asks, and for what (INV-3)', () => {
  const GRANT = grantOf('G', { 'R.x': 'CLEAR' })
  const cases = [
    { number: 'C-1', matter: 'M', department: 'housing' },
    { number: 'C-2', matter: 'N', department: 'housing' },
    { number: 'C-3', matter: 'M', department: 'tax' },
  ]
  const strict = authorityOf(
    ZHONGSHAN,
    FIELDS,
    [{ ...READS, caseRequired: true }, matterOf({}, { code: 'T', department: 'tax' })],
    { cases },
  )
  const all = (word: string): Record<string, string> => ({ 'Query.r': word, 'R.x': word, 'R.open': word })

  test.each<readonly [string, Partial<Caller>, Record<string, string>]>([
    ['no matter', { matter: null }, all('PURPOSE_MISSING')],
    ['no matter, but a case', { matter: null, case: 'C-1' }, all('PURPOSE_MISSING')],
    ['an unknown matter', { matter: 'X' }, all('PURPOSE_MISMATCH')],
    ['another department’s matter', { matter: 'T' }, all('PURPOSE_MISMATCH')],
    ['a matter that needs a case, without one', {}, all('PURPOSE_MISSING')],
    ['an unknown case', { case: 'C-9' }, all('PURPOSE_MISMATCH')],
    ['another matter’s case (S15e)', { case: 'C-2' }, all('PURPOSE_MISMATCH')],
    ['another department’s case', { case: 'C-3' }, all('PURPOSE_MISMATCH')],
    ['its own matter and case', { case: 'C-1' }, { 'Query.r': 'ALLOW', 'R.x': 'ALLOW', 'R.open': 'ALLOW' }],
    ['an auditor, whatever is stated (ZS-1.11)', { case: 'C-1', roles: ['AUDITOR'] }, all('NOT_NEEDED')],
    ['an auditor with another role beside', { case: 'C-1', roles: ['DESK', 'AUDITOR'] }, all('NOT_NEEDED')],
  ])('%s', (_name, facts, expected) => {
    expect(look(strict, callerOf(facts), GRANT)).toEqual(expected)
  })

  test('an auditor is an officer like any other where the text is silent', () => {
    const huizhou = authorityOf(HUIZHOU, FIELDS, [READS])
    expect(look(huizhou, callerOf({ roles: ['AUDITOR'] }), GRANT)['R.x']).toBe('ALLOW')
  })

  test('a grant serves its department and, where it names them, its applications alone (HZ-6)', () => {
    const named = { ...GRANT, applications: ['desk', 'app'] }
    expect(look(WORLD, callerOf(), named)['R.x']).toBe('ALLOW')
    expect(look(WORLD, callerOf({ application: 'other' }), named)['R.x']).toBe('NO_GRANT')
    expect(look(WORLD, callerOf(), { ...GRANT, consumer: 'tax' })['R.x']).toBe('NO_GRANT')
  })
})

describe('the mask of an identifier', () => {
  const ID = conditional('R.id', { mask: 'M-IDNO' })
  const BIRTH = conditional('R.birth', { mask: 'M-DATE', quasiIdentifier: 'BIRTH_DATE' })
  const M = matterOf({ 'R.id': 'READ' })
  const N = matterOf({ 'R.birth': 'READ' }, { code: 'N' })
  const world = authorityOf(
    ZHONGSHAN,
    [ID, BIRTH],
    [M, N, matterOf({ 'R.birth': 'READ' }, { code: 'T', department: 'tax' })],
  )
  const idMasked = grantOf('G', { 'R.id': 'MASKED' })
  const birth = grantOf('H', { 'R.birth': 'CLEAR' }, { matters: ['N'] })
  const ruleWith = (...grants: readonly Grant[]): string => look(world, callerOf(), idMasked, ...grants)['R.id'] ?? ''

  test('is stronger where any matter of the department shows a birth date in clear', () => {
    expect(ruleWith()).toBe('M-IDNO')
    expect(ruleWith(birth)).toBe('M-IDNO-2')
  })

  test('is as strong where another application of the department sees it', () => {
    expect(ruleWith({ ...birth, applications: ['other'] })).toBe('M-IDNO-2')
  })

  test.each<readonly [string, Grant]>([
    ['masked there', grantOf('H', { 'R.birth': 'MASKED' }, { matters: ['N'] })],
    ['seen by another department', { ...birth, consumer: 'tax', matters: ['T'] }],
    ['granted, but not needed by the matter', { ...birth, matters: ['M'] }],
    ['no longer seen', { ...birth, validUntil: NOON }],
  ])('stays where the birth date is %s', (_name, grant) => {
    expect(ruleWith(grant)).toBe('M-IDNO')
  })

  test('and the view ends when that other grant does', () => {
    const end = NOON + 5_000
    const view = buildView(
      world,
      callerOf(),
      indexOf(idMasked, { ...birth, applications: ['other'], validUntil: end }),
      NOON,
    )
    expect(view.validUntil).toBe(end)
  })
})

describe('the union over all matters', () => {
  const world = authorityOf(ZHONGSHAN, FIELDS, [
    READS,
    matterOf({ 'R.open': 'VERIFY' }, { code: 'N' }),
    matterOf({ 'R.x': 'READ' }, { code: 'T', department: 'tax' }),
  ])

  test('takes the widest of each field, over the matters of the department alone', () => {
    const union = seen(buildUnionView(world, callerOf({ matter: null }), indexOf(), NOON))
    expect(union).toEqual({ 'Query.r': 'ALLOW', 'R.x': 'NO_GRANT', 'R.open': 'ALLOW' })
    const granted = seen(
      buildUnionView(world, callerOf({ matter: null }), indexOf(grantOf('G', { 'R.x': 'MASKED' })), NOON),
    )
    expect(granted['R.x']).toBe('M-NULL')
  })

  test('of a department without matters is nothing', () => {
    const union = seen(buildUnionView(world, callerOf({ department: 'parks', matter: null }), indexOf(), NOON))
    expect(new Set(Object.values(union))).toEqual(new Set(['PURPOSE_MISSING']))
  })
})

/** A cache over a clock that a test moves and a snapshot that it exchanges. */
function cacheOf(world: Authority, ...grants: readonly Grant[]) {
  const state = { now: NOON, index: createGrantIndex(1, grants) }
  const views = createViewCache(
    world,
    { current: (): GrantIndex => state.index },
    { now: () => state.now, monotonic: () => 0 },
  )
  const at = (now: number, caller = callerOf()): View => {
    state.now = now
    return views.viewOf(caller)
  }
  const publish = (...next: readonly Grant[]): void => {
    state.index = createGrantIndex(state.index.version + 1, next)
  }
  return { views, at, publish }
}

describe('the cache of views', () => {
  const GRANT = grantOf('G', { 'R.x': 'CLEAR' }, { validFrom: NOON + 10, validUntil: NOON + 20 })

  test('no view outlives a change of a grant, to the millisecond', () => {
    const { at } = cacheOf(
      WORLD,
      GRANT,
      grantOf('H', { 'R.x': 'CLEAR' }, { validFrom: NOON + 30, revokedAt: NOON + 40 }),
    )
    const steps = [0, 9, 10, 19, 20, 29, 30, 39, 40, 41].map((step) => say(at(NOON + step).decisions.get('R.x')))
    expect(steps).toEqual([
      'NO_GRANT',
      'NO_GRANT',
      'ALLOW',
      'ALLOW',
      'GRANT_EXPIRED',
      'GRANT_EXPIRED',
      'ALLOW',
      'ALLOW',
      'GRANT_REVOKED',
      'GRANT_REVOKED',
    ])
    expect([0, 10, 20, 30].map((step) => at(NOON + step).validUntil - NOON)).toEqual([10, 20, 30, 40])
    expect(at(NOON + 40).validUntil).toBeGreaterThan(NOON + 40)
  })

  test('a matter whose minimal set was narrowed is decided anew at once (ZS-4.01(3))', () => {
    const wide = authorityOf(ZHONGSHAN, FIELDS, [READS])
    const narrow = authorityOf(ZHONGSHAN, FIELDS, [matterOf({ 'R.x': 'READ' })])
    let [version, matters] = [1, wide.matters]
    const followed: Authority = {
      ...wide,
      matters: {
        version: () => version,
        find: (code) => matters.find(code),
        ofDepartment: (department) => matters.ofDepartment(department),
      },
    }
    const { at } = cacheOf(followed)
    expect(say(at(NOON).decisions.get('R.open'))).toBe('ALLOW')
    ;[version, matters] = [2, narrow.matters]
    expect(say(at(NOON).decisions.get('R.open'))).toBe('NOT_NEEDED')
  })

  test('a clock that is set back does not keep what a later instant opened', () => {
    const { at } = cacheOf(WORLD, GRANT)
    expect(say(at(NOON + 12).decisions.get('R.x'))).toBe('ALLOW')
    expect(say(at(NOON + 5).decisions.get('R.x'))).toBe('NO_GRANT')
  })

  test('whatever the grants and the order of the instants, the cache says what a fresh view says', () => {
    const instant = fc.integer({ min: 0, max: 9 }).map((step) => NOON + step)
    const some = fc
      .record({ validFrom: instant, validUntil: instant, revokedAt: fc.option(instant) })
      .map((facts) => grantOf('G', { 'R.x': 'CLEAR' }, facts))
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 4 }),
        fc.array(instant, { minLength: 2, maxLength: 12 }),
        (grants, instants) => {
          const { at } = cacheOf(WORLD, ...grants)
          for (const now of instants) {
            const fresh = buildView(WORLD, callerOf(), indexOf(...grants), now)
            const cached = at(now)
            expect(cached.decisions).toEqual(fresh.decisions)
            expect(cached.validUntil).toBeLessThanOrEqual(fresh.validUntil)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a revocation holds with the next snapshot, at the same instant', () => {
    const active = grantOf('G', { 'R.x': 'CLEAR' })
    const { at, publish } = cacheOf(WORLD, active)
    expect(say(at(NOON).decisions.get('R.x'))).toBe('ALLOW')
    publish({ ...active, revokedAt: NOON })
    expect(say(at(NOON).decisions.get('R.x'))).toBe('GRANT_REVOKED')
  })

  test('equal vectors are one object: across officers, applications, cases and snapshots', () => {
    const world = authorityOf(ZHONGSHAN, FIELDS, [READS], {
      cases: ['C-1', 'C-2'].map((number) => ({ number, matter: 'M', department: 'housing' })),
    })
    const active = grantOf('G', { 'R.x': 'CLEAR' })
    const { at, publish } = cacheOf(world, active)
    const view = at(NOON)
    const others = [
      { officer: 'H-2' },
      { application: 'other' },
      { roles: ['ANALYST'] as const },
      { case: 'C-1' },
      { case: 'C-2' },
    ]
    for (const facts of others) expect(at(NOON, callerOf(facts))).toBe(view)
    publish(active)
    expect(at(NOON)).toBe(view)
  })

  test('unequal vectors are not', () => {
    const { at } = cacheOf(WORLD, grantOf('G', { 'R.x': 'CLEAR' }, { applications: ['desk'] }))
    const view = at(NOON)
    for (const facts of [
      { application: 'other' },
      { matter: null },
      { department: 'tax' },
      { roles: ['AUDITOR'] as const },
      { case: 'C-9' },
    ])
      expect(at(NOON, callerOf(facts)).id).not.toBe(view.id)
  })

  test('a view names its regime and catalogue: equal decisions under another law are another view', () => {
    const here = buildView(WORLD, callerOf(), indexOf(), NOON)
    const other = buildView({ ...WORLD, catalogVersion: 'v2' }, callerOf(), indexOf(), NOON)
    expect(other.decisions).toEqual(here.decisions)
    expect(other.id).not.toBe(here.id)
  })

  test('introspection answers from the stated matter, else from the union', () => {
    const { views, at } = cacheOf(WORLD)
    expect(views.introspectionViewOf(callerOf())).toBe(at(NOON))
    expect(seen(views.introspectionViewOf(callerOf({ matter: null })))['R.open']).toBe('ALLOW')
    expect(seen(at(NOON, callerOf({ matter: null })))['R.open']).toBe('PURPOSE_MISSING')
  })

  test('invented matters and cases do not push real views out', () => {
    const { at } = cacheOf(WORLD)
    const view = at(NOON)
    const first = at(NOON, callerOf({ matter: 'X0' }))
    for (let step = 1; step < 3_000; step += 1)
      expect(at(NOON, callerOf({ matter: `X${step}`, case: null }))).toBe(first)
    expect(at(NOON)).toBe(view)
  })
})

test('what a value owes to another reaches the view: an ID number in a certificate number', () => {
  const number: Coordinate = 'R.number'
  const world = authorityOf(
    ZHONGSHAN,
    [conditional('R.id', { mask: 'M-IDNO' }), conditional(number, { mask: 'M-NO', embeds: ['R.id'] })],
    [matterOf({ 'R.id': 'READ', [number]: 'READ' })],
  )
  expect(look(world, callerOf(), grantOf('G', { 'R.id': 'MASKED', [number]: 'CLEAR' }))[number]).toBe('M-ALL')
  expect(look(world, callerOf(), grantOf('G', { [number]: 'CLEAR' }))[number]).toBe('NOT_NEEDED')
  expect(look(world, callerOf(), grantOf('G', { 'R.id': 'CLEAR', [number]: 'CLEAR' }))[number]).toBe('ALLOW')
})
