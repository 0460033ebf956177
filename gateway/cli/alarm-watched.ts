import { Option } from 'commander'
import type { Command } from 'commander'
import { createKeyFiles } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { unwatchSubject, watchedSubjects, watchEvents, watchSubject } from '../governance/alarms/watched.ts'
import type { WatchedKind, WatchEndRefusal } from '../governance/alarms/watched.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { checkStaffNumber, withAlarmStore } from './alarm-store.ts'
import { askedPseudonyms, SUBJECT_TYPE } from './audit-subject.ts'
import type { SubjectFlags } from './audit-subject.ts'
import { alignRows } from './columns.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson, printNote } from './terminal.ts'

interface AddOptions extends SubjectFlags {
  readonly by: string
  readonly json?: boolean
}

interface LinkOptions extends AddOptions {
  readonly department: string
  readonly relative?: boolean
}

async function add(
  kind: WatchedKind,
  officer: LinkOfficer | null,
  { by, json, ...flags }: AddOptions,
  command: Command,
) {
  checkStaffNumber(by)
  const pseudonyms = await askedPseudonyms(flags, command)
  const since = systemClock.now()
  await withAlarmStore(await configOf(command), (store) =>
    watchSubject(store, { kind, pseudonyms, officer, by, since }),
  )
  if (json === true) printJson({ kind, pseudonyms, officer, by, since: new Date(since).toISOString() })
  else print('Watched from now on. The number itself was not kept.')
}

interface LinkOfficer {
  readonly department: string
  readonly officer: string
}

async function link(officer: string, options: LinkOptions, command: Command): Promise<void> {
  const { department, relative, ...rest } = options
  if (!STAFF_NUMBER.test(officer)) throw new CommandFault('the officer is named by a staff number')
  await add(relative === true ? 'RELATIVE' : 'SELF', { department, officer }, rest, command)
}

interface RemoveOptions extends SubjectFlags {
  readonly by: string
  readonly reason: string
}

/** What stands in the way of the end of a watch. */
const REFUSALS: Readonly<Record<WatchEndRefusal, string>> = {
  NOBODY: 'nobody of that number was watched so',
  CONCERNED: 'nobody ends a watch over themselves: --by names another officer',
  NO_REASON: 'it takes a reason that can be read later',
  NUMBER: "the reason is kept: leave citizens' numbers out of it (HZ-47.2)",
}

async function remove(
  kind: WatchedKind,
  officer: LinkOfficer | null,
  { by, reason, ...flags }: RemoveOptions,
  command: Command,
): Promise<void> {
  checkStaffNumber(by)
  const pseudonyms = await askedPseudonyms(flags, command)
  const at = systemClock.now()
  const ended = await withAlarmStore(await configOf(command), (store) =>
    unwatchSubject(store, { kind, pseudonyms, officer, by, reason, at }),
  )
  if (ended.kind === 'REFUSED') throw new CommandFault(REFUSALS[ended.why])
  print('Not watched any more; who decided it and why is kept: gongxiang watch history')
}

async function history(json: boolean, config: Config): Promise<void> {
  const events = await withAlarmStore(config, watchEvents)
  if (json) return printJson(events)
  const cells = events.map(({ at, what, kind, pseudonym, officer, by, reason }) => [
    new Date(at).toISOString(),
    what,
    kind,
    pseudonym,
    officer,
    `by ${by}`,
    reason ?? '',
  ])
  for (const line of alignRows(cells, [24, 8, 8, 43, 60, 70, 500])) print(line)
}

async function list(kind: WatchedKind | undefined, json: boolean, config: Config): Promise<void> {
  const rows = await withAlarmStore(config, (store) => watchedSubjects(store, kind))
  if (json) return printJson(rows)
  const newest = await newestKey(config)
  const cells = rows.map((row) => [
    row.kind,
    row.pseudonym,
    row.officer,
    new Date(row.since).toISOString(),
    `by ${row.by}`,
  ])
  for (const line of alignRows(cells, [8, 43, 60, 24, 70])) print(line)
  const before = rows.filter(({ since }) => since < newest).length
  if (before > 0)
    printNote(
      `${before} were added before the key of the pseudonyms was made anew: add them again, or they match nobody`,
    )
}

/** When the newest key of the pseudonyms was made; 0 where the keys cannot be read here. */
async function newestKey(config: Config): Promise<number> {
  const ring = await createKeyFiles(keysDirectory(config)).load('subject-pseudonym')
  return 'kind' in ring ? 0 : Math.max(0, ...ring.map(({ created }) => Date.parse(created)))
}

const TYPED = '\nThe number is typed in, without echo, or comes from standard input; it is kept nowhere.'

function honeyCommands(watch: Command): void {
  const honey = watch.command('honey').description('Planted records: any look-up is an alarm (诱饵记录).')
  honey
    .command('add')
    .description('Watch a planted record; its number is typed in.')
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'folder of the key ring; else the configured one')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .option('--json', 'print as JSON')
    .addHelpText('after', `${TYPED}\n\nExample:\n  gongxiang watch honey add --by MSB-0042`)
    .action(async (options: AddOptions, command: Command) => add('HONEY', null, options, command))
  honey
    .command('list')
    .description('List planted records, by their pseudonyms.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang watch honey list')
    .action(async ({ json }: { readonly json?: boolean }, command: Command) =>
      list('HONEY', json === true, await configOf(command)),
    )
  endedBy(honey.command('remove'))
    .description('Watch a planted record no more; its number is typed in.')
    .addHelpText('after', `${TYPED}\n\nExample:\n  gongxiang watch honey remove --by MSB-0042 --reason "…"`)
    .action(async (flags: RemoveOptions, command: Command) => remove('HONEY', null, flags, command))
}

function endedBy(command: Command): Command {
  return command
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'folder of the key ring; else the configured one')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .requiredOption('--reason <text>', 'why, for the auditor')
}

function officerCommands(watch: Command): void {
  const officers = watch.command('officer').description('Officers and their relatives (工作人员本人与亲属).')
  officers
    .command('link')
    .description("Link an officer with their own number, or with a relative's, which is typed in.")
    .argument('<officer>', 'staff number, as tokens name it')
    .requiredOption('--department <code>', "the officer's department")
    .option('--relative', "the number is a relative's")
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'folder of the key ring; else the configured one')
    .requiredOption('--by <officer>', 'staff number of the officer who decides')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `${TYPED}\n\nExample:\n  gongxiang watch officer link HUR-0117 --department housing-urban-rural --by HUR-0001`,
    )
    .action(async (officer: string, options: LinkOptions, command: Command) => link(officer, options, command))
  officers
    .command('list')
    .description('List links, by pseudonyms.')
    .addOption(new Option('--kind <kind>', 'only those').choices(['SELF', 'RELATIVE']))
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang watch officer list')
    .action(async ({ kind = 'SELF', json }: { kind?: 'SELF' | 'RELATIVE'; json?: boolean }, command: Command) =>
      list(kind, json === true, await configOf(command)),
    )
  unlinkCommand(officers)
}

interface UnlinkOptions extends RemoveOptions {
  readonly department: string
  readonly relative?: boolean
}

function unlinkCommand(officers: Command): void {
  endedBy(officers.command('unlink'))
    .description("Watch for a number no more as an officer's own, or with --relative as a relative's.")
    .argument('<officer>', 'staff number of whom it was linked with; links of others to the same person stay')
    .requiredOption('--department <code>', "that officer's department")
    .option('--relative', "the number is a relative's")
    .addHelpText(
      'after',
      `${TYPED}\n\nExample:\n  gongxiang watch officer unlink HUR-0117 --department housing-urban-rural --by MSB-0042 --reason "…"`,
    )
    .action(async (officer: string, { relative, department, ...flags }: UnlinkOptions, command: Command) =>
      remove(relative === true ? 'RELATIVE' : 'SELF', { department, officer }, flags, command),
    )
}

/** `gongxiang watch honey …`, `gongxiang watch officer …` and `gongxiang watch history`. */
export function register(program: Command): void {
  const watch = program.command('watch').description('Whom alarms watch for (重点监测对象).')
  honeyCommands(watch)
  officerCommands(watch)
  watch
    .command('history')
    .description('List who was watched and who is not any more, with who decided it and why.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang watch history')
    .action(async ({ json }: { readonly json?: boolean }, command: Command) =>
      history(json === true, await configOf(command)),
    )
}
