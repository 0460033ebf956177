import type { Command } from 'commander'
import { breakLock, writerState } from '../adapters/audit-lock.ts'
import { configOf } from './context.ts'
import { CommandFault, print } from './terminal.ts'

interface UnlockOptions {
  readonly directory?: string
  readonly host?: string
}

/**
 * Removes a lock of which nothing is known, on the operator's word.
 *
 * @throws CommandFault while a writer lives, and where the lock is of a machine that the operator did not name
 */
export function unlockAudit(directory: string, host: string | null): string {
  const state = writerState(directory)
  if (state.kind === 'live') throw new CommandFault(`a gateway writes ${directory} now (process ${state.pid ?? '?'})`)
  const named = state.kind === 'unknown' ? state.owner : null
  if (named !== null && named.host !== host)
    throw new CommandFault(
      `the lock is of ${named.host} (process ${named.pid}): see to it that no gateway runs there, then add --host ${named.host}`,
    )
  const found = breakLock(directory)
  return found === null ? `There is no lock in ${directory}.` : `The lock of ${directory} is gone; a gateway may start.`
}

/** Adds `audit unlock` to the command line. */
export function registerUnlock(program: Command): void {
  const audit = program.commands.find((command) => command.name() === 'audit') ?? program.command('audit')
  audit
    .command('unlock')
    .description('Remove a lock whose holder cannot be seen from here (解除无法判断的写入锁)')
    .option('--directory <dir>', 'audit folder; the configured one by default')
    .option('--host <name>', 'machine that holds it, after making sure that no gateway runs there')
    .addHelpText('after', '\nExample:\n  gongxiang audit unlock --directory /var/lib/gongxiang/audit --host hall-2')
    .action(async ({ directory, host }: UnlockOptions, command: Command) => {
      const place = directory ?? (await configOf(command)).audit.directory
      print(unlockAudit(place, host ?? null))
    })
}
