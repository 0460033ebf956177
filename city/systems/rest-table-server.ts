import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import type { OldSystem } from './old-system.ts'
import { LOADS } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * What the REST systems of the city have in common: tables in a file, a secret, a log. How one of them is asked, and in
 * what envelope it answers, is its own: no two speak alike.
 */

/** One call as a system sees it. */
export interface RestAsk {
  /** Path below the system's mount. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The text read as JSON; null where it is none. */
  readonly body: unknown
}

/** What goes back, as JSON. */
export interface RestReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Which rows of a table, and what of them. */
export interface TableQuery {
  readonly table: TableShape
  readonly columns: readonly string[]
  /** All of them must hold. */
  readonly where: readonly { readonly column: string; readonly values: readonly string[] }[]
  readonly limit: number
  readonly offset: number
  /** Ordered by this column, and only rows after its value, where there is one; as they were written when absent. */
  readonly order?: { readonly column: string; readonly after: string | null }
}

/** A row, by the columns that were asked for. */
export type TableRow = Readonly<Record<string, Cell>>

/** What a system answers from. */
export interface RestDesk {
  readonly secret: string
  /** When the data were last brought up to date, `YYYY-MM-DD HH:MM:SS` in Asia/Shanghai. */
  readonly loaded: string
  /** Throws `Refused` with `UNKNOWN_COLUMN` for what the table has not. */
  rows(query: TableQuery): readonly TableRow[]
  count(query: Pick<TableQuery, 'table' | 'where'>): number
}

/** One system: where its data are, how it answers, and how it says no. */
export interface RestSystem {
  readonly department: string
  readonly files: RestFiles
  /** Throws `Refused`. */
  answer(ask: RestAsk, desk: RestDesk): RestReply
  /** `FAILED` is what the system says of its own faults. */
  refuse(outcome: string, desk: RestDesk): RestReply
}

/** A call that is not answered; the outcome is the system's own word for why. */
export class Refused extends Error {
  readonly outcome: string

  constructor(outcome: string) {
    super(outcome)
    this.outcome = outcome
  }
}

/** One call, for the system's own log: names and an outcome, nothing of what was asked for. */
export interface RestLogged {
  readonly path: string
  /** The columns that were read. */
  readonly columns: readonly string[]
  /** `DONE`, or why not. */
  readonly outcome: string
}

/**
 * A REST system over its data file and its secret.
 *
 * @param onCall told each call, for tests
 */
export function restTableSystem(system: RestSystem, onCall?: (call: RestLogged) => void): OldSystem {
  const { folder, database } = system.files
  return {
    path: `${system.department}/rest`,
    async open(directory) {
      const secret = (await readFile(join(directory, folder, 'api-key'), 'utf8')).trim()
      const opened = new DatabaseSync(join(directory, folder, database), { readOnly: true })
      return {
        async answer(request, response) {
          const columns: string[] = []
          const desk = deskOver(opened, secret, (read) => columns.push(...read))
          const ask = await readAsk(request)
          const { reply, outcome } = settle(system, ask, desk)
          onCall?.({ path: ask.path, columns: [...new Set(columns)], outcome })
          send(response, reply)
        },
        close: async () => opened.close(),
      }
    },
  }
}

async function readAsk(request: IncomingMessage): Promise<RestAsk> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const text = (await buffer(request).catch(() => Buffer.alloc(0))).toString('utf8')
  return { path: url.pathname, query: url.searchParams, headers: request.headers, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function settle(
  system: RestSystem,
  ask: RestAsk,
  desk: RestDesk,
): { readonly reply: RestReply; readonly outcome: string } {
  try {
    return { reply: system.answer(ask, desk), outcome: 'DONE' }
  } catch (error) {
    const outcome = error instanceof Refused ? error.outcome : 'FAILED'
    return { reply: system.refuse(outcome, desk), outcome }
  }
}

function send(response: ServerResponse, { status, headers = {}, body }: RestReply): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers })
  response.end(JSON.stringify(body))
}

function deskOver(database: DatabaseSync, secret: string, onRead: (columns: readonly string[]) => void): RestDesk {
  const [log, time, outcome] = LOADS
  return {
    secret,
    get loaded() {
      const row = database.prepare(`select max(${time}) as z from ${log} where ${outcome} = '1'`).get()
      return String(row?.['z'])
    },
    rows({ table, columns, where, limit, offset, order }) {
      known(table, [...columns, ...(order === undefined ? [] : [order.column])])
      onRead(columns)
      const lists = where.map(({ values }) => JSON.stringify(values))
      const after = order === undefined ? '' : `${where.length > 0 ? ' and' : ' where'} ${order.column} > ?`
      const statement = database.prepare(
        `select ${columns.join(', ')} from ${table.name}${clause(table, where)}${after}
         order by ${order?.column ?? 'rowid'} limit ? offset ?`,
      )
      const from = order === undefined ? [] : [order.after ?? '']
      return statement.all(...lists, ...from, limit, offset).map(cells)
    },
    count({ table, where }) {
      const statement = database.prepare(`select count(1) as n from ${table.name}${clause(table, where)}`)
      return Number(statement.get(...where.map(({ values }) => JSON.stringify(values)))?.['n'])
    },
  }
}

function clause(table: TableShape, where: TableQuery['where']): string {
  known(
    table,
    where.map(({ column }) => column),
  )
  const terms = where.map(({ column }) => `${column} in (select value from json_each(?))`)
  return terms.length === 0 ? '' : ` where ${terms.join(' and ')}`
}

/** Names from outside become part of a statement: only those that the table has. */
function known(table: TableShape, columns: readonly string[]): void {
  if (columns.some((column) => !table.columns.includes(column))) throw new Refused('UNKNOWN_COLUMN')
}

function cells(row: Readonly<Record<string, unknown>>): TableRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  )
}

/** Whether a caller knows the secret; takes the same time whatever is given. */
export function knows(secret: string, given: string | readonly string[] | undefined): boolean {
  const [own, theirs] = [Buffer.from(secret), Buffer.from(typeof given === 'string' ? given : '')]
  return own.length === theirs.length && timingSafeEqual(own, theirs)
}

/** A list of codes in a call; throws `Refused` with the system's outcome for anything else. */
export function codes(value: unknown, outcome: string, most = 5000): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const texts = list.filter((one) => typeof one === 'string')
  if (list.length === 0 || list.length > most || texts.length < list.length) throw new Refused(outcome)
  return texts
}

/** The members of a call's body; none where it is no object. */
export function members(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
}

/** A whole number from 1 to `most`; `usual` where nothing is given. Throws `Refused`. */
export function pageNumber(value: unknown, usual: number, most: number, outcome: string): number {
  const number = value === undefined || value === null ? usual : Number(value)
  if (!Number.isInteger(number) || number < 0 || number > most) throw new Refused(outcome)
  return number
}
