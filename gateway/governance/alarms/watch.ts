import type { AuditRecord } from '../../audit/record.ts'
import { fileAll } from './filing.ts'
import type { AlarmWatchParts } from './filing.ts'
import { createJudgement } from './judgement.ts'
import type { Judgement } from './judgement.ts'
import { createLook } from './look.ts'
import { gapsUntil, judgedUntil, noteGaps, noteJudged, recordsAfter, unjudged } from './progress.ts'
import { forgetTraces } from './remember.ts'
import { judgeGaps } from './rule-trouble.ts'
import { isEnabled } from './settings.ts'
import { DAY, HOUR } from './windows.ts'

export type { AlarmNews, AlarmWatchParts } from './filing.ts'

/** Sees patterns in the record (FS-27, R809-35). Calls take turns, in the order in which they were made. */
export interface AlarmWatch {
  /**
   * Judges records that stand in the store by now. The same records may come again; records that stood there before and
   * were never judged, because a process ended in between, are judged first.
   *
   * @throws what the store throws; nothing is lost by it, and the next call begins where this one did
   */
  observe(records: readonly AuditRecord[]): Promise<void>
  /** What is due without records: gaps that the index found, records that were never judged, traces that are too old. */
  tick(): Promise<void>
}

/** Records that are judged together, at most: what a rule holds in memory for them is bounded by it. */
const TOGETHER = 500

/** Milliseconds that traces are kept: longer than any rule looks back on them, and than an index is late. */
const KEEP = 3 * DAY

/** A watch over a store. */
export function createAlarmWatch(parts: AlarmWatchParts): AlarmWatch {
  const judge = createJudgement(parts)
  const { clock, store } = parts
  let forgotten = 0
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const mine = turn.then(act)
    turn = mine.catch(() => undefined)
    return mine
  }
  const observe = async (records: readonly AuditRecord[]): Promise<void> => {
    for (const [chain, some] of Map.groupBy(records, (one) => one.chain)) {
      await catchUp(parts, judge, chain, some[0]?.seq ?? 0)
      await judgeInOrder(parts, judge, chain, some)
    }
  }
  let told: ReadonlySet<number> = new Set()
  const tick = async (): Promise<void> => {
    for (const { chain } of await unjudged(store)) await catchUp(parts, judge, chain, Number.MAX_SAFE_INTEGER)
    told = await tellGaps(parts, told)
    if (clock.now() - forgotten < HOUR) return
    forgotten = clock.now()
    await forgetTraces(store, forgotten - KEEP)
  }
  return { observe: (records) => inTurn(() => observe(records)), tick: () => inTurn(tick) }
}

async function judgeInOrder(
  { store }: AlarmWatchParts,
  judge: Judgement,
  chain: string,
  records: readonly AuditRecord[],
): Promise<void> {
  for (let at = 0; at < records.length; at += TOGETHER) {
    const some = records.slice(at, at + TOGETHER)
    await judge(some)
    const last = some.at(-1)
    if (last !== undefined) await noteJudged(store, chain, last.seq)
  }
}

/** Records of a chain before the given one that the index has and nobody has judged. */
async function catchUp(parts: AlarmWatchParts, judge: Judgement, chain: string, before: number): Promise<void> {
  for (;;) {
    const after = await judgedUntil(parts.store, chain)
    if (after + 1 >= before) return
    const missed = await recordsAfter(parts.store, chain, { after, before, most: TOGETHER })
    if (missed.length === 0) return
    await judgeInOrder(parts, judge, chain, missed)
  }
}

/** Findings of so many milliseconds are looked at once more: far longer than a transaction takes (look.ts, `gaps`). */
const AGAIN = HOUR

async function tellGaps(parts: AlarmWatchParts, told: ReadonlySet<number>): Promise<ReadonlySet<number>> {
  const { store, settings, clock } = parts
  const [after, since] = [await gapsUntil(store), clock.now() - AGAIN]
  const found = await judgeGaps(createLook(store.db), { after, since, told })
  if (isEnabled(settings(), 'AUDIT_TROUBLE')) await fileAll(parts, found.sightings)
  if (found.last > after) await noteGaps(store, found.last)
  return found.told
}
