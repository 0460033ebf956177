import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { given } from './scope.ts'
import type { Position, RecordFilter, Scope, Standing } from './scope.ts'

/** A piece of SQL; whatever a caller gave stands in it as a parameter. */
export type Piece = RawBuilder<unknown>

/**
 * One way to the records of a scope: rows that an index finds, in the order of time, and what else must hold of them. The
 * rows of a way are the scope's own, so that neither how many were looked at nor how long it took tells of others.
 */
export interface Branch {
  readonly standing: Standing
  /** `select at, chain, seq`, newest first, as many as are looked at in one step. */
  readonly window: (span: Span, most: number) => Piece
  /** Conditions on the record, `r`. */
  readonly conditions: readonly Piece[]
}

/** A stretch of the order: after a position, and within times. */
export interface Span {
  readonly after: Position | null
  readonly since: number | null
  readonly until: number | null
}

/** The ways to what is looked for: none where the scope can hold nothing of it. */
export function branchesOf(scope: Scope, filter: RecordFilter): readonly Branch[] {
  if (filter.pseudonyms?.length === 0) return []
  if (scope.kind === 'OVERSIGHT') return [overseen(filter)]
  return [...consumed(scope.department, filter), ...provided(scope.department, filter)]
}

/** Everything, from whichever index finds the fewest. */
function overseen(filter: RecordFilter): Branch {
  return { standing: 'OVERSIGHT', window: overseenWindow(filter), conditions: allConditions(filter) }
}

function overseenWindow(filter: RecordFilter): Branch['window'] {
  const { receipt, officer, matter, department, pseudonyms, coordinate, provider, grant } = filter
  if (given(receipt)) return from('audit_record', [sql`x.receipt = ${receipt}`])
  if (given(pseudonyms)) return from('audit_subject', [sql`x.pseudonym in (${sql.join([...pseudonyms])})`])
  if (given(officer)) return from('audit_record', [sql`x.officer = ${officer}`])
  if (given(filter.case)) return from('audit_record', [sql`x.case_number = ${filter.case}`])
  if (given(matter)) return from('audit_record', [sql`x.matter = ${matter}`])
  if (given(department)) return from('audit_record', [sql`x.department = ${department}`])
  if (given(coordinate) || given(provider) || given(grant)) return from('audit_datum', dataEquals(filter, 'x'))
  return from('audit_record', [])
}

/** A department's own requests, and those that another one made for it (ZS-7.04): whatever is in them is its own. */
function consumed(department: string, filter: RecordFilter): readonly Branch[] {
  const { receipt } = filter
  const window = given(receipt) ? from('audit_record', [sql`x.receipt = ${receipt}`]) : consumedWindow(department)
  const own = sql`(r.department = ${department} or r.acting_for = ${department})`
  return [{ standing: 'CONSUMER', window, conditions: [own, ...allConditions(filter)] }]
}

/** What a department asked and what was asked for it, each from an index of its own. */
export function consumedWindow(department: string): Branch['window'] {
  const asked = from('audit_record', [sql`x.department = ${department}`])
  const acted = from('audit_record', [sql`x.acting_for = ${department}`])
  // The newest of both are among the newest of each.
  return (span, most) => sql`select u.at, u.chain, u.seq from (
      select a.at, a.chain, a.seq from (${asked(span, most)}) a union
      select b.at, b.chain, b.seq from (${acted(span, most)}) b) u
    order by u.at desc, u.seq desc, u.chain desc limit ${most}`
}

/**
 * Other departments' requests in which this one's data stood. What is not shown of them is not looked for either, or a
 * filter would tell it: whom they were about, which officer, which case, and everything of other providers.
 */
function provided(department: string, filter: RecordFilter): readonly Branch[] {
  const { provider, officer, pseudonyms, code, receipt } = filter
  if (filter.department === department || given(officer) || given(filter.case) || given(pseudonyms)) return []
  if (given(provider) && provider !== department) return []
  const own = { ...filter, provider: department }
  const data = (table: 'x' | 'd'): readonly Piece[] => [
    ...dataEquals(own, table),
    ...(given(code) ? [sql`${sql.ref(`${table}.code`)} = ${code}`] : []),
  ]
  const others = sql`(r.department is null or r.department <> ${department})
    and (r.acting_for is null or r.acting_for <> ${department})`
  const conditions = [others, ...recordEquals({ ...filter, code: null })]
  if (!given(receipt)) return [{ standing: 'PROVIDER', window: from('audit_datum', data('x')), conditions }]
  // One row at most is looked at, whoever's it is: what is not there and what is another's take the same time.
  const window = from('audit_record', [sql`x.receipt = ${receipt}`])
  return [{ standing: 'PROVIDER', window, conditions: [...conditions, below('audit_datum', 'd', data('d'))] }]
}

function allConditions(filter: RecordFilter): readonly Piece[] {
  const { pseudonyms } = filter
  const data = dataEquals(filter, 'd')
  return [
    ...recordEquals(filter),
    ...(data.length > 0 ? [below('audit_datum', 'd', data)] : []),
    ...(given(pseudonyms) ? [below('audit_subject', 's', [sql`s.pseudonym in (${sql.join([...pseudonyms])})`])] : []),
  ]
}

/** What is asked of the record itself. A code stands in a JSON list of codes, of which none is a part of another in quotes. */
function recordEquals(filter: RecordFilter): readonly Piece[] {
  const { receipt, department, application, officer, matter, method, code } = filter
  return [
    ...(given(receipt) ? [sql`r.receipt = ${receipt}`] : []),
    ...(given(department) ? [sql`r.department = ${department}`] : []),
    ...(given(application) ? [sql`r.application = ${application}`] : []),
    ...(given(officer) ? [sql`r.officer = ${officer}`] : []),
    ...(given(matter) ? [sql`r.matter = ${matter}`] : []),
    ...(given(filter.case) ? [sql`r.case_number = ${filter.case}`] : []),
    ...(given(method) ? [sql`r.method = ${method}`] : []),
    ...(given(code) ? [sql`r.codes like ${likeCode(code)} escape '!'`] : []),
  ]
}

function dataEquals(
  { coordinate, provider, grant }: Pick<RecordFilter, 'coordinate' | 'provider' | 'grant'>,
  table: 'x' | 'd',
): readonly Piece[] {
  const of = (column: string): Piece => sql.ref(`${table}.${column}`)
  return [
    ...(given(coordinate) ? [sql`${of('coordinate')} = ${coordinate}`] : []),
    ...(given(provider) ? [sql`${of('provider')} = ${provider}`] : []),
    ...(given(grant) ? [sql`${of('grant_id')} = ${grant}`] : []),
  ]
}

function likeCode(code: string): string {
  return `%"${code.replace(/[!%_]/g, (one) => `!${one}`)}"%`
}

function below(table: 'audit_datum' | 'audit_subject', name: 'd' | 's', conditions: readonly Piece[]): Piece {
  const [as, chain, seq, at] = [sql.ref(name), ...['chain', 'seq', 'at'].map((one) => sql.ref(`${name}.${one}`))]
  const same = sql`${chain} = r.chain and ${seq} = r.seq and ${at} = r.at`
  return sql`exists (select 1 from ${sql.table(table)} ${as} where ${same} and ${all(conditions)})`
}

/** Positions in a table, each once. */
export function from(
  table: 'audit_record' | 'audit_datum' | 'audit_subject',
  conditions: readonly Piece[],
): (span: Span, most: number) => Piece {
  const once = table === 'audit_record' ? sql`` : sql`distinct`
  return (span, most) => sql`select ${once} x.at, x.chain, x.seq from ${sql.table(table)} x
    where ${all([...conditions, ...within(span, 'x')])}
    order by x.at desc, x.seq desc, x.chain desc limit ${most}`
}

/** Conditions that keep a row within a span. */
function within({ after, since, until }: Span, table: 'x' | 'r'): readonly Piece[] {
  const at = sql.ref(`${table}.at`)
  return [
    ...(since === null ? [] : [sql`${at} >= ${since}`]),
    ...(until === null ? [] : [sql`${at} < ${until}`]),
    // The first half lets an index begin where the rest only chooses.
    ...(after === null ? [] : [sql`${at} <= ${after.at}`, behind(after, table)]),
  ]
}

/** Comes later in the order than a position. */
function behind({ at, seq, chain }: Position, table: 'x' | 'r'): Piece {
  const of = (column: keyof Position): Piece => sql.ref(`${table}.${column}`)
  const sameTime = sql`(${of('seq')} < ${seq} or (${of('seq')} = ${seq} and ${of('chain')} < ${chain}))`
  return sql`(${of('at')} < ${at} or (${of('at')} = ${at} and ${sameTime}))`
}

/** Comes before a position in the order, or is it. */
export function notBehind(position: Position): Piece {
  return sql`not ${behind(position, 'r')}`
}

/** All of several conditions; none of them holds of everything. */
export function all(conditions: readonly Piece[]): Piece {
  return conditions.length === 0 ? sql`1 = 1` : sql.join([...conditions], sql` and `)
}
