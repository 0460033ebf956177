import { versionOf, VERSION } from './migrations.ts'
import type { GovernanceStore } from './store.ts'

/** How the tables stand to this program. */
export type StoreVersion =
  /** `NONE`: there are no tables yet; `OLDER` is upgraded at the next start, where the account may. */
  { readonly kind: 'CURRENT' | 'NONE' | 'OLDER' | 'NEWER'; readonly version: number }

/** Looks at the tables and changes nothing. Rejects where the store does not answer. */
export async function storeVersion({ db, target }: Pick<GovernanceStore, 'db' | 'target'>): Promise<StoreVersion> {
  const version = await versionOf(db, target)
  if (version === 0) return { kind: 'NONE', version }
  if (version === VERSION) return { kind: 'CURRENT', version }
  return { kind: version < VERSION ? 'OLDER' : 'NEWER', version }
}
