import type { FieldEntry } from '../../gateway/catalog/catalog.ts'
import { word } from './words.ts'

/** Conditions in words, each once below its table, and the marks in the table that lead to them. */
export interface Notes {
  readonly lines: readonly string[]
  markOf(field: FieldEntry): string
}

/** Numbers the conditions of some fields in the order in which they come. */
export function notesOf(fields: readonly FieldEntry[]): Notes {
  const numbers = new Map<string, number>()
  for (const text of fields.map(conditionsOf))
    if (text !== '' && !numbers.has(text)) numbers.set(text, numbers.size + 1)
  return {
    lines: [...numbers].map(([text, number]) => `${number}. ${text}`),
    markOf(field) {
      const number = numbers.get(conditionsOf(field))
      return number === undefined ? '' : ` (${number})`
    },
  }
}

/** Why and under what a field is shared; empty for what is unconditional. */
function conditionsOf({
  class: sharing,
  conditions,
  reasons,
  subMode,
  scope,
  grounds,
  basis,
  emergencyExcluded,
}: FieldEntry): string {
  if (sharing === 'UNCONDITIONAL') return ''
  const citations = grounds.map(({ citation }) => citation)
  return [
    conditions ?? '',
    reasons === null ? '' : `理由 Reason: ${reasons}`,
    subMode === null ? '' : `方式 Manner: ${word(subMode)}`,
    scope === null ? '' : `限 Only: ${scope.join('、')}`,
    emergencyExcluded ? '紧急情况下也不提供 not even in an emergency' : '',
    `依据 Basis: ${[...citations, ...basis].join('、')}`,
  ]
    .filter((part) => part !== '')
    .join('。')
}
