import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { descriptionOf, readablePlaces } from './places.ts'

const FORM = '"中文 · English", or Chinese in the first line and English in the last'

/** Who reads the schema, here or in an editor, reads Chinese or English: each place says both. */
export function lintDescriptions({ file, document }: LintedSdl): readonly LintFinding[] {
  return [...readablePlaces(document)].flatMap((place) => {
    const isExtension = place.kind === 'TYPE' && place.node.kind.endsWith('Extension')
    if (place.external || isExtension || (place.kind === 'TYPE' && place.root)) return []
    const text = descriptionOf(place)
    if (text === null)
      return [lintAt(file, place.node, 'DESCRIPTION_MISSING', `${place.at} has no description: add ${FORM}`)]
    if (isBilingual(text)) return []
    return [lintAt(file, place.node, 'DESCRIPTION_FORM', `${place.at} is not described in both languages: ${FORM}`)]
  })
}

/** One coordinate, one meaning: a client sees the text of whichever department the composer took. */
export function lintSameWords(sdls: readonly LintedSdl[]): readonly LintFinding[] {
  const first = new Map<string, { readonly text: string; readonly file: string }>()
  return sdls.flatMap(({ file, document }) =>
    [...readablePlaces(document)].flatMap((place) => {
      const text = descriptionOf(place)
      if (text === null) return []
      const known = first.get(place.at)
      if (known === undefined) first.set(place.at, { text, file })
      if (known === undefined || known.text === text) return []
      const message = `${place.at} is described otherwise in ${known.file}: use the same words in both`
      return [lintAt(file, place.node, 'DESCRIPTION_DIFFERS', message)]
    }),
  )
}

/** Whether a text says the same in Chinese and then in English, in one of the two forms. */
export function isBilingual(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const [first = ''] = lines
  const dot = text.indexOf(' · ')
  if (dot > 0 && isChinese(text.slice(0, dot)) && isEnglish(text.slice(dot + 3))) return true
  return lines.length > 1 && isChinese(first) && isEnglish(lines.at(-1) ?? '')
}

function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text)
}

/** English may quote the law's own word. */
function isEnglish(text: string): boolean {
  const letters = text.match(/[A-Za-z]/g)?.length ?? 0
  return letters >= 2 && letters > (text.match(/\p{Script=Han}/gu)?.length ?? 0)
}
