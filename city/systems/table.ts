import type { DatabaseSync } from 'node:sqlite'
import type { Citizen, IdDocumentType } from '../citizen.ts'
import { CITY_DATE } from '../citizen.ts'
import { insert, newDatabase } from './sqlite.ts'

/** A value of a cell. */
export type Cell = string | number | null

/** One table of an old system. */
export interface TableShape {
  readonly name: string
  /** Every column; those that no list shares too. */
  readonly columns: readonly string[]
  /** Columns by which the table is searched. */
  readonly indexed: readonly string[]
}

/** Name, column of the time and column of the outcome of the table in which a system notes its loads. */
export type LoadTable = readonly [name: string, time: string, outcome: string]

/** The tables in a new SQLite file, inside one transaction; the last load failed. */
export function openTables(
  path: string,
  tables: readonly TableShape[],
  [log, time, outcome]: LoadTable,
  loadedAt = '03:05:00',
): DatabaseSync {
  const database = newDatabase(path, [
    ...tables.flatMap(definitions),
    `create table ${log} (${time} text not null, ${outcome} text not null)`,
  ])
  const load = insert(database, log, [time, outcome])
  load([`${CITY_DATE} ${loadedAt}`, '1'])
  load([`${CITY_DATE} 15:05:00`, '0'])
  return database
}

/** The statements that make a table and its indexes, in words that SQLite and PostgreSQL share. */
function definitions({ name, columns, indexed }: TableShape): readonly string[] {
  return [
    `create table ${name} (${columns.map((column) => `${column} text`).join(', ')})`,
    ...indexed.map((column) => `create index ${name}_${column} on ${name} (${column})`),
  ]
}

/** Kinds of identity document by the codes of GA/T 517, where it has one. */
const DOCUMENT_CODES: Readonly<Record<IdDocumentType, string>> = {
  RESIDENT_ID: '111',
  PASSPORT: '414',
  HMT_PERMIT: '516',
  HMT_RESIDENCE_PERMIT: '551',
  FOREIGNER_PERMANENT_RESIDENCE: '553',
  OTHER: '990',
}

/** The code of somebody's kind of document. */
export function documentCode({ document }: Citizen): string {
  return DOCUMENT_CODES[document.idDocumentType]
}

/** `YYYYMMDD`. */
export function compact(date: string): string {
  return date.replaceAll('-', '')
}

/** `YYYY/M/D`. */
export function slashed(date: string): string {
  const [year, month, day] = date.split('-')
  return `${year}/${Number(month)}/${Number(day)}`
}
