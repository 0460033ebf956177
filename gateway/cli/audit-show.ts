import type { Command } from 'commander'
import type { ChainFolder } from './audit-chains.ts'
import { auditDirectory, chainsIn, languageOf, withAuditFlags } from './audit-options.ts'
import type { AuditFlags } from './audit-options.ts'
import { scanChain, scanChains } from './audit-scan.ts'
import type { FoundRecord } from './audit-scan.ts'
import { recordText } from './audit-show-text.ts'
import type { Follower, Shown } from './audit-show-text.ts'
import { namesOf } from './audit-names.ts'
import { CommandFault, inLanguage, print, printJson } from './terminal.ts'

const EXAMPLES = `
Exit code: 0 shown, 1 not found, or the record was altered.

Examples:
  gongxiang audit show gx_01JDZ4Q8M0XYZABCDEFGHJKMNP
  gongxiang audit show gx_01JDZ4Q8M0XYZABCDEFGHJKMNP --directory /mnt/copy/audit --json`

/** Adds `audit show`: one record for people, found by its receipt in the segments themselves; no store is needed. */
export function registerShow(audit: Command): void {
  const show = audit
    .command('show')
    .description('Show the record of one operation, by its receipt (按回执号查看审计记录)')
    .argument('<receipt>', 'receipt, as in the header x-receipt')
  withAuditFlags(show)
    .addHelpText('after', EXAMPLES)
    .action(async (receipt: string, flags: AuditFlags, command: Command) => {
      await run(receipt, flags, command)
    })
}

async function run(receipt: string, flags: AuditFlags, command: Command): Promise<void> {
  const language = languageOf(flags)
  const chains = await chainsIn(await auditDirectory(flags, command))
  const shown = await findReceipt(chains, receipt)
  if (shown === null) throw new CommandFault(inLanguage(UNKNOWN, language))
  if (flags.json === true) printJson(forMachines(shown))
  else print(recordText(shown, await namesOf(command, language), language))
  if (!shown.found.intact || shown.follower === 'CONTRADICTED') process.exitCode = 1
}

const UNKNOWN = {
  zh: '这些审计日志中没有该回执号的记录。身份未能确认的请求按分钟汇总,没有单条记录;保存期满的段可能已按规定清除(gongxiang audit verify 可证明)',
  en: 'no record of these logs has this receipt. Refusals of unknown callers are summed up by the minute and have none of their own; segments may have been removed at the end of their time (gongxiang audit verify proves it)',
}

/**
 * The record of an operation, or of one row of a batch, with the rows that belong to it. A receipt tells when it was
 * made, so that a few segments are read; where nothing is found there, all are.
 *
 * @throws CommandFault where the text can be no receipt
 */
export async function findReceipt(chains: readonly ChainFolder[], receipt: string): Promise<Shown | null> {
  if (!/^[\w-]{1,64}$/.test(receipt))
    throw new CommandFault('this is no receipt: expected letters and digits, as in x-receipt')
  const at = receiptTime(receipt)
  const near = at === null ? null : await search(chains, receipt, { since: at - HOUR, until: at + HOUR })
  return near ?? search(chains, receipt, { everySegment: true })
}

const HOUR = 3_600_000

async function search(
  chains: readonly ChainFolder[],
  receipt: string,
  bounds: { readonly since?: number; readonly until?: number; readonly everySegment?: boolean },
): Promise<Shown | null> {
  const rows: FoundRecord[] = []
  let found: FoundRecord | null = null
  const needles = [JSON.stringify(receipt)]
  for await (const one of scanChains(chains, { ...bounds, needles })) {
    if (one.record.receipt === receipt) found ??= one
    else if (one.record.verification?.of === receipt) rows.push(one)
  }
  return found === null ? null : { found, rows, follower: await followerOf(chains, found) }
}

/** Whether the record behind it names its hash: a record that was altered together with its hash is found by it. */
async function followerOf(chains: readonly ChainFolder[], { record, place }: FoundRecord): Promise<Follower> {
  const chain = chains.find(({ directory }) => directory === place.directory)
  if (chain === undefined) return 'NONE'
  const needles = [`"seq":${place.seq + 1},`]
  const wanted = ({ seq }: { readonly seq: number }): boolean => seq === place.seq + 1
  const rest = { needles, wanted, everySegment: true, fromSegment: place.segment }
  for await (const next of scanChain(chain, rest)) {
    return next.record.prev === record.hash ? 'AGREES' : 'CONTRADICTED'
  }
  return 'NONE'
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** When a receipt was made, by its own time (adapters/ids.ts); null where it has none. */
function receiptTime(receipt: string): number | null {
  const digits = /^gx_([0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{16}$/.exec(receipt)?.[1]
  return digits === undefined ? null : [...digits].reduce((time, digit) => time * 32 + ALPHABET.indexOf(digit), 0)
}

function forMachines({ found, rows, follower }: Shown): object {
  const { record, place, intact } = found
  const parts = rows.map((row) => ({ place: row.place, intact: row.intact, record: row.record }))
  return { place, intact, follower, record, rows: parts }
}
