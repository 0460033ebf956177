import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { Option } from 'commander'
import type { Command } from 'commander'
import { cloudEvents } from '../audit/export/cloud-events.ts'
import { csv } from '../audit/export/csv.ts'
import type { Exporter, ExportOptions } from '../audit/export/exported.ts'
import { ocsf } from '../audit/export/ocsf.ts'
import { filterOf, withFilters } from './audit-filter.ts'
import type { FilterFlags } from './audit-filter.ts'
import { auditDirectory, chainsIn, languageOf, withAuditFlags, withTimes } from './audit-options.ts'
import type { AuditFlags } from './audit-options.ts'
import { scanChains } from './audit-scan.ts'
import type { FoundRecord } from './audit-scan.ts'
import { CommandFault, inLanguage, printNote } from './terminal.ts'

const FORMATS: Readonly<Record<string, (options: ExportOptions) => Exporter>> = { ocsf, cloudevents: cloudEvents, csv }

interface ExportFlags extends AuditFlags, FilterFlags {
  readonly format: string
  readonly out: string
  readonly since?: number
  readonly until?: number
  readonly subjects?: boolean
}

const EXAMPLES = `
Pseudonyms of subjects, and keyed hashes, leave only with --subjects. A file that is there is not written over.
Exit code: 0 all was exported, 1 some lines could not be read or were altered: gongxiang audit verify names them.

Examples:
  gongxiang audit export --format csv --since 2026-11-01 --until 2026-11-30 --out november.csv
  gongxiang audit export --format ocsf --since 2026-11-23T00:00:00Z --out - | gzip > events.ndjson.gz`

/** Adds `audit export`: records for other systems and for people, from the segments themselves. */
export function registerExport(audit: Command): void {
  const command = audit
    .command('export')
    .description('Export records as OCSF, CloudEvents or CSV (导出审计记录)')
    .addOption(new Option('--format <name>', 'form').choices(Object.keys(FORMATS)).makeOptionMandatory())
    .requiredOption('--out <file>', 'file to be made; - for standard output')
    .option('--subjects', "with subjects' pseudonyms and keyed hashes")
  withTimes(withFilters(withAuditFlags(command)))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ExportFlags, asked: Command) => run(flags, asked))
}

async function run(flags: ExportFlags, command: Command): Promise<void> {
  const { since, until, format, out } = flags
  const exporter = FORMATS[format]?.({ subjects: flags.subjects === true })
  if (exporter === undefined) throw new CommandFault(`there is no format ${format}`)
  const chains = await chainsIn(await auditDirectory(flags, command))
  const bounds = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
  let unreadable = 0
  const found = scanChains(chains, { ...bounds, ...filterOf(flags, null), unreadable: () => (unreadable += 1) })
  const { count, altered } = await (out === '-'
    ? writeAll(process.stdout, exporter, found)
    : toFile(out, exporter, found))
  printNote(inLanguage({ zh: `已导出 ${count} 条记录`, en: `${count} records were exported` }, languageOf(flags)))
  if (unreadable + altered === 0) return
  printNote(`${unreadable} lines could not be read, ${altered} were altered: run gongxiang audit verify`)
  process.exitCode = 1
}

interface Written {
  readonly count: number
  /** Records whose line has another hash than it states. */
  readonly altered: number
}

async function writeAll(stream: Writable, exporter: Exporter, found: AsyncIterable<FoundRecord>): Promise<Written> {
  let [count, altered] = [0, 0]
  const put = async (text: string): Promise<void> => {
    if (text !== '' && !stream.write(text)) await once(stream, 'drain')
  }
  await put(exporter.head)
  for await (const one of found) {
    count += 1
    if (!one.intact) altered += 1
    await put(exporter.write(one))
  }
  return { count, altered }
}

/** A file that nobody else reads, complete or not there at all. */
async function toFile(path: string, exporter: Exporter, found: AsyncIterable<FoundRecord>): Promise<Written> {
  const part = `${path}.part`
  const handle = await open(part, 'wx', 0o600).catch((error: unknown) => {
    throw new CommandFault(`${part} cannot be made: ${error instanceof Error ? error.message : 'unknown'}`)
  })
  try {
    const stream = createWriteStream(part, { fd: handle, flush: true })
    const written = await writeAll(stream, exporter, found)
    stream.end()
    await finished(stream)
    await link(part, path).catch(() => {
      throw new CommandFault(`${path} is there already, or cannot be made`)
    })
    return written
  } finally {
    await handle.close().catch(() => undefined)
    await rm(part, { force: true })
  }
}
