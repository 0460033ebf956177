import { isDeepStrictEqual } from 'node:util'
import { regimeSchema } from '../../gateway/regime/regime.ts'
import type { AnyParameter, ParameterKey, Regime } from '../../gateway/regime/regime.ts'

/** What was changed of a parameter: its value, whether there is one at all, or the clause that it rests on. */
export type Change = 'value' | 'absence' | 'clause'

/** A profile with one parameter changed; null where the profile's shape allows no such change. */
export interface Mutant {
  readonly key: ParameterKey
  readonly change: Change
  readonly regime: Regime | null
}

/** The parameters that a profile sets, in its order. */
export function setParameters({ parameters }: Regime): readonly (readonly [ParameterKey, AnyParameter])[] {
  return (Object.entries(parameters) as [ParameterKey, AnyParameter | null][]).flatMap(([key, parameter]) =>
    parameter === null ? [] : [[key, parameter] as const],
  )
}

/**
 * Each set parameter with another value (negated, one word less, another word or number), without a value, and resting
 * on the neighbour of its clause.
 *
 * @param all every profile: another one's word is the likeliest wrong one
 * @param clauses the clauses of this regulation, in its order
 */
export function mutantsOf(regime: Regime, all: readonly Regime[], clauses: readonly string[]): readonly Mutant[] {
  return setParameters(regime).flatMap(([key, parameter]) => {
    const others = all.flatMap((one) => one.parameters[key]?.value ?? [])
    const values = otherValues(parameter.value, others)
      // Nothing can be taken from an empty list.
      .filter((value) => !isDeepStrictEqual(value, parameter.value))
      .map((value) => ({ ...parameter, value }))
    const clause = neighbour(parameter.clause, clauses)
    return [
      { key, change: 'value', regime: firstValid(regime, key, values) },
      { key, change: 'absence', regime: firstValid(regime, key, [null]) },
      { key, change: 'clause', regime: clause ? firstValid(regime, key, [{ ...parameter, clause }]) : null },
    ]
  })
}

/** The profile's own shape decides which changes are possible: a text that must say yes cannot say no. */
function firstValid(regime: Regime, key: ParameterKey, candidates: readonly unknown[]): Regime | null {
  for (const candidate of candidates) {
    const result = regimeSchema.safeParse({ ...regime, parameters: { ...regime.parameters, [key]: candidate } })
    if (result.success) return result.data
  }
  return null
}

/** Other values, the likeliest to be possible first. */
function otherValues(value: unknown, others: readonly unknown[]): readonly unknown[] {
  const another = others.filter((one) => !isDeepStrictEqual(one, value))
  if (Array.isArray(value)) return [value.slice(1), ...another]
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1]
  if (typeof value === 'string') return [...another, `${value}二`]
  if (typeof value === 'object' && value !== null) return otherMembers(value)
  return []
}

/** A record of terms: one number is another, or the first member is gone. */
function otherMembers(value: object): readonly unknown[] {
  const members = Object.entries(value)
  return members.flatMap(([name, member]) => {
    const changed = otherValues(member, []).map((one) => ({ ...value, [name]: one }))
    const without = Object.fromEntries(members.filter(([one]) => one !== name))
    return [...changed, without]
  })
}

function neighbour(clause: string, clauses: readonly string[]): string | null {
  const at = clauses.indexOf(clause)
  // A part of a row (HZ-62.1) has the row's neighbours.
  const row = at === -1 ? clauses.findIndex((one) => clause.startsWith(`${one}.`) || clause.startsWith(`${one}(`)) : at
  return clauses[row + 1] ?? clauses[row - 1] ?? null
}
