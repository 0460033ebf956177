import { ECOLOGY, ECOLOGY_TABLES } from './ecology-environment.ts'
import type { OldSystem } from './old-system.ts'
import { codes, knows, members, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableRow } from './rest-table-server.ts'
import type { TableShape } from './table.ts'

/*
 * The monitoring platform's interface, paged, and with a dash for what was not measured:
 *   POST /openapi/data/{waterQuality|airQuality|soilSamples|emissions}
 *        {fields: "STATION_CODE,AQI", by: "STATION_CODE", in: ["…"], pageNo: 1, pageSize: 200}
 *     -> {ret: 200, msg: "ok", result: {total, pageNo, pageSize, updated: 1795114800000, list: [{…}]}}
 *   POST /openapi/list/{…}   {fields, match: {STATION_CODE: ["…"]}, orderBy: "REC_ID", after: "…", top: 100}: from there on
 *   GET  /openapi/updated   {ret: 200, msg, result: {updated}}
 * All times are milliseconds since 1970. Header Authorization: APPCODE <key>. HTTP is 200 for everything; ret: 200 done,
 * 401 key, 400 call, 404 no such data set, 413 page too large, 500 fault.
 */

const LARGEST_PAGE = 200
const RETS: Readonly<Record<string, number>> = {
  KEY: 401,
  CALL: 400,
  UNKNOWN_COLUMN: 400,
  NO_DATA_SET: 404,
  PAGE: 413,
}

/** @param onCall told each call, for tests */
export function ecologyEnvironmentSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'ecology-environment', files: ECOLOGY, answer, refuse }, onCall)
}

function refuse(outcome: string): RestReply {
  return { status: 200, body: { ret: RETS[outcome] ?? 500, msg: outcome.toLowerCase(), result: null } }
}

function answer({ path, headers, body }: RestAsk, desk: RestDesk): RestReply {
  if (!knows(`APPCODE ${desk.secret}`, headers.authorization)) throw new Refused('KEY')
  const updated = epoch(desk.loaded)
  if (path === '/openapi/updated') return { status: 200, body: { ret: 200, msg: 'ok', result: { updated } } }
  return { status: 200, body: { ret: 200, msg: 'ok', result: { ...rowsFor(path, members(body), desk), updated } } }
}

function rowsFor(path: string, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const [, way, name = ''] = /^\/openapi\/(data|list)\/(\w+)$/.exec(path) ?? []
  const table = tableOf(name)
  return way === 'list' ? listed(table, asked, desk) : page(table, asked, desk)
}

function listed(table: TableShape, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const { fields, orderBy, after = null } = asked
  if (typeof fields !== 'string' || typeof orderBy !== 'string') throw new Refused('CALL')
  const where = Object.entries(members(asked['match'])).map(([column, values]) => ({
    column,
    values: codes(values, 'CALL'),
  }))
  const order = { column: orderBy, after: typeof after === 'string' ? after : null }
  const limit = pageNumber(asked['top'], 20, LARGEST_PAGE, 'PAGE')
  return { list: desk.rows({ table, columns: fields.split(','), where, limit, offset: 0, order }).map(shown) }
}

function page(table: TableShape, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const { fields, by } = asked
  if (typeof fields !== 'string' || typeof by !== 'string') throw new Refused('CALL')
  const where = [{ column: by, values: codes(asked['in'], 'CALL') }]
  const pageSize = pageNumber(asked['pageSize'], 20, LARGEST_PAGE, 'PAGE')
  const pageNo = pageNumber(asked['pageNo'], 1, 100_000, 'PAGE')
  if (pageNo < 1 || pageSize < 1) throw new Refused('PAGE')
  const query = { table, columns: fields.split(','), where, limit: pageSize, offset: (pageNo - 1) * pageSize }
  return { total: desk.count(query), pageNo, pageSize, list: desk.rows(query).map(shown) }
}

function tableOf(name: string): TableShape {
  const found = Object.entries(ECOLOGY_TABLES).find(([known]) => known === name)
  if (found === undefined) throw new Refused('NO_DATA_SET')
  return found[1]
}

/** Times as numbers, everything else as the instrument's text. */
function shown(row: TableRow): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, name === 'MONITOR_TIME' ? epoch(value) : (value ?? '-')]),
  )
}

function epoch(time: unknown): number {
  return Date.parse(`${String(time).replace(' ', 'T')}+08:00`)
}
