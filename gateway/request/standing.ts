import type { Caller } from '../caller/caller.ts'
import { SEPARATE_ROLES } from '../caller/roles.ts'
import { isForReading } from '../grants/supervision.ts'
import type { Separation } from '../limits/separation.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { House } from './house.ts'

/**
 * Lets a caller in: not too often, not while suspended, and not in two of the roles that are kept apart, whatever the
 * token says: a verified one stays cached and is of no use (wall 14). A suspended officer uses up nothing but what is the
 * officer's own.
 *
 * @throws Failure RATE_LIMIT, OFFICER_SUSPENDED, UNAUTHENTICATED
 */
export async function admitCaller(
  { rate, suspensions, separation }: Pick<House, 'rate' | 'suspensions' | 'separation'>,
  caller: Caller,
): Promise<void> {
  if (!suspensions.isSuspended(caller.department, caller.officer)) {
    await rate.admit(caller)
    return assertSeparated(separation, caller)
  }
  await rate.admitRefused(caller)
  throw new Failure('OFFICER_SUSPENDED')
}

/**
 * Security, data operation and audit are different people's, whatever tokens one person has (ZS-6.04). Audit is whoever
 * reads the record: overseers and data officers as well as auditors.
 */
async function assertSeparated(separation: Separation, caller: Caller): Promise<void> {
  const named = SEPARATE_ROLES.find((role) => caller.roles.includes(role))
  const part = named ?? (isForReading(caller.roles) ? 'AUDITOR' : undefined)
  if (part === undefined || (await separation.take(caller, part))) return
  throw new Failure('UNAUTHENTICATED', {
    clause: 'ZS-6.04',
    detail: {
      zh: '该人员今日已以安全管理、数据操作、审计核查(含查阅审计记录)中的另一角色登录,三者须由不同人员担任',
      en: 'This officer has come as another of SECURITY_ADMIN, DATA_OPERATOR and who reads the audit record today: they are different people.',
    },
  })
}
