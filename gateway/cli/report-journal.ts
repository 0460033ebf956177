import type { Command } from 'commander'
import { openKeyFiles } from '../adapters/key-files.ts'
import { governanceAddress, keysDirectory } from '../config/config.ts'
import { checkJournal, listReports } from '../governance/reports/journal.ts'
import { cityTime } from '../governance/reports/time.ts'
import { openGovernanceStore } from '../governance/store/store.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { alignRows } from './columns.ts'
import { print, printJson } from './terminal.ts'

interface JournalFlags {
  readonly json?: boolean
  readonly last: string
}

/** Lists the reports that were made, and holds the journal against its signatures; exit code 1 where a line is wrong. */
async function journal({ json, last }: JournalFlags, command: Command): Promise<void> {
  const config = await configOf(command)
  const keys = await openKeyFiles(keysDirectory(config), config.mode, systemClock)
  const store = await openGovernanceStore(governanceAddress(config))
  try {
    const faults = await checkJournal(store.db, (key, bytes, signature) => keys.verify('report', key, bytes, signature))
    const rows = await listReports(store.db, Math.max(1, Math.trunc(Number(last)) || 50))
    process.exitCode = faults.length > 0 ? 1 : 0
    if (json === true) return printJson({ faults, reports: rows })
    const lines = rows.map(({ number, id, kind, officer, reason, at, format }) => [
      String(number),
      cityTime(Number(at)),
      id,
      kind,
      format,
      officer,
      reason,
    ])
    for (const line of alignRows(lines, [8, 16, 29, 8, 5, 20, 60])) print(line)
    for (const { number, kind } of faults) print(`line ${number}: ${kind}`)
  } finally {
    await store.close()
  }
}

/** Adds `report journal`. */
export function registerJournal(report: Command): void {
  report
    .command('journal')
    .description('List the reports that were made, and check the journal (报告登记簿)')
    .option('--last <count>', 'so many of the newest', '50')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExit code: 0 in order, 1 a line is missing, changed or not signed.')
    .action((flags: JournalFlags, command: Command) => journal(flags, command))
}
