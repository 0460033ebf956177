import { refusedCaller } from '../caller/identify.ts'
import { LOAD_WAIT } from '../limits/load.ts'
import { RATE_WINDOW } from '../limits/rate-limit.ts'
import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import { ownClause } from '../regime/regime.ts'
import type { Regime } from '../regime/regime.ts'
import { httpStatus } from '../vocabulary/codes.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpAnswer } from './http.ts'
import { sharingFacts } from './sharing-facts.ts'

/** Turns whatever ended a request into a coded answer. Unexpected errors never leave; they are logged without text. */
export async function refuse(house: House, exchange: Exchange, error: unknown): Promise<HttpAnswer> {
  exchange.refused = refusedCaller(error)
  const failure = await withinPatience(house, exchange, error instanceof Failure ? error : unexpected(exchange, error))
  const detail = failure.code === 'INTERNAL' ? null : failure.detailIn(exchange.language)
  return refusal(house, exchange, failure.code, { clause: failure.clause, detail })
}

function unexpected(exchange: Exchange, error: unknown): Failure {
  publishFailure(() => ({ receipt: exchange.receipt, where: 'request', code: 'INTERNAL', error }))
  return new Failure('INTERNAL', { cause: error })
}

/**
 * Who is refused again and again is told to wait: guessing tokens must not be cheap, and refusals must not fill the
 * disk. Callers who were let in are counted where they came in.
 */
async function withinPatience(house: House, exchange: Exchange, failure: Failure): Promise<Failure> {
  const { caller, refused, address } = exchange
  if (caller !== null) return failure
  if (refused !== null) {
    const { department, application, officer } = refused
    const counted = house.rate.admitRefused({ department, application, officer: officer ?? '' })
    return counted.then(
      () => failure,
      (error: unknown) => (error instanceof Failure ? error : failure),
    )
  }
  if (failure.code !== 'UNAUTHENTICATED' || (await house.rate.tolerate(address))) return failure
  return new Failure('RATE_LIMIT')
}

/** A whole-request refusal as GraphQL over HTTP has it: `errors` and no `data`. */
export function refusal(
  house: House,
  exchange: Exchange,
  code: Code,
  facts: { clause: Clause | null; detail: string | null },
): HttpAnswer {
  exchange.codes.add(code)
  const clause = ownClause(house.regime, facts.clause) ?? refusalClause(house.regime, code)
  const error = answerError(code, exchange.language, { clause, detail: facts.detail })
  const body = { errors: [error], extensions: { sharing: sharingFacts(house, exchange) } }
  const headers = new Map([['content-type', 'application/json; charset=utf-8']])
  if (code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer')
  if (code === 'RATE_LIMIT') headers.set('retry-after', String(RATE_WINDOW))
  if (code === 'OVERLOADED') headers.set('retry-after', String(LOAD_WAIT))
  return { status: httpStatus(code), headers, body: JSON.stringify(body) }
}

/** The regime's parameter behind a refusal that does not come from a field's decision. */
const REASONS = {
  // No text bounds how often somebody may ask. All demand a record of every use, and watch over it (FS-27): the bound is
  // what keeps the record writable and readable, so a refusal for it rests on the same clause.
  RATE_LIMIT: 'audit.mandatory',
  COUNTERS_UNAVAILABLE: 'audit.mandatory',
  AUDIT_UNAVAILABLE: 'audit.mandatory',
  UNAUTHENTICATED: 'identity.endUserRequired',
  END_USER_MISSING: 'identity.endUserRequired',
  UNKNOWN_PARTY: 'identity.registeredParty',
  AUDIENCE_MISMATCH: 'identity.noTransfer',
} as const satisfies Partial<Record<Code, keyof Regime['parameters']>>

/**
 * The regime's clause for a refusal of a whole request; null for what is wrong with the request's own form, of which no
 * text speaks.
 */
export function refusalClause({ parameters }: Regime, code: Code): Clause | null {
  if (code === 'ENUMERATION_SUSPECTED' || code === 'OFFICER_SUSPENDED') return watchClause(parameters)
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code as keyof typeof REASONS] : null
  return reason === null ? null : parameters[reason].clause
}

/** What the text says of leaks, else of incidents; where it is silent of both, the record of every use is for nothing less. */
function watchClause(parameters: Regime['parameters']): Clause {
  const watch = parameters['monitoring.leakAlert'] ?? parameters['incident.report'] ?? parameters['audit.mandatory']
  return watch.clause
}
