import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { appendOfficerEvent, lastEventOf, lastEvents, readOfficerEvents } from '../adapters/officer-events.ts'
import type { OfficerEvent } from '../adapters/officer-events.ts'
import { parseParties } from '../adapters/party-register-file.ts'
import { officerEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { STAFF_NUMBER, isSameOfficer } from '../vocabulary/staff-number.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson, printNote } from './terminal.ts'

/** Options of `suspend` and `restore`. */
interface DecideOptions {
  readonly department: string
  readonly by: string
  readonly reason: string
  readonly json?: boolean
}

/** The last event of each officer; lines that are none are told, and hide no other. */
async function standings(config: Config): Promise<readonly OfficerEvent[]> {
  const file = officerEventsFile(config)
  const { events, badLines } = await readOfficerEvents(file)
  for (const line of badLines) printNote(`${file}:${line} is no officer event; restore the line from a backup`)
  return lastEvents(events)
}

function checkDecision(officer: string, { by, reason }: DecideOptions): void {
  if (reason.trim() === '') throw new CommandFault('a decision needs a reason that can be read later')
  if (!STAFF_NUMBER.test(by)) throw new CommandFault('--by takes a staff number')
  if (isSameOfficer(by, officer))
    throw new CommandFault('nobody decides on their own standing: --by names another officer')
  if ([reason, by, officer].some(holdsIdNumber))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
}

/** A register that cannot be read is a note: who must be stopped now must be. */
async function checkDepartment({ registers }: Config, department: string): Promise<void> {
  const parties = await readFile(registers.parties, 'utf8')
    .then((text) => parseParties(text, registers.parties))
    .catch(() => null)
  if (parties === null) return printNote(`${registers.parties} cannot be read; the department is not looked up there`)
  if (!parties.some(({ code }) => code === department))
    throw new CommandFault(`there is no department ${department} in ${registers.parties}`)
}

async function decide(
  kind: OfficerEvent['kind'],
  officer: string,
  options: DecideOptions,
  config: Config,
): Promise<void> {
  const { department, by, reason, json } = options
  checkDecision(officer, options)
  await checkDepartment(config, department)
  const last = lastEventOf(await standings(config), { department, officer })
  const suspended = last?.kind === 'OFFICER_SUSPENDED'
  if (kind === 'OFFICER_SUSPENDED' && suspended)
    throw new CommandFault(`${officer} of ${department} is suspended already, since ${last.at} by ${last.by}`)
  if (kind === 'OFFICER_RESTORED' && !suspended)
    // A gateway whose disk fails suspends in memory: no file shows it, and nothing else would lift it.
    printNote(`no event suspends ${officer} of ${department}; a gateway that could not write one follows this one`)
  const at = new Date(systemClock.now()).toISOString()
  const event: OfficerEvent = { kind, department, officer, at, by, reason: reason.trim() }
  await appendOfficerEvent(officerEventsFile(config), event)
  if (json === true) return printJson(event)
  const done = kind === 'OFFICER_SUSPENDED' ? 'suspended' : 'restored; what was counted stays counted'
  print(`${officer} of ${department} is ${done}. A running gateway follows within one second.`)
}

async function list(json: boolean, config: Config): Promise<void> {
  const events = await standings(config)
  if (json) return printJson(events)
  for (const { kind, department, officer, at, by, reason } of events) {
    const state = kind === 'OFFICER_SUSPENDED' ? 'SUSPENDED' : 'RESTORED'
    print([officer.padEnd(16), department.padEnd(24), state.padEnd(9), at, `by ${by}: ${reason}`].join(' '))
  }
}

function decision(officers: Command, name: 'suspend' | 'restore', kind: OfficerEvent['kind'], description: string) {
  const example = `gongxiang officer ${name} HUR-0117 --department housing-urban-rural --by HUR-0001 --reason "…"`
  officers
    .command(name)
    .description(description)
    .argument('<officer>', 'staff number, as tokens name it')
    .requiredOption('--department <code>', "the officer's department")
    .requiredOption('--reason <text>', 'why, for the officer and for the auditor')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .option('--json', 'print the event as JSON')
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(async (officer: string, options: DecideOptions, command: Command) =>
      decide(kind, officer, options, await configOf(command)),
    )
}

/** `gongxiang officer list`, `officer suspend` and `officer restore`. */
export function register(program: Command): void {
  const officers = program.command('officer').description('List, suspend and restore officers.')
  officers
    .command('list')
    .description('List everybody who was ever suspended, with the last decision.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang officer list --json')
    .action(async (options: { readonly json?: boolean }, command: Command) =>
      list(options.json === true, await configOf(command)),
    )
  decision(officers, 'suspend', 'OFFICER_SUSPENDED', 'Suspend an officer from now on, whatever token is shown.')
  decision(officers, 'restore', 'OFFICER_RESTORED', 'Lift a suspension. It resets no count.')
}
