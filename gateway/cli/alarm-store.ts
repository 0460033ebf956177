import { governanceAddress } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { StoreFault } from '../governance/store/fault.ts'
import { openGovernanceStore } from '../governance/store/store.ts'
import type { GovernanceStore } from '../governance/store/store.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { CommandFault } from './terminal.ts'

/** Opens the governance store for one command. @throws CommandFault where it cannot be used */
export async function withAlarmStore<T>(config: Config, act: (store: GovernanceStore) => Promise<T>): Promise<T> {
  const store = await openGovernanceStore(governanceAddress(config), { connections: 1 }).catch((error: unknown) => {
    if (error instanceof StoreFault) throw new CommandFault(error.message)
    throw error
  })
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

/** @throws CommandFault */
export function checkStaffNumber(by: string): string {
  if (!STAFF_NUMBER.test(by)) throw new CommandFault('--by takes a staff number')
  return by
}
