import type { Clause } from '../vocabulary/clause.ts'

/** One line of a regulation: a paragraph (款) or an item (项), with its ID; a title or a heading has none. */
interface Line {
  readonly id: string | null
  readonly text: string
}

/** The text of a regulation, in its order. */
export interface Regulation {
  readonly lines: readonly Line[]
}

/**
 * Reads a file of `schema/regulations`: `ZS-4.08 属于有条件共享类…` on each line, `# 第四章 …` for what stands above.
 * The number is article.paragraph (chapter.paragraph where the text has no articles), an item in brackets behind it.
 */
export function parseRegulation(file: string): Regulation {
  const lines = file.split('\n').filter((line) => line !== '')
  return Object.freeze({
    lines: lines.map((line) => {
      const at = line.indexOf(' ')
      const head = line.slice(0, at)
      return { id: head === '#' ? null : head, text: line.slice(at + 1) }
    }),
  })
}

/** The regulation as it was published: titles, headings, paragraphs and items, one a line. */
export function wholeText({ lines }: Regulation): string {
  return lines.map(({ text }) => text).join('\n')
}

/** A chapter is no clause: where the text has no articles, the number before the point stands for nothing alone. */
const CHAPTER = /^ZS-\d+$/
/** An item of an article, written without its paragraph. */
const ITEM_OF_ARTICLE = /^([A-Z0-9]+-\d+)(\(\d+\))$/

/**
 * The text of one clause: an item; a paragraph with its items; a whole article. `HZ-9(1)` is `HZ-9.1(1)` where the
 * article has one paragraph.
 *
 * @returns null where the regulation has no such clause
 */
export function clauseText({ lines }: Regulation, clause: Clause): string | null {
  if (CHAPTER.test(clause)) return null
  const ids = new Set(lines.map(({ id }) => id))
  const [, article, item] = ITEM_OF_ARTICLE.exec(clause) ?? []
  const asked = article === undefined || ids.has(`${article}.2`) ? clause : `${article}.1${item}`
  const found = lines.filter(({ id }) => id === asked || id?.startsWith(`${asked}.`) || id?.startsWith(`${asked}(`))
  return found.length === 0 ? null : found.map(({ text }) => text).join('\n')
}

/** A text for comparison: half- and full-width forms are one (`,` and `，`), spaces and line ends say nothing. */
export function normalised(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/gu, '').replaceAll(/[“”]/gu, '"')
}
