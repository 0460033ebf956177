import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import { parseAlarmRules } from '../adapters/alarms-file.ts'
import type { Config } from '../config/config.ts'
import { alarmById, decideAlarm, listAlarms } from '../governance/alarms/alarms.ts'
import type { VerdictRefusal } from '../governance/alarms/alarms.ts'
import { incidentDraft, incidentText } from '../governance/alarms/incident.ts'
import { ALARM_RULES, isAlarmRule } from '../governance/alarms/rules.ts'
import { AlarmSettingsFault, DEFAULT_SETTINGS } from '../governance/alarms/settings.ts'
import type { AlarmDecision, AlarmState } from '../governance/alarms/states.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { checkStaffNumber, withAlarmStore } from './alarm-store.ts'
import { alarmPage, alarmTable } from './alarm-text.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson, terminalLanguage } from './terminal.ts'

interface ListOptions {
  readonly state?: string
  readonly rule?: string
  readonly department?: string
  readonly officer?: string
  readonly first?: string
  readonly json?: boolean
}

interface DecideOptions {
  readonly by: string
  readonly reason: string
  readonly department: string
  readonly json?: boolean
}

const STATES = { open: 'OPEN', confirmed: 'CONFIRMED', dismissed: 'DISMISSED' } as const

function stateNamed(name: string | undefined): AlarmState | null {
  const found = Object.entries(STATES).find(([one]) => one === name)
  return found?.[1] ?? null
}

async function list({ state, rule, department, officer, first = '100', json }: ListOptions, config: Config) {
  if (!/^\d{1,5}$/.test(first)) throw new CommandFault('--first takes a number')
  const wanted = stateNamed(state)
  const alarms = await withAlarmStore(config, (store) =>
    listAlarms(store, {
      ...(wanted === null ? {} : { state: wanted }),
      ...(rule !== undefined && isAlarmRule(rule) ? { rule } : {}),
      ...(department === undefined ? {} : { department }),
      ...(officer === undefined ? {} : { officer }),
      first: Number(first),
    }),
  )
  if (json === true) return printJson(alarms)
  for (const line of alarmTable(alarms, terminalLanguage(process.env))) print(line)
}

async function show(
  id: string,
  { incident, json }: { readonly incident?: boolean; readonly json?: boolean },
  config: Config,
) {
  const alarm = await withAlarmStore(config, (store) => alarmById(store, id))
  if (alarm === null) throw new CommandFault(`there is no alarm ${id}; see: gongxiang alarm list`)
  if (incident === true) {
    const draft = incidentDraft(alarm, [PREFIXES[config.regime] ?? ''])
    return json === true ? printJson(draft) : print(incidentText(draft))
  }
  if (json === true) return printJson(alarm)
  for (const line of alarmPage(alarm, terminalLanguage(process.env))) print(line)
}

/** How clauses of the regulation in force begin; of another one all clauses are shown. */
const PREFIXES: Readonly<Record<string, string>> = {
  zhongshan: 'ZS',
  huizhou: 'HZ',
  nantong: 'NT',
  fushun: 'FS',
  zhejiang: 'ZJ',
  national: 'R809',
}

/** What stands in the way of a decision, for whoever decides. */
const REFUSALS: Readonly<Record<VerdictRefusal, string>> = {
  UNKNOWN: 'there is no such alarm; see: gongxiang alarm list',
  ALREADY: 'that is decided already',
  OPEN_ALREADY: 'it is open already',
  CONCERNED:
    'nobody decides on an alarm that is about themselves or their own department: an officer of another one does (ZS-6.16)',
  NO_REASON: 'a decision needs a reason that can be read later',
  NUMBER: "the reason is kept: leave citizens' numbers out of it (HZ-47.2)",
}

async function decide(
  kind: AlarmDecision,
  id: string,
  { by, reason, department, json }: DecideOptions,
  config: Config,
) {
  const verdict = { id, kind, officer: checkStaffNumber(by), department, reason, at: systemClock.now() }
  const outcome = await withAlarmStore(config, (store) => decideAlarm(store, verdict))
  if (outcome.kind === 'REFUSED') throw new CommandFault(REFUSALS[outcome.why])
  if (json === true) return printJson(outcome.alarm)
  print(`${id} is ${outcome.alarm.state}.`)
}

/** The limits in force, or every fault of a file. */
async function rules(file: string | undefined, config: Config): Promise<void> {
  const path = file ?? config.alarms.rules
  if (path === null) return printJson(DEFAULT_SETTINGS)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandFault(`${path} cannot be read`)
  })
  try {
    printJson(parseAlarmRules(text))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const faults = error instanceof AlarmSettingsFault ? error.message : (error.message.split('\n')[0] ?? '')
    throw new CommandFault(
      faults
        .split('\n')
        .map((fault) => `${path}: ${fault}`)
        .join('\n'),
    )
  }
}

function decision(alarm: Command, name: string, kind: AlarmDecision, description: string): void {
  alarm
    .command(name)
    .description(description)
    .argument('<alarm>', 'its ID')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .requiredOption('--reason <text>', 'why, for the auditor')
    .requiredOption('--department <code>', "the deciding officer's department: staff numbers are each department's own")
    .option('--json', 'print the alarm as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  gongxiang alarm ${name} al_… --by DA-0001 --department data-authority --reason "…"`,
    )
    .action(async (id: string, options: DecideOptions, command: Command) =>
      decide(kind, id, options, await configOf(command)),
    )
}

/** `gongxiang alarm list`, `show`, `confirm`, `dismiss`, `reopen` and `rules`. */
export function register(program: Command): void {
  const alarm = program.command('alarm').description('Look at alarms and decide on them (查看、处置预警).')
  alarm
    .command('list')
    .description('List alarms, the newest first.')
    .addOption(new Option('--state <state>', 'only those').choices(Object.keys(STATES)))
    .addOption(new Option('--rule <rule>', 'only those of one rule').choices([...ALARM_RULES]))
    .option('--department <code>', 'only those about a department')
    .option('--officer <officer>', 'only those about an officer')
    .option('--first <count>', 'at most so many', '100')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang alarm list --state open')
    .action(async (options: ListOptions, command: Command) => list(options, await configOf(command)))
  alarm
    .command('show')
    .description('Show an alarm with its evidence, or as the draft of an incident report (ZS-6.05).')
    .argument('<alarm>', 'its ID')
    .option('--incident', 'as the draft of a report, in Chinese and English')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang alarm show al_… --incident > report.txt')
    .action(async (id: string, options: { incident?: boolean; json?: boolean }, command: Command) =>
      show(id, options, await configOf(command)),
    )
  decision(alarm, 'confirm', 'CONFIRMED', 'Confirm an alarm: it is what it looks like.')
  decision(alarm, 'dismiss', 'DISMISSED', 'Dismiss an alarm: there is a good reason for it. More of it opens it again.')
  decision(alarm, 'reopen', 'REOPENED', 'Open an alarm again that was decided.')
  alarm
    .command('rules')
    .description('Print the limits in force, or check a file of them.')
    .argument('[file]', 'a file; else the configured one')
    .addHelpText('after', '\nExample:\n  gongxiang alarm rules alarms.yaml')
    .action(async (file: string | undefined, _options: object, command: Command) =>
      rules(file, await configOf(command)),
    )
}
