import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { Failure } from '../vocabulary/failure.ts'
import { acceptedType } from './accepted-type.ts'
import type { AnswerType } from './accepted-type.ts'
import { answerPrepared } from './answer-operation.ts'
import type { OperationAnswer } from './answer-operation.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import { refusalClause } from './refuse.ts'
import { sharingFacts } from './sharing-facts.ts'
import { statusOf } from './status-of.ts'

/**
 * The fast lane: answers an operation whose very text was parsed, validated and read before, without the GraphQL front.
 * Both lanes mean the same, to the byte (tests/differential/lanes.test.ts); whatever is unusual about a request is the
 * front's.
 *
 * @returns null where the front has to answer
 */
export async function answerKnown(house: House, exchange: Exchange, request: HttpRequest): Promise<HttpAnswer | null> {
  const { caller } = exchange
  const asked = plainRequest(request)
  if (asked === null || caller === null) return null
  const generation = house.generation()
  const prepared = house.known.find(generation, { ...asked, department: caller.department })
  if (prepared === undefined) return null
  exchange.lane = 'fast'
  try {
    const answer = await answerPrepared(house, exchange, { generation, prepared, variables: asked.variables })
    exchange.answered = true
    return { status: 200, headers: HEADERS[asked.accepted], body: textOf(answer) }
  } catch (error) {
    return refused(house, exchange, asked.accepted, operationError(house, exchange, error))
  }
}

/** A request without anything that the front would have to look at. */
interface PlainRequest {
  readonly text: string
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>>
  readonly accepted: AnswerType
}

const MEMBERS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables'])

function plainRequest({ method, search, headers, body }: HttpRequest): PlainRequest | null {
  if (method !== 'POST' || search !== '' || !isRecord(body)) return null
  for (const name in body) if (!MEMBERS.has(name)) return null
  const { query, operationName = null, variables = null } = body
  const accepted = acceptedType(headers.get('accept'))
  if (typeof query !== 'string' || query === '' || accepted === null) return null
  if (operationName === '' || (operationName !== null && typeof operationName !== 'string')) return null
  if (variables !== null && !isRecord(variables)) return null
  return { text: query, operationName, variables: variables ?? {}, accepted }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NO_STORE = ['cache-control', 'no-store'] as const

/** As the front has them. */
const HEADERS: Readonly<Record<AnswerType, ReadonlyMap<string, string>>> = {
  'application/json': new Map([NO_STORE, ['content-type', 'application/json; charset=utf-8']]),
  'application/graphql-response+json': new Map([
    NO_STORE,
    ['content-type', 'application/graphql-response+json; charset=utf-8'],
  ]),
}

function textOf({ errors, data, extensions }: OperationAnswer): string {
  return `${JSON.stringify(errors.length > 0 ? { errors, data, extensions } : { data, extensions })}\n`
}

/** The error that refuses a whole operation; what was not foreseen is told to operators and to nobody else. */
export function operationError(
  house: Pick<House, 'regime'>,
  exchange: Pick<Exchange, 'receipt' | 'language'>,
  error: unknown,
): AnswerError {
  const failure = error instanceof Failure ? error : new Failure('INTERNAL', { cause: error })
  const { code } = failure
  if (code === 'INTERNAL')
    publishFailure(() => ({ receipt: exchange.receipt, where: 'operation', code: 'INTERNAL', error }))
  const clause: Clause | null = failure.clause ?? refusalClause(house.regime, code)
  const detail = code === 'INTERNAL' ? null : failure.detailIn(exchange.language)
  return answerError(code, exchange.language, { clause, detail })
}

function refused(house: House, exchange: Exchange, accepted: AnswerType, error: AnswerError): HttpAnswer {
  const { code } = error.extensions
  exchange.codes.add(code)
  const body = JSON.stringify({ errors: [error], extensions: { sharing: sharingFacts(house, exchange) } })
  return { status: statusOf([code], accepted), headers: HEADERS[accepted], body }
}
