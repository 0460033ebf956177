import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { appendGrantEvent, readGrantEvents } from '../adapters/grant-events.ts'
import type { GrantEvent } from '../adapters/grant-events.ts'
import { readGrants } from '../adapters/register-files.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { grantEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { grantState } from '../grants/grant.ts'
import type { Grant } from '../grants/grant.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { configOf } from './context.ts'
import { describeLinkage } from '../grants/linkage.ts'
import { checkConfiguredRegisters, printFinding, servedComposition } from '../start/register-check.ts'
import { CommandFault, inLanguage, print, printJson, printNote, terminalLanguage } from './terminal.ts'

async function registeredGrants({ registers }: Config): Promise<readonly Grant[]> {
  return readGrants(registers.grants, await readFile(registers.grants, 'utf8'))
}

/** Null, and a note, where the register is broken: a running gateway goes on with its last good copy, so must this. */
async function grantsIfReadable(config: Config): Promise<readonly Grant[] | null> {
  try {
    return await registeredGrants(config)
  } catch {
    printNote(`${config.registers.grants} cannot be read; the grant is revoked without looking it up there`)
    return null
  }
}

async function knownEvents(config: Config): Promise<readonly GrantEvent[]> {
  const file = grantEventsFile(config)
  const { events, badLines } = await readGrantEvents(file)
  for (const line of badLines) printNote(`${file}:${line} is no grant event; restore the line from a backup`)
  return events
}

interface RevokeOptions {
  readonly reason: string
  readonly by: string
  readonly json?: boolean
}

async function revoke(id: string, { reason, by, json }: RevokeOptions, config: Config): Promise<void> {
  const grants = await grantsIfReadable(config)
  if (grants && !grants.some((grant) => grant.id === id))
    throw new CommandFault(`there is no grant ${id}; see: gongxiang grant list`)
  if (reason.trim() === '') throw new CommandFault('a revocation needs a reason that can be read later')
  if (!STAFF_NUMBER.test(by)) throw new CommandFault('--by takes a staff number')
  if (holdsIdNumber(reason) || holdsIdNumber(by))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  const events = await knownEvents(config)
  const earlier = events.find(({ grant }) => grant === id)
  if (earlier !== undefined) throw new CommandFault(`${id} was revoked already, at ${earlier.at} by ${earlier.by}`)
  const at = new Date(systemClock.now()).toISOString()
  const event: GrantEvent = { kind: 'GRANT_REVOKED', grant: id, at, by, reason: reason.trim() }
  await appendGrantEvent(grantEventsFile(config), event)
  if (json === true) printJson(event)
  else print(`${id} is revoked from ${at} on. A running gateway follows within one second.`)
}

/** The state now, and since or until when. */
function stateOf(grant: Grant, revocation: GrantEvent | undefined): string {
  if (revocation !== undefined) return `REVOKED ${revocation.at} by ${revocation.by}: ${revocation.reason}`
  const state = grantState(grant, systemClock.now())
  return `${state} ${new Date(state === 'NOT_YET' ? grant.validFrom : grant.validUntil).toISOString()}`
}

async function list(json: boolean, config: Config): Promise<void> {
  const events = await knownEvents(config)
  const grants = await registeredGrants(config)
  const revocationOf = (id: string) => events.find((event) => event.grant === id)
  if (json)
    return printJson(
      grants.map((grant) => ({
        id: grant.id,
        consumer: grant.consumer,
        matters: grant.matters,
        fields: Object.fromEntries(grant.fields),
        validFrom: new Date(grant.validFrom).toISOString(),
        validUntil: new Date(grant.validUntil).toISOString(),
        approvals: grant.approvals,
        revoked: revocationOf(grant.id) ?? null,
      })),
    )
  for (const grant of grants)
    print(
      [
        grant.id.padEnd(8),
        grant.consumer.padEnd(22),
        grant.matters.join(',').padEnd(28),
        stateOf(grant, revocationOf(grant.id)),
      ].join(' '),
    )
}

/** Every misfit with its place, and for each masked number how many candidates it leaves (R809-25). */
function check(json: boolean, config: Config): void {
  const { findings, linkage } = checkConfiguredRegisters(config, servedComposition(config))
  const errors = findings.filter(({ severity }) => severity === 'error').length
  process.exitCode = errors > 0 ? 1 : 0
  if (json) return printJson({ findings, linkage })
  const language = terminalLanguage(process.env)
  for (const one of linkage)
    if (one.verdict !== 'TOO_FEW') print(`${one.department}: ${describeLinkage(one, language)}`)
  for (const one of findings) print(`${one.severity} ${inLanguage(printFinding(one), language)}`)
  print(`${errors} errors, ${findings.length - errors} warnings`)
}

const CHECK_HELP = `
Exit code: 0 all fits or warnings only, 1 something must be mended.

Examples:
  gongxiang grant check
  gongxiang grant check --json`

/** `gongxiang grant list`, `grant check` and `gongxiang grant revoke`. */
export function register(program: Command): void {
  const grant = program.command('grant').description('List and revoke grants.')
  grant
    .command('list')
    .description('List the registered grants with their revocations.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang grant list --json')
    .action(async (options: { readonly json?: boolean }, command: Command) =>
      list(options.json === true, await configOf(command)),
    )
  grant
    .command('check')
    .description('Hold matters, cases and grants against catalogue, parties and regime; count what masks leave.')
    .option('--json', 'print as JSON')
    .addHelpText('after', CHECK_HELP)
    .action(async (options: { readonly json?: boolean }, command: Command) =>
      check(options.json === true, await configOf(command)),
    )
  grant
    .command('revoke')
    .description('Revoke a grant from now on. It cannot be taken back: apply for a new one.')
    .argument('<id>', 'the grant')
    .requiredOption('--reason <text>', 'why, for the consumer and for the auditor')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .option('--json', 'print the event as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang grant revoke G-0007 --by MR-0042 --reason "purpose has ended"')
    .action(async (id: string, options: RevokeOptions, command: Command) =>
      revoke(id, options, await configOf(command)),
    )
}
