import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { endsOf, readEmergencyLines } from '../adapters/emergency-lines.ts'
import { appendGrantEvent } from '../adapters/grant-events.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { indexFields } from '../catalog/catalog.ts'
import { grantEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { LONGEST_HOURS, emergenciesOf } from '../grants/emergency.ts'
import type { Act, Emergencies, Emergency } from '../grants/emergency.ts'
import { emergencyEvent } from '../grants/emergency-event.ts'
import type { EmergencyEvent } from '../grants/emergency-event.ts'
import { faultsOfApproval, faultsOfDeclaration, faultsOfEnd, faultsOfReview } from '../grants/emergency-guards.ts'
import type { Declaration } from '../grants/emergency-guards.ts'
import type { EmergencyFault } from '../grants/emergency-texts.ts'
import type { Regime } from '../regime/regime.ts'
import { readRegisters, servedComposition } from '../start/register-check.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { emergencyLine, emergencyReport } from './emergency-list.ts'
import { CommandFault, inLanguage, print, printJson, printNote, terminalLanguage } from './terminal.ts'

/** All emergencies of the events file, as a gateway reads it; what cannot be read is told. */
export async function readEmergencies(config: Config): Promise<Emergencies> {
  const file = grantEventsFile(config)
  const lines = readEmergencyLines(existsSync(file) ? await readFile(file, 'utf8') : '')
  for (const line of lines.badLines) printNote(`${file}:${line} is no event; restore the line from a backup`)
  return emergenciesOf(lines.events, endsOf(new Map<string, Act>(), lines))
}

/** The regime that a running gateway has too. */
function regimeOf({ schemaDirectory, regime }: Config): Regime {
  return readRegime(join(schemaDirectory, 'regimes', `${regime}.yaml`))
}

/** @throws CommandFault with a line for each: code, clause, what is wrong, what to do next */
function refuseFor(faults: readonly EmergencyFault[]): void {
  if (faults.length === 0) return
  const language = terminalLanguage(process.env)
  const lines = faults.map(({ code, clause, text, next }) => {
    const reason = clause === null ? '' : ` [${clause}]`
    return `${code}${reason}: ${inLanguage(text, language)} → ${inLanguage(next, language)}`
  })
  throw new CommandFault(lines.join('\n'))
}

interface DeclareOptions extends Omit<Declaration, 'emergency' | 'officers' | 'fields'> {
  readonly id: string
  readonly officer?: readonly string[]
  readonly field?: readonly string[]
  readonly json?: boolean
}

async function declare(options: DeclareOptions, config: Config): Promise<void> {
  const { id, officer, field, json, ...stated } = options
  const { department, matter, incident, by, hours, reason } = stated
  const declaration = {
    incident: incident.trim(),
    department,
    matter,
    by,
    hours,
    reason: reason.trim(),
    emergency: id,
    officers: [...new Set(officer)],
    fields: [...new Set(field)],
  }
  const registers = readRegisters(config)
  const fields = indexFields(servedComposition(config).catalog)
  refuseFor(
    faultsOfDeclaration(declaration, {
      regime: regimeOf(config),
      registered: registers.parties.some(({ code, suspended }) => code === department && !suspended),
      matter: registers.matters.find(({ code }) => code === matter) ?? null,
      fields,
      known: await readEmergencies(config),
    }),
  )
  const event = emergencyEvent.parse({ kind: 'EMERGENCY_DECLARED', ...declaration, at: now() })
  await append(config, event)
  const made = (await readEmergencies(config)).get(id)
  // Two officers may declare at the same moment under one ID: the first in the file holds.
  if (made?.from !== Date.parse(event.at) || made.declaredBy !== by) refuseFor([idTaken(id)])
  const listed = new Set<string>(declaration.fields)
  const closed = [...fields.values()].flatMap(({ coordinate: at, level }) =>
    level === 'L4' && listed.has(at) ? [at] : [],
  )
  report(event, json, [
    `${id} is in force from ${event.at} for ${hours} h. A running gateway follows within one second.`,
    `Named officers state it in the header x-emergency: ${id}, with x-matter: ${matter}.`,
    ...(closed.length === 0
      ? []
      : [`Until another officer has approved (gongxiang emergency approve ${id}), closed (L4): ${closed.join(', ')}`]),
  ])
}

function idTaken(id: string): EmergencyFault {
  const next = { zh: '换一个编号', en: 'take another one' }
  return { code: 'ID_USED', clause: null, text: { zh: `编号已用:${id}`, en: `the ID was used: ${id}` }, next }
}

function now(): string {
  return new Date(systemClock.now()).toISOString()
}

async function append(config: Config, event: EmergencyEvent): Promise<void> {
  await appendGrantEvent(grantEventsFile(config), event)
}

function report(event: EmergencyEvent, json: boolean | undefined, lines: readonly string[]): void {
  if (json === true) printJson(event)
  else lines.forEach(print)
}

interface ActOptions {
  readonly by: string
  readonly json?: boolean
}

async function find(id: string, config: Config): Promise<Emergency | null> {
  return (await readEmergencies(config)).get(id) ?? null
}

async function approve(id: string, { by, json }: ActOptions, config: Config): Promise<void> {
  refuseFor(faultsOfApproval(await find(id, config), by, regimeOf(config), systemClock.now()))
  const event: EmergencyEvent = { kind: 'EMERGENCY_APPROVED', emergency: id, by, at: now() }
  await append(config, event)
  report(event, json, [`${id} is approved by ${by}: its fields of level L4 are open too.`])
}

async function end(id: string, options: ActOptions & { readonly reason: string }, config: Config): Promise<void> {
  const { by, reason, json } = options
  refuseFor(faultsOfEnd(await find(id, config), { by, reason }, systemClock.now()))
  const event: EmergencyEvent = { kind: 'EMERGENCY_ENDED', emergency: id, by, reason: reason.trim(), at: now() }
  await append(config, event)
  report(event, json, [
    `${id} is ended from ${event.at} on. A running gateway follows within one second.`,
    `To be reviewed: gongxiang emergency review ${id}`,
  ])
}

async function review(id: string, options: ActOptions & { readonly outcome: string }, config: Config): Promise<void> {
  const { by, outcome, json } = options
  refuseFor(faultsOfReview(await find(id, config), { by, outcome }, systemClock.now()))
  const event: EmergencyEvent = { kind: 'EMERGENCY_REVIEWED', emergency: id, by, outcome: outcome.trim(), at: now() }
  await append(config, event)
  report(event, json, [`${id} is reviewed by ${by}.`])
}

async function list(json: boolean, config: Config): Promise<void> {
  const at = systemClock.now()
  const all = [...(await readEmergencies(config)).values()]
  if (json) printJson(all.map((one) => emergencyReport(one, at)))
  else for (const one of all) print(emergencyLine(one, at))
}

function parseHours(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Expected whole hours, 1 to 24.')
  return Number(text)
}

const DECLARE_HELP = `
Example:
  gongxiang emergency declare --id E-77 --incident 20261120-0031 --department public-security \\
    --matter missing-person-search --by PS-0001 --officer PS-0107 --field ResidencePermit.residenceAddressDetail \\
    --reason "missing child"`

/** `gongxiang emergency declare`, `approve`, `end`, `review` and `list`. */
export function register(program: Command): void {
  const emergency = program.command('emergency').description('Declare and end emergencies of public safety (ZS-4.10).')
  registerDeclare(emergency)
  acting(emergency, 'approve', 'Approve as a second officer, which opens fields of level L4.').action(
    async (id: string, options: ActOptions, command: Command) => approve(id, options, await configOf(command)),
  )
  acting(emergency, 'end', 'End an emergency from now on.')
    .requiredOption('--reason <text>', 'why, for whoever reviews it')
    .action(async (id: string, options: ActOptions & { readonly reason: string }, command: Command) =>
      end(id, options, await configOf(command)),
    )
  acting(emergency, 'review', 'Record the after-review of an emergency that is over.')
    .requiredOption('--outcome <text>', 'what the review found')
    .action(async (id: string, options: ActOptions & { readonly outcome: string }, command: Command) =>
      review(id, options, await configOf(command)),
    )
  emergency
    .command('list')
    .description('List emergencies: state, time left, reviews due and overdue.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang emergency list --json')
    .action(async (options: { readonly json?: boolean }, command: Command) =>
      list(options.json === true, await configOf(command)),
    )
}

function registerDeclare(emergency: Command): void {
  emergency
    .command('declare')
    .description('Declare an emergency, in force at once; L4 waits for a second officer.')
    .requiredOption('--id <id>', 'a new ID, e.g. E-77')
    .requiredOption('--incident <number>', 'number under which the incident was reported')
    .requiredOption('--department <code>', 'the department whose officers use it')
    .requiredOption('--matter <code>', 'a matter of that department')
    .requiredOption('--by <officer>', 'staff number of the officer who declares')
    .option('--officer <staff...>', 'staff numbers of those who may use it')
    .option('--field <coordinate...>', 'what they may read, e.g. ResidencePermit.residenceAddressDetail')
    .option('--hours <hours>', 'how long it lasts, 1 to 24', parseHours, LONGEST_HOURS)
    .requiredOption('--reason <text>', 'why, for whoever reviews it')
    .option('--json', 'print the event as JSON')
    .addHelpText('after', DECLARE_HELP)
    .action(async (options: DeclareOptions, command: Command) => declare(options, await configOf(command)))
}

function acting(emergency: Command, name: string, description: string): Command {
  return emergency
    .command(name)
    .description(description)
    .argument('<id>', 'the emergency')
    .requiredOption('--by <officer>', 'staff number of the officer who acts')
    .option('--json', 'print the event as JSON')
    .addHelpText('after', `\nExample:\n  gongxiang emergency ${name} E-77 --by PS-0002${EXTRA[name] ?? ''}`)
}

const EXTRA: Readonly<Record<string, string>> = {
  end: ' --reason "the child was found"',
  review: ' --outcome "all lookups belong to the incident"',
}
