import type { Command } from 'commander'
import { writerState } from '../adapters/audit-lock.ts'
import { readReplicas, retireReplica } from '../adapters/audit-replicas.ts'
import { openKeyFiles } from '../adapters/key-files.ts'
import { replicaCheck } from '../audit/replicas.ts'
import { keysDirectory } from '../config/config.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { signersOf } from '../wiring/anchors.ts'
import { auditSigner } from '../wiring/stores.ts'
import { configOf } from './context.ts'
import { CommandFault, print } from './terminal.ts'

interface RetireOptions {
  readonly by: string
  readonly reason: string
}

/** States, signed, that a chain has ended, so that its folder may be taken to the archive and is not missed. */
async function retire(chain: string, { by, reason }: RetireOptions, command: Command): Promise<void> {
  const config = await configOf(command)
  const keys = await openKeyFiles(keysDirectory(config), config.mode, systemClock)
  const root = config.audit.directory
  const folder = readReplicas(root, replicaCheck(signersOf(keys))).active.get(chain)
  if (folder === undefined) throw new CommandFault(`no chain ${chain} is registered in ${root}`)
  const place = folder === '.' ? root : `${root}/${folder}`
  if (writerState(place).kind === 'live') throw new CommandFault(`a gateway writes ${place} now; stop it first`)
  const time = new Date(systemClock.now()).toISOString()
  await retireReplica({ root, chain, folder, time }, { by, reason }, auditSigner(config, keys))
  print(`${chain} has ended; ${place} may be taken to the archive. A start that writes it again registers it again.`)
}

const EXAMPLE = '\nExample:\n  gongxiang audit retire gateway-3 --by "audit office" --reason "two processes suffice"'

/** Adds `audit retire` to the command line. */
export function registerRetire(program: Command): void {
  const audit = program.commands.find((command) => command.name() === 'audit') ?? program.command('audit')
  audit
    .command('retire')
    .description('State that a chain has ended and may be archived (登记某条链已停用)')
    .argument('<chain>', 'name of the chain, e.g. gateway-3')
    .requiredOption('--by <name>', 'who decided it')
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', EXAMPLE)
    .action(async (chain: string, options: RetireOptions, command: Command) => retire(chain, options, command))
}
