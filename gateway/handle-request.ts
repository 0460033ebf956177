import { answerKnown } from './request/answer-known.ts'
import { openExchange } from './request/open-exchange.ts'
import type { Exchange } from './request/exchange.ts'
import type { House } from './request/house.ts'
import type { HttpAnswer, HttpRequest } from './request/http.ts'
import { record } from './request/record.ts'
import { registered } from './request/registered.ts'
import { refuse } from './request/refuse.ts'
import { admitCaller } from './request/standing.ts'
import { Failure } from './vocabulary/failure.ts'

/**
 * The life of one request:
 *
 *   enter      not too many at once                        limits/load.ts
 *   identify   who asks                                   caller/
 *   admit      not too often, not suspended                limits/
 *   reserve    room for the record, or nothing is fetched  audit/
 *   registered the document that an id stands for          request/registered.ts
 *   known      a text that was read before needs no front  request/answer-known.ts
 *   front      parse, validate, limits; then, per operation (request/answer-operation.ts)
 *     compile    what may be learned, what is fetched      compile/, cached
 *     execute    ask the departments                       execute/
 *     project    copy, mask or null                        project/
 *   record     durable before anything leaves              audit/
 *   wait       what was verified leaves at fixed times     verify/grid.ts
 *
 * Every exit is recorded, refusals too.
 */
export async function handleRequest(house: House, request: HttpRequest): Promise<HttpAnswer> {
  const exchange = openExchange(house, request)
  const answer = await recordedAnswer(house, exchange, request)
  if (exchange.onGrid) await house.waitForGrid(exchange.started)
  return answer
}

async function recordedAnswer(house: House, exchange: Exchange, request: HttpRequest): Promise<HttpAnswer> {
  const leave = house.load.enter()
  try {
    if (leave === null) throw new Failure('OVERLOADED')
    exchange.caller = await house.identify(request.rawHeaders, exchange.startedAt)
    exchange.stages?.enter('admit')
    await admitCaller(house, exchange.caller)
    exchange.stages?.enter('reserve')
    exchange.reservation = await house.audit.reserve()
    exchange.stages?.enter('prepare')
    if (request.fault) throw request.fault
    const asked = registered(house, exchange, request)
    const answer = (await answerKnown(house, exchange, asked)) ?? (await house.front(exchange, asked))
    return await record(house, exchange, answer)
  } catch (error) {
    return await record(house, exchange, await refuse(house, exchange, error))
  } finally {
    leave?.()
  }
}
