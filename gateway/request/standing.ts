import type { Caller } from '../caller/caller.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { House } from './house.ts'

/**
 * Lets a caller in: not too often, and not while suspended, whatever the token says: a verified one stays cached and is
 * of no use (wall 14). A suspended officer uses up nothing but what is the officer's own.
 *
 * @throws Failure RATE_LIMIT, OFFICER_SUSPENDED
 */
export async function admitCaller(
  { rate, suspensions }: Pick<House, 'rate' | 'suspensions'>,
  caller: Caller,
): Promise<void> {
  if (!suspensions.isSuspended(caller.department, caller.officer)) return rate.admit(caller)
  await rate.admitRefused(caller)
  throw new Failure('OFFICER_SUSPENDED')
}
