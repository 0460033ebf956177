import { maskSetId } from '../vocabulary/decision.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'

/** What `extensions.sharing` says of every answer. */
export interface SharingFacts {
  readonly receipt: string
  readonly regime: string
  readonly catalogVersion: string
  /** The set of masking rules and its version, e.g. `strict/1`. */
  readonly masking: string
}

/** The facts of one answer; before an operation is known, the catalogue in service. */
export function sharingFacts(
  house: Pick<House, 'regime' | 'catalogVersion' | 'masks'>,
  exchange: Exchange,
): SharingFacts {
  const catalogVersion = exchange.operation?.catalogVersion ?? house.catalogVersion()
  return { receipt: exchange.receipt, regime: house.regime.regime, catalogVersion, masking: maskSetId(house.masks) }
}
