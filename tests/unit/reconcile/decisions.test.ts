import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { entail } from '../../../gateway/grants/entail.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import { composeCity } from '../../../gateway/start/composition.ts'

const city = composeCity()
if (city.kind === 'faulty') throw new Error('the city does not compose')
const fields = new Map<Coordinate, FieldEntry>(city.catalog.fields.map((field) => [field.coordinate, field]))
const attributes = city.catalog.attributes ?? []

const ALLOW: Decision = { kind: 'ALLOW', clause: 'ZS-4.07', grant: null }
const KINDS: readonly Decision[] = [
  ALLOW,
  { kind: 'MASK', rule: 'M-DATE', clause: 'ZJ-22.3', grant: null },
  { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', clause: 'ZS-4.09', grant: null },
  { kind: 'DENY', code: 'NO_GRANT', clause: 'ZS-4.08', grant: null },
]

/** What becomes of a field of the gateway's where these decisions stand and all others are ALLOW. */
function decided(at: Coordinate, given: Readonly<Record<string, Decision>>): Decision | undefined {
  const first = new Map([...fields.keys()].map((one) => [one, given[one] ?? ALLOW] as const))
  return entail(first, { fields, implementations: new Map() }).get(at)
}

const decision = fc.constantFrom(...KINDS)
const attribute = fc.constantFrom(...attributes.filter(({ attribute: name }) => name.startsWith('person.')))

/** An attribute, and a decision for each of its sources and for the way there. */
const situation = attribute.chain((one) =>
  fc
    .tuple(...one.sources.flatMap(({ coordinate, crossed }) => [coordinate, ...crossed].map(() => decision)))
    .map((drawn) => {
      const places = one.sources.flatMap(({ coordinate, crossed }) => [coordinate, ...crossed])
      return { one, given: Object.fromEntries(places.map((at, index) => [at, drawn[index] ?? ALLOW])) }
    }),
)

describe('over all decisions about the sources', () => {
  it('their values stand side by side only where each may be read (S16)', () => {
    fc.assert(
      fc.property(situation, ({ one, given }) => {
        const at: Coordinate = `${one.consolidated}Sources`
        const open = one.sources.every(({ coordinate }) => given[coordinate]?.kind === 'ALLOW')
        expect(decided(at, given)?.kind).toBe(open ? 'ALLOW' : 'DENY')
      }),
      { numRuns: 150 },
    )
  })

  it('the flag tells of no source that may be neither read nor verified, nor of a record that must not be known of', () => {
    fc.assert(
      fc.property(situation, ({ one, given }) => {
        if (decided(`${one.consolidated}Conflict`, given)?.kind !== 'ALLOW') return
        for (const { coordinate, crossed, authority } of one.sources) {
          const kind = given[coordinate]?.kind
          expect(['ALLOW', 'VERIFY_ONLY']).toContain(kind)
          if (kind === 'ALLOW') continue
          expect(authority).toBe(false)
          expect(fields.get(coordinate)?.verify).toMatchObject({ lowEntropy: false })
          expect(crossed.map((record) => given[record]?.kind)).toEqual(crossed.map(() => 'ALLOW'))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('the value shows no more than its authorities do', () => {
    const width = (kind?: string): number => ['DENY', 'VERIFY_ONLY', 'MASK', 'ALLOW'].indexOf(kind ?? 'DENY')
    fc.assert(
      fc.property(situation, ({ one, given }) => {
        if (!fields.get(one.consolidated)?.reconciled) return
        const least = Math.min(
          ...one.sources.filter(({ authority }) => authority).map((source) => width(given[source.coordinate]?.kind)),
        )
        expect(width(decided(one.consolidated, given)?.kind)).toBe(least)
      }),
      { numRuns: 150 },
    )
  })
})

it('names the source that stands in the way, so that it can be applied for', () => {
  const refused = decided('Person.birthDateSources', { 'StudentRecord.birthDate': KINDS[3] ?? ALLOW })
  expect(refused).toMatchObject({ kind: 'DENY', code: 'NO_GRANT', because: 'StudentRecord.birthDate' })
})
