import { randomUUID } from 'node:crypto'
import { deliverAlarms } from '../governance/alarms/deliver.ts'
import { RULES } from '../governance/alarms/rules.ts'
import { createAlarmWatch } from '../governance/alarms/watch.ts'
import type { AlarmNews } from '../governance/alarms/watch.ts'
import type { RecordWatch } from '../governance/index/copy-chain.ts'
import type { GovernanceStore } from '../governance/store/store.ts'
import type { AlarmNotice } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import type { AlarmData } from './alarm-data.ts'
import { openWebhook } from './alarm-webhook.ts'
import { openAlarmsFile } from './alarms-file.ts'
import { appendOfficerEvent, lastEventOf, readOfficerEvents } from './officer-events.ts'

/** What alarms are opened over. */
export interface AlarmParts {
  readonly data: AlarmData
  readonly store: GovernanceStore
  readonly clock: Clock
  /** Neither must throw. */
  readonly tell: (notice: AlarmNotice) => void
  readonly failed: (where: string, error: unknown) => void
}

/** Alarms until they are closed. `observe` never fails: an alarm that cannot be raised now is raised later. */
export interface Alarms extends RecordWatch {
  /** Ends what runs; what is not delivered is delivered after the next start. */
  close(): Promise<void>
}

/** Milliseconds between looks at what is to be delivered again. */
const RETRY = 5_000

/** Opens the watch over the index, and the sink. */
export function openAlarms({ data, store, clock, tell, failed }: AlarmParts): Alarms {
  const rules = openAlarmsFile(data.rules, (error) => failed('alarms: rules', error))
  const watch = createAlarmWatch({
    store,
    clock,
    settings: () => rules.current(),
    publish: (news) => tell(noticeOf(news)),
    suspend: data.officers === null ? null : suspendIn(data.officers, clock),
    failed,
  })
  const sink = data.webhook === null ? null : openWebhook(data.webhook, clock)
  const holder = randomUUID()
  let delivering: Promise<unknown> = Promise.resolve()
  const deliver = (): void => {
    if (sink === null) return
    // One at a time, and nobody waits for a receiver: the index goes on.
    delivering = delivering.then(() =>
      orFailed('alarms: webhook', () => deliverAlarms({ store, sink, clock, holder, failed })),
    )
  }
  const orFailed = (where: string, act: () => Promise<unknown>): Promise<void> =>
    act().then(
      () => undefined,
      (error: unknown) => failed(where, error),
    )
  /** Before the first call the store may not be there yet. */
  let timer: NodeJS.Timeout | null = null
  const done = async (where: string, act: () => Promise<unknown>): Promise<void> => {
    await orFailed(where, act)
    deliver()
    timer ??= setInterval(deliver, RETRY).unref()
  }
  return {
    observe: (records) => done('alarms', () => watch.observe(records)),
    tick: () => done('alarms', () => watch.tick()),
    async close() {
      if (timer !== null) clearInterval(timer)
      await delivering
      await sink?.close()
      rules.close()
    },
  }
}

/** Who is suspended already stays so, under the reason first given. */
function suspendIn(path: string, clock: Clock) {
  return async (who: { readonly department: string; readonly officer: string }, reason: string): Promise<void> => {
    const { events } = await readOfficerEvents(path)
    if (lastEventOf(events, who)?.kind === 'OFFICER_SUSPENDED') return
    const at = new Date(clock.now()).toISOString()
    await appendOfficerEvent(path, { kind: 'OFFICER_SUSPENDED', ...who, at, by: 'gateway', reason })
  }
}

/** What the log has of it: no evidence but its numbers and receipts. */
function noticeOf({ what, alarm }: AlarmNews): AlarmNotice {
  const { id, rule, concerned, evidence } = alarm
  const { measure, count, limit, receipts } = evidence
  return { what, alarm: id, rule, severity: RULES[rule].severity, measure, count, limit, ...concerned, receipts }
}
