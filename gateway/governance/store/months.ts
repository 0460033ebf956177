import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { GovernanceTables } from './tables.ts'

/** Of the city's clock: UTC+8, without summer time. */
const OFFSET = 8 * 3_600_000

/** The calendar day of an instant, UTC+8: `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  return new Date(at + OFFSET).toISOString().slice(0, 10)
}

/** The month of an instant, UTC+8: `YYYY-MM`. */
function monthOf(at: number): string {
  return dayOf(at).slice(0, 7)
}

/** Sees to it that rows of these instants have a place; asks for each month once. */
export type PrepareMonths = (instants: readonly number[]) => Promise<void>

/** Makes the partition of each month that records come in, once. */
export function postgresMonths(db: Kysely<GovernanceTables>): PrepareMonths {
  const made = new Set<string>()
  return async (instants) => {
    for (const month of new Set(instants.map(monthOf))) {
      if (made.has(month)) continue
      await sql`select audit_month(${month})`.execute(db)
      made.add(month)
    }
  }
}
