import type { ASTNode } from 'graphql'
import { getLocation } from 'graphql'
import type { Clause } from '../vocabulary/clause.ts'
import type { CatalogRules, Topic } from './rules.ts'

/** Kinds of fault that `gongxiang compose` reports; docs/catalogue.md has a line for each. */
export const FAULT_CODES = [
  'SYNTAX',
  'COMPOSITION',
  'LINK_UNFIT',
  'ROOT_RENAMED',
  'NON_NULL_ITEM',
  'ANNOTATION_LOST',
  'VALUE_UNKNOWN',
  'COORDINATE_UNKNOWN',
  'CLASS_MISSING',
  'CLASS_CONFLICT',
  'FILTER_MISSING',
  'KEY_UNFIT',
  'LINK_OPEN',
  'FLOW_HIDDEN',
  'GATEWAY_VALUE_TAKEN',
  'STATISTICS_UNFIT',
  'DECLASSIFIED_ALONE',
  'BASIS_MISSING',
  'BASIS_RANK_TOO_LOW',
  'REASONS_MISSING',
  'CONDITIONS_MISSING',
  'SCOPE_MISSING',
  'USE_MISSING',
  'BASE_CLASS_CONFLICT',
  'ITEM_UNKNOWN',
  'ITEM_CONFLICT',
  'AUTHORITY_CONFLICT',
  'SOURCE_CONFLICT',
  'MASK_UNFIT',
  'VERIFY_UNFIT',
  'RESOURCE_MISPLACED',
  'RESOURCE_CONFLICT',
  'ELEMENT_MISSING',
  'SAMPLE_UNFIT',
  'SECRET_SOURCE',
  'SECRECY_REVIEW_MISSING',
  'AUTHORISATION_MODE_MISSING',
  'FILE_DROP_UNFIT',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** What a person must look at, but what stops no composition: nothing is reclassified in silence. */
const WARNINGS: ReadonlySet<FaultCode> = new Set(['BASE_CLASS_CONFLICT'])

/** One thing wrong with a department's SDL, whatever the regime. */
export interface Finding {
  readonly code: FaultCode
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly message: string
  /** What a regime's clause is looked up by, or null where no regulation is the reason. */
  readonly topic: Topic | null
}

/** A finding under one regime. An error stops composition; a warning is shown to department and authority. */
export interface Fault {
  readonly code: FaultCode
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** Of that regime's own text; null where it is silent. */
  readonly clause: Clause | null
}

/** A finding at a syntax node. */
export function findingAt(
  file: string,
  node: ASTNode | undefined,
  code: FaultCode,
  message: string,
  topic: Topic | null,
): Finding {
  // A definition begins with its description; people look for its name.
  const start = node && 'description' in node && node.description && 'name' in node ? node.name?.loc : node?.loc
  const place = start ? getLocation(start.source, start.start) : { line: 1, column: 1 }
  return { code, file, line: place.line, column: place.column, message, topic }
}

/** The fault that a finding is under a regime, with the clause of that regime's own text. */
export function faultUnder(rules: CatalogRules, finding: Finding): Fault {
  const { topic, ...place } = finding
  const severity = WARNINGS.has(finding.code) ? 'warning' : 'error'
  return { ...place, severity, clause: topic === null ? null : rules.clauses[topic] }
}

/** Whether a fault stops composition. */
export function isError(fault: Fault): boolean {
  return fault.severity === 'error'
}

/** Faults in reading order, so that two runs print the same list. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  return faults.toSorted(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** `file:line:column CODE message [clause]`, one line; a warning says so before its code. */
export function printFault(fault: Fault): string {
  const clause = fault.clause ? ` [${fault.clause}]` : ''
  const warning = isError(fault) ? '' : 'warning '
  return `${fault.file}:${fault.line}:${fault.column} ${warning}${fault.code} ${fault.message}${clause}`
}
