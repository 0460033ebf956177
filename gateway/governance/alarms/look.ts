import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { GovernanceTables } from '../store/tables.ts'
import type { OfficerName } from './keys.ts'
import { officerKey } from './keys.ts'
import type { Trace, TraceKind } from './traces.ts'

/** Instants between which is looked: after the first, up to the second. */
export interface Span {
  readonly after: number
  readonly until: number
}

/** A subject in a record. */
export interface SubjectRow {
  readonly pseudonym: string
  readonly chain: string
  readonly seq: number
  readonly at: number
  readonly receipt: string
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly case_number: string | null
}

/** How many different subjects an officer asked about in a day that is past, and in its fullest hour. */
export interface PastDay {
  readonly day: string
  readonly subjects: number
  readonly fullestHour: number
}

/**
 * Rows that one question reads at most, the newest ones: far more than any limit that raises an alarm, so that whoever asks
 * without end fills no memory.
 */
const ROWS = 20_000

/** Parameters of one statement; SQLite and PostgreSQL take far more. */
const MOST = 500

/** Windowed questions to the store, for the keys that a batch touches; the same on either kind. */
export interface Look {
  traces(kind: TraceKind, whos: readonly string[], span: Span): Promise<readonly Trace[]>
  /** Whom an officer asked about. */
  subjectsOf(officer: OfficerName, spellings: readonly string[], span: Span): Promise<readonly SubjectRow[]>
  pastOf(officer: OfficerName, spellings: readonly string[], span: Span): Promise<readonly PastDay[]>
  /** Who asked about some subjects. */
  askersOf(pseudonyms: readonly string[], span: Span): Promise<readonly SubjectRow[]>
  /** What was asked in some cases. */
  casesOf(cases: readonly string[], span: Span): Promise<readonly SubjectRow[]>
  /** Operations of a department for a matter. */
  countOf(department: string, matter: string, span: Span): Promise<number>
  /** Those of the subjects that are watched. */
  watched(pseudonyms: readonly string[]): Promise<readonly GovernanceTables['watched_subject'][]>
  /** Since when something is in use, by its name; what never was is not there. */
  seen(kind: string, who: string, whats: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What was found missing in the record, from a number on. */
  gaps(
    after: number,
  ): Promise<readonly { id: number; chain: string; found_at: number; kind: string; from_seq: number; to_seq: number }[]>
}

/** Looks over a store. */
export function createLook(db: Kysely<GovernanceTables>): Look {
  const subjects = (span: Span) => subjectsIn(db, span)
  return {
    async traces(kind, whos, { after, until }) {
      const rows = await inParts(whos, (some) =>
        db
          .selectFrom('alarm_trace')
          .selectAll()
          .where('kind', '=', kind)
          .where('who', 'in', some)
          .where('at', '>', after)
          .where('at', '<=', until)
          .orderBy('at', 'desc')
          .limit(ROWS)
          .execute(),
      )
      return rows.map((row) => ({ ...row, kind }))
    },
    async subjectsOf(officer, spellings, span) {
      const rows = await subjects(span)
        .where('r.department', '=', officer.department)
        .where('r.officer', 'in', [...spellings])
        .execute()
      return rows.filter((row) => isBy(officer, row))
    },
    pastOf: (officer, spellings, span) => pastOf(db, officer, spellings, span),
    askersOf: (pseudonyms, span) =>
      inParts(pseudonyms, (some) => subjects(span).where('s.pseudonym', 'in', some).execute()),
    casesOf: (cases, span) => inParts(cases, (some) => subjects(span).where('r.case_number', 'in', some).execute()),
    async countOf(department, matter, { after, until }) {
      const { count } = await db
        .selectFrom('audit_record')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('department', '=', department)
        .where('matter', '=', matter)
        .where('part_of', 'is', null)
        .where('at', '>', after)
        .where('at', '<=', until)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    watched: (pseudonyms) =>
      inParts(pseudonyms, (some) =>
        db.selectFrom('watched_subject').selectAll().where('pseudonym', 'in', some).execute(),
      ),
    async seen(kind, who, whats) {
      const rows = await inParts(whats, (some) =>
        db
          .selectFrom('alarm_seen')
          .select(['what', 'first_at'])
          .where('kind', '=', kind)
          .where('who', '=', who)
          .where('what', 'in', some)
          .execute(),
      )
      return new Map(rows.map(({ what, first_at: at }) => [what, at]))
    },
    gaps: (after) => db.selectFrom('audit_gap').selectAll().where('id', '>', after).orderBy('id').limit(MOST).execute(),
  }
}

/** Subjects of operations, other than those whom a reference alone reached. */
function subjectsIn(db: Kysely<GovernanceTables>, { after, until }: Span) {
  return (
    db
      .selectFrom('audit_subject as s')
      // `at` stands in both, and prunes the months of both.
      .innerJoin('audit_record as r', (join) =>
        join.onRef('r.chain', '=', 's.chain').onRef('r.seq', '=', 's.seq').onRef('r.at', '=', 's.at'),
      )
      .select(['s.pseudonym', 's.chain', 's.seq', 's.at', 'r.receipt', 'r.department', 'r.application', 'r.officer'])
      .select(['r.matter', 'r.case_number'])
      .where('s.part', '<>', 'REACHED')
      .where('r.part_of', 'is', null)
      .where('r.at', '>', after)
      .where('r.at', '<=', until)
      .where('s.at', '>', after)
      .where('s.at', '<=', until)
  )
}

/** Counted where the rows are: of 28 days there may be very many. */
async function pastOf(
  db: Kysely<GovernanceTables>,
  { department }: OfficerName,
  spellings: readonly string[],
  { after, until }: Span,
): Promise<readonly PastDay[]> {
  const of = (group: typeof DAY_OF) =>
    db
      .selectFrom('audit_subject as s')
      .innerJoin('audit_record as r', (join) =>
        join.onRef('r.chain', '=', 's.chain').onRef('r.seq', '=', 's.seq').onRef('r.at', '=', 's.at'),
      )
      .select(['r.day', ({ fn }) => fn.count<number>('s.pseudonym').distinct().as('subjects')])
      .where('s.part', '<>', 'REACHED')
      .where('r.part_of', 'is', null)
      .where('r.department', '=', department)
      .where('r.officer', 'in', [...spellings])
      .where('r.at', '>', after)
      .where('r.at', '<=', until)
      .groupBy(['r.day', group])
      .execute()
  const [days, hours] = await Promise.all([of(DAY_OF), of(HOUR_OF)])
  const byDay = Map.groupBy(hours, ({ day }) => day)
  return days.map(({ day, subjects }) => ({
    day,
    subjects: Number(subjects),
    fullestHour: Math.max(0, ...(byDay.get(day) ?? []).map((hour) => Number(hour.subjects))),
  }))
}

const DAY_OF = sql<string | number>`r.day`
const HOUR_OF = sql<string | number>`r.at / 3600000`

function isBy({ department, officer }: OfficerName, row: SubjectRow): boolean {
  if (row.department === null || row.officer === null) return false
  return officerKey({ department: row.department, officer: row.officer }) === officerKey({ department, officer })
}

/** One statement for each part of a long list. */
async function inParts<T>(
  keys: readonly string[],
  query: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const different = [...new Set(keys)]
  const found: T[] = []
  for (let at = 0; at < different.length; at += MOST) {
    for (const row of await query(different.slice(at, at + MOST))) found.push(row)
  }
  return found
}
