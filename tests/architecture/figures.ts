import { Visitor } from 'oxc-parser'
import { countLines } from './check-limits.ts'
import { lineOf } from './source.ts'
import type { SourceFile } from './source.ts'

/** Median, ninetieth percentile and maximum of a set of sizes in lines. */
interface Spread {
  readonly count: number
  readonly median: number
  readonly p90: number
  readonly max: number
}

/** Sizes of the house, to be compared with where we want to be (CONTRIBUTING.md). */
export interface Figures {
  readonly files: Spread
  readonly functions: Spread
  /** Share of comment lines in all lines, 0 to 1. */
  readonly comments: number
  /** Lines of test per line of source. */
  readonly testsPerSource: number
}

/** Measures source files; tests count only in the last figure. */
export function measure(files: readonly SourceFile[]): Figures {
  const tests = files.filter((file) => file.path.startsWith('tests/'))
  const sources = files.filter((file) => !file.path.startsWith('tests/'))
  const sourceLines = sum(sources.map((file) => countLines(file.text)))
  return {
    files: spread(sources.map((file) => countLines(file.text))),
    functions: spread(sources.flatMap(functionLines)),
    comments: sum(sources.map(commentLines)) / Math.max(1, sourceLines),
    testsPerSource: sum(tests.map((file) => countLines(file.text))) / Math.max(1, sourceLines),
  }
}

/** The figures as lines for people. */
export function printFigures(figures: Figures): string {
  const show = (name: string, at: Spread): string =>
    `${name.padEnd(10)} ${String(at.count).padStart(5)}   lines median ${at.median} / p90 ${at.p90} / max ${at.max}`
  return [
    show('files', figures.files),
    show('functions', figures.functions),
    `comments   ${(figures.comments * 100).toFixed(1)} % of source lines`,
    `tests      ${figures.testsPerSource.toFixed(2)} lines per line of source`,
  ].join('\n')
}

function functionLines(file: SourceFile): readonly number[] {
  const sizes: number[] = []
  const add = (node: { start: number; end: number }): void => {
    sizes.push(lineOf(file.text, node.end) - lineOf(file.text, node.start) + 1)
  }
  new Visitor({ FunctionDeclaration: add, FunctionExpression: add, ArrowFunctionExpression: add }).visit(
    file.parsed.program,
  )
  return sizes
}

function commentLines(file: SourceFile): number {
  return sum(file.parsed.comments.map((comment) => comment.value.split('\n').length))
}

function spread(sizes: readonly number[]): Spread {
  const sorted = [...sizes].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { count: sorted.length, median: at(0.5), p90: at(0.9), max: sorted.at(-1) ?? 0 }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
