import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareCatalogs } from '../../../gateway/catalog/compare.ts'
import { shapesOf } from '../../../gateway/catalog/shapes.ts'
import { composed, header } from './marked.ts'
import { CONDITIONAL, ENTRY, annotation } from './registered.ts'

const NULLED: Readonly<Record<string, string | null>> = {}

/** A city of one field, whose annotations are given. */
function city(
  share: Readonly<Record<string, string | null>> = NULLED,
  rest = '',
  entry = NULLED,
  argument = '',
): ReturnType<typeof composed> {
  return composed(`${header()}
type Query { r${argument}: R @share(class: "UNCONDITIONAL", level: "L1", title: "查询") }
type R ${annotation('resource', ENTRY, entry)} {
  key: String @share(class: "UNCONDITIONAL", level: "L4", title: "号码")
  x: String ${annotation('share', CONDITIONAL, share)} ${rest}
}`)
}

function changes(before: ReturnType<typeof composed>, after: ReturnType<typeof composed>): string[] {
  const shapes = { before: shapesOf(before.supergraphSdl), after: shapesOf(after.supergraphSdl) }
  return compareCatalogs(before.catalog, after.catalog, shapes).map(
    ({ at, aspect, effect }) => `${effect} ${at} ${aspect}`,
  )
}

/** What stricter or narrower means, fact by fact: from the first to the second. */
const NARROWING: Readonly<Record<string, readonly [Record<string, string | null>, Record<string, string | null>]>> = {
  class: [{}, { class: '"NOT_SHARED"', grounds: '["LAW 某法"]' }],
  level: [{}, { level: '"L4"' }],
  subMode: [{}, { subMode: '"COMPARE"' }],
  scope: [{ scope: '["a", "b"]' }, { scope: '["a"]' }],
  embeds: [{}, { embeds: '["R.key"]' }],
  quasiIdentifier: [{}, { quasiIdentifier: '"SEX"' }],
  emergencyExcluded: [{ grounds: '["LAW 某法"]' }, { grounds: '["LAW 某法"]', emergencyExcluded: 'true' }],
}

/** The same for the other annotations of a field. */
const NARROWING_REST: Readonly<Record<string, readonly [string, string]>> = {
  mask: ['@masking(rule: "M-NO")', '@masking(rule: "M-ALL")'],
  maskApproval: ['@masking(rule: "M-NO", approval: "T-1")', '@masking(rule: "M-NO")'],
  maskProhibited: ['@masking(rule: "M-NO")', '@masking(rule: "M-NO", prohibited: true)'],
  verify: ['@verify(as: "TEXT")', ''],
  follows: ['', '@reference(follows: "R.key")'],
  declassified: ['@declassifies(clause: "ZS-4.04", reason: "粗略")', ''],
}

describe('a fact that becomes stricter narrows, and back again widens', () => {
  test.each(Object.entries(NARROWING))('%s', (aspect, [lax, strict]) => {
    expect(changes(city(lax), city(strict))).toContain(`NARROWER R.x ${aspect}`)
    expect(changes(city(strict), city(lax))).toContain(`WIDER R.x ${aspect}`)
  })

  test.each(Object.entries(NARROWING_REST))('%s', (aspect, [lax, strict]) => {
    expect(changes(city({}, lax), city({}, strict))).toEqual([`NARROWER R.x ${aspect}`])
    expect(changes(city({}, strict), city({}, lax))).toEqual([`WIDER R.x ${aspect}`])
  })

  test('parameter control of a resource', () => {
    const controlled = city({}, '', { parameterControl: 'true' })
    expect(changes(city(), controlled)).toEqual(['NARROWER R parameterControl'])
    expect(changes(controlled, city())).toEqual(['WIDER R parameterControl'])
  })
})

describe('what cannot be ruled out to be wider is wider', () => {
  test.each([
    ['another part is shown', '@masking(rule: "M-NO")', '@masking(rule: "M-NAME")', 'mask'],
    ['another identifier is followed', '@reference(follows: "R.key")', '@reference(follows: "R.x")', 'follows'],
  ])('%s', (_name, before, after, aspect) => {
    expect(changes(city({}, before), city({}, after))).toEqual([`WIDER R.x ${aspect}`])
  })

  test('some departments go and others come', () => {
    expect(changes(city({ scope: '["a", "b"]' }), city({ scope: '["b", "c"]' }))).toEqual(['WIDER R.x scope'])
  })
})

test('words make no difference to what may be learned', () => {
  const other = city({ title: '"别名"', reasons: '"另一理由"', conditions: '"另一条件"', basis: '["HZ-36.1"]' }, '', {
    contact: '"新科"',
  })
  expect(changes(city(), other)).toEqual([
    'NEUTRAL R.x title',
    'NEUTRAL R.x basis',
    'NEUTRAL R.x reasons',
    'NEUTRAL R.x conditions',
    'NEUTRAL R contact',
  ])
})

describe('arguments', () => {
  const page = city({}, '', {}, '(after: String)')
  const filtering = city({}, '', {}, '(a: String @filters(field: "R.x"))')
  const other = city({}, '', {}, '(a: String @filters(field: "R.key"))')

  test('that begin to filter, filter by another field, or come and go', () => {
    expect(changes(city(), filtering)).toEqual(['WIDER Query.r(a:) filters'])
    expect(changes(filtering, other)).toEqual(['WIDER Query.r(a:) filters'])
    expect(changes(filtering, city())).toEqual(['NARROWER Query.r(a:) filters'])
    expect(changes(city(), page)).toEqual(['NEUTRAL Query.r(after:) added'])
    expect(changes(page, city({}, '', {}, '(after: ID)'))).toEqual(['NEUTRAL Query.r(after:) type'])
  })

  test('one that stays and no longer says what it filters by is wider; so is one of which nothing is known', () => {
    // Composition refuses it today; a catalogue of before may hold one.
    const silent = { ...filtering, catalog: { ...filtering.catalog, filters: {} } }
    expect(changes(filtering, silent)).toEqual(['WIDER Query.r(a:) filters'])
    expect(compareCatalogs(filtering.catalog, city().catalog).map(({ effect }) => effect)).toEqual(['WIDER'])
  })
})

test('fields and resources come and go; what is not shared weighs nothing', () => {
  const two = composed(`${header()}
type Query { r: R @share(class: "UNCONDITIONAL", level: "L1", title: "查询") }
type R ${annotation('resource', ENTRY)} {
  key: String @share(class: "UNCONDITIONAL", level: "L4", title: "号码")
  kept: String @share(class: "NOT_SHARED", level: "L4", title: "内情", grounds: ["LAW 某法"])
}`)
  expect(changes(city(), two)).toEqual(['NEUTRAL R.kept added', 'NARROWER R.x removed'])
  expect(changes(two, city())).toEqual(['NEUTRAL R.kept removed', 'WIDER R.x added'])
})

test('no change against itself; every change has its reverse', () => {
  const shares = fc.record({
    level: fc.constantFrom('"L1"', '"L3"', '"L4"'),
    subMode: fc.constantFrom(null, '"MASKED"', '"COMPARE"'),
    scope: fc.constantFrom(null, '["a"]', '["a", "b"]'),
    quasiIdentifier: fc.constantFrom(null, '"SEX"'),
  })
  const reverse = { WIDER: 'NARROWER', NARROWER: 'WIDER', NEUTRAL: 'NEUTRAL' } as const
  fc.assert(
    fc.property(shares, shares, (a, b) => {
      // What is shared masked needs a rule that masks it.
      const mask = '@masking(rule: "M-NO")'
      const [one, two] = [city(a, mask).catalog, city(b, mask).catalog]
      expect(compareCatalogs(one, one)).toEqual([])
      const there = compareCatalogs(one, two)
      const back = compareCatalogs(two, one)
      expect(back.map(({ aspect, effect }) => [aspect, effect])).toEqual(
        there.map(({ aspect, effect }) => [aspect, reverse[effect]]),
      )
    }),
    { numRuns: 20 },
  )
})

test('a catalogue of an older gateway, which lacks a fact, is compared by the others', () => {
  const now = city().catalog
  const old = {
    ...now,
    fields: now.fields.map(({ grounds: _grounds, ...rest }) => ({ ...rest, level: 'L1' as const })),
  }
  const found = compareCatalogs(old as unknown as typeof now, now).map(({ aspect }) => aspect)
  expect(found).toContain('level')
  expect(found).not.toContain('grounds')
})
