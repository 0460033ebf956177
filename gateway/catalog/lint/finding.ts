import { getLocation } from 'graphql'
import type { ASTNode } from 'graphql'

/** What the linter finds; docs/schema-style.md has a line for each. */
export const LINT_CODES = [
  'NAME_CASE',
  'DESCRIPTION_MISSING',
  'DESCRIPTION_FORM',
  'DESCRIPTION_DIFFERS',
  'NON_NULL_FIELD',
  'LIST_MEMBER_NULLABLE',
  'LIST_UNBOUNDED',
  'PAGE_INCOMPLETE',
  'DEPRECATION_UNDATED',
  'SAMPLE_MISSING',
  'REMOVED_EARLY',
] as const
export type LintCode = (typeof LINT_CODES)[number]

/** One thing that a reader of the schema would stumble over. */
export interface LintFinding {
  readonly code: LintCode
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** What is wrong, and what to do. */
  readonly message: string
}

/** A finding at a syntax node of a file. */
export function lintAt(file: string, node: ASTNode, code: LintCode, message: string): LintFinding {
  // A definition begins with its description; people look for its name.
  const start = 'name' in node && node.name !== undefined && 'loc' in node.name ? node.name.loc : node.loc
  const { line, column } = start ? getLocation(start.source, start.start) : { line: 1, column: 1 }
  return { code, file, line, column, message }
}

/** Findings in reading order, so that two runs print the same list. */
export function sortFindings(findings: readonly LintFinding[]): readonly LintFinding[] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return findings.toSorted(
    (a, b) => order(a.file, b.file) || a.line - b.line || a.column - b.column || order(a.message, b.message),
  )
}

/** `file:line:column CODE message`, one line. */
export function printFinding({ file, line, column, code, message }: LintFinding): string {
  return `${file}:${line}:${column} ${code} ${message}`
}
