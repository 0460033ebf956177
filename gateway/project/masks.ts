import type { MaskRule, MaskSet } from '../vocabulary/decision.ts'
import { HUTOOL } from './mask-hutool.ts'
import { ALL } from './mask-set.ts'
import type { MaskTable } from './mask-set.ts'
import { STRICT } from './mask-strict.ts'

const SETS: Readonly<Record<MaskSet, MaskTable>> = { strict: STRICT, hutool: HUTOOL }

/**
 * Whether a mask tells that there is a value (docs/masking.md), by rule and the same in every set.
 * - `SHOWS`: a null of the source stays null, so that presence shows.
 * - `HIDES`: made for level L4; a null gives the same mask as a value that is hidden whole.
 * - `NULL`: null whatever the source has.
 */
export const PRESENCE: Readonly<Record<MaskRule, 'SHOWS' | 'HIDES' | 'NULL'>> = Object.freeze({
  'M-NONE': 'SHOWS',
  'M-NULL': 'NULL',
  'M-NAME': 'SHOWS',
  'M-IDNO': 'HIDES',
  'M-IDNO-2': 'HIDES',
  'M-PHONE': 'SHOWS',
  'M-ADDR': 'SHOWS',
  'M-DATE': 'SHOWS',
  'M-NO': 'SHOWS',
  'M-CODE': 'SHOWS',
  'M-ALL': 'HIDES',
  'M-EMAIL': 'SHOWS',
  'M-LANDLINE': 'SHOWS',
  'M-CARD': 'HIDES',
  'M-PLATE': 'SHOWS',
  'M-PASSPORT': 'HIDES',
  'M-IP': 'SHOWS',
  'M-USCC': 'SHOWS',
  'M-AMOUNT': 'SHOWS',
})

/** The longest text that is looked at, in UTF-16 units; no value that has a mask is longer. */
const LONGEST = 256

/**
 * Masks a text by a rule of a set. Takes any text and fails closed: what the rule cannot parse is masked whole.
 * Never throws.
 */
export function maskText(rule: MaskRule, value: string, set: MaskSet = 'strict'): string | null {
  if (rule === 'M-NONE') return value
  const { show, blank } = SETS[set][rule]
  return value.length > LONGEST ? blank : (show(value) ?? blank)
}

/** Masks whatever a source returned; what is no text is hidden whole. */
export function maskValue(rule: MaskRule, value: unknown, set: MaskSet = 'strict'): string | null {
  if (PRESENCE[rule] === 'NULL') return null
  if (value === null || value === undefined) return blankFor(rule, set)
  return typeof value === 'string' ? maskText(rule, value, set) : ALL
}

function blankFor(rule: MaskRule, set: MaskSet): string | null {
  return PRESENCE[rule] === 'HIDES' && rule !== 'M-NONE' ? SETS[set][rule].blank : null
}
