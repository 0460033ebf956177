import { z } from 'zod'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'

const clause = z
  .string()
  .refine((text): text is Clause => isClause(text), { error: 'is not a clause ID such as ZS-4.08' })
const cited = { clause, quote: z.string().min(1) }

/**
 * A parameter that every regime in use must have (INV-3, INV-12): its value, the clause that sets it, and words of that
 * very clause; `also` where the value rests on several. `configured`: the text is silent, the gateway needs a value, and
 * the clause is the nearest of that text. `notice`: the value stands in the text around the regulation.
 */
export function required<T extends z.ZodType>(value: T) {
  return z
    .strictObject({
      value,
      ...cited,
      also: z.array(z.strictObject(cited).readonly()).min(1).readonly().optional(),
      configured: z.literal(true).optional(),
      notice: z.literal(true).optional(),
    })
    .readonly()
}

/** As `required`, or null where the regulation is silent: null borrows from nowhere (INV-11). */
export function parameter<T extends z.ZodType>(value: T) {
  return required(value).nullable()
}
