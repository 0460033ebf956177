import { parse } from 'yaml'
import { DEFAULT_SETTINGS, readAlarmSettings } from '../governance/alarms/settings.ts'
import type { AlarmSettings } from '../governance/alarms/settings.ts'
import { followFile } from './followed-file.ts'

/** Milliseconds between looks at the file. */
const INTERVAL = 2_000

/** Reads the rules' file. @throws AlarmSettingsFault with every fault at once, and what the YAML parser says */
export function parseAlarmRules(text: string): AlarmSettings {
  const value: unknown = parse(text)
  return readAlarmSettings(value)
}

/** Settings that follow their file until they are closed. */
export interface AlarmsFile {
  current(): AlarmSettings
  close(): void
}

/**
 * Settings of the rules' file. One that cannot be used changes nothing: what was in force before stays so, and at the
 * start the defaults are, for alarms by other limits are better than none.
 *
 * @param failed told of a file that cannot be used, once for each change
 */
export function openAlarmsFile(path: string | null, failed: (error: unknown) => void): AlarmsFile {
  if (path === null) return { current: () => DEFAULT_SETTINGS, close: () => undefined }
  let good = DEFAULT_SETTINGS
  const file = followFile({
    path,
    subject: 'alarm-rules',
    interval: INTERVAL,
    missing: '',
    parse: (text) => {
      try {
        good = parseAlarmRules(text)
      } catch (error) {
        failed(error)
      }
      return good
    },
    onChange: () => undefined,
  })
  return { current: () => file.current(), close: () => file.close() }
}
