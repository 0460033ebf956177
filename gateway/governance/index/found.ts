/**
 * What was found wrong while records were copied. `GAP`: numbers are missing; `CHANGED`: a line does not fit its own hash
 * and was not copied; `FORKED`: a record does not follow the one before it, or another one has its number; `TAIL_MISSING`:
 * records that were copied once are gone; `CHAIN_MISSING`: a whole chain is gone; `OUTAGE`: nothing is missing, these were
 * copied late, in order. `audit verify` proves; this tells at once.
 */
export type FoundKind = 'GAP' | 'CHANGED' | 'FORKED' | 'TAIL_MISSING' | 'CHAIN_MISSING' | 'OUTAGE'

/** One finding about the records from one number to another. */
export interface Found {
  readonly kind: FoundKind
  readonly from: number
  readonly to: number
  /** One sentence for the auditor; no value. */
  readonly detail: string
}
