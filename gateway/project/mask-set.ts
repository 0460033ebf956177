import type { MaskRule } from '../vocabulary/decision.ts'

/** How one rule masks a text. */
export interface Mask {
  /**
   * The masked text, or null for what the rule cannot parse. Never throws; linear in the text, which is never longer
   * than 256 UTF-16 units.
   */
  readonly show: (value: string) => string | null
  /** What stands for a value that cannot be parsed: it tells nothing of it. */
  readonly blank: string | null
}

/** A set of masking rules: one mask for every rule. `M-NONE` is no mask and in no set. */
export type MaskTable = Readonly<Record<Exclude<MaskRule, 'M-NONE'>, Mask>>

/** What stands for a value that shows nothing. */
export const ALL = '************'

/** What stands for an ID number that shows nothing: as long as any other masked one. */
export const ID_BLANK = '*'.repeat(18)

/** As many asterisks; also for tables that are written beside a rule. */
export function stars(count: number): string {
  return '*'.repeat(Math.max(0, count))
}
