import { describe, expect, test } from 'vitest'
import { decidesAnew } from '../../../gateway/catalog/decides-anew.ts'
import { composed } from './marked.ts'
import { CONDITIONAL, ENTRY, NOT_SHARED, annotation, registered } from './registered.ts'

const before = composed(registered()).catalog
const share = (changed: Readonly<Record<string, string | null>>): string => annotation('share', CONDITIONAL, changed)
const entry = (changed: Readonly<Record<string, string | null>>): string => annotation('resource', ENTRY, changed)
const masked = (rule: string): string => registered({ conditional: `${share({})} @masking(rule: "${rule}")` })

describe('a catalogue decides anew', () => {
  test.each([
    ['by a stricter class', registered({ conditional: annotation('share', NOT_SHARED) })],
    ['by a stricter level', registered({ conditional: share({ level: '"L4"' }) })],
    ['by a narrower scope', registered({ conditional: share({ scope: '["tax"]' }) })],
    ['by a mask', masked('M-NAME')],
    ['by whose consent it asks', registered({ entry: entry({ authorisationMode: '"PLATFORM"' }) })],
    ['by the clauses that it cites', registered({ conditional: share({ basis: '["HZ-4.4"]' }) })],
    ['by leaving something out', registered().replace(/limited: String[^)]*\)/u, '')],
  ])('%s', (_, sdl) => {
    expect(decidesAnew(before, composed(sdl).catalog)).toBe(true)
  })

  test('by another mask, or by comparing no more, whichever of the two is stricter', () => {
    const of = (sdl: string) => composed(sdl).catalog
    expect(decidesAnew(of(masked('M-NAME')), of(masked('M-NO')))).toBe(true)
    expect(decidesAnew(of(masked('M-NO')), of(masked('M-NAME')))).toBe(true)
    const compared = registered({ conditional: `${share({})} @verify(as: "TEXT")` })
    expect(decidesAnew(of(compared), before)).toBe(true)
  })

  test('by what filters and what counts', () => {
    const exact = { ...before, exactFilters: ['Query.record(key:)'] }
    expect([decidesAnew(exact, before), decidesAnew(before, exact)]).toEqual([true, false])
    expect(decidesAnew(before, { ...before, statistics: { record: 'Record' } })).toBe(true)
    expect(decidesAnew({ ...before, filters: { 'Query.record(key:)': 'Record.open' } }, before)).toBe(true)
  })
})

describe('a catalogue decides nothing anew', () => {
  test.each([
    ['where nothing has changed', registered()],
    [
      'by what it adds',
      registered({ more: 'late: String @share(class: "UNCONDITIONAL", level: "L1", title: "后来")' }),
    ],
    ['by other words', registered({ conditional: share({ title: '"情形"' }), entry: entry({ contact: '"办公室"' }) })],
  ])('%s', (_, sdl) => {
    expect(decidesAnew(before, composed(sdl).catalog)).toBe(false)
  })
})
