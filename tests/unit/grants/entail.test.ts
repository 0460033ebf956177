import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { entail } from '../../../gateway/grants/entail.ts'
import type { Entailment } from '../../../gateway/grants/entail.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { decidedBy } from '../../../gateway/vocabulary/decision.ts'
import type { Decision, MaskRule } from '../../../gateway/vocabulary/decision.ts'
import { field } from './world.ts'

const ALLOW: Decision = { kind: 'ALLOW', clause: 'ZS-4.07', grant: null }
const VERIFY: Decision = { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', clause: 'ZS-4.09', grant: null }
const DENY: Decision = { kind: 'DENY', code: 'NOT_NEEDED', clause: 'ZS-4.01(3)', grant: 'G' }
const mask = (rule: MaskRule): Decision => ({ kind: 'MASK', rule, clause: 'ZS-4.08', grant: 'G' })

function world(entries: readonly FieldEntry[], implementations: Entailment['implementations'] = new Map()): Entailment {
  return { fields: new Map(entries.map((one) => [one.coordinate, one])), implementations }
}

function say(decision: Decision | undefined): string {
  if (decision?.kind === 'MASK') return `MASK ${decision.rule}`
  return decision?.kind === 'DENY' ? `DENY ${decision.code}` : (decision?.kind ?? 'none')
}

/** What becomes of `R.x` beside `R.id`. */
function beside(facts: Partial<FieldEntry>, x: Decision, id: Decision | undefined): string {
  const given = new Map<Coordinate, Decision>([['R.x', x], ...(id ? [['R.id', id] as const] : [])])
  return say(entail(given, world([field('R.x', facts), field('R.id')])).get('R.x'))
}

describe('a value that contains an identifier', () => {
  test.each<readonly [Decision, Decision | undefined, string]>([
    [ALLOW, ALLOW, 'ALLOW'],
    [ALLOW, mask('M-IDNO'), 'MASK M-ALL'],
    [ALLOW, mask('M-NULL'), 'MASK M-NULL'],
    [ALLOW, VERIFY, 'VERIFY_ONLY'],
    [ALLOW, DENY, 'DENY NOT_NEEDED'],
    [mask('M-NO'), ALLOW, 'MASK M-NO'],
    [mask('M-NO'), mask('M-NO'), 'MASK M-NO'],
    [mask('M-NO'), mask('M-IDNO'), 'MASK M-ALL'],
    [mask('M-NONE'), mask('M-IDNO'), 'MASK M-ALL'],
    [mask('M-NULL'), mask('M-IDNO'), 'MASK M-NULL'],
    [mask('M-NO'), mask('M-NULL'), 'MASK M-NULL'],
    [mask('M-NO'), VERIFY, 'VERIFY_ONLY'],
    [VERIFY, mask('M-NO'), 'VERIFY_ONLY'],
    [VERIFY, DENY, 'DENY NOT_NEEDED'],
    [DENY, ALLOW, 'DENY NOT_NEEDED'],
    [ALLOW, undefined, 'DENY CLASS_MISSING'],
    [mask('M-NO'), undefined, 'DENY CLASS_MISSING'],
  ])('%# takes the strictest of both', (x, id, expected) => {
    expect(beside({ embeds: ['R.id'] }, x, id)).toBe(expected)
  })
})

describe.each([
  ['a reference that follows an identifier', { follows: 'R.id' }],
  ['a value computed from another', { requires: ['R.id'] }],
] as const)('%s', (_name, facts) => {
  test.each<readonly [Decision, Decision | undefined, string]>([
    [ALLOW, ALLOW, 'ALLOW'],
    [mask('M-NO'), ALLOW, 'MASK M-NO'],
    [ALLOW, mask('M-IDNO'), 'DENY NO_GRANT'],
    [ALLOW, VERIFY, 'DENY VERIFY_ONLY'],
    [ALLOW, DENY, 'DENY NOT_NEEDED'],
    [VERIFY, DENY, 'DENY NOT_NEEDED'],
    [DENY, mask('M-NO'), 'DENY NOT_NEEDED'],
    [ALLOW, undefined, 'DENY CLASS_MISSING'],
  ])('%# is open only with the other in clear', (x, id, expected) => {
    expect(beside(facts, x, id)).toBe(expected)
  })
})

test('a declassification opens a computed value, and neither a reference nor what is contained', () => {
  const declassified = { declassified: 'ZS-4.04' } as const
  expect(beside({ ...declassified, requires: ['R.id'] }, ALLOW, DENY)).toBe('ALLOW')
  expect(beside({ ...declassified, follows: 'R.id' }, ALLOW, DENY)).toBe('DENY NOT_NEEDED')
  expect(beside({ ...declassified, embeds: ['R.id'] }, ALLOW, DENY)).toBe('DENY NOT_NEEDED')
})

test('strictness travels along a chain, in whatever order the fields stand', () => {
  const chain = [
    field('R.a', { embeds: ['R.b'] }),
    field('R.b', { requires: ['R.c'] }),
    field('R.c', { follows: 'R.d' }),
    field('R.d'),
  ]
  for (const order of [chain, chain.toReversed()]) {
    const given = new Map(order.map(({ coordinate }) => [coordinate, coordinate === 'R.d' ? DENY : ALLOW]))
    const result = entail(given, world(order))
    expect([...result.values()].map(say)).toEqual(['R.a', 'R.b', 'R.c', 'R.d'].map(() => 'DENY NOT_NEEDED'))
  }
})

test('a field added to an interface is as strict for each type as for the strictest', () => {
  const implementations = new Map([['R', ['A', 'B']]])
  const entries = [
    field('R.f', { onInterface: true }),
    field('A.f', { onInterface: true }),
    field('B.f', { onInterface: true }),
    field('A.own'),
    field('B.own'),
  ]
  const decide = (b: Decision): string[] => {
    const given = new Map<Coordinate, Decision>(entries.map(({ coordinate }) => [coordinate, ALLOW]))
    return [...entail(given.set('B.f', b).set('B.own', DENY), world(entries, implementations)).values()].map(say)
  }
  expect(decide(DENY)).toEqual(['DENY NOT_NEEDED', 'DENY NOT_NEEDED', 'DENY NOT_NEEDED', 'ALLOW', 'DENY NOT_NEEDED'])
  expect(decide(mask('M-NO'))).toEqual(['MASK M-ALL', 'MASK M-ALL', 'MASK M-ALL', 'ALLOW', 'DENY NOT_NEEDED'])
  expect(decide(ALLOW)).toEqual(['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW', 'DENY NOT_NEEDED'])
})

describe('whatever the fields owe to each other, cycles included', () => {
  const NAMES = ['R.a', 'R.b', 'R.c', 'A.f', 'B.f', 'I.f'] as const
  const some = fc.subarray([...NAMES, 'R.gone' as const], { maxLength: 2 })
  const entries = fc
    .tuple(
      ...NAMES.map(() =>
        fc.record({
          embeds: some,
          requires: some,
          follows: some,
          declassified: fc.option(fc.constant('ZS-4.04' as const)),
        }),
      ),
    )
    .map((facts) =>
      facts.map(({ follows, ...rest }, at) => {
        const name = NAMES[at] ?? 'R.a'
        return field(name, { ...rest, follows: follows[0] ?? null, onInterface: name.endsWith('.f') })
      }),
    )
  const decision = fc.constantFrom(
    ALLOW,
    VERIFY,
    DENY,
    mask('M-NONE'),
    mask('M-NO'),
    mask('M-IDNO'),
    mask('M-ALL'),
    mask('M-NULL'),
  )
  const decisions = fc
    .tuple(...NAMES.map(() => decision))
    .map((list) => new Map<Coordinate, Decision>(list.map((one, at) => [NAMES[at] ?? 'R.a', one])))
  const implementations = new Map([['I', ['A', 'B']]])

  /** Larger is stricter; rules that show different parts stand side by side, below those that show nothing. */
  function strictness(one: Decision | undefined): number {
    if (one?.kind === 'MASK') return { 'M-ALL': 2, 'M-NULL': 3 }[one.rule as 'M-ALL' | 'M-NULL'] ?? 1
    return { ALLOW: 0, VERIFY_ONLY: 4, DENY: 5 }[one?.kind as 'ALLOW' | 'VERIFY_ONLY' | 'DENY'] ?? -1
  }

  function ruleOf(one: Decision | undefined): MaskRule | undefined {
    return one?.kind === 'MASK' ? one.rule : undefined
  }

  test('no decision is ever widened, no mask exchanged for another that shows something', () => {
    fc.assert(
      fc.property(entries, decisions, (fields, given) => {
        const result = entail(given, world(fields, implementations))
        expect([...result.keys()]).toEqual([...given.keys()])
        for (const [at, before] of given) {
          const after = result.get(at)
          expect(strictness(after)).toBeGreaterThanOrEqual(strictness(before))
          expect(before.kind !== 'MASK' || [before.rule, 'M-ALL', 'M-NULL', undefined].includes(ruleOf(after))).toBe(
            true,
          )
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('once more changes nothing', () => {
    fc.assert(
      fc.property(entries, decisions, (fields, given) => {
        const once = entail(given, world(fields, implementations))
        expect([...entail(once, world(fields, implementations))]).toEqual([...once])
      }),
      { numRuns: 2_000 },
    )
  })

  test('what the result promises holds in it: a clear value rests on clear ones alone', () => {
    fc.assert(
      fc.property(entries, decisions, (fields, given) => {
        const result = entail(given, world(fields, implementations))
        for (const entry of fields) {
          const own = result.get(entry.coordinate)
          if (own?.kind !== 'ALLOW') continue
          const rests = [
            ...entry.embeds,
            ...(entry.declassified ? [] : entry.requires),
            ...(entry.follows ? [entry.follows] : []),
          ]
          for (const other of rests) expect(result.get(other)?.kind).toBe('ALLOW')
        }
        // Nobody is asked for a field under its interface's name alone: it binds no type, but is bound by all.
        const open = (at: Coordinate): boolean => result.get(at)?.kind === 'ALLOW'
        expect(open('A.f')).toBe(open('B.f'))
        expect(open('I.f') && !open('A.f')).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a decision that was taken over names whose it is', () => {
  const decide = (facts: Partial<FieldEntry>, x: Decision, id: Decision) =>
    entail(
      new Map([
        ['R.x', x],
        ['R.id', id],
      ] as const),
      world([field('R.x', facts), field('R.id')]),
    ).get('R.x')

  test.each<readonly [string, Partial<FieldEntry>, Decision, Decision, Coordinate | null]>([
    ['contained, refused', { embeds: ['R.id'] }, ALLOW, DENY, 'R.id'],
    ['contained, masked', { embeds: ['R.id'] }, ALLOW, mask('M-IDNO'), 'R.id'],
    ['contained, compared', { embeds: ['R.id'] }, mask('M-NO'), VERIFY, 'R.id'],
    ['followed, masked', { follows: 'R.id' }, ALLOW, mask('M-IDNO'), 'R.id'],
    ['required, compared', { requires: ['R.id'] }, ALLOW, VERIFY, 'R.id'],
    ['both masked', { embeds: ['R.id'] }, mask('M-NO'), mask('M-IDNO'), null],
    ['both refused', { embeds: ['R.id'] }, DENY, DENY, null],
    ['clear', { embeds: ['R.id'] }, mask('M-NO'), ALLOW, null],
  ])('%s', (_name, facts, x, id, expected) => {
    const decision = decide(facts, x, id)
    expect(decision && decidedBy(decision)).toBe(expected)
  })

  test('and the last in a row, which has to be opened', () => {
    const fields = [field('R.a', { embeds: ['R.b'] }), field('R.b', { follows: 'R.c' }), field('R.c')]
    const given = new Map<Coordinate, Decision>([
      ['R.a', ALLOW],
      ['R.b', ALLOW],
      ['R.c', DENY],
    ])
    const result = entail(given, world(fields))
    expect(result.get('R.a')).toEqual({ ...DENY, because: 'R.c' })
    expect(result.get('R.b')).toEqual({ ...DENY, because: 'R.c' })
    expect(result.get('R.c')).toEqual(DENY)
  })

  test('never itself, where two stand in a circle', () => {
    const fields = [field('R.a', { embeds: ['R.b'] }), field('R.b', { follows: 'R.a' })]
    const result = entail(
      new Map([
        ['R.a', mask('M-NO')],
        ['R.b', ALLOW],
      ] as const),
      world(fields),
    )
    expect([...result].map(([at, one]) => [at, one.kind, decidedBy(one)])).toEqual([
      ['R.a', 'DENY', null],
      ['R.b', 'DENY', 'R.a'],
    ])
  })
})
