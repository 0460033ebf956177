import { z } from 'zod'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'

/** The regimes, and the prefix of the clauses of each one's text: no value is borrowed from another (INV-11). */
const TEXT_OF = {
  zhongshan: 'ZS',
  huizhou: 'HZ',
  nantong: 'NT',
  fushun: 'FS',
  zhejiang: 'ZJ',
  national: 'R809',
} as const
const REGIMES = ['zhongshan', 'huizhou', 'nantong', 'fushun', 'zhejiang', 'national'] as const

const clause = z
  .string()
  .refine((text): text is Clause => isClause(text), { error: 'is not a clause ID such as ZS-4.08' })

/** A parameter: its value, the clause that sets it, and words of that clause; null where the regulation is silent. */
function parameter<T extends z.ZodType>(value: T) {
  return z.strictObject({ value, clause, quote: z.string().min(1) }).nullable()
}

/** As `parameter`, for what every regime in use must say (INV-3, INV-12). */
function required<T extends z.ZodType>(value: T) {
  return z.strictObject({ value, clause, quote: z.string().min(1) })
}

/**
 * The parameters that decisions read (requirements, section 3; keys as there). Null never borrows from another
 * regime, and unknown keys are refused.
 */
export const regimeSchema = z
  .strictObject({
    regime: z.enum(REGIMES),
    /** Null where the text carries no title (Zhongshan). */
    titleZh: z.string().nullable(),
    status: z.enum(['IN_FORCE', 'DRAFT']),
    parameters: z.strictObject({
      'access.purposeRequired': required(z.literal(true)),
      'access.minimalFields': required(z.literal(true)),
      'access.secondaryUse': required(z.literal('FORBIDDEN')),
      'access.unconditional.applicationNeeded': required(z.boolean()),
      'access.conditional.decider': required(z.enum(['PROVIDER', 'PROVIDER_OR_PLATFORM', 'AGENCY_AND_PROVIDER'])),
      'access.agreement': parameter(z.literal(true)),
      'classes.declared': required(z.literal(true)),
      'classes.notShared.meaning': required(z.literal(true)),
      'verification.notShared': parameter(z.literal(true)),
      'verification.conditionalUnmet': parameter(z.literal(true)),
      'identity.registeredParty': required(z.literal(true)),
      'identity.endUserRequired': required(z.literal(true)),
      'identity.noTransfer': required(z.literal(true)),
      'audit.auditorReadsNoBusinessData': parameter(z.literal(true)),
      'audit.mandatory': required(z.literal(true)),
    }),
  })
  .superRefine(({ regime, parameters }, context) => {
    for (const [key, value] of Object.entries(parameters)) {
      if (!value || value.clause.startsWith(`${TEXT_OF[regime]}-`)) continue
      const message = `${value.clause} is of another text than ${TEXT_OF[regime]}`
      context.addIssue({ code: 'custom', path: ['parameters', key, 'clause'], message })
    }
  })

/** One regime profile, frozen. */
export type Regime = Readonly<z.infer<typeof regimeSchema>>

/** The clause where it is of this regime's own text, else null: one city's law is no reason in another. */
export function ownClause(regime: Regime, clause: Clause | null): Clause | null {
  return clause?.startsWith(`${TEXT_OF[regime.regime]}-`) ? clause : null
}
