import type { Text } from '../../vocabulary/codes.ts'
import type { Alarm } from './alarm.ts'
import { measureText } from './measures.ts'
import { RULES } from './rules.ts'
import type { Concerned } from './sighting.ts'

/** Whom it is about, as far as that is somebody: department, application, officer, matter. */
export function concernedText({ department, application, officer, matter }: Concerned): string {
  return [department, application, officer, matter].filter((one) => one !== null).join(' / ')
}

/** An alarm in one line: what, of whom, how much. */
export function alarmLine(alarm: Alarm): Text {
  const { title } = RULES[alarm.rule]
  const measured = measureText(alarm.evidence)
  const who = concernedText(alarm.concerned)
  return {
    zh: [title.zh, ...(who === '' ? [] : [who]), measured.zh].join(':'),
    en: [title.en, ...(who === '' ? [] : [who]), measured.en].join(': '),
  }
}

/** How an officer whom an alarm has suspended is let in again; null where it suspended nobody. */
export function restoreText({ id, concerned, events }: Alarm): Text | null {
  const { department, officer } = concerned
  if (department === null || officer === null || !events.some(({ kind }) => kind === 'SUSPENDED')) return null
  const command = `gongxiang officer restore ${officer} --department ${department} --by <officer> --reason "${id} …"`
  return {
    zh: `该人员已被暂停;核查后可恢复:${command}`,
    en: `the officer is suspended; after a look at it, lift that with: ${command}`,
  }
}
