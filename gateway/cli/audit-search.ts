import { Option } from 'commander'
import type { Command } from 'commander'
import { METHOD_WORDS, decisionCounts } from '../audit/export/words.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import type { Language } from '../vocabulary/codes.ts'
import { chainsIn, auditDirectory, languageOf, withAuditFlags, withTimes } from './audit-options.ts'
import type { AuditFlags } from './audit-options.ts'
import { scanChains } from './audit-scan.ts'
import type { FoundRecord } from './audit-scan.ts'
import { filterOf, withFilters } from './audit-filter.ts'
import type { FilterFlags } from './audit-filter.ts'
import { SUBJECT_TYPE, askedPseudonyms } from './audit-subject.ts'
import type { SubjectFlags } from './audit-subject.ts'
import { padColumns } from './box.ts'
import { CommandFault, inLanguage, print, printNote } from './terminal.ts'

interface SearchFlags extends AuditFlags, FilterFlags, SubjectFlags {
  readonly since?: number
  readonly until?: number
  readonly everySegment?: boolean
  readonly subject?: boolean
}

const EXAMPLES = `
Each record is one line, the newest last; the count follows. With --json each line is a record with its place.
Exit code: 0 everything was searched, 1 some lines could not be read: gongxiang audit verify names them.

Examples:
  gongxiang audit search --officer HUR-0117 --since 2026-11-01 --until 2026-11-30
  gongxiang audit search --coordinate Person.name --decision DENY --code NO_GRANT
  gongxiang audit search --subject --since 2026-01-01          (asks for the number; it is not shown)
  gongxiang audit search --subject --subject-type USCC --keys /secure/pseudonyms < number.txt`

/** Adds `audit search`: records by who, why, what, whose and when, from the segments themselves. */
export function registerSearch(audit: Command): void {
  const search = audit
    .command('search')
    .description('Find records by officer, matter, field, subject or time (检索审计记录)')
    .argument('[nothing...]')
    .usage('[options]')
  withTimes(withFilters(withAuditFlags(search)))
    .option('--subject', 'asks for the number of a person or firm, without showing it; from standard input when piped')
    .addOption(SUBJECT_TYPE)
    .option('--keys <folder>', 'where the keys of the pseudonyms are; else the configured folder')
    .addOption(new Option('--every-segment', 'looks into segments whose header says another time as well'))
    .addHelpText('after', EXAMPLES)
    .action(async (surplus: readonly string[], flags: SearchFlags, command: Command) => {
      if (surplus.length > 0)
        throw new CommandFault('a search takes options alone; a number is asked for, never an argument (--subject)')
      await run(flags, command)
    })
}

async function run(flags: SearchFlags, command: Command): Promise<void> {
  const chains = await chainsIn(await auditDirectory(flags, command))
  const subjects = flags.subject === true ? await askedPseudonyms(flags, command) : null
  const language = languageOf(flags)
  const { since, until, everySegment } = flags
  const bounds = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
  const bad: string[] = []
  let [count, unreadable] = [0, 0]
  const found = scanChains(chains, {
    ...bounds,
    ...filterOf(flags, subjects),
    everySegment: everySegment === true,
    unreadable(file, line) {
      unreadable += 1
      if (bad.length < MOST_NAMED) bad.push(`${file}:${line}`)
    },
  })
  for await (const one of found) {
    count += 1
    print(flags.json === true ? machineLine(one) : lineFor(one, language))
  }
  const total = inLanguage({ zh: `共 ${count} 条记录`, en: `${count} record${count === 1 ? '' : 's'}` }, language)
  if (flags.json === true) printNote(total)
  else print(total)
  if (unreadable === 0) return
  printNote(
    `${unreadable} lines could not be read (${bad.join(', ')}${unreadable > bad.length ? ' …' : ''}): run gongxiang audit verify`,
  )
  process.exitCode = 1
}

const MOST_NAMED = 5

function machineLine({ record, place, intact }: FoundRecord): string {
  return JSON.stringify({ place, intact, record })
}

/** One line: when, receipt, way, status, who, for what, what was decided. */
function lineFor({ record, intact }: FoundRecord, language: Language): string {
  const { time, receipt, method, outcome, department, application, officer, matter, data, count } = record
  const at = new Date(Date.parse(time) + CITY_OFFSET).toISOString().slice(0, 19).replace('T', ' ')
  const who = department === null ? '—' : `${department}/${application ?? '—'} ${officer ?? '—'}`
  const why = [matter, record.case].filter((one) => one !== null).join(' ')
  return [
    at,
    padColumns(receipt, 29),
    padColumns(inLanguage(METHOD_WORDS[method], language) + (count === undefined ? '' : ` ×${count}`), 8),
    String(outcome.status),
    padColumns(who, 44),
    padColumns(why, 40),
    inLanguage(decisionCounts(data), language),
    outcome.codes.join(' '),
    intact ? '' : inLanguage(ALTERED, language),
  ]
    .join('  ')
    .trimEnd()
}

const ALTERED = { zh: '← 该行已被改动', en: '← this line was altered' }
