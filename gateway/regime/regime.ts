import { z } from 'zod'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'

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
export const regimeSchema = z.strictObject({
  regime: z.string().regex(/^[a-z]+$/),
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

/** One regime profile, frozen. */
export type Regime = Readonly<z.infer<typeof regimeSchema>>
