import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { chainSources } from '../adapters/governance-chains.ts'
import { governanceAddress } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { officerKey } from '../governance/alarms/keys.ts'
import { retireChain } from '../governance/index/chains.ts'
import { rebuildChain } from '../governance/index/rebuild.ts'
import type { Rebuilt } from '../governance/index/rebuild.ts'
import { indexStatus } from '../governance/index/status.ts'
import type { ChainStatus, IndexStatus } from '../governance/index/status.ts'
import { StoreFault } from '../governance/store/fault.ts'
import { prepareStore, ROLE } from '../governance/store/prepare.ts'
import { openGovernanceStore } from '../governance/store/store.ts'
import type { GovernanceStore, StoreAddress } from '../governance/store/store.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { checkStaffNumber } from './alarm-store.ts'
import { auditDefaults } from './audit-defaults.ts'
import { alignRows } from './columns.ts'
import { configOf } from './context.ts'
import { createProgress } from './progress.ts'
import { CommandFault, print, printJson, terminalLanguage } from './terminal.ts'

interface IndexOptions {
  readonly json?: boolean
  /** File with the address under which the tables' owner reaches the database. */
  readonly databaseUrlFile?: string
  readonly grantTo?: string
}

interface RetireOptions {
  readonly by: string
  readonly department: string
  readonly reason: string
}

const OWNER = 'file with the address of the database as its owner, in place of the configured one'

/** `gongxiang index status`, `rebuild`, `retire` and `prepare`. */
export function register(program: Command): void {
  const index = program.command('index').description('The index of the audit record (审计索引).')
  index
    .command('status')
    .description('Show how far the record is copied, and what was found (查看索引进度与缺口).')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang index status --json')
    .action(async (options: IndexOptions, command: Command) => status(options, await configOf(command)))
  index
    .command('rebuild')
    .description('Make the index anew from the segments of this machine, beside a running gateway (重建索引).')
    .option('--database-url-file <file>', OWNER)
    .option('--json', 'print as JSON')
    .addHelpText('after', REBUILD_HELP)
    .action(async (options: IndexOptions, command: Command) => rebuild(options, command))
  index
    .command('retire <chain>')
    .description('Say that a chain has ended in order, such as that of a machine that was taken away (注销链).')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .requiredOption('--department <code>', "the deciding officer's department")
    .requiredOption('--reason <text>', 'why, for the auditor')
    .addHelpText('after', RETIRE_HELP)
    .action(async (chain: string, options: RetireOptions, command: Command) =>
      retire(chain, options, await configOf(command)),
    )
  index
    .command('prepare')
    .description('Make or upgrade the tables, and let the account of the gateway use them (建立索引表).')
    .option('--database-url-file <file>', OWNER)
    .option('--grant-to <role>', 'account that the gateway uses: it may read and add, and delete nothing of the record')
    .addHelpText('after', PREPARE_HELP)
    .action(async (options: IndexOptions, command: Command) => prepare(options, await configOf(command)))
}

const RETIRE_HELP = `
Who said so, and why, stands among the findings, and is told as an alarm (AUDIT_TROUBLE).

Example:
  gongxiang index retire gateway-4 --by DA-0001 --department data-authority --reason "the machine was taken away"`

const REBUILD_HELP = `
Alarms, what became of them, and what was found missing stay. Copies of records that the segments have lost stay too.
Under PostgreSQL it takes the tables' owner: the gateway's own account can delete nothing.

Example:
  gongxiang index rebuild --database-url-file /run/secrets/governance-owner`

const PREPARE_HELP = `
Example:
  gongxiang index prepare --database-url-file /run/secrets/governance-owner --grant-to gongxiang_governance`

async function status({ json }: IndexOptions, config: Config): Promise<void> {
  const address = governanceAddress(config)
  // Looking must not make a file that the gateway's own account then cannot write.
  if ('file' in address && !existsSync(address.file)) throw new CommandFault('there is no index yet: start the gateway')
  const told = await withStore(address, async (store) => indexStatus(store, await chainSources(config.audit.directory)))
  if (json === true) printJson(told)
  else for (const line of statusLines(told)) print(line)
  if (told.chains.some(({ lag, seenAt }) => lag !== 0 && seenAt === null)) process.exitCode = 1
}

function statusLines({ kind, records, chains, gaps }: IndexStatus): readonly string[] {
  const head = ['chain', 'replica', 'copied', 'written', 'behind', 'seen']
  const table = alignRows([head, ...chains.map(chainRow)], [40, 40, 16, 16, 16, 30])
  const found = gaps.map(
    ({ chain, kind: what, from_seq: from, to_seq: to, found_at: at, detail }) =>
      `${iso(at)} ${what} ${chain} ${from}–${to}: ${detail}`,
  )
  return [`${records} records in ${kind}`, ...table, ...(found.length > 0 ? ['', ...found] : [])]
}

function chainRow({ chain, replica, copied, written, lag, seenAt, retired }: ChainStatus): readonly string[] {
  const seen = retired ? 'ended' : seenAt === null ? 'never copied' : iso(seenAt)
  return [chain, replica, String(copied), String(written ?? '–'), String(lag ?? '–'), seen]
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

async function rebuild(options: IndexOptions, command: Command): Promise<void> {
  const config = await configOf(command)
  const sources = await chainSources(config.audit.directory)
  if (sources.length === 0) throw new CommandFault(`${config.audit.directory} holds no audit record`)
  // Without keys no order can be checked, and nothing is dropped.
  const { publicKeys } = await auditDefaults(command).catch(() => ({ publicKeys: [] }))
  const shown = createProgress(terminalLanguage(process.env))
  const done: Rebuilt[] = []
  await withStore(await ownerAddress(options, config), async (store) => {
    for (const source of sources) {
      const progress = (at: number, of: number): void =>
        shown.count({ zh: `重建 ${source.replica}`, en: `Rebuilding ${source.replica}` }, at, of)
      const rebuilt = await rebuildChain({ store, source, clock: systemClock, publicKeys, progress }).catch(asOwner)
      if (rebuilt !== null) done.push(rebuilt)
    }
  })
  if (options.json === true) return printJson(done)
  for (const { chain, records, dropped, kept } of done) {
    const notes = [
      ...(dropped > 0 ? [`rows of ${dropped} removed records dropped`] : []),
      ...(kept > 0 ? [`${kept} copies kept of records that are not in the segments`] : []),
    ]
    print([`${chain}: ${records} records`, ...notes].join('; '))
  }
}

/** `insufficient_privilege` of PostgreSQL. */
const FORBIDDEN = '42501'

function asOwner(error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === FORBIDDEN)
    throw new CommandFault('this account may not delete rows: name the owner’s address with --database-url-file')
  throw error
}

async function retire(chain: string, { by, department, reason }: RetireOptions, config: Config): Promise<void> {
  if (reason.trim() === '') throw new CommandFault('it takes a reason that can be read later')
  if (holdsIdNumber(reason)) throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  const who = officerKey({ department, officer: checkStaffNumber(by) })
  const retired = await withStore(governanceAddress(config), ({ db }) =>
    retireChain(db, { chain, by: who, reason: reason.trim().slice(0, 500), at: systemClock.now() }),
  )
  if (!retired) throw new CommandFault(`the index knows no chain ${chain}`)
  print(`${chain} is not expected any more; its records stay, and who said so.`)
}

async function prepare(options: IndexOptions, config: Config): Promise<void> {
  const { grantTo = null } = options
  if (grantTo !== null && !ROLE.test(grantTo)) throw new CommandFault('--grant-to takes the name of a role')
  await prepareStore(await ownerAddress(options, config), grantTo).catch(spoken)
  print(grantTo === null ? 'The tables are up to date.' : `The tables are up to date; ${grantTo} may use them.`)
}

async function ownerAddress({ databaseUrlFile }: IndexOptions, config: Config): Promise<StoreAddress> {
  if (databaseUrlFile === undefined) return governanceAddress(config)
  const text = await readFile(databaseUrlFile, 'utf8').catch(() => {
    throw new CommandFault(`${databaseUrlFile} cannot be read`)
  })
  return { databaseUrl: text.trim(), schema: config.governance.databaseSchema }
}

async function withStore<T>(address: StoreAddress, act: (store: GovernanceStore) => Promise<T>): Promise<T> {
  const store = await openGovernanceStore(address, { connections: 2 }).catch(spoken)
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

function spoken(error: unknown): never {
  if (error instanceof StoreFault) throw new CommandFault(error.message)
  throw error
}
