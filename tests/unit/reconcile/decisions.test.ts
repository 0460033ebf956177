import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { entail } from '../../../gateway/grants/entail.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import type { AttributeEntry } from '../../../gateway/catalog/attributes.ts'
import { composeCity, readRegistrations } from '../../../gateway/start/composition.ts'

const city = composeCity()
if (city.kind === 'faulty') throw new Error('the city does not compose')
const fields = new Map<Coordinate, FieldEntry>(city.catalog.fields.map((field) => [field.coordinate, field]))
const attributes = city.catalog.attributes ?? []
const GUESSABLE = new Set(readRegistrations().flatMap((one) => (one.guessable ? [one.attribute] : [])))

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

const [, MASK, VERIFY_ONLY, DENY] = KINDS
/** Mostly open: where half of it is refused, little depends on the other half. */
const decision = fc.oneof(
  { weight: 6, arbitrary: fc.constant(ALLOW) },
  { weight: 3, arbitrary: fc.constant(VERIFY_ONLY ?? ALLOW) },
  { weight: 1, arbitrary: fc.constantFrom(MASK ?? ALLOW, DENY ?? ALLOW) },
)
const attribute = fc.constantFrom(...attributes.filter(({ attribute: name }) => name.startsWith('person.')))

/** An attribute, and a decision for each of its sources and for the way there. */
interface Drawn {
  readonly one: AttributeEntry
  readonly given: Readonly<Record<string, Decision>>
}
const situation: fc.Arbitrary<Drawn> = attribute.chain((one) => {
  const places = one.sources.flatMap(({ coordinate, crossed }) => [coordinate, ...crossed])
  return fc
    .tuple(...places.map(() => decision))
    .map((drawn) => ({ one, given: Object.fromEntries(places.map((at, index) => [at, drawn[index] ?? ALLOW])) }))
})

/** A situation in which it does not hold, or null. */
function counterexample(holds: (drawn: Drawn) => boolean, numRuns = 400): unknown {
  return fc.check(fc.property(situation, holds), { numRuns, seed: 20_261_122 }).counterexample
}

describe('over all decisions about the sources', () => {
  it('their values stand side by side only where each may be read (S16)', () => {
    const found = counterexample(({ one, given }) => {
      const open = one.sources.every(({ coordinate }) => given[coordinate]?.kind === 'ALLOW')
      return decided(`${one.consolidated}Sources`, given)?.kind === (open ? 'ALLOW' : 'DENY')
    })
    expect(found).toBeNull()
  })

  it('the flag tells of no source that may be neither read nor verified, nor of a record that must not be known of', () => {
    const found = counterexample(({ one, given }) => {
      if (decided(`${one.consolidated}Conflict`, given)?.kind !== 'ALLOW') return true
      return one.sources.every(({ coordinate, crossed, authority }) => {
        const kind = given[coordinate]?.kind
        if (kind === 'ALLOW') return true
        const verifiable = kind === 'VERIFY_ONLY' && !authority && fields.get(coordinate)?.verify?.lowEntropy === false
        return verifiable && !GUESSABLE.has(one.attribute) && crossed.every((record) => given[record]?.kind === 'ALLOW')
      })
    }, 1_500)
    expect(found).toBeNull()
  })

  it('the value shows no more than its authorities do', () => {
    const width = (kind?: string): number => ['DENY', 'VERIFY_ONLY', 'MASK', 'ALLOW'].indexOf(kind ?? 'DENY')
    const found = counterexample(({ one, given }) => {
      if (!fields.get(one.consolidated)?.reconciled) return true
      const authorities = one.sources.filter(({ authority }) => authority)
      const least = Math.min(...authorities.map(({ coordinate }) => width(given[coordinate]?.kind)))
      return width(decided(one.consolidated, given)?.kind) === least
    })
    expect(found).toBeNull()
  })

  it('the flag is told where all of this is open', () => {
    for (const one of attributes) expect(decided(`${one.consolidated}Conflict`, {})?.kind).toBe('ALLOW')
    const verified = { 'StudentRecord.birthDate': VERIFY_ONLY ?? ALLOW }
    expect(decided('Person.birthDateConflict', verified)?.kind).toBe('ALLOW')
  })
})

it('names the source that stands in the way, so that it can be applied for', () => {
  const refused = decided('Person.birthDateSources', { 'StudentRecord.birthDate': DENY ?? ALLOW })
  expect(refused).toMatchObject({ kind: 'DENY', code: 'NO_GRANT', because: 'StudentRecord.birthDate' })
})
