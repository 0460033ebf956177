import { isEnumType, isScalarType } from 'graphql'
import type { GraphQLEnumType, GraphQLNamedType } from 'graphql'
import { CODE_LISTS } from './code-lists.ts'
import type { CodeRow } from './code-lists.ts'
import { foldSpelling } from './fold.ts'

/** Folded spelling → the one code that it stands for. */
export type Labels = ReadonlyMap<string, string>

/** For values that are no codes. */
export const NO_LABELS: Labels = new Map<string, string>()

/** Every spelling of an enum's values: names, and the labels of descriptions such as `封存 · Sealed: no more …`. */
export function enumLabels(type: GraphQLEnumType): Labels {
  return labelsOfRows(type.getValues().map(({ name, description }) => [name, ...describedAs(description ?? '')]))
}

/** Spellings of a type's values: of an enum, or of a scalar whose description names a code list; none for others. */
export function labelsOf(type: GraphQLNamedType): Labels {
  if (isEnumType(type)) return enumLabels(type)
  if (!isScalarType(type)) return NO_LABELS
  const [standard = ''] = /GB\/T \d+(?:\.\d+)?/.exec(type.description ?? '') ?? []
  const rows = CODE_LISTS.get(standard)
  return rows === undefined ? NO_LABELS : labelsOfRows(rows)
}

/** The labels of both languages, whole, without what stands in brackets, and without what explains them. */
function describedAs(description: string): readonly string[] {
  return description.split(' · ').flatMap((label) => {
    const [short = ''] = label.split(/[:：;；]/u)
    return [label, short, short.replaceAll(/[(（][^)）]*[)）]/gu, '')]
  })
}

/** A spelling that two codes share stands for neither; a code always stands for itself. */
function labelsOfRows(rows: readonly CodeRow[]): Labels {
  const found = new Map<string, Set<string>>()
  for (const [code, ...spellings] of rows)
    for (const spelling of spellings.map(foldSpelling))
      if (spelling !== '') found.set(spelling, (found.get(spelling) ?? new Set<string>()).add(code))
  const clear = [...found].flatMap(([spelling, [code, ...others]]) =>
    code === undefined || others.length > 0 ? [] : [[spelling, code] as const],
  )
  return new Map([...clear, ...rows.map(([code]) => [foldSpelling(code), code] as const)])
}
