import type { Command } from 'commander'
import { registerExport } from './audit-export.ts'
import { registerHold } from './audit-hold.ts'
import { registerCheckpoint, registerProve } from './audit-prove.ts'
import { registerRetention } from './audit-retention.ts'
import { registerSearch } from './audit-search.ts'
import { registerShow } from './audit-show.ts'

/** The tools of an auditor beside `audit verify`, in the order of --help. */
export function registerTools(program: Command): void {
  const audit = program.commands.find((command) => command.name() === 'audit') ?? program.command('audit')
  registerShow(audit)
  registerSearch(audit)
  registerExport(audit)
  registerProve(audit)
  registerCheckpoint(audit)
  registerHold(audit)
  registerRetention(audit)
}
