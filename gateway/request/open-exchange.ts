import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpRequest } from './http.ts'
import { languageOf } from './language.ts'

/** Opens the exchange of a request: its receipt exists before anything can go wrong. */
export function openExchange(house: Pick<House, 'clock' | 'ids' | 'secrets'>, request: HttpRequest): Exchange {
  return {
    receipt: house.ids.receipt(),
    address: request.address,
    startedAt: house.clock.now(),
    started: house.clock.monotonic(),
    language: languageOf(request.headers.get('accept-language')),
    allDecisions: request.headers.get('x-decisions')?.trim().toLowerCase() === 'all',
    signal: request.signal,
    caller: null,
    refused: null,
    reservation: null,
    operation: null,
    finding: null,
    explains: null,
    registered: null,
    answered: false,
    settle: null,
    secrets: house.secrets,
    exactly: false,
    onGrid: false,
    lane: 'none',
    codes: new Set(),
  }
}
