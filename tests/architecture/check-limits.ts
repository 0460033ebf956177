import { Visitor } from 'oxc-parser'
import { lineOf } from './source.ts'
import type { SourceFile } from './source.ts'

const MAX_LINES = 400
const MAX_FOLDERS = 4

/** Files over the limits of size and depth, and the ways around the type checker, as `file:line what`. */
export function checkLimits(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [...checkShape(file), ...checkEscapes(file), ...checkComments(file)])
}

function checkShape(file: SourceFile): readonly string[] {
  const found: string[] = []
  const lines = countLines(file.text)
  const folders = file.path.split('/').length - 1
  if (lines > MAX_LINES) found.push(`${file.path}: ${lines} lines, at most ${MAX_LINES}`)
  if (folders > MAX_FOLDERS) found.push(`${file.path}: ${folders} folders deep, at most ${MAX_FOLDERS}`)
  return found
}

function checkEscapes(file: SourceFile): readonly string[] {
  const found: string[] = []
  const report = (start: number, what: string): void => {
    found.push(`${file.path}:${lineOf(file.text, start)} ${what}`)
  }
  new Visitor({
    TSAnyKeyword: (node) => report(node.start, '`any` switches the type checker off; `unknown` asks for a check'),
    TSNonNullExpression: (node) => report(node.start, '`!` asserts what nobody checked'),
  }).visit(file.parsed.program)
  return found
}

function checkComments(file: SourceFile): readonly string[] {
  return file.parsed.comments.flatMap((comment) => {
    const at = `${file.path}:${lineOf(file.text, comment.start)}`
    if (/@ts-(ignore|expect-error|nocheck)/.test(comment.value))
      return [`${at} a comment switches the type checker off`]
    if (/\b(ox|es)lint-disable(?!.* -- \S)/.test(comment.value))
      return [`${at} a lint rule is switched off without " -- reason"`]
    return []
  })
}

/** Lines as an editor counts them: a final line break ends the last one. */
export function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
