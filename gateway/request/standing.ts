import type { Caller } from '../caller/caller.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { House } from './house.ts'

/**
 * Refuses an officer who is suspended, whatever the token says: a verified one stays cached and is of no use (wall 14).
 *
 * @throws Failure OFFICER_SUSPENDED
 */
export function assertStanding({ suspensions }: Pick<House, 'suspensions'>, { department, officer }: Caller): void {
  if (suspensions.isSuspended(department, officer)) throw new Failure('OFFICER_SUSPENDED')
}
