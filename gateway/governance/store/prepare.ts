import { sql } from 'kysely'
import { openGovernanceStore } from './store.ts'
import type { StoreAddress } from './store.ts'

/** What a role name may be, so that it can stand in a statement. */
export const ROLE = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/

/** Where the latest state of something stands, and is renewed. */
const RENEWED = 'audit_chain, alarm, alarm_delivery, store_fact'
/** What is remembered for a while, and whom rules watch for. */
const FORGOTTEN = 'alarm_trace, watched_subject'

/**
 * Makes the tables as their owner, and lets an account use them: it reads and adds, and can neither change nor delete a
 * record; months are made by a function that runs as the owner.
 *
 * @throws StoreFault
 */
export async function prepareStore(address: StoreAddress, role: string | null): Promise<void> {
  const store = await openGovernanceStore(address, { connections: 1 })
  try {
    if (role === null || !('schema' in address)) return
    if (!ROLE.test(role)) throw new TypeError('not the name of a role')
    const to = `"${role}"`
    const schema = `"${address.schema}"`
    // Everything else is added to, and nothing of it is taken away by an account that serves requests (ZS-6.03).
    const grants = [
      `grant usage on schema ${schema} to ${to}`,
      `grant select, insert on all tables in schema ${schema} to ${to}`,
      `grant update on ${RENEWED} to ${to}`,
      `grant delete on ${FORGOTTEN} to ${to}`,
      `grant execute on function ${schema}.audit_month(text) to ${to}`,
    ]
    for (const grant of grants) await sql.raw(grant).execute(store.db)
  } finally {
    await store.close()
  }
}
