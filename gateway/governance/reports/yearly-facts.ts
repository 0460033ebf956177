import type { AuditRecord } from '../../audit/record.ts'
import type { Catalog, ResourceEntry } from '../../catalog/catalog.ts'
import type { Matter } from '../../grants/registers.ts'
import type { ReportNames } from './names.ts'
import { consumerOf, isRefused, isRow, objectsOf, operationsOf, recordsOf } from './records.ts'
import type { ReportStore } from './records.ts'
import type { Period } from './report.ts'
import type { LateBefore } from './provider.ts'
import { createDistinct, createTally, sumOf } from './tally.ts'
import type { Distinct, Tally } from './tally.ts'
import { cityMonth, monthsOf } from './time.ts'
import { COMPARED_KINDS, GIVEN_KINDS, usesIn } from './uses.ts'
import type { Use, UseKind } from './uses.ts'

/** What a department did in a year, on either side (ZS-6.11, HZ-50). */
export interface DepartmentYear {
  readonly department: string
  /** As one that used. */
  readonly operations: number
  readonly refusedOperations: number
  readonly subjects: number
  readonly purposeRefusals: number
  /** As one that provided: items told and compared, calls that failed, answers behind their cycle. */
  readonly given: number
  readonly compared: number
  readonly failures: number
  readonly lateAnswers: number
  /** In the catalogue. */
  readonly resources: number
  readonly fields: number
  readonly grants: number
}

/** What the figures of a year are computed from. */
export interface YearFacts extends Period {
  readonly operations: number
  readonly refusedOperations: number
  readonly subjects: number
  readonly given: number
  readonly masked: number
  readonly match: number
  readonly noMatch: number
  readonly noRecord: number
  readonly consumers: number
  readonly providers: number
  readonly matters: number
  readonly purposeRefusals: number
  readonly scopeRefusals: number
  readonly conflicts: number
  readonly invalidAnswers: number
  readonly failures: number
  readonly calls: number
  readonly freshAnswers: number
  readonly lateAnswers: number
  readonly emergencies: number
  readonly enumerations: number
  readonly alarms: { readonly raised: number; readonly confirmed: number; readonly dismissed: number }
  readonly gaps: number
  readonly records: number
  readonly resources: number
  readonly fields: number
  readonly unconditional: number
  readonly conditional: number
  readonly notShared: number
  readonly completeResources: number
  readonly silentResources: number
  /** Matters whose materials could be obtained by sharing, and of which nothing was asked all year. */
  readonly idleMatters: number
  readonly matterCount: number
  readonly grants: number
  readonly unusedGrants: number
  readonly months: readonly { readonly month: string; readonly operations: number; readonly given: number }[]
  readonly departments: readonly DepartmentYear[]
}

/** What the facts of a year are gathered from. */
export interface YearSources {
  readonly store: ReportStore
  readonly names: ReportNames
  readonly catalog: Catalog
  readonly matters: readonly Matter[]
  readonly grants: readonly { readonly id: string; readonly consumer: string }[]
  readonly lateBefore: LateBefore
}

/** Looks at every record of a year once, at the catalogue, and at the alarms. */
export async function yearFacts(sources: YearSources, period: Period): Promise<YearFacts> {
  const counts = newCounts()
  for await (const record of recordsOf(sources.store, period)) noteRecord(counts, sources, record)
  return {
    ...period,
    ...readCounts(counts, sources, period),
    ...catalogueFacts(sources.catalog),
    alarms: await alarmFacts(sources.store, period),
    gaps: await gapCount(sources.store, period),
  }
}

/** Refusals for another purpose than the grant's (ZS-6.14(7), NT-33.1(4)), and beyond what is shared (HZ-51.2(3)). */
const PURPOSE: ReadonlySet<string> = new Set(['PURPOSE_MISSING', 'PURPOSE_MISMATCH', 'NOT_NEEDED'])
const SCOPE: ReadonlySet<string> = new Set(['OUT_OF_SCOPE', 'NO_GRANT', 'NOT_SHARED', 'PARAMETER_OUT_OF_GRANT'])

type Note =
  | UseKind
  | 'RECORD'
  | 'OPERATION'
  | 'REFUSED_OPERATION'
  | 'PURPOSE'
  | 'SCOPE'
  | 'CONFLICT'
  | 'INVALID'
  | 'CALL'
  | 'FAILURE'
  | 'FRESH'
  | 'LATE'
  | 'ENUMERATION'
type Side = 'CONSUMER' | 'PROVIDER'

/** What is counted while records stream by. */
interface YearCounts {
  readonly notes: Tally<[Note]>
  readonly sided: Tally<[Note, Side, string]>
  readonly byMonth: Tally<[Note, string]>
  readonly people: Distinct<[] | [string]>
  readonly seen: Readonly<Record<'matter' | 'emergency' | 'grant' | 'type', Set<string>>>
}

function newCounts(): YearCounts {
  return {
    notes: createTally(),
    sided: createTally(),
    byMonth: createTally(),
    people: createDistinct(),
    seen: { matter: new Set(), emergency: new Set(), grant: new Set(), type: new Set() },
  }
}

function noteRecord(counts: YearCounts, { names, lateBefore }: YearSources, record: AuditRecord): void {
  counts.notes.add(['RECORD'])
  for (const use of usesIn(record, names)) noteUse(counts, record, use)
  if (isRow(record)) return
  noteOperation(counts, record)
  noteRoute(counts, lateBefore, record)
}

function noteUse({ notes, sided, byMonth, seen }: YearCounts, record: AuditRecord, use: Use): void {
  const { kind, code, grant, providers } = use
  notes.add([kind])
  byMonth.add([kind, cityMonth(Date.parse(record.time))])
  for (const provider of providers) sided.add([kind, 'PROVIDER', provider])
  if (kind !== 'REFUSED') {
    if (grant !== null) seen.grant.add(grant)
    return
  }
  const refusal = PURPOSE.has(code ?? '') ? 'PURPOSE' : SCOPE.has(code ?? '') ? 'SCOPE' : null
  if (refusal === null) return
  notes.add([refusal])
  const department = consumerOf(record)
  if (department !== null) sided.add([refusal, 'CONSUMER', department])
}

function noteOperation({ notes, sided, byMonth, people, seen }: YearCounts, record: AuditRecord): void {
  const { matter, emergency, time } = record
  const department = consumerOf(record)
  const times = operationsOf(record)
  for (const kind of notesOf(record)) {
    notes.add([kind], times)
    if (department !== null) sided.add([kind, 'CONSUMER', department], times)
  }
  byMonth.add(['OPERATION', cityMonth(Date.parse(time))], times)
  people.add([], objectsOf(record))
  if (department !== null) people.add([department], objectsOf(record))
  if (matter !== null) seen.matter.add(matter)
  if (emergency !== undefined) seen.emergency.add(emergency.id)
}

/** What an operation counts as. */
function notesOf(record: AuditRecord): readonly Note[] {
  const { codes } = record.outcome
  const notes: Note[] = ['OPERATION']
  if (isRefused(record)) notes.push('REFUSED_OPERATION')
  if (codes.includes('CONFLICT_UNRESOLVED')) notes.push('CONFLICT')
  if (codes.includes('SOURCE_INVALID')) notes.push('INVALID')
  if (record.finding !== undefined) notes.push('ENUMERATION')
  return notes
}

function noteRoute({ notes, sided, seen }: YearCounts, lateBefore: LateBefore, { route, time }: AuditRecord): void {
  for (const { department, outcome, asOf } of route) {
    if (department === 'gateway' || outcome === 'not-called') continue
    const calls: readonly Note[] = outcome === 'failed' ? ['CALL', 'FAILURE'] : ['CALL']
    const ages = asOf.flatMap((one): readonly Note[] => {
      seen.type.add(one.type)
      const bound = lateBefore(one.type, Date.parse(time))
      // Where the regime sets no time, nothing is in time or late.
      return bound === null ? [] : [Date.parse(one.asOf) < bound ? 'LATE' : 'FRESH']
    })
    for (const kind of [...calls, ...ages]) {
      notes.add([kind])
      sided.add([kind, 'PROVIDER', department])
    }
  }
}

function readCounts(counts: YearCounts, { catalog, matters, grants }: YearSources, { since, until }: Period) {
  const { notes, byMonth, people, seen } = counts
  const of = (kind: Note): number => notes.get([kind])
  const departments = departmentYears(catalog, grants, counts)
  const known = matters.filter(({ materials }) => (materials ?? []).length > 0)
  return {
    records: of('RECORD'),
    operations: of('OPERATION'),
    refusedOperations: of('REFUSED_OPERATION'),
    subjects: people.count([]),
    given: sumOf(GIVEN_KINDS, of),
    masked: of('MASKED'),
    match: of('MATCH'),
    noMatch: of('NO_MATCH'),
    noRecord: of('NO_RECORD'),
    consumers: departments.filter(({ operations }) => operations > 0).length,
    providers: departments.filter(({ given, compared }) => given + compared > 0).length,
    matters: seen.matter.size,
    purposeRefusals: of('PURPOSE'),
    scopeRefusals: of('SCOPE'),
    conflicts: of('CONFLICT'),
    invalidAnswers: of('INVALID'),
    failures: of('FAILURE'),
    calls: of('CALL'),
    freshAnswers: of('FRESH'),
    lateAnswers: of('LATE'),
    emergencies: seen.emergency.size,
    enumerations: of('ENUMERATION'),
    silentResources: catalog.resources.filter(({ type }) => !seen.type.has(type)).length,
    idleMatters: known.filter(({ code }) => !seen.matter.has(code)).length,
    matterCount: known.length,
    grants: grants.length,
    unusedGrants: grants.filter(({ id }) => !seen.grant.has(id)).length,
    months: monthsOf(since, until).map((month) => ({
      month,
      operations: byMonth.get(['OPERATION', month]),
      given: sumOf(GIVEN_KINDS, (kind) => byMonth.get([kind, month])),
    })),
    departments,
  }
}

/** Every department that used, provided, is catalogued or holds a grant. */
function departmentYears(
  catalog: Catalog,
  grants: YearSources['grants'],
  { sided, people }: Pick<YearCounts, 'sided' | 'people'>,
): readonly DepartmentYear[] {
  const codes = new Set([
    ...sided.rows().map(({ key }) => key[2]),
    ...catalog.resources.map(({ department }) => department),
    ...grants.map(({ consumer }) => consumer),
  ])
  codes.delete('gateway')
  return [...codes].toSorted().map((department) => {
    const of = (kind: Note, side: Side): number => sided.get([kind, side, department])
    return {
      department,
      operations: of('OPERATION', 'CONSUMER'),
      refusedOperations: of('REFUSED_OPERATION', 'CONSUMER'),
      subjects: people.count([department]),
      purposeRefusals: of('PURPOSE', 'CONSUMER'),
      given: sumOf(GIVEN_KINDS, (kind) => of(kind, 'PROVIDER')),
      compared: sumOf(COMPARED_KINDS, (kind) => of(kind, 'PROVIDER')),
      failures: of('FAILURE', 'PROVIDER'),
      lateAnswers: of('LATE', 'PROVIDER'),
      resources: catalog.resources.filter((one) => one.department === department).length,
      fields: catalog.fields.filter((one) => one.provider === department && one.kind === 'leaf').length,
      grants: grants.filter(({ consumer }) => consumer === department).length,
    }
  })
}

function catalogueFacts({ resources, fields }: Catalog) {
  const leaves = fields.filter(({ kind }) => kind === 'leaf')
  const ofClass = (name: string): number => leaves.filter((one) => one.class === name).length
  return {
    resources: resources.length,
    fields: leaves.length,
    unconditional: ofClass('UNCONDITIONAL'),
    conditional: ofClass('CONDITIONAL'),
    notShared: ofClass('NOT_SHARED'),
    completeResources: resources.filter(isComplete).length,
  }
}

/** Whether an entry leaves no element open that any of the regulations lists (ZS-2.04, HZ-39.1, NT-7.1). */
function isComplete(one: ResourceEntry): boolean {
  const { content, form, mode, use, sample, system, location, sharingPeriod, openness, published, standard } = one
  const elements = [content, form, mode, use, sample, system, location, sharingPeriod, openness, published, standard]
  return elements.every((element) => element !== null && element !== '')
}

async function alarmFacts({ db }: ReportStore, { since, until }: Period): Promise<YearFacts['alarms']> {
  const raised = await db
    .selectFrom('alarm')
    .select('id')
    .where('raised_at', '>=', since)
    .where('raised_at', '<', until)
    .execute()
  const decided = await db
    .selectFrom('alarm_event')
    .select(['alarm', 'kind'])
    .where('at', '>=', since)
    .where('at', '<', until)
    .where('kind', 'in', ['CONFIRMED', 'DISMISSED'])
    .execute()
  const of = (kind: string): number => new Set(decided.flatMap((one) => (one.kind === kind ? [one.alarm] : []))).size
  return { raised: raised.length, confirmed: of('CONFIRMED'), dismissed: of('DISMISSED') }
}

async function gapCount({ db }: ReportStore, { since, until }: Period): Promise<number> {
  const rows = await db
    .selectFrom('audit_gap')
    .select('id')
    .where('found_at', '>=', since)
    .where('found_at', '<', until)
    .execute()
  return rows.length
}
