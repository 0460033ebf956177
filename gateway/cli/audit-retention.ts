import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { LEAST_YEARS, planRemoval, removeExpired } from '../audit/retention.ts'
import type { OrderParts, RemovalPlan } from '../audit/retention.ts'
import { newestSigned, standingHolds } from '../audit/standing-orders.ts'
import type { Language } from '../vocabulary/codes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { ChainFolder } from './audit-chains.ts'
import { holdLine } from './audit-hold.ts'
import { auditDirectory, chainsIn, languageOf, withAuditFlags } from './audit-options.ts'
import type { AuditFlags } from './audit-options.ts'
import { APPLY, REFUSED, orderParts, orderedBy, withOfficers } from './audit-orders.ts'
import type { OrderFlags } from './audit-orders.ts'
import { configOf } from './context.ts'
import { CommandFault, inLanguage, print, printJson } from './terminal.ts'

interface RetentionFlags extends AuditFlags, OrderFlags {
  readonly years: number
  readonly document: string
  readonly apply?: boolean
}

const EXAMPLES = `
Whole sealed segments at the beginning of a chain go, each of whose records is older than that, and that no hold touches.
Nothing goes without --apply. What is removed is ordered in a signed file first, so that the record still proves itself.
Then run gongxiang index rebuild, which takes the same records out of the governance store.

Example:
  gongxiang audit retention --years 3 --document "中数发〔2029〕7号" --officer DA-0001 --second DA-0002 --reason "保存期满"`

/** Adds `audit retention`: removes what was kept for its time, by two officers; nobody deletes otherwise (R809-29). */
export function registerRetention(audit: Command): void {
  const command = audit
    .command('retention')
    .description('Remove segments whose time is over, by order of two officers (保存期满的清除)')
    .requiredOption('--years <number>', `how many years records are kept: ${LEAST_YEARS} at least`, parseYears)
    .requiredOption('--document <number>', 'number of the written decision (文号)')
    .addOption(APPLY)
  withAuditFlags(withOfficers(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: RetentionFlags, asked: Command) => run(flags, asked))
}

function parseYears(text: string): number {
  const years = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (years >= LEAST_YEARS) return years
  throw new InvalidArgumentError(`Expected ${LEAST_YEARS} or more (R809-29).`)
}

/** What a chain's removal came to. */
interface Shown {
  readonly directory: string
  readonly removed: boolean
  readonly plan: RemovalPlan
}

async function run(flags: RetentionFlags, command: Command): Promise<void> {
  const order = { ...orderedBy(flags), years: flags.years, document: flags.document }
  const config = await configOf(command)
  const language = languageOf(flags)
  const shown: Shown[] = []
  const all: OrderParts[] = []
  const chains = await chainsIn(await auditDirectory(flags, command))
  for (const chain of chains) all.push(await orderParts(chain, config, command))
  const known = await newestOf(all)
  for (const [index, chain] of chains.entries()) {
    const own = all[index]
    if (own === undefined) continue
    const parts = { ...own, known }
    const one = flags.apply === true ? await removed(parts, order, language) : await planned(chain, parts, order.years)
    shown.push({ directory: chain.directory, ...one })
    if (flags.json !== true) print(planText({ directory: chain.directory, ...one }, language))
    const { holds } = await standingHolds(parts.files, parts.publicKeys)
    for (const hold of flags.json === true ? [] : holds) print(`  ${holdLine(hold, language)}`)
  }
  if (flags.json === true) printJson(shown)
  else if (flags.apply !== true) print(inLanguage(NOTHING_YET, language))
}

/** The newest time that any of the chains has signed: one that is no longer written says nothing of today. */
async function newestOf(all: readonly OrderParts[]): Promise<number> {
  const times = await Promise.all(all.map(({ files, publicKeys }) => newestSigned(files, publicKeys)))
  return times.reduce<number>((most, time) => Math.max(most, time ?? 0), 0)
}

const NOTHING_YET = { zh: '未清除任何内容;执行请加 --apply', en: 'Nothing was removed; --apply carries it out.' }

async function planned(
  { directory }: ChainFolder,
  { publicKeys, known }: Pick<OrderParts, 'publicKeys'> & { readonly known: number },
  years: number,
): Promise<Omit<Shown, 'directory'>> {
  const plan = await planRemoval(auditReader(directory), publicKeys, { years, now: systemClock.now(), known })
  return { removed: false, plan }
}

async function removed(
  parts: OrderParts,
  order: Parameters<typeof removeExpired>[1],
  language: Language,
): Promise<Omit<Shown, 'directory'>> {
  const result = await removeExpired(parts, order)
  switch (result.kind) {
    case 'refused':
      throw new CommandFault(inLanguage(REFUSED[result.why], language))
    case 'nothing':
      return { removed: false, plan: result.plan }
    case 'removed':
      return { removed: true, plan: result.plan }
  }
}

function planText({ directory, removed: gone, plan }: Shown, language: Language): string {
  const { segments, records } = plan
  const [first, last] = [segments[0] ?? 0, segments.at(-1) ?? 0]
  const what =
    segments.length === 0
      ? { zh: '没有可以清除的段', en: 'no segment may go' }
      : {
          zh: `${gone ? '已清除' : '可以清除'}第 ${first}–${last} 段,${records} 条记录`,
          en: `segments ${first}–${last} with ${records} records ${gone ? 'were removed' : 'may go'}`,
        }
  return `${directory}: ${inLanguage(what, language)}; ${inLanguage(stopText(plan.stops), language)}`
}

function stopText(stops: RemovalPlan['stops']) {
  switch (stops.kind) {
    case 'orders-damaged':
    case 'clock-ahead':
      return REFUSED[stops.kind]
    case 'none':
      return { zh: '其后没有段', en: 'no segment is left behind them' }
    case 'not-expired':
      return { zh: `第 ${stops.segment} 段未满保存期`, en: `the time of segment ${stops.segment} is not over` }
    case 'held':
      return {
        zh: `第 ${stops.segment} 段由保全令 ${stops.hold} 保留`,
        en: `segment ${stops.segment} is kept by hold ${stops.hold}`,
      }
    case 'not-closed':
      return {
        zh: `第 ${stops.segment} 段是最后一段,或未按序封存,或属第 1 版`,
        en: `segment ${stops.segment} is the last one, was not closed in order, or is of version 1`,
      }
  }
}
