import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { decideField } from '../../../gateway/grants/decide.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import type { Matter } from '../../../gateway/grants/registers.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import { HUIZHOU, NOON, ZHONGSHAN, field, grantOf, matterOf } from './world.ts'

/**
 * The two texts once more, sentence by sentence and without a look at the product: what may leave at most. Written
 * from the clauses, so that a slip in the one is not in the other.
 */
function lawSays(city: 'zhongshan' | 'huizhou', entry: FieldEntry, matter: Matter, grants: readonly Grant[]): string {
  const needed = matter.fields.get('R.x')
  const inForce = grants.filter(
    (one) => one.validFrom <= NOON && NOON < one.validUntil && !(one.revokedAt !== null && one.revokedAt <= NOON),
  )
  // ZS-4.06, HZ-6: for that business only. HZ-48: conditional data only under a signed agreement.
  const mine = inForce.filter((one) => one.matters.includes('M') && one.fields.has('R.x'))
  const signed = mine.filter((one) => city === 'zhongshan' || entry.class !== 'CONDITIONAL' || one.agreement !== null)
  const modes = new Set(signed.map((one) => one.fields.get('R.x')))
  const revoked = grants.some(
    (one) => one.matters.includes('M') && one.fields.has('R.x') && one.revokedAt !== null && one.revokedAt <= NOON,
  )
  // ZS-4.01(3), HZ-5.5(2): no more than the matter needs.
  if (needed === undefined) return 'NOTHING'
  if (entry.class === 'NOT_SHARED') return city === 'zhongshan' && entry.verify ? 'VERIFY' : 'NOTHING'
  let most = 'NOTHING'
  // ZS-4.07: taken directly; HZ-44.1: applied for, as everything is.
  if (entry.class === 'UNCONDITIONAL' && city === 'zhongshan') most = 'VALUE'
  else if (modes.has('CLEAR')) most = 'VALUE'
  else if (modes.has('MASKED')) most = 'MASKED'
  else if (modes.has('VERIFY_ONLY')) most = 'VERIFY'
  // NT-8.1: conditional, for comparison alone; in both cities a way of registering.
  if (entry.class === 'CONDITIONAL' && entry.verifyOnly && most !== 'NOTHING') most = 'VERIFY'
  // ZS-4.09: conditional data whose conditions are not met is verified on request.
  const unmet = most === 'NOTHING' && entry.class === 'CONDITIONAL' && entry.verify !== null && !revoked
  if (city === 'zhongshan' && unmet && (entry.verifyOnly || needed === 'VERIFY')) most = 'VERIFY'
  return needed === 'VERIFY' && most !== 'NOTHING' ? 'VERIFY' : most
}

const HERE = { department: 'housing', resources: new Map(), now: NOON }

const WORDS: Readonly<Record<Decision['kind'], string>> = {
  ALLOW: 'VALUE',
  MASK: 'MASKED',
  VERIFY_ONLY: 'VERIFY',
  DENY: 'NOTHING',
}

const instant = fc.integer({ min: -2, max: 2 }).map((step) => NOON + step)
const mode = fc.constantFrom('CLEAR' as const, 'MASKED' as const, 'VERIFY_ONLY' as const)
const fields = fc.dictionary(fc.constantFrom('R.x', 'R.y', 'S.x'), mode, { maxKeys: 3 })
const anyGrant = fc
  .record({
    fields,
    matters: fc.subarray(['M', 'N'], { minLength: 1 }),
    validFrom: instant,
    validUntil: instant,
    revokedAt: fc.option(instant),
    agreement: fc.option(fc.constant('XY')),
  })
  .map(({ fields: granted, ...facts }) => grantOf('G', granted, facts))
const anyEntry = fc
  .record({
    class: fc.constantFrom('UNCONDITIONAL' as const, 'CONDITIONAL' as const, 'NOT_SHARED' as const),
    comparesOnly: fc.boolean(),
    verify: fc.option(fc.constant({ as: 'TEXT', lowEntropy: false } as const)),
  })
  .map(({ comparesOnly, ...facts }): FieldEntry => {
    // Composition lets nothing else be for comparison alone.
    const verifyOnly = comparesOnly && facts.class === 'CONDITIONAL' && facts.verify !== null
    return field('R.x', { ...facts, verifyOnly })
  })
const anyMatter = fc
  .dictionary(fc.constantFrom('R.x', 'R.y'), fc.constantFrom('READ' as const, 'VERIFY' as const), { maxKeys: 2 })
  .map((uses) => matterOf(uses))
const world = { entry: anyEntry, matter: anyMatter, grants: fc.array(anyGrant, { maxLength: 5 }) }

test.each([
  ['zhongshan', ZHONGSHAN],
  ['huizhou', HUIZHOU],
] as const)('over random registers, %s gives what its text gives', (city, regime) => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.record(world), ({ entry, matter, grants }) => {
      const decision = decideField(entry, { regime, matter, grants, ...HERE })
      seen.add(decision.kind)
      expect(WORDS[decision.kind]).toBe(lawSays(city, entry, matter, grants))
    }),
    { numRuns: 3_000 },
  )
  expect([...seen].toSorted()).toEqual(['ALLOW', 'DENY', 'MASK', 'VERIFY_ONLY'])
})

test('one more grant that is not revoked never takes anything away', () => {
  const width = ['NOTHING', 'VERIFY', 'MASKED', 'VALUE']
  fc.assert(
    fc.property(
      fc.record(world),
      anyGrant,
      fc.constantFrom(ZHONGSHAN, HUIZHOU),
      ({ entry, matter, grants }, more, regime) => {
        const decide = (held: readonly Grant[]): number =>
          width.indexOf(WORDS[decideField(entry, { regime, matter, grants: held, ...HERE }).kind])
        expect(decide([...grants, { ...more, revokedAt: null }])).toBeGreaterThanOrEqual(decide(grants))
      },
    ),
    { numRuns: 3_000 },
  )
})

test('every refusal has a code and a clause of its own text (INV-12)', () => {
  fc.assert(
    fc.property(fc.record(world), ({ entry, matter, grants }) => {
      for (const [regime, prefix] of [
        [ZHONGSHAN, 'ZS-'],
        [HUIZHOU, 'HZ-'],
      ] as const) {
        const decision = decideField(entry, { regime, matter, grants, ...HERE })
        expect(decision.clause.startsWith(prefix)).toBe(true)
        // What leaves without a grant leaves by law alone (ZS-4.07).
        const leaves = decision.kind === 'ALLOW' || decision.kind === 'MASK'
        const byLaw = entry.class === 'UNCONDITIONAL' && regime === ZHONGSHAN
        expect(!leaves || (decision.grant === null) === byLaw).toBe(true)
      }
    }),
  )
})
