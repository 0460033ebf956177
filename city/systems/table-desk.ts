import { DatabaseSync } from 'node:sqlite'
import type { Cell, LoadTable } from './table.ts'

/** A table as its system shows it: whatever else it holds is asked for in vain. */
export interface ShownTable {
  readonly name: string
  readonly columns: readonly string[]
}

/** A column that must hold one of these values. */
export interface Held {
  readonly column: string
  readonly values: readonly string[]
}

/** Which rows, and what of them. */
export interface DeskQuery {
  readonly table: ShownTable
  readonly columns: readonly string[]
  /** Ways to a row: within one all must hold, and one of them is enough. */
  readonly ways: readonly (readonly Held[])[]
  readonly limit?: number
  readonly offset?: number
}

/** A row, by the columns that were asked for. */
export type DeskRow = Readonly<Record<string, Cell>>

/** What an old system answers from: its file, and the time of its last load that ended well. */
export interface TableDesk {
  rows(query: DeskQuery): readonly DeskRow[]
  total(query: Pick<DeskQuery, 'table' | 'ways'>): number
  /** Rows counted by columns, as `sl`. */
  counts(table: ShownTable, columns: readonly string[]): readonly DeskRow[]
  /** `YYYY-MM-DD HH:MM:SS` in Asia/Shanghai. */
  loaded(): string
  close(): void
}

/** Asked for a column that the table does not show. */
export class UnknownColumn extends Error {}

/** Opens the file of an old system. Throws where it is missing. */
export function tableDesk(path: string, [log, time, outcome]: LoadTable): TableDesk {
  const database = new DatabaseSync(path, { readOnly: true })
  return {
    rows({ table, columns, ways, limit = 10_000, offset = 0 }) {
      known(table, columns)
      const { clause, values } = where(table, ways)
      const found = database.prepare(
        `select ${columns.join(', ')} from ${table.name} where ${clause} order by rowid limit ? offset ?`,
      )
      return found.all(...values, limit, offset).map(cells)
    },
    total({ table, ways }) {
      const { clause, values } = where(table, ways)
      return Number(database.prepare(`select count(1) as n from ${table.name} where ${clause}`).get(...values)?.['n'])
    },
    counts(table, columns) {
      known(table, columns)
      const by = columns.length === 0 ? '' : ` group by ${columns.join(', ')}`
      return database
        .prepare(`select ${[...columns, 'count(1) as sl'].join(', ')} from ${table.name}${by}`)
        .all()
        .map(cells)
    },
    loaded() {
      return String(database.prepare(`select max(${time}) as z from ${log} where ${outcome} = '1'`).get()?.['z'])
    },
    close: () => database.close(),
  }
}

function where(table: ShownTable, ways: DeskQuery['ways']): { readonly clause: string; readonly values: string[] } {
  const held = ways.flat()
  known(
    table,
    held.map(({ column }) => column),
  )
  const clauses = ways.map((way) => way.map(({ column }) => `${column} in (select value from json_each(?))`))
  return {
    clause: clauses.length === 0 ? '0' : clauses.map((all) => `(${all.join(' and ')})`).join(' or '),
    values: held.map(({ values }) => JSON.stringify(values)),
  }
}

/** Names from outside become part of a statement: only those that the table shows. */
function known({ columns: shown }: ShownTable, columns: readonly string[]): void {
  if (columns.some((column) => !shown.includes(column))) throw new UnknownColumn()
}

function cells(row: Readonly<Record<string, unknown>>): DeskRow {
  const cell = (value: unknown): Cell => (typeof value === 'string' || typeof value === 'number' ? value : null)
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)]))
}
