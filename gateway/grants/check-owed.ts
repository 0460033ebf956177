import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { consentRule } from './consent.ts'
import type { Grant, GrantMode } from './grant.ts'
import type { FieldUse } from './registers.ts'

/** A coordinate that decides in a listed field's place, and that the list lacks. */
export interface Lacking {
  readonly other: Coordinate
  readonly clause: Clause
}

interface Owed {
  readonly other: Coordinate
  /** It has to be clear; what a value contains only has to be as open as the value. */
  readonly clear: boolean
  /** It may as well be verified alone: no more is told of it (ZS-4.09). */
  readonly compared?: boolean
}

/** What a field's decision rests on (entail.ts), the other types of an interface aside: they are listed for themselves. */
function owedBy(entry: FieldEntry): readonly Owed[] {
  const clear = [...(entry.follows ? [entry.follows] : []), ...(entry.declassified ? [] : entry.requires)]
  const compared = entry.reconciled?.compares ?? []
  return [
    ...entry.embeds.map((other) => ({ other, clear: false })),
    ...clear.map((other) => ({ other, clear: true })),
    ...compared.map(({ coordinate: other }) => ({ other, clear: false, compared: true })),
  ]
}

/** What a matter would have to list beside the field, for its listing to come to anything. */
export function lackingInMatter(
  entry: FieldEntry,
  use: FieldUse,
  listed: ReadonlyMap<Coordinate, FieldUse>,
  { parameters }: Regime,
): readonly Lacking[] {
  const { clause } = parameters['access.minimalFields']
  return owedBy(entry)
    .filter(({ other, clear, compared = false }) => {
      const beside = listed.get(other)
      return beside === undefined || (beside === 'VERIFY' && !compared && (clear || use === 'READ'))
    })
    .map(({ other }) => ({ other, clause }))
}

/** What the holder of a grant for the field would have to be granted too, by this grant or another of its own. */
export function lackingInGrants(
  entry: FieldEntry,
  mode: GrantMode,
  ofHolder: readonly Grant[],
  facts: {
    readonly holder: string
    readonly fields: ReadonlyMap<Coordinate, FieldEntry>
    readonly resources: ReadonlyMap<string, ResourceEntry>
    readonly regime: Regime
  },
): readonly Lacking[] {
  return owedBy(entry).flatMap(({ other, clear }): Lacking[] => {
    const beside = facts.fields.get(other)
    const own = beside?.providers.every((one) => one === facts.holder) === true && beside.providers.length > 0
    if (!beside || own) return []
    const rule = consentRule(beside, facts.resources.get(beside.resource) ?? null, facts.regime)
    if (rule === null) return []
    const modes = ofHolder.flatMap((grant) => grant.fields.get(other) ?? [])
    const enough = modes.some((one) => one === 'CLEAR' || (!clear && (one === mode || mode === 'VERIFY_ONLY')))
    return enough ? [] : [{ other, clause: rule.clause }]
  })
}
