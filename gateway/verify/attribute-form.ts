import type { AttributeKind } from '../catalog/attributes.ts'
import { canonicalClaim } from './canonical.ts'
import { foldSpelling, foldText, foldTight } from './fold.ts'
import type { Labels } from './labels.ts'

/**
 * A source's value in the one form of its attribute's kind, so that two sources that mean the same are never told to
 * differ; null where it says nothing that could be compared. What cannot be read as its kind differs from all that can.
 */
export function attributeForm(kind: AttributeKind, value: string, labels: Labels): string | null {
  switch (kind) {
    case 'NAME':
    case 'ID_NUMBER':
    case 'DATE':
    case 'TEXT':
      return canonicalClaim(kind, value, labels) ?? (foldText(value) || null)
    case 'CODE':
      return codeForm(value, labels)
    case 'ADDRESS_TOWNSHIP':
      return townshipOf(value)
    case 'LIFE_STATUS':
      return lifeStatusOf(value)
  }
}

/** How code lists say that nothing is known. */
const UNSAID = ['未知', '未说明'].map(foldSpelling)

function codeForm(value: string, labels: Labels): string | null {
  const code = canonicalClaim('CODE', value, labels)
  return code !== null && UNSAID.some((word) => labels.get(word) === code) ? null : code
}

/** Province, city, county and township of an address; what of them stands before the township may be left out. */
const DIVISIONS =
  /^(?:[^省市区县]{2,8}(?:省|自治区))?(?:[^省市区县]{1,8}市)?(?:[^省市区县]{1,8}[市区县])?(?<township>[^市区县镇乡]{1,12}?(?:镇|乡|街道))/u

/**
 * The township of an address (data-items, row 7: public security lists no more of it), or null where none can be told: an
 * address without one says nothing at that level.
 */
function townshipOf(value: string): string | null {
  return DIVISIONS.exec(foldTight(value))?.groups?.['township'] ?? null
}

/** Words of a household registration; a date is one of death. A household that has moved away says nothing of it. */
const LIFE: Readonly<Record<string, string>> = { NORMAL: 'ALIVE', DECEASED: 'DECEASED' }

function lifeStatusOf(value: string): string | null {
  return canonicalClaim('DATE', value, new Map()) === null ? (LIFE[value] ?? null) : 'DECEASED'
}
