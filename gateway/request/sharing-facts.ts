import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'

/** What `extensions.sharing` says of every answer. */
export interface SharingFacts {
  readonly receipt: string
  readonly regime: string
  readonly catalogVersion: string
}

/** The facts of one answer; before an operation is known, the catalogue in service. */
export function sharingFacts(house: Pick<House, 'regime' | 'catalogVersion'>, exchange: Exchange): SharingFacts {
  const catalogVersion = exchange.operation?.catalogVersion ?? house.catalogVersion()
  return { receipt: exchange.receipt, regime: house.regime.regime, catalogVersion }
}
