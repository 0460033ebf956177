import type { ASTNode } from 'graphql'
import { getLocation } from 'graphql'
import type { Clause } from '../vocabulary/clause.ts'

/** Kinds of fault that `gongxiang compose` reports. */
export type FaultCode =
  | 'SYNTAX'
  | 'LINK_UNFIT'
  | 'ROOT_RENAMED'
  | 'CLASS_MISSING'
  | 'VALUE_UNKNOWN'
  | 'BASIS_MISSING'
  | 'CONDITIONS_MISSING'
  | 'CLASS_CONFLICT'
  | 'ANNOTATION_LOST'
  | 'COORDINATE_UNKNOWN'
  | 'RESOURCE_MISPLACED'
  | 'RESOURCE_CONFLICT'
  | 'MASK_UNFIT'
  | 'VERIFY_UNFIT'
  | 'NON_NULL_ITEM'
  | 'COMPOSITION'

/** One thing wrong with a department's SDL. */
export interface Fault {
  readonly code: FaultCode
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly message: string
  readonly clause: Clause | null
}

/** A fault at a syntax node. */
export function faultAt(
  file: string,
  node: ASTNode | undefined,
  code: FaultCode,
  message: string,
  clause: Clause | null,
): Fault {
  // A definition begins with its description; people look for its name.
  const start = node && 'description' in node && node.description && 'name' in node ? node.name?.loc : node?.loc
  const place = start ? getLocation(start.source, start.start) : { line: 1, column: 1 }
  return { code, file, line: place.line, column: place.column, message, clause }
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

/** `file:line:column CODE message [clause]`, one line. */
export function printFault(fault: Fault): string {
  const clause = fault.clause ? ` [${fault.clause}]` : ''
  return `${fault.file}:${fault.line}:${fault.column} ${fault.code} ${fault.message}${clause}`
}
