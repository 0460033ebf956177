import type { GovernanceStore } from '../store/store.ts'
import type { AlarmSeenRow } from '../store/tables.ts'
import type { Batch } from './batch.ts'
import { START, usesOf } from './rule-first.ts'
import type { AlarmSettings } from './settings.ts'
import { tracesOf } from './traces.ts'

type Db = Pick<GovernanceStore, 'db'>

/** Rows of one statement: far below what either database takes. */
const MOST = 500

/** Keeps what the rules look back on; a record that comes again leaves no second trace. */
export async function keepTraces({ db }: Db, batch: Batch, settings: AlarmSettings): Promise<void> {
  const traces = batch.flatMap((judged) => tracesOf(judged, settings))
  for (let at = 0; at < traces.length; at += MOST)
    await db
      .insertInto('alarm_trace')
      .values(traces.slice(at, at + MOST))
      .onConflict((oc) => oc.columns(['kind', 'who', 'chain', 'seq']).doNothing())
      .execute()
}

/** Forgets traces that no rule looks back on any more. */
export async function forgetTraces({ db }: Db, before: number): Promise<void> {
  await db.deleteFrom('alarm_trace').where('at', '<', before).execute()
}

/** Learns what is used by whom, and since when. What this process has learned before is not asked for again. */
export interface Learning {
  learn(batch: Batch): Promise<void>
}

/** @param most names that are remembered; the rest is asked of the store each time */
export function createLearning({ db }: Db, most = 200_000): Learning {
  const known = new Set<string>()
  return {
    async learn(batch) {
      const rows = usesOf(batch).flatMap(({ kind, who, what, at }): readonly AlarmSeenRow[] => [
        { kind: START, who, what: '', first_at: at },
        { kind, who, what, first_at: at },
      ])
      // Of several the first one is kept.
      const named = rows.map((row) => [JSON.stringify([row.kind, row.who, row.what]), row] as const)
      const unknown = [...new Map(named.toReversed())].filter(([name]) => !known.has(name))
      for (let at = 0; at < unknown.length; at += MOST)
        await db
          .insertInto('alarm_seen')
          .values(unknown.slice(at, at + MOST).map(([, row]) => row))
          .onConflict((oc) => oc.columns(['kind', 'who', 'what']).doNothing())
          .execute()
      if (known.size > most) known.clear()
      for (const [name] of unknown) known.add(name)
    },
  }
}
