/**
 * Texts as people type them and as old systems hold them, brought to one form (ZS-4.09). Only what carries no meaning is
 * folded: width, case, blanks, dashes, brackets. Each function is idempotent and total.
 */

/** Shown nowhere, or only as a change of shape: zero-width, bidirectional and control characters, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cf}|(?!\s)\p{Cc}/gu
/** The blank of Braille is no space to Unicode, and looks like one. */
const SPACES = /[\s\p{Z}\u2800]+/gu
/** Hyphens, dashes and the minus sign; a keyboard has one, a word processor makes the others of it. */
const DASHES = /[\p{Pd}\u2043\u2212]/gu
const OPENING = /[[{〔〖【]/gu
const CLOSING = /[\]}〕〗】]/gu
/** Beside a Chinese character, a dash or a bracket a space is typography; between two words or numbers it is not. */
const NEEDLESS = / (?![\p{L}\p{M}\p{N}])|(?<![\p{L}\p{M}\p{N}]) | (?=\p{Script=Han})|(?<=\p{Script=Han}) /gu

/** Half width, capitals, one kind of dash, of bracket and of space, nothing invisible; trimmed. */
export function foldText(text: string): string {
  // Composing again after each removal: what stood between a letter and its accent kept them apart.
  const plain = compose(compose(text).toUpperCase())
  const typed = plain.replaceAll(DASHES, '-').replaceAll(OPENING, '(').replaceAll(CLOSING, ')')
  return typed.replaceAll(SPACES, ' ').replaceAll(NEEDLESS, '').trim()
}

function compose(text: string): string {
  return text.replaceAll(INVISIBLE, '').normalize('NFKC').replaceAll(INVISIBLE, '').normalize('NFKC')
}

/** As `foldText`, and without any space. */
export function foldTight(text: string): string {
  return compose(foldText(text).replaceAll(' ', ''))
}

/** Spelling of a code or of its label: spaces and underscores do not count, so that `MOVED_OUT` is `Moved out`. */
export function foldSpelling(text: string): string {
  return foldTight(text).replaceAll('_', '')
}
