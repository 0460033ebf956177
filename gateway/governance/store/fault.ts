/** Why a store cannot be used; the message is one clear line for operators, and holds no address and no password. */
export type StoreFaultKind = 'NEWER' | 'NOT_PREPARED' | 'UNREACHABLE'

/**
 * A governance store that cannot be opened. `NEWER`: a newer program has changed its tables; `NOT_PREPARED`: tables are
 * missing and this account may not make them; `UNREACHABLE`: the server or the file does not answer.
 */
export class StoreFault extends Error {
  readonly code = 'STORE_REFUSED'
  readonly kind: StoreFaultKind

  constructor(kind: StoreFaultKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StoreFault'
    this.kind = kind
  }
}
