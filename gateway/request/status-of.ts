import { httpStatus } from '../vocabulary/codes.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { AnswerType } from './accepted-type.ts'

/**
 * What GraphQL over HTTP (6.4.1) counts as a well-formed request that is answered: under `application/json` a status
 * tells of HTTP alone, since a proxy may have put another one in its place.
 */
const ANSWERED_AS_JSON: ReadonlySet<Code> = new Set<Code>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
])

/** HTTP status of an operation that is refused whole: by the table of codes, the highest where there are several. */
export function statusOf(codes: readonly Code[], accepted: AnswerType): number {
  const answered = (code: Code): boolean => accepted === 'application/json' && ANSWERED_AS_JSON.has(code)
  return Math.max(...codes.map((code) => (answered(code) ? 200 : httpStatus(code))))
}
