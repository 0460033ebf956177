import type { Caller } from '../caller/caller.ts'
import type { Supervision } from '../grants/supervision.ts'

/**
 * Who asks governance, from the verified token and the registers. It is handed over inside this process with the call
 * itself, beside the call context that departments are sent: none of it can come from a document, none leaves the house.
 */
export interface Asker {
  readonly caller: Pick<Caller, 'department' | 'officer' | 'roles'>
  readonly supervision: Supervision
}
