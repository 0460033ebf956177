import type { Command } from 'commander'
import { citizenEntries } from '../governance/reports/citizen.ts'
import { citizenDocument } from '../governance/reports/citizen-document.ts'
import { consumerReport } from '../governance/reports/consumer.ts'
import { consumerDocument } from '../governance/reports/consumer-document.ts'
import { providerReport } from '../governance/reports/provider.ts'
import { providerDocument } from '../governance/reports/provider-document.ts'
import type { ReportDocument } from '../governance/reports/report.ts'
import { yearlyReport } from '../governance/reports/yearly.ts'
import { yearlyDocument } from '../governance/reports/yearly-document.ts'
import { languageOf } from './audit-options.ts'
import { SUBJECT_TYPE, askedPseudonyms } from './audit-subject.ts'
import { configOf } from './context.ts'
import { openReportDesk } from './report-desk.ts'
import type { ReportDesk } from './report-desk.ts'
import { registerJournal } from './report-journal.ts'
import { openOutput, periodOf, whoAndWhy, withReportFlags } from './report-options.ts'
import type { ReportFlags } from './report-options.ts'
import { CommandFault, printNote } from './terminal.ts'

/** A report, and whom it is about in the journal. */
interface Made {
  readonly document: ReportDocument
  readonly subject: string | null
}

/** Opens the sources, makes a report, notes it in the journal, and only then lets it leave. */
async function make(flags: ReportFlags, command: Command, build: (desk: ReportDesk) => Promise<Made>): Promise<void> {
  const { by, reason } = whoAndWhy(flags)
  const output = await openOutput(flags)
  const desk = await openReportDesk(await configOf(command)).catch(async (error: unknown) => {
    await output.giveUp()
    throw error
  })
  try {
    const { document, subject } = await build(desk)
    const { format } = flags
    const issued = await desk.issue(document, { by, reason, format, subject, language: languageOf(flags) })
    await output.write(issued.bytes)
    printNote(`report ${issued.reference}, number ${issued.number} in the journal`)
  } catch (error) {
    await output.giveUp()
    throw error
  } finally {
    await desk.close()
  }
}

/** A citizen asks for everything that is kept, unless they say otherwise. */
const EVERYTHING = 100 * 366 * 86_400_000

interface CitizenFlags extends ReportFlags {
  readonly subjectType: string
}

async function citizen(flags: CitizenFlags, command: Command): Promise<void> {
  // Nobody types a number in for nothing.
  whoAndWhy(flags)
  const pseudonyms = await askedPseudonyms(flags, command)
  await make(flags, command, async (desk) => {
    const { names, disclosure, clock } = desk
    const period = periodOf(flags, clock.now(), EVERYTHING)
    const [subject = ''] = pseudonyms
    // By the oldest kept key: the codes of one person's reports stay the same when a newer key comes.
    const officerCode = desk.officerCodes(pseudonyms.at(-1) ?? subject)
    const sources = { store: desk.store, names, disclosure, officerCode, now: clock.now() }
    const entries = await citizenEntries(sources, pseudonyms, period)
    return {
      document: citizenDocument(entries, { names, period, disclosure, subjectType: flags.subjectType }),
      subject,
    }
  })
}

/** @throws CommandFault for a department that is in no register */
function knownDepartment({ registers }: ReportDesk, code: string): string {
  if (registers.parties.some((party) => party.code === code)) return code
  throw new CommandFault(`there is no department ${code} in the register of parties`)
}

async function provider(department: string, flags: ReportFlags, command: Command): Promise<void> {
  await make(flags, command, async (desk) => {
    const period = periodOf(flags, desk.clock.now())
    const report = await providerReport(desk, knownDepartment(desk, department), period)
    return { document: providerDocument(report, desk.names), subject: department }
  })
}

interface ConsumerFlags extends ReportFlags {
  readonly matter?: string
}

async function consumer(department: string, flags: ConsumerFlags, command: Command): Promise<void> {
  await make(flags, command, async (desk) => {
    const { registers, store, names, regime } = desk
    const { matter = null } = flags
    knownDepartment(desk, department)
    if (matter !== null && !registers.matters.some(({ code }) => code === matter))
      throw new CommandFault(`there is no matter ${matter} in the register of matters`)
    const sources = {
      store,
      names,
      grants: registers.grants,
      officerCode: desk.officerCodes(`department:${department}`),
      idleMonths: regime.parameters['grant.unusedRevocation']?.value.months ?? null,
    }
    const report = await consumerReport(sources, { department, matter }, periodOf(flags, desk.clock.now()))
    return { document: consumerDocument(report, names), subject: department }
  })
}

interface YearlyFlags extends ReportFlags {
  readonly year: number
  readonly department?: string
}

async function yearly(flags: YearlyFlags, command: Command): Promise<void> {
  await make(flags, command, async (desk) => {
    const { store, names, catalog, registers, regime, lateBefore } = desk
    const { department = null } = flags
    if (department !== null) knownDepartment(desk, department)
    const annual = regime.parameters['reports.annual']
    const duty = {
      regime: regime.regime,
      annual: annual && { clause: annual.clause, who: annual.value.who, by: annual.value.by ?? null },
    }
    const sources = { store, names, catalog, matters: registers.matters, grants: registers.grants, lateBefore }
    const report = await yearlyReport(sources, duty, flags.year)
    return { document: yearlyDocument(report, names, department), subject: department }
  })
}

function year(text: string): number {
  const value = Number(text)
  if (!/^20\d{2}$/.test(text)) throw new CommandFault('--year takes a year, e.g. 2026')
  return value
}

const CITIZEN_HELP = `
The number is asked for and not shown; piped, it is the first line of standard input. It is never an argument.
What the register of delayed release keeps back is left out without a trace.

Examples:
  gongxiang report citizen --by DA-0007 --reason "request 2026-118" --out report.html
  gongxiang report citizen --by DA-0007 --reason "request 2026-118" --subject-type USCC --format xlsx --out firm.xlsx`

/** `gongxiang report citizen|provider|consumer|yearly|journal`. */
export function register(program: Command): void {
  const report = program.command('report').description('Reports on the use of data (数据使用报告).')
  withReportFlags(report.command('citizen'), { times: true })
    .description("Who used a person's or a firm's data, when, for what (个人数据使用情况)")
    .addOption(SUBJECT_TYPE)
    // Taken and refused here: the parser's own refusal would repeat it.
    .argument('[nothing...]')
    .usage('[options]')
    .addHelpText('after', CITIZEN_HELP)
    .action((given: readonly string[], flags: CitizenFlags, command: Command) => {
      if (given.length > 0)
        throw new CommandFault('the number is asked for, or read from standard input: it is never an argument')
      return citizen(flags, command)
    })
  withReportFlags(report.command('provider'), { times: true })
    .description("What a department's data was used for (本部门数据被使用情况)")
    .argument('<department>', 'code of the providing department')
    .action((department: string, flags: ReportFlags, command: Command) => provider(department, flags, command))
  withReportFlags(report.command('consumer'), { times: true })
    .description('What a department did with what it was granted (部门使用数据情况)')
    .argument('<department>', 'code of the using department')
    .option('--matter <code>', 'one of its matters alone')
    .action((department: string, flags: ConsumerFlags, command: Command) => consumer(department, flags, command))
  withReportFlags(report.command('yearly'), { times: false })
    .description("The year's figures that the regime asks for (年度统计)")
    .requiredOption('--year <year>', 'calendar year', year)
    .option('--department <code>', "one department's sheet alone (ZS-6.11, HZ-50)")
    .action((flags: YearlyFlags, command: Command) => yearly(flags, command))
  registerJournal(report)
}
