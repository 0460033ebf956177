import { coordinate } from '../vocabulary/coordinate.ts'

/**
 * Root fields that the gateway answers of itself, beside introspection: they ask no department, so they are split off
 * before anything is decided or planned, and no decision of data depends on them.
 */
const OWN_ANSWERS: ReadonlySet<string> = new Set([coordinate('Query', 'explain')])

/** Whether a field of a type is answered by the gateway itself. */
export function isOwnAnswer(type: string, field: string): boolean {
  return OWN_ANSWERS.has(coordinate(type, field))
}
