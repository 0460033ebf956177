import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditRecord } from '../../audit/record.ts'
import { batchOf } from './batch.ts'
import { isExcepted } from './exceptions.ts'
import { fileAll } from './filing.ts'
import type { AlarmWatchParts } from './filing.ts'
import type { Judging } from './judge.ts'
import { createLook } from './look.ts'
import { createPatience } from './patience.ts'
import { alarmsSince } from './progress.ts'
import { createLearning, keepTraces } from './remember.ts'
import { ALARM_RULES } from './rules.ts'
import { ruleTrouble } from './rule-trouble.ts'
import { JUDGES } from './rules-in-order.ts'
import { isEnabled } from './settings.ts'
import type { AlarmSettings } from './settings.ts'
import type { Sighting } from './sighting.ts'
import { MINUTE } from './windows.ts'

/** Judges some records of one chain that stand in the store: traces, rules, alarms, and what is learned of them. */
export type Judgement = (records: readonly AuditRecord[]) => Promise<void>

/** A judgement with what one process remembers between two calls; nothing of it is needed but for speed. */
export function createJudgement(parts: AlarmWatchParts): Judgement {
  const { store, clock, settings } = parts
  const look = createLook(store.db)
  const patience = createPatience()
  const learning = createLearning(store)
  // A thread starts beside the requests: those of its first moments are news too.
  const opened = clock.now() - MINUTE
  let since: number | null = null
  let limits: AlarmSettings | null = null
  return async (records) => {
    since ??= await alarmsSince(store, opened)
    const current = settings()
    if (limits !== current) patience.forget()
    limits = current
    const batch = batchOf(records)
    const begun = since
    const news = batch.filter(({ at }) => at >= begun)
    if (news.length > 0) {
      await keepTraces(store, news, current)
      await fileAll(parts, await sightingsOf({ batch: news, look, settings: current, patience }, parts))
    }
    await learning.learn(batch)
  }
}

/** Milliseconds after which a rule that failed is asked again; the place in the chain is held meanwhile. */
const PAUSES = [0, 250, 2_000] as const

/** Everything that the rules see; one that cannot judge keeps no other from judging, and is told of. */
async function sightingsOf(
  judging: Judging,
  { failed, pause = sleep }: Pick<AlarmWatchParts, 'failed' | 'pause'>,
): Promise<readonly Sighting[]> {
  const found: Sighting[] = []
  for (const rule of ALARM_RULES) {
    if (rule === 'AUDIT_TROUBLE' || !isEnabled(judging.settings, rule)) continue
    try {
      found.push(...(await again(() => JUDGES[rule](judging), pause)))
    } catch (error) {
      failed(`alarms: ${rule}`, error)
      if (isEnabled(judging.settings, 'AUDIT_TROUBLE')) found.push(...ruleTrouble(rule, judging.batch))
    }
  }
  return found.filter((one) => !isExcepted(judging.settings, one))
}

/** A connection may break in the middle, a database may be restarted; whatever is wrong beyond that stays wrong. */
async function again<T>(act: () => Promise<T>, pause: (milliseconds: number) => Promise<unknown>): Promise<T> {
  for (const milliseconds of PAUSES) {
    try {
      return await act()
    } catch {
      await pause(milliseconds)
    }
  }
  return act()
}
