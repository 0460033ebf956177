import { z } from 'zod'
import type { Clause } from '../vocabulary/clause.ts'
import { parameters } from './parameters.ts'

/** The regimes, and the prefix of the clauses of each one's text: no value is borrowed from another (INV-11). */
const TEXT_OF = {
  zhongshan: 'ZS',
  huizhou: 'HZ',
  nantong: 'NT',
  fushun: 'FS',
  zhejiang: 'ZJ',
  national: 'R809',
} as const

/** Names of the regimes; each is a file of `schema/regimes`. */
export const REGIMES = ['zhongshan', 'huizhou', 'nantong', 'fushun', 'zhejiang', 'national'] as const
export type RegimeName = (typeof REGIMES)[number]

/** A clause and words of it. */
interface Citation {
  readonly clause: Clause
  readonly quote: string
}

/** A parameter whose value is not looked into. */
export interface AnyParameter extends Citation {
  readonly value: unknown
  readonly also?: readonly Citation[] | undefined
  readonly configured?: true | undefined
  readonly notice?: true | undefined
}

/** A citation and where it stands in the profile. */
export interface PlacedCitation extends Citation {
  readonly path: readonly (string | number)[]
}

/** Every citation of a profile, in its order. */
export function citationsOf(profile: {
  readonly parameters: Readonly<Record<string, AnyParameter | null>>
}): readonly PlacedCitation[] {
  return Object.entries(profile.parameters).flatMap(([key, value]) =>
    value === null
      ? []
      : [value, ...(value.also ?? [])].map(({ clause, quote }, at) => ({
          clause,
          quote,
          path: at === 0 ? ['parameters', key] : ['parameters', key, 'also', at - 1],
        })),
  )
}

/** The regime whose text a clause belongs to. */
export function regimeOf(clause: Clause): RegimeName | null {
  return REGIMES.find((name) => clause.startsWith(`${TEXT_OF[name]}-`)) ?? null
}

/** A regime profile, `schema/regimes/<regime>.yaml`; unknown keys are refused, and none may be missing. */
export const regimeSchema = z
  .strictObject({
    regime: z.enum(REGIMES),
    /** False where the text at hand is cut off, an extract, or lacks an annex: a null may then say less than silence. */
    sourceComplete: z.boolean(),
    parameters,
  })
  .readonly()
  .superRefine((profile, context) => {
    for (const { clause, path } of citationsOf(profile)) {
      if (regimeOf(clause) === profile.regime) continue
      const message = `${clause} is of another text than ${TEXT_OF[profile.regime]}`
      context.addIssue({ code: 'custom', path: [...path, 'clause'], message })
    }
  })

/** One regime profile, frozen. */
export type Regime = z.infer<typeof regimeSchema>
/** Key of a parameter, e.g. `access.conditional.decider`. */
export type ParameterKey = keyof Regime['parameters']

/** The clause where it is of this regime's own text, else null: one city's law is no reason in another. */
export function ownClause(regime: Regime, clause: Clause | null): Clause | null {
  return clause?.startsWith(`${TEXT_OF[regime.regime]}-`) ? clause : null
}
