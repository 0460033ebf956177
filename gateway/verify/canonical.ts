import type { VerifyKind } from '../catalog/catalog.ts'
import { canonicalNumber } from '../vocabulary/id-number.ts'
import { canonicalDate } from './dates.ts'
import { foldSpelling, foldText, foldTight } from './fold.ts'
import type { Labels } from './labels.ts'

/** The longest claim that is looked at, in UTF-16 units; no value that is verified is longer. */
const LONGEST_CLAIM = 256

/** Dots between the parts of a name: of minority peoples (买买提·艾山) and of foreigners. */
const DOTS = /[.·・•‧∙⋅᛫‣․]+/gu
const APOSTROPHES = /[‘’‛ʼʹ`]/gu

/**
 * A claim in the one form of its kind, or null where it has none: empty, too long, no such date. Null equals nothing.
 *
 * @param labels spellings of codes, for `CODE` (gateway/verify/labels.ts)
 */
export function canonicalClaim(kind: VerifyKind, text: string, labels: Labels): string | null {
  if (text.length > LONGEST_CLAIM || !text.isWellFormed() || isMasked(text)) return null
  return canonical(kind, text, labels) || null
}

/** A value of a source in the one form of its kind, or null; anything but a text has none. Never throws. */
export function canonicalValue(kind: VerifyKind, value: unknown, labels: Labels): string | null {
  return typeof value === 'string' ? canonicalClaim(kind, value, labels) : null
}

function canonical(kind: VerifyKind, text: string, labels: Labels): string | null {
  switch (kind) {
    case 'TEXT':
      return foldText(text)
    case 'NAME':
      return canonicalName(text)
    case 'ID_NUMBER':
      return canonicalIdNumber(text)
    case 'DATE':
      return canonicalDate(text)
    case 'CODE':
      return canonicalCode(text, labels)
  }
}

/** Without spaces, with one kind of dot between the parts and none around them. */
function canonicalName(text: string): string {
  return foldTight(text).replaceAll(APOSTROPHES, "'").replaceAll(DOTS, '·').replaceAll(/^·|·$/gu, '')
}

/** Letters and digits alone: `A123456(7)` of Hong Kong, `1/234567/8` of Macao; 18 characters for a resident's. */
function canonicalIdNumber(text: string): string | null {
  const plain = foldTight(text).replaceAll(/[-()/]/g, '')
  return /^[\p{L}\p{N}]+$/u.test(plain) ? canonicalNumber('RESIDENT_ID', plain) : null
}

function canonicalCode(text: string, labels: Labels): string {
  const spelling = foldSpelling(text)
  // A code that the list lacks still equals itself.
  return labels.get(spelling) ?? spelling
}

/** A masked value is none: whoever repeats the mask knows nothing. */
function isMasked(text: string): boolean {
  return text.normalize('NFKC').includes('*')
}
