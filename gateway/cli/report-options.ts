import { open, rm } from 'node:fs/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import { REPORT_FORMATS } from '../governance/reports/write.ts'
import type { ReportFormat } from '../governance/reports/write.ts'
import type { Period } from '../governance/reports/report.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { parseSince, parseUntil } from './audit-options.ts'
import { CommandFault, printNote } from './terminal.ts'

/** What every report takes. */
export interface ReportFlags {
  readonly by: string
  readonly reason: string
  readonly format: ReportFormat
  readonly out?: string
  readonly lang?: string
  readonly since?: number
  readonly until?: number
}

/** Adds what every report takes; `times` where it is about a stretch of time. */
export function withReportFlags(command: Command, { times }: { readonly times: boolean }): Command {
  command
    .requiredOption('--by <officer>', 'staff number of who has it made: it stands on the report and in the journal')
    .requiredOption('--reason <text>', 'why, for the journal and the reader')
    .addOption(new Option('--format <format>', 'form of the report').choices(REPORT_FORMATS).default('html'))
    .option('--out <file>', 'file to write, which must not be there yet; else standard output')
    .addOption(new Option('--lang <language>', "else the terminal's").choices(['zh', 'zh-CN', 'en']))
  if (!times) return command
  return command
    .option(
      '--since <time>',
      'from this day (UTC+8) or instant on; default: a year before the end; of a citizen all that is recorded',
      parseSince,
    )
    .option('--until <time>', 'to the end of this day (UTC+8), or before this instant; default: now', parseUntil)
}

/**
 * Who has a report made, and why, as the journal keeps it. A fault repeats neither: either could hold a number.
 *
 * @throws CommandFault
 */
export function whoAndWhy({ by, reason }: Pick<ReportFlags, 'by' | 'reason'>): Pick<ReportFlags, 'by' | 'reason'> {
  if (!STAFF_NUMBER.test(by)) throw new CommandFault('--by takes a staff number')
  if (reason.trim() === '') throw new CommandFault('a report needs a reason that can be read later')
  if (holdsIdNumber(by) || holdsIdNumber(reason))
    throw new CommandFault("the reason is kept: leave citizens' numbers out of it (HZ-47.2)")
  return { by, reason: reason.trim() }
}

const YEAR = 366 * 86_400_000

/** The stretch of time that was asked for. @throws CommandFault where it ends before it begins */
export function periodOf({ since, until }: Pick<ReportFlags, 'since' | 'until'>, now: number, longest = YEAR): Period {
  const end = until ?? now
  const start = since ?? Math.max(0, end - longest)
  if (start >= end) throw new CommandFault('--since is not before --until')
  return { since: start, until: end }
}

/** A place for the output, taken before anything is made: an existing file is never written over. */
export interface Output {
  write(bytes: Uint8Array): Promise<void>
  /** Leaves nothing where no report came of it. */
  giveUp(): Promise<void>
}

/** @throws CommandFault where the file is there already, or cannot be made */
export async function openOutput({ out, format }: Pick<ReportFlags, 'out' | 'format'>): Promise<Output> {
  if (out === undefined) {
    if (format === 'xlsx' && process.stdout.isTTY) throw new CommandFault('a workbook needs --out FILE')
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => {
          process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
        }),
      giveUp: async () => undefined,
    }
  }
  const file = await open(out, 'wx', 0o600).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new CommandFault(taken ? `${out} is there already: name another file` : `${out} cannot be written`)
  })
  return {
    async write(bytes) {
      await file.writeFile(bytes)
      await file.sync()
      await file.close()
      printNote(`written: ${out}`)
    },
    async giveUp() {
      await file.close().catch(() => undefined)
      await rm(out, { force: true })
    },
  }
}
