import { DEVELOPMENT, DEVELOPMENT_TABLES } from './development-reform.ts'
import type { OldSystem } from './old-system.ts'
import { codes, knows, members, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableRow } from './rest-table-server.ts'
import type { TableShape } from './table.ts'

/*
 * The approval platform: every number is a text, what is empty is an empty list, and a list is under a name of its own
 * for each interface:
 *   POST /tzxm/v2/{plan|project|energy}/search
 *        {show_fields: "project_code|stage", filter_name: "applicant_code", filter_values: ["…"], offset: "0", limit: "20"}
 *     -> {status: "1", info: "OK", infocode: "10000", count: "3", offset: "0", as_of: "2026年11月20日 03时05分", projects: [{stage: []}]}
 *   GET  /tzxm/v2/time   {status: "1", info: "OK", infocode: "10000", as_of}
 * Header X-Access-Key. HTTP is 200, and 401 with the same envelope for a wrong key; infocode: 10000 done, 10001 key,
 * 20000 call, 20001 field, 30000 fault.
 */

const INFOCODES: Readonly<Record<string, readonly [string, string]>> = {
  KEY: ['10001', 'INVALID_USER_KEY'],
  CALL: ['20000', 'INVALID_PARAMS'],
  UNKNOWN_COLUMN: ['20001', 'UNKNOWN_FIELD'],
}
const LARGEST_PAGE = 20

/** @param onCall told each call, for tests */
export function investmentSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'development-reform', files: DEVELOPMENT, answer, refuse }, onCall)
}

function refuse(outcome: string): RestReply {
  const [infocode, info] = INFOCODES[outcome] ?? ['30000', 'ENGINE_FAILURE']
  return { status: outcome === 'KEY' ? 401 : 200, body: { status: '0', info, infocode } }
}

function answer({ path, headers, body }: RestAsk, desk: RestDesk): RestReply {
  if (!knows(desk.secret, headers['x-access-key'])) throw new Refused('KEY')
  const found = path === '/tzxm/v2/time' ? {} : search(path, members(body), desk)
  return { status: 200, body: { status: '1', info: 'OK', infocode: '10000', ...found, as_of: clock(desk.loaded) } }
}

function search(path: string, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const { table, list } = interfaceOf(path)
  const { show_fields: fields, filter_name: column } = asked
  if (typeof fields !== 'string' || typeof column !== 'string') throw new Refused('CALL')
  const where = [{ column, values: codes(asked['filter_values'], 'CALL', 1000) }]
  const limit = pageNumber(asked['limit'], 20, LARGEST_PAGE, 'CALL')
  const offset = pageNumber(asked['offset'], 0, 1_000_000, 'CALL')
  const query = { table, columns: fields.split('|'), where, limit, offset }
  return { count: String(desk.count(query)), offset: String(offset), [list]: desk.rows(query).map(shown) }
}

function interfaceOf(path: string): { readonly table: TableShape; readonly list: string } {
  switch (path) {
    case '/tzxm/v2/plan/search':
      return { table: DEVELOPMENT_TABLES.plans, list: 'plans' }
    case '/tzxm/v2/project/search':
      return { table: DEVELOPMENT_TABLES.projects, list: 'projects' }
    case '/tzxm/v2/energy/search':
      return { table: DEVELOPMENT_TABLES.energy, list: 'facilities' }
    default:
      throw new Refused('CALL')
  }
}

/** A language without types made this: nothing is a list with nothing in it. */
function shown(row: TableRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? []]))
}

function clock(time: string): string {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+)/.exec(time) ?? []
  return `${year}年${month}月${day}日 ${hour}时${minute}分`
}
