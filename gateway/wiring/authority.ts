import { createAuthority } from '../authority/subgraph.ts'
import { governanceAddress } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { connectGovernanceStore } from '../governance/store/store.ts'
import type { GovernanceStore } from '../governance/store/store.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Regime } from '../regime/regime.ts'
import type { AuthorityPort } from '../request/authority.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Connections for questions, which are few and short. */
const READERS = 2

/** What governance's part of the graph is opened over. */
export interface AuthorityParts {
  readonly config: Pick<Config, 'governance' | 'dataDirectory'>
  readonly keys: KeyRing
  readonly regime: () => Regime
}

/**
 * Governance's part of the graph. Its store is opened when somebody first asks: a gateway serves the departments whether
 * or not there is one, and until it answers nothing is told of the record.
 */
export function openAuthority({ config, keys, regime }: AuthorityParts, clock: Clock, closers: Closers): AuthorityPort {
  let store: GovernanceStore | null = null
  closers.add(() => store?.close() ?? Promise.resolve())
  const db = (): GovernanceStore['db'] => {
    store ??= connectGovernanceStore(governanceAddress(config), { connections: READERS })
    return store.db
  }
  return createAuthority({ db, keys, now: () => clock.now(), regime })
}
