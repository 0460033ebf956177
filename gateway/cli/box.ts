import { stripVTControlCharacters } from 'node:util'

/** Characters of East Asian width W or F (Unicode Standard Annex 11), as far as texts of ours can hold them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const WITHOUT_WIDTH = /\p{M}|\p{Cf}/u

/** How many columns of a terminal a text takes; colours take none, Chinese characters two. */
export function columns(text: string): number {
  return [...stripVTControlCharacters(text)].reduce(
    (sum, one) => sum + (WIDE.test(one) ? 2 : WITHOUT_WIDTH.test(one) ? 0 : 1),
    0,
  )
}

/** A text with spaces up to a width in columns. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)))
}

/** A frame around lines. */
export function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map(columns))
  const edge = '─'.repeat(width + 4)
  return [`╭${edge}╮`, ...lines.map((line) => `│  ${padColumns(line, width)}  │`), `╰${edge}╯`].join('\n')
}
