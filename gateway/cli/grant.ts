import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import { appendGrantEvent, readGrantEvents } from '../adapters/grant-events.ts'
import type { GrantEvent } from '../adapters/grant-events.ts'
import { holdsIdNumber } from '../caller/id-number-guard.ts'
import { grantEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { parseYaml } from '../config/yaml.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson } from './terminal.ts'

/** What the list shows of a registered grant; the register's own reader checks the rest. */
const listed = z.looseObject({
  grants: z.array(
    z.looseObject({
      id: z.string(),
      consumer: z.string().optional(),
      matters: z.array(z.string()).default([]),
      validUntil: z.string().optional(),
    }),
  ),
})
type ListedGrant = z.output<typeof listed>['grants'][number]

async function registeredGrants({ registers }: Config): Promise<readonly ListedGrant[]> {
  const text = await readFile(registers.grants, 'utf8')
  return parseYaml(text, registers.grants, listed).grants
}

interface RevokeOptions {
  readonly reason: string
  readonly by: string
  readonly json?: boolean
}

async function revoke(id: string, { reason, by, json }: RevokeOptions, config: Config): Promise<void> {
  if (!(await registeredGrants(config)).some((grant) => grant.id === id))
    throw new CommandFault(`there is no grant ${id}; see: gongxiang grant list`)
  if (reason.trim() === '') throw new CommandFault('a revocation needs a reason that can be read later')
  if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(by)) throw new CommandFault('--by takes a staff number')
  if (holdsIdNumber(reason) || holdsIdNumber(by))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  const events = await readGrantEvents(grantEventsFile(config))
  const earlier = events.find(({ grant }) => grant === id)
  if (earlier !== undefined) throw new CommandFault(`${id} was revoked already, at ${earlier.at} by ${earlier.by}`)
  const at = new Date(systemClock.now()).toISOString()
  const event: GrantEvent = { kind: 'GRANT_REVOKED', grant: id, at, by, reason: reason.trim() }
  await appendGrantEvent(grantEventsFile(config), event)
  if (json === true) printJson(event)
  else print(`${id} is revoked from ${at} on. A running gateway follows within a second or two.`)
}

async function list(json: boolean, config: Config): Promise<void> {
  const events = await readGrantEvents(grantEventsFile(config))
  const grants = (await registeredGrants(config)).map(({ id, consumer, matters, validUntil }) => {
    const revoked = events.find(({ grant }) => grant === id)
    return { id, consumer: consumer ?? null, matters, validUntil: validUntil ?? null, revoked: revoked ?? null }
  })
  if (json) return printJson(grants)
  for (const { id, consumer, matters, validUntil, revoked } of grants) {
    const state =
      revoked === null ? `until ${validUntil ?? '–'}` : `revoked ${revoked.at} by ${revoked.by}: ${revoked.reason}`
    print([id.padEnd(12), (consumer ?? '–').padEnd(24), matters.join(',').padEnd(24), state].join(' '))
  }
}

/** `gongxiang grant list` and `gongxiang grant revoke`. */
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
