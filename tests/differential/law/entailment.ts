import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { coordinate, fieldOf } from '../../../gateway/vocabulary/coordinate.ts'
import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'
import type { Item, Ruling, Rulings, Situation } from './facts.ts'
import { deny, width } from './rulings.ts'

/** Walls 7 and 8: what one field's ruling owes to those of others, said again until nothing changes. */
export function entailed(first: Rulings, situation: Situation): Rulings {
  let current = first
  for (;;) {
    const next = new Map([...current].map(([at, ruling]) => [at, owing(at, ruling, current, situation)] as const))
    const text = (one: Rulings): string => JSON.stringify([...one].map(([, { kind, rule }]) => [kind, rule]))
    if (text(next) === text(current)) return next
    current = next
  }
}

function owing(at: Coordinate, ruling: Ruling, current: Rulings, { items, implementations }: Situation): Ruling {
  const item = items.get(at)
  if (!item) return ruling
  const of = (other: Coordinate): Ruling => current.get(other) ?? deny([], [])
  let owed = ruling
  for (const contained of item.embeds) owed = strictest(owed, of(contained))
  if (item.onInterface) for (const twin of siblings(item, implementations)) owed = strictest(owed, of(twin))
  const restsOn = [...(item.follows ? [item.follows] : []), ...(item.declassified === null ? item.requires : [])]
  // Computed values and references are refused, not masked, where what they rest on is not clear.
  const unclear = restsOn.map(of).find(({ kind }) => kind !== 'ALLOW')
  return unclear && owed.kind !== 'DENY' ? { ...deny([], []), grants: [] } : owed
}

/** What a value tells of or is made from, itself first; who serves an interface cannot tell its types apart. */
function origins(at: Coordinate, { items, implementations }: Situation): ReadonlySet<Coordinate> {
  const found = new Set([at])
  for (const one of found) {
    const item = items.get(one)
    if (!item) continue
    const made = item.declassified === null ? item.requires : []
    const followed = item.follows ? [item.follows] : []
    const twins = item.onInterface ? siblings(item, implementations) : []
    for (const other of [...item.embeds, ...followed, ...made, ...twins]) found.add(other)
  }
  return found
}

/** Names the consents that each value rests on (NT-18.1): through another value nobody gets round what one fixes. */
export function resting(rulings: Rulings, first: Rulings, situation: Situation): Rulings {
  const consents = (at: Coordinate): Ruling['consents'] => first.get(at)?.consents ?? []
  return new Map(
    [...rulings].map(([at, ruling]) => {
      const rests = [...origins(at, situation)].map(consents).filter((one) => one.length > 0)
      return [at, { ...ruling, rests }] as const
    }),
  )
}

/** The same field on each type of the interfaces that it was added to. */
function siblings(item: Item, implementations: Situation['implementations']): readonly Coordinate[] {
  const name = fieldOf(item.coordinate)
  return [...implementations.values()].flatMap((types) => types.map((type) => coordinate(type, name)))
}

/** The stricter of two; which of two refusals is told is open. */
function strictest(own: Ruling, other: Ruling): Ruling {
  if (width(other) < width(own)) {
    if (other.kind !== 'MASK') return { ...other, clauses: [], clauseOf: {}, codes: [], grants: [] }
    return { ...other, clauses: [], grants: [], rule: other.rule === 'M-NULL' ? 'M-NULL' : 'M-ALL' }
  }
  if (own.kind !== 'MASK' || other.kind !== 'MASK' || own.rule === other.rule) return own
  return { ...own, rule: joint(own.rule, other.rule) }
}

/** Two rules on one value show what neither means to show together: nothing then is shown. */
function joint(a: MaskRule | null, b: MaskRule | null): MaskRule {
  return a === 'M-NULL' || b === 'M-NULL' ? 'M-NULL' : 'M-ALL'
}
