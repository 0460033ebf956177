import { officerEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { WebhookAddress } from './alarm-webhook.ts'

/** What alarms are set up with; it can be sent to a thread. */
export interface AlarmData {
  /** The rules' file; null: the defaults. */
  readonly rules: string | null
  readonly webhook: WebhookAddress | null
  /** File of the dated events about officers, where alarms suspend; null: they suspend nobody. */
  readonly officers: string | null
}

/** Alarms as they are configured; null where there are to be none. */
export function alarmData(config: Pick<Config, 'alarms' | 'dataDirectory'>): AlarmData | null {
  const { enabled, rules, suspend, webhook } = config.alarms
  return enabled ? { rules, webhook, officers: suspend ? officerEventsFile(config) : null } : null
}
