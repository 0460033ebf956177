import { createHmac } from 'node:crypto'
import { HOUSING, HOUSING_TABLES } from './housing-urban-rural.ts'
import type { OldSystem } from './old-system.ts'
import { codes, knows, members, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply } from './rest-table-server.ts'
import type { TableShape } from './table.ts'

/*
 * The urban management platform: rows without names, in the order of the columns that stand beside them, and a marker
 * for the next page, which only it can make:
 *   POST /cgpt/query/{cg_aj|zf_xm|sz_ss|hw_ss|tc_cc|gs_gqd}
 *        {cols: ["ajbh", "ajzt"], key: "ajbh", values: ["…"], marker: null}
 *     -> {success: true, errorCode: "", cols: ["ajbh", "ajzt"], rows: [["CG…", "3"]], nextMarker: "…", asof: "2026/11/20 3:05"}
 *   POST /cgpt/list/{…}   {cols, match: {xzjd: ["…"]}, order: "ccbm", after: "…", size: 50}: rows in that order, from there on
 *   GET  /cgpt/asof   {success: true, errorCode: "", asof}
 * Header token. HTTP is 200 for everything; errorCode: E1001 token, E1002 call, E1003 column, E1004 marker, E9999 fault.
 */

const ERRORS: Readonly<Record<string, string>> = {
  KEY: 'E1001',
  CALL: 'E1002',
  UNKNOWN_COLUMN: 'E1003',
  MARKER: 'E1004',
}
const PAGE = 50

/** @param onCall told each call, for tests */
export function urbanManagementSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'housing-urban-rural', files: HOUSING, answer, refuse }, onCall)
}

function refuse(outcome: string): RestReply {
  return { status: 200, body: { success: false, errorCode: ERRORS[outcome] ?? 'E9999' } }
}

function answer({ path, headers, body }: RestAsk, desk: RestDesk): RestReply {
  if (!knows(desk.secret, headers['token'])) throw new Refused('KEY')
  const found = path === '/cgpt/asof' ? {} : rowsFor(path, members(body), desk)
  return { status: 200, body: { success: true, errorCode: '', ...found, asof: clock(desk.loaded) } }
}

function rowsFor(path: string, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const [, way, name] = /^\/cgpt\/(query|list)\/(\w+)$/.exec(path) ?? []
  const table = Object.values(HOUSING_TABLES).find((known) => known.name === name)
  if (table === undefined) throw new Refused('CALL')
  return way === 'list' ? listed(table, asked, desk) : rowsOf(table, asked, desk)
}

function listed(table: TableShape, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const { order, after = null } = asked
  if (typeof order !== 'string') throw new Refused('CALL')
  const columns = codes(asked['cols'], 'CALL', 50)
  const where = Object.entries(members(asked['match'])).map(([column, values]) => ({
    column,
    values: codes(values, 'CALL'),
  }))
  const limit = pageNumber(asked['size'], PAGE, 500, 'CALL')
  const from = { column: order, after: typeof after === 'string' ? after : null }
  const rows = desk.rows({ table, columns, where, limit, offset: 0, order: from })
  return { cols: columns, rows: rows.map((row) => columns.map((column) => row[column] ?? '')), nextMarker: '' }
}

function rowsOf(table: TableShape, asked: Readonly<Record<string, unknown>>, desk: RestDesk) {
  const { key, marker = null } = asked
  if (typeof key !== 'string') throw new Refused('CALL')
  const columns = codes(asked['cols'], 'CALL', 50)
  const where = [{ column: key, values: codes(asked['values'], 'CALL') }]
  const offset = marker === null ? 0 : placeIn(marker, desk.secret)
  const rows = desk.rows({ table, columns, where, limit: PAGE + 1, offset })
  return {
    cols: columns,
    rows: rows.slice(0, PAGE).map((row) => columns.map((column) => row[column] ?? '')),
    nextMarker: rows.length > PAGE ? markerOf(offset + PAGE, desk.secret) : '',
  }
}

function markerOf(offset: number, secret: string): string {
  return `${offset}.${createHmac('sha256', secret).update(String(offset)).digest('base64url').slice(0, 16)}`
}

function placeIn(marker: unknown, secret: string): number {
  const offset = Number(typeof marker === 'string' ? marker.split('.')[0] : Number.NaN)
  if (!Number.isSafeInteger(offset) || marker !== markerOf(offset, secret)) throw new Refused('MARKER')
  return offset
}

/** `YYYY/M/D H:mm`, which is less than a second tells. */
function clock(time: string): string {
  const [date = '', hour = ''] = time.split(' ')
  const [year, month, day] = date.split('-')
  return `${year}/${Number(month)}/${Number(day)} ${Number(hour.slice(0, 2))}:${hour.slice(3, 5)}`
}
