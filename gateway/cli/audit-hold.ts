import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import type { HoldLine, HoldScope } from '../audit/line-types.ts'
import { placeHold, releaseHold } from '../audit/retention.ts'
import type { OrderParts, OrderRefused } from '../audit/retention.ts'
import { standingHolds } from '../audit/standing-orders.ts'
import type { Language } from '../vocabulary/codes.ts'
import {
  auditDirectory,
  chainsIn,
  languageOf,
  parseSince,
  parseUntil,
  publicKeysOf,
  withAuditFlags,
  withPublicKeys,
} from './audit-options.ts'
import type { AuditFlags, KeyFlags } from './audit-options.ts'
import { REFUSED, orderParts, orderedBy, withOfficers } from './audit-orders.ts'
import type { OrderFlags } from './audit-orders.ts'
import { SUBJECT_TYPE, askedPseudonyms } from './audit-subject.ts'
import type { SubjectFlags } from './audit-subject.ts'
import { configOf } from './context.ts'
import { CommandFault, inLanguage, print, printJson } from './terminal.ts'

interface AddFlags extends AuditFlags, OrderFlags, SubjectFlags {
  readonly from?: number
  readonly to?: number
  readonly subject?: boolean
}

const EXAMPLES = `
A hold keeps what it touches from removal until two officers release it: everything, records of a time, or records about
a person or firm, whose number is asked for and not shown.

Examples:
  gongxiang audit hold add CASE-2026-17 --from 2026-01-01 --to 2026-06-30 --officer DA-0001 --second DA-0002 --reason "监察取证"
  gongxiang audit hold release CASE-2026-17 --officer DA-0003 --second DA-0002 --reason "已结案"`

/** Adds `audit hold add`, `list` and `release`: legal holds, over every chain. */
export function registerHold(audit: Command): void {
  const hold = audit.command('hold').description('Keep records from removal, and release them (保全令)')
  const add = hold
    .command('add')
    .description('Keep records until they are released')
    .argument('<id>', 'what the hold is called')
    .option('--from <time>', 'records from this day (UTC+8) or instant on', parseSince)
    .option('--to <time>', 'records to the end of this day (UTC+8), or before this instant', parseUntil)
    .option('--subject', 'records about a person or firm; asks for the number, without showing it')
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'where the keys of the pseudonyms are; else the configured folder')
  withAuditFlags(withOfficers(add))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: AddFlags, command: Command) => place(id, flags, command))
  withPublicKeys(withAuditFlags(hold.command('list').description('The holds in force'))).action(
    async (flags: AuditFlags & KeyFlags, command: Command) => list(flags, command),
  )
  const release = hold.command('release').description('End a hold').argument('<id>', 'what the hold is called')
  withAuditFlags(withOfficers(release))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, flags: AuditFlags & OrderFlags, command: Command) => end(id, flags, command))
}

async function place(id: string, flags: AddFlags, command: Command): Promise<void> {
  const ordered = orderedBy(flags)
  if (!/^[\p{L}\p{N}._〔〕-]{1,64}$/u.test(id))
    throw new CommandFault('a hold is called by letters and digits, 64 at most')
  const scope = await scopeOf(flags, command)
  await onEveryChain(flags, command, 'hold-exists', (parts) => placeHold(parts, { ...ordered, id, scope }))
  if (flags.json === true) printJson({ id, scope })
  else print(inLanguage({ zh: `保全令 ${id} 已生效`, en: `hold ${id} is in force` }, languageOf(flags)))
}

async function scopeOf(flags: AddFlags, command: Command): Promise<HoldScope> {
  const { from, to } = flags
  const subjects = flags.subject === true ? await askedPseudonyms(flags, command) : null
  return {
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    // The scope's end is the last instant that it holds.
    ...(to === undefined ? {} : { to: new Date(to - 1).toISOString() }),
    ...(subjects === null ? {} : { subjects }),
  }
}

async function end(id: string, flags: AuditFlags & OrderFlags, command: Command): Promise<void> {
  const ordered = orderedBy(flags)
  await onEveryChain(flags, command, 'hold-unknown', (parts) => releaseHold(parts, { ...ordered, id }))
  if (flags.json === true) printJson({ id, released: true })
  else print(inLanguage({ zh: `保全令 ${id} 已解除`, en: `hold ${id} is released` }, languageOf(flags)))
}

/**
 * Orders on each chain. A chain that has it already is passed over, so that an order that a crash left half done is
 * finished by the same command; only where all have it, nothing was to be done and that is said.
 */
async function onEveryChain(
  flags: AuditFlags,
  command: Command,
  already: OrderRefused['why'],
  act: (parts: OrderParts) => Promise<{ readonly kind: 'held' | 'released' } | OrderRefused>,
): Promise<void> {
  const config = await configOf(command)
  const language = languageOf(flags)
  const chains = await chainsIn(await auditDirectory(flags, command))
  let passed = 0
  for (const chain of chains) {
    const result = await act(await orderParts(chain, config, command))
    if (result.kind !== 'refused') continue
    if (result.why !== already)
      throw new CommandFault(`${chain.directory}: ${inLanguage(REFUSED[result.why], language)}`)
    passed += 1
  }
  if (passed === chains.length) throw new CommandFault(inLanguage(REFUSED[already], language))
}

async function list(flags: AuditFlags & KeyFlags, command: Command): Promise<void> {
  const publicKeys = await publicKeysOf(flags, command)
  const all: { readonly directory: string; readonly hold: HoldLine }[] = []
  for (const { directory } of await chainsIn(await auditDirectory(flags, command))) {
    const { holds, damaged } = await standingHolds(auditReader(directory), publicKeys)
    // Whoever reads the list must not take it for all.
    if (damaged) throw new CommandFault(`${directory}: ${inLanguage(REFUSED['orders-damaged'], languageOf(flags))}`)
    for (const hold of holds) all.push({ directory, hold })
  }
  if (flags.json === true) return printJson(all)
  const language = languageOf(flags)
  if (all.length === 0) return print(inLanguage({ zh: '没有保全令', en: 'No hold is in force.' }, language))
  for (const { directory, hold } of all) print(`${directory}: ${holdLine(hold, language)}`)
}

/** One hold for people: what it keeps, since when, by whom, why. */
export function holdLine({ id, scope, by, second, reason, time }: HoldLine, language: Language): string {
  const { from, to, subjects } = scope
  const times = from === undefined && to === undefined ? [] : [`${from ?? '…'} – ${to ?? '…'}`]
  const people = subjects === undefined ? [] : [inLanguage({ zh: '一个相对人', en: 'one subject' }, language)]
  const what = [...times, ...people]
  const all = inLanguage({ zh: '全部记录', en: 'all records' }, language)
  return `${id}: ${what.length === 0 ? all : what.join(', ')} (${time}, ${by} + ${second}: ${reason})`
}
