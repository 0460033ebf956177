import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'

const SURNAMES = ['欧阳', '司马', '上官', '诸葛']
const stars = (count: number): string => '*'.repeat(count)

/** The masking table of the set `strict` (data-items 2) for the rules that are used here, by hand. */
export function masked(rule: MaskRule, value: unknown): string | null {
  if (rule === 'M-NULL') return null
  if (rule === 'M-ALL') return stars(12)
  if (rule === 'M-IDNO' || rule === 'M-IDNO-2') return idNumber(value, rule === 'M-IDNO' ? 3 : 2)
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return stars(12)
  if (rule === 'M-NAME') return name(value)
  if (rule === 'M-DATE') return /^\d{4}-\d\d-\d\d$/.test(value) ? `${value.slice(0, 4)}-**-**` : null
  if (rule === 'M-NO') return value.length < 10 ? stars(12) : stars(9) + value.slice(-3)
  throw new Error(`${rule} is not used here`)
}

/** Rules made for level L4: whether there is a value, and how many, is not told. */
export function hidesPresence(rule: MaskRule): boolean {
  return rule === 'M-ALL' || rule === 'M-IDNO' || rule === 'M-IDNO-2'
}

function idNumber(value: unknown, head: number): string {
  const known = typeof value === 'string' && /^(\d{15}|\d{17}[\dX])$/.test(value)
  return known ? value.slice(0, head) + stars(18 - head) : stars(18)
}

function name(value: string): string {
  if (!/^\p{Script=Han}{2,}$/u.test(value)) return '**'
  const compound = SURNAMES.find((one) => value.startsWith(one) && value.length > one.length)
  return `${compound ?? value.slice(0, 1)}**`
}
