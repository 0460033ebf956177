import { sql } from 'kysely'
import type { Kysely, Selectable } from 'kysely'
import type { AuditGapRow, GovernanceTables } from '../store/tables.ts'
import { askedBy, askedInCase, askersOf, countAsked } from './asked.ts'
import type { Asked, AskedCount, AskedRow, Span } from './asked.ts'
import type { OfficerName } from './keys.ts'
import { officerKey } from './keys.ts'
import { inParts, MOST } from './parts.ts'
import type { Trace, TraceKind } from './traces.ts'

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

/** Windowed questions to the store, for the keys that a batch touches; the same on either kind. */
export interface Look {
  traces(kind: TraceKind, whos: readonly string[], span: Span): Promise<readonly Trace[]>
  /** How many asked about some subjects, or in some cases: who has few of them is looked at no further. */
  countAsked(by: Asked, names: readonly string[], span: Span): Promise<readonly AskedCount[]>
  /** Whom an officer asked about. */
  askedBy(officer: OfficerName, spellings: readonly string[], span: Span): Promise<readonly AskedRow[]>
  pastOf(officer: OfficerName, spellings: readonly string[], span: Span): Promise<readonly PastDay[]>
  /** Who asked about a subject; with `byCase`, in which of their cases. */
  askersOf(pseudonym: string, span: Span, options: { readonly byCase: boolean }): Promise<readonly AskedRow[]>
  /** What was asked in a case. */
  askedInCase(number: string, span: Span): Promise<readonly AskedRow[]>
  /** Operations of a department for a matter. */
  countOf(department: string, matter: string, span: Span): Promise<number>
  /** Those of the subjects that are watched. */
  watched(pseudonyms: readonly string[]): Promise<readonly GovernanceTables['watched_subject'][]>
  /** Since when something is in use, by its name; what never was is not there. */
  seen(kind: string, who: string, whats: readonly string[]): Promise<ReadonlyMap<string, number>>
  /**
   * What was found missing in the record: behind a number, and once more since an instant, for PostgreSQL may show a number
   * later than the next one.
   */
  gaps(after: number, since: number): Promise<readonly Selectable<AuditGapRow>[]>
}

/** Looks over a store. */
export function createLook(db: Kysely<GovernanceTables>): Look {
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
    countAsked: (by, names, span) => countAsked(db, by, names, span),
    async askedBy(officer, spellings, span) {
      const rows = await askedBy(db, officer, spellings, span)
      return rows.filter((row) => isBy(officer, row))
    },
    pastOf: (officer, spellings, span) => pastOf(db, officer, spellings, span),
    askersOf: (pseudonym, span, options) => askersOf(db, pseudonym, span, options),
    askedInCase: (number, span) => askedInCase(db, number, span),
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
    async gaps(after, since) {
      const all = db.selectFrom('audit_gap').selectAll().limit(MOST)
      const late = await all.where('id', '<=', after).where('found_at', '>=', since).orderBy('id', 'desc').execute()
      return [...late.toReversed(), ...(await all.where('id', '>', after).orderBy('id').execute())]
    },
  }
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

function isBy({ department, officer }: OfficerName, row: AskedRow): boolean {
  if (row.department === null || row.officer === null) return false
  return officerKey({ department: row.department, officer: row.officer }) === officerKey({ department, officer })
}
