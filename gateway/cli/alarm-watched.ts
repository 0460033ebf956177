import { Option } from 'commander'
import type { Command } from 'commander'
import { createKeyFiles } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { unwatchSubject, watchedSubjects, watchSubject } from '../governance/alarms/watched.ts'
import type { WatchedKind } from '../governance/alarms/watched.ts'
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

async function remove(kind: WatchedKind, flags: SubjectFlags, command: Command): Promise<void> {
  const pseudonyms = await askedPseudonyms(flags, command)
  const removed = await withAlarmStore(await configOf(command), (store) => unwatchSubject(store, kind, pseudonyms))
  if (removed === 0) throw new CommandFault('nobody of that number was watched')
  print('Not watched any more.')
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
  honey
    .command('remove')
    .description('Watch a planted record no more; its number is typed in.')
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'folder of the key ring; else the configured one')
    .addHelpText('after', `${TYPED}\n\nExample:\n  gongxiang watch honey remove`)
    .action(async (flags: SubjectFlags, command: Command) => remove('HONEY', flags, command))
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
  officers
    .command('unlink')
    .description("Watch for a number no more as an officer's own, or with --relative as a relative's.")
    .option('--relative', "the number is a relative's")
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'folder of the key ring; else the configured one')
    .addHelpText('after', `${TYPED}\n\nExample:\n  gongxiang watch officer unlink --relative`)
    .action(async ({ relative, ...flags }: SubjectFlags & { relative?: boolean }, command: Command) =>
      remove(relative === true ? 'RELATIVE' : 'SELF', flags, command),
    )
}

/** `gongxiang watch honey …` and `gongxiang watch officer …`. */
export function register(program: Command): void {
  const watch = program.command('watch').description('Whom alarms watch for (重点监测对象).')
  honeyCommands(watch)
  officerCommands(watch)
}
