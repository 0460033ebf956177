import { coordinate } from '../vocabulary/coordinate.ts'

/**
 * Root fields that the gateway answers of itself, beside introspection: they are split off before anything is decided
 * or planned. What a department must be asked for them is decided as any operation is, by the fields concerned.
 */
const OWN_ANSWERS = ['Query.explain', 'Query.receipt', 'Query.deskCheck', 'Mutation.verifyItems'] as const
export type OwnAnswerField = (typeof OWN_ANSWERS)[number]

/** Whether a field of a type is answered by the gateway itself. */
export function isOwnAnswer(type: string, field: string): boolean {
  return OWN_ANSWERS.some((one) => one === coordinate(type, field))
}

/** Those that ask departments: each stands alone in its operation, so that a record tells of one act. */
export const LONE_ANSWERS: ReadonlySet<string> = new Set<OwnAnswerField>(['Query.deskCheck', 'Mutation.verifyItems'])
