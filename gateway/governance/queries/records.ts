import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { AuditDatumRow, AuditRecordRow, GovernanceTables } from '../store/tables.ts'
import { all, branchesOf, notBehind } from './branches.ts'
import { findKeys } from './record-keys.ts'
import type { Look } from './record-keys.ts'
import type { Position, RecordFilter, Scope, Standing } from './scope.ts'

/** A record as far as its reader may know it: of another department's, the reader's own data alone. */
export interface FoundRecord {
  readonly standing: Standing
  readonly row: Pick<AuditRecordRow, 'at' | 'chain' | 'seq' | 'hash' | 'v' | 'count' | 'part_of' | 'record'>
  /** Rows of its data; in the standing of a provider only those of its own. */
  readonly data: readonly AuditDatumRow[]
}

/** One page of records. */
export interface RecordPage {
  readonly records: readonly FoundRecord[]
  /** Where the next page begins; null where there is none. */
  readonly next: Position | null
}

/** What a page is asked for. */
export interface PageAsk {
  readonly first: number
  readonly after: Position | null
}

/** Records that fit, newest first, of those that the scope has. */
export async function recordPage(
  db: Kysely<GovernanceTables>,
  scope: Scope,
  filter: RecordFilter,
  { first, after }: PageAsk,
  look?: Look,
): Promise<RecordPage> {
  const span = { after, since: filter.since ?? null, until: filter.until ?? null }
  const branches = branchesOf(scope, filter)
  const found: Awaited<ReturnType<typeof findKeys>>[] = []
  for (const branch of branches) found.push(await findKeys(db, branch, span, first + 1, look))
  const standings = new Map(
    branches.flatMap(({ standing }, index) =>
      (found[index]?.keys ?? []).map((key) => [nameOf(key), standing] as const),
    ),
  )
  const ends = found.flatMap(({ end }) => (end === null ? [] : [end]))
  const rows = await load(
    db,
    found.flatMap(({ keys }) => keys),
    ends,
    first + 1,
  )
  const shown = rows.slice(0, first)
  const records = await withData(db, scope, shown, standings)
  return { records, next: nextOf(shown, rows.length > first, ends) }
}

/** The record of a receipt, of those that the scope has. */
export async function recordOf(
  db: Kysely<GovernanceTables>,
  scope: Scope,
  receipt: string,
): Promise<FoundRecord | null> {
  const { records } = await recordPage(db, scope, { receipt }, { first: 1, after: null })
  return records[0] ?? null
}

/** Records of given positions, seen by one who oversees. */
export async function recordsAt(
  db: Kysely<GovernanceTables>,
  positions: readonly Position[],
): Promise<readonly FoundRecord[]> {
  const rows = await load(db, positions, [], positions.length)
  const standings = new Map(rows.map((row) => [nameOf(row), 'OVERSIGHT'] as const))
  return withData(db, { kind: 'OVERSIGHT' }, rows, standings)
}

/** After the last one shown where more was found; else from where the way that was looked along least far goes on. */
function nextOf(shown: readonly Position[], more: boolean, ends: readonly Position[]): Position | null {
  const last = shown.at(-1)
  if (more && last) return positionOf(last)
  return ends.toSorted((a, b) => b.at - a.at || b.seq - a.seq || (a.chain < b.chain ? 1 : -1))[0] ?? null
}

function positionOf({ at, chain, seq }: Position): Position {
  return { at, chain, seq }
}

function nameOf({ chain, seq }: Position): string {
  return JSON.stringify([chain, seq])
}

type Loaded = FoundRecord['row']

async function load(
  db: Kysely<GovernanceTables>,
  keys: readonly Position[],
  ends: readonly Position[],
  most: number,
): Promise<readonly Loaded[]> {
  if (keys.length === 0) return []
  const rows = sql<Loaded>`select r.at, r.chain, r.seq, r.hash, r.v, r.count, r.part_of, r.record from audit_record r
    where ${anyOf(keys, 'r')} and ${all(ends.map(notBehind))}
    order by r.at desc, r.seq desc, r.chain desc limit ${most}`
  return (await rows.execute(db)).rows
}

function anyOf(keys: readonly Position[], table: 'r' | 'd') {
  const of = (column: keyof Position) => sql.ref(`${table}.${column}`)
  const each = keys.map(
    ({ at, chain, seq }) => sql`(${of('chain')} = ${chain} and ${of('seq')} = ${seq} and ${of('at')} = ${at})`,
  )
  return sql`(${sql.join(each, sql` or `)})`
}

async function withData(
  db: Kysely<GovernanceTables>,
  scope: Scope,
  rows: readonly Loaded[],
  standings: ReadonlyMap<string, Standing>,
): Promise<readonly FoundRecord[]> {
  if (rows.length === 0) return []
  const found = sql<AuditDatumRow>`select d.* from audit_datum d where ${anyOf(rows, 'd')} order by d.n`
  const data = Map.groupBy((await found.execute(db)).rows, nameOf)
  return rows.map((row) => {
    const standing = standings.get(nameOf(row)) ?? 'PROVIDER'
    const all = data.get(nameOf(row)) ?? []
    const own = scope.kind === 'DEPARTMENT' ? scope.department : null
    return { standing, row, data: standing === 'PROVIDER' ? all.filter(({ provider }) => provider === own) : all }
  })
}
