import { Option } from 'commander'
import type { Command } from 'commander'
import { DECISION_WORDS, METHOD_WORDS } from '../audit/export/words.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Scan } from './audit-scan.ts'

/** What a search is narrowed by; everything that is given must hold. */
export interface FilterFlags {
  readonly officer?: string
  readonly department?: string
  readonly application?: string
  readonly matter?: string
  readonly case?: string
  /** `Type.field`, or a type for all its fields. */
  readonly coordinate?: string
  readonly decision?: string
  readonly code?: string
  readonly method?: string
  readonly provider?: string
  readonly grant?: string
}

/** Adds the options that narrow a search. */
export function withFilters(command: Command): Command {
  return command
    .option('--officer <number>', 'staff number')
    .option('--department <code>', 'department that asked, or for which it was asked')
    .option('--application <code>', 'application')
    .option('--matter <code>', 'matter (事项)')
    .option('--case <number>', 'case (办件)')
    .option('--coordinate <name>', 'field such as Person.name, or a type such as Person')
    .addOption(new Option('--decision <kind>', 'what was decided of it').choices(Object.keys(DECISION_WORDS)))
    .option('--code <code>', 'code of the answer or of a field, such as NO_GRANT')
    .addOption(new Option('--method <name>', 'way (方式)').choices(Object.keys(METHOD_WORDS)))
    .option('--provider <code>', 'department whose data it was')
    .option('--grant <id>', 'grant')
}

type Test = (record: AuditRecord) => boolean

/** One thing that a record must have; `text` stands in each line that has it. */
interface Criterion {
  readonly texts: readonly string[]
  readonly test: Test
}

/**
 * What to look for. The rarest criterion picks the lines that are read at all.
 *
 * @param subjects pseudonyms of the one person or firm looked for, or null
 */
export function filterOf(flags: FilterFlags, subjects: readonly string[] | null): Pick<Scan, 'needles' | 'wanted'> {
  const criteria = [...subjectCriterion(subjects), ...criteriaOf(flags)]
  const needles = criteria[0]?.texts
  return {
    ...(needles === undefined ? {} : { needles }),
    wanted: (record) => criteria.every(({ test }) => test(record)),
  }
}

function subjectCriterion(subjects: readonly string[] | null): readonly Criterion[] {
  if (subjects === null) return []
  const wanted = new Set(subjects)
  return [{ texts: subjects, test: (record) => record.subjects.some((one) => wanted.has(one)) }]
}

/** In the order of how few records each is likely to leave. */
function criteriaOf(flags: FilterFlags): readonly Criterion[] {
  const { officer, department, application, matter, coordinate, decision, code, method, provider, grant } = flags
  const member = (name: 'officer' | 'application' | 'matter' | 'case', value: string | undefined) =>
    criterion(
      value,
      (text) => `"${name}":${JSON.stringify(text)}`,
      (record, text) => record[name] === text,
    )
  return [
    ...member('case', flags.case),
    ...criterion(
      grant,
      quoted,
      (record, id) => record.grants.includes(id) || record.data.some((one) => one.grant === id),
    ),
    ...member('officer', officer),
    ...dataCriterion(coordinate, decision),
    ...criterion(code, quoted, hasCode),
    ...member('matter', matter),
    ...member('application', application),
    ...criterion(
      method,
      (text) => `"method":${quoted(text)}`,
      (record, text) => record.method === text,
    ),
    ...criterion(department, quoted, (record, text) => record.department === text || record.actingFor === text),
    ...criterion(provider, quoted, provides),
  ]
}

function criterion(
  value: string | undefined,
  textOf: (value: string) => string,
  test: (record: AuditRecord, value: string) => boolean,
): readonly Criterion[] {
  return value === undefined ? [] : [{ texts: [textOf(value)], test: (record) => test(record, value) }]
}

const quoted = (text: string): string => JSON.stringify(text)

/** A field, what was decided, or both of the same entry. */
function dataCriterion(coordinate: string | undefined, decision: string | undefined): readonly Criterion[] {
  if (coordinate === undefined && decision === undefined) return []
  const whole = coordinate?.includes('.') === true
  const matches = (at: string): boolean =>
    coordinate === undefined || (whole ? at === coordinate : at.startsWith(`${coordinate}.`))
  const text = coordinate === undefined ? `"decision":"${decision}"` : whole ? quoted(coordinate) : `"${coordinate}.`
  const test: Test = ({ data }) =>
    data.some((one) => matches(one.coordinate) && (decision === undefined || one.decision === decision))
  return [{ texts: [text], test }]
}

function hasCode({ outcome, data, verification }: AuditRecord, code: string): boolean {
  return (
    outcome.codes.includes(code) ||
    data.some((one) => one.code === code) ||
    (verification?.items.some((one) => one.code === code) ?? false)
  )
}

/** Whose data it was: by the departments that the record names for a field, or that were asked. */
function provides({ data, route }: AuditRecord, department: string): boolean {
  return (
    data.some(({ providers }) => providers?.includes(department) ?? false) ||
    route.some((one) => one.department === department)
  )
}
