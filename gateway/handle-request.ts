import { openExchange } from './request/open-exchange.ts'
import type { House } from './request/house.ts'
import type { HttpAnswer, HttpRequest } from './request/http.ts'
import { record } from './request/record.ts'
import { refuse } from './request/refuse.ts'

/**
 * The life of one request:
 *
 *   identify   who asks                                   caller/
 *   admit      not too often                              limits/
 *   reserve    room for the record, or nothing is fetched  audit/
 *   front      parse, validate, limits; then, per operation (request/answer-operation.ts)
 *     compile    what may be learned, what is fetched      compile/, cached
 *     execute    ask the departments                       execute/
 *     project    copy, mask or null                        project/
 *   record     durable before anything leaves              audit/
 *
 * Every exit is recorded, refusals too.
 */
export async function handleRequest(house: House, request: HttpRequest): Promise<HttpAnswer> {
  const exchange = openExchange(house, request)
  try {
    exchange.caller = await house.identify(request.rawHeaders, exchange.startedAt)
    await house.rate.admit(exchange.caller)
    exchange.reservation = await house.audit.reserve()
    if (request.fault) throw request.fault
    return await record(house, exchange, await house.front(exchange, request))
  } catch (error) {
    return record(house, exchange, await refuse(house, exchange, error))
  }
}
