import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { AUTHORITY } from '../../grants/supervision.ts'
import type { GovernanceTables } from '../store/tables.ts'
import { isOperation } from './batch.ts'
import type { Batch } from './batch.ts'
import type { OfficerName } from './keys.ts'
import { inParts } from './parts.ts'
import { DAY, HOUR } from './windows.ts'

/** Instants between which is looked: after the first, up to the second. */
export interface Span {
  readonly after: number
  readonly until: number
}

/**
 * That somebody asked about a subject: the first or the last time in an hour or a day, of however many. In a window that
 * is not shorter than these, there are as many different names among such rows as among all of them: whatever stands
 * between a first and a last has one of the two beside it in the window.
 */
export interface AskedRow {
  readonly pseudonym: string
  readonly at: number
  /** Operations that the row stands for; 0 for one of a batch, which the store has counted. */
  readonly times: number
  /** Of one of these operations. */
  readonly receipt: string
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly case_number: string | null
  /** Whether it is one of the records that are judged. */
  readonly isFresh: boolean
}

/** How many different ones asked about a subject, or in a case, in the whole span: no window of it can have more. */
export interface AskedCount {
  /** The pseudonym, or the number of the case. */
  readonly name: string
  readonly subjects: number
  readonly officers: number
  readonly departments: number
  readonly cases: number
}

/** What is counted in which case, or about which subject, before any row is read. */
export type Asked = 'SUBJECT' | 'CASE'

/**
 * Groups that one question reads at most, the newest ones: each is an officer's day with one subject, or one subject of an
 * officer's hour, so that nobody who asks without end fills any memory.
 */
const GROUPS = 10_000

/** What stands in a record for a case that no register knows. */
export const UNREGISTERED = '(unregistered)'

/** Counted where the rows are: of one subject there may be a quarter of a million. */
export function countAsked(
  db: Kysely<GovernanceTables>,
  by: Asked,
  names: readonly string[],
  span: Span,
): Promise<readonly AskedCount[]> {
  const column = by === 'SUBJECT' ? 's.pseudonym' : 'r.case_number'
  return inParts(names, async (some) => {
    const rows = await withoutInquiries(askedIn(db, span))
      .select([
        sql<string>`${sql.ref(column)}`.as('name'),
        sql<number>`count(distinct s.pseudonym)`.as('subjects'),
        sql<number>`count(distinct r.department || '/' || r.officer)`.as('officers'),
        sql<number>`count(distinct r.department)`.as('departments'),
        sql<number>`count(distinct nullif(r.case_number, ${UNREGISTERED}))`.as('cases'),
      ])
      .where(column, 'in', some)
      .groupBy(column)
      .execute()
    return rows.map(({ name, subjects, officers, departments, cases }) => ({
      name,
      subjects: Number(subjects),
      officers: Number(officers),
      departments: Number(departments),
      cases: Number(cases),
    }))
  })
}

/** Who asked about one subject, day by day, and in which cases. */
export function askersOf(
  db: Kysely<GovernanceTables>,
  pseudonym: string,
  span: Span,
  { byCase }: { readonly byCase: boolean },
): Promise<readonly AskedRow[]> {
  const query = grouped(withoutInquiries(askedIn(db, span)), DAY).where('s.pseudonym', '=', pseudonym)
  return rowsOf(byCase ? query.groupBy('r.case_number') : query)
}

/** Who asked about whom in one case, day by day. */
export function askedInCase(db: Kysely<GovernanceTables>, number: string, span: Span): Promise<readonly AskedRow[]> {
  return rowsOf(grouped(withoutInquiries(askedIn(db, span)), DAY).where('r.case_number', '=', number))
}

/** About whom an officer asked, hour by hour. */
export function askedBy(
  db: Kysely<GovernanceTables>,
  { department }: OfficerName,
  spellings: readonly string[],
  span: Span,
): Promise<readonly AskedRow[]> {
  const query = grouped(askedIn(db, span), HOUR)
  return rowsOf(query.where('r.department', '=', department).where('r.officer', 'in', [...spellings]))
}

/** Subjects of operations, other than those whom a reference alone reached. */
function askedIn(db: Kysely<GovernanceTables>, { after, until }: Span) {
  return (
    db
      .selectFrom('audit_subject as s')
      // `at` stands in both, and prunes the months of both.
      .innerJoin('audit_record as r', (join) =>
        join.onRef('r.chain', '=', 's.chain').onRef('r.seq', '=', 's.seq').onRef('r.at', '=', 's.at'),
      )
      .where('s.part', '<>', 'REACHED')
      .where('r.part_of', 'is', null)
      .where('r.at', '>', after)
      .where('r.at', '<=', until)
      .where('s.at', '>', after)
      .where('s.at', '<=', until)
  )
}

type AskedQuery = ReturnType<typeof askedIn>

/** Leaves out who looked into the record itself (batch.ts, `isInquiry`): they are no part of what they look into. */
function withoutInquiries(query: AskedQuery): AskedQuery {
  return query.where(
    sql<boolean>`(exists (select 1 from audit_datum as d
      where d.chain = s.chain and d.seq = s.seq and d.at = s.at and d.provider <> ${AUTHORITY})
      or not exists (select 1 from audit_datum as d where d.chain = s.chain and d.seq = s.seq and d.at = s.at))`,
  )
}

function grouped(query: AskedQuery, bucket: number) {
  return query
    .select(['s.pseudonym', 'r.department', 'r.officer'])
    .select([
      sql<number>`min(r.at)`.as('earliest'),
      sql<number>`max(r.at)`.as('latest'),
      sql<number>`count(*)`.as('times'),
      sql<string>`max(r.receipt)`.as('receipt'),
      sql<string | null>`max(r.application)`.as('application'),
      sql<string | null>`max(r.matter)`.as('matter'),
      sql<string | null>`max(r.case_number)`.as('case_number'),
    ])
    .groupBy(['s.pseudonym', 'r.department', 'r.officer', sql`r.at / ${sql.lit(bucket)}`])
    .orderBy('latest', 'desc')
    .limit(GROUPS)
}

type Grouped = Omit<AskedRow, 'at' | 'isFresh'> & { readonly earliest: number; readonly latest: number }

/** The first and the last of each group. */
async function rowsOf(query: { execute(): Promise<readonly Grouped[]> }): Promise<readonly AskedRow[]> {
  const groups = await query.execute()
  return groups.flatMap(({ earliest, latest, times, ...group }): readonly AskedRow[] => {
    const last = { ...group, at: Number(latest), times: Number(times), isFresh: false }
    return earliest === latest ? [last] : [last, { ...last, at: Number(earliest), times: 0 }]
  })
}

/** The records of a batch as such rows, one for each whom they are about. */
export function askedAnew(batch: Batch): readonly AskedRow[] {
  return batch
    .filter(({ record }) => isOperation(record))
    .flatMap(({ record, at, objects }) => {
      const { receipt, department, application, officer, matter, case: number } = record
      const row = {
        at,
        times: 0,
        receipt,
        department,
        application,
        officer,
        matter,
        case_number: number,
        isFresh: true,
      }
      return objects.map((pseudonym): AskedRow => ({ ...row, pseudonym }))
    })
}
