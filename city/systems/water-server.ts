import type { OldSystem } from './old-system.ts'
import { knows, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableQuery, TableRow } from './rest-table-server.ts'
import type { TableShape } from './table.ts'
import { WATER, WATER_TABLES } from './water.ts'

/*
 * A map server: its layers are asked as maps are, and what is data is in `attributes`:
 *   GET /arcgis/rest/services/SW/MapServer/{0|1}/query?where=ST_CODE IN ('…')[ AND …][ AND OBJECTID>12]&outFields=ST_CODE,ST_NAME
 *       [&orderByFields=OBJECTID]&resultOffset=0&resultRecordCount=100&returnGeometry=false&f=json
 *     -> {fields: [{name}], features: [{attributes: {ST_CODE: "…", BUILT: 1013126400000}}], exceededTransferLimit: true, lastEditDate}
 *   GET /arcgis/rest/services/SW/MapServer?f=json   {documentInfo: {Title}, editingInfo: {lastEditDate: 1795114800000}}
 * Layer 0 is the bodies of water, 1 the stations. Header X-Esri-Authorization: Bearer <key>. HTTP is 200 for everything;
 * what went wrong is {error: {code, message, details: []}}: 498 token, 400 call, 500 fault.
 */

const SERVICE = '/arcgis/rest/services/SW/MapServer'
const LAYERS: Readonly<Record<string, TableShape>> = { '0': WATER_TABLES.bodies, '1': WATER_TABLES.stations }
const ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  KEY: [498, 'Invalid token.'],
  CALL: [400, 'Unable to complete operation.'],
  UNKNOWN_COLUMN: [400, "'outFields' parameter is invalid"],
}

/** Whatever a caller wants, a page has no more features; that there are more is said in a word beside them. */
const LARGEST_PAGE = 100

/** @param onCall told each call, for tests */
export function waterMapSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'water', files: WATER, answer, refuse }, onCall)
}

function refuse(outcome: string): RestReply {
  const [code, message] = ERRORS[outcome] ?? [500, 'Error performing query operation']
  return { status: 200, body: { error: { code, message, details: [] } } }
}

function answer({ path, query, headers }: RestAsk, desk: RestDesk): RestReply {
  if (!knows(`Bearer ${desk.secret}`, headers['x-esri-authorization'])) throw new Refused('KEY')
  if (query.get('f') !== 'json') throw new Refused('CALL')
  if (path === SERVICE) {
    const body = { documentInfo: { Title: '水务一张图' }, editingInfo: { lastEditDate: edited(desk) } }
    return { status: 200, body }
  }
  const layer = LAYERS[/^\/(\d)\/query$/.exec(path.slice(SERVICE.length))?.[1] ?? '']
  if (layer === undefined || !path.startsWith(SERVICE)) throw new Refused('CALL')
  return { status: 200, body: features(layer, query, desk) }
}

function features(table: TableShape, query: URLSearchParams, desk: RestDesk) {
  const { where, after } = conditions(query.get('where') ?? '')
  const columns = (query.get('outFields') ?? '').split(',')
  const offset = pageNumber(query.get('resultOffset'), 0, 1_000_000, 'CALL')
  const limit = Math.min(pageNumber(query.get('resultRecordCount'), LARGEST_PAGE, 100_000, 'CALL'), LARGEST_PAGE)
  const order = query.get('orderByFields') === 'OBJECTID' ? { column: 'OBJECTID', after } : undefined
  const rows = desk.rows({ table, columns, where, limit: limit + 1, offset, ...(order === undefined ? {} : { order }) })
  return {
    fields: columns.map((name) => ({ name, type: 'esriFieldTypeString' })),
    features: rows.slice(0, limit).map((row) => ({ attributes: attributes(row) })),
    ...(rows.length > limit ? { exceededTransferLimit: true } : {}),
    lastEditDate: edited(desk),
  }
}

function edited({ loaded }: RestDesk): number {
  return Date.parse(`${loaded.replace(' ', 'T')}+08:00`)
}

/** As much of SQL as a map server lets through: lists of values, and the place after which to go on. */
function conditions(text: string): { readonly where: TableQuery['where']; readonly after: string | null } {
  const where: { readonly column: string; readonly values: readonly string[] }[] = []
  let after: string | null = null
  for (const term of text.split(' AND ')) {
    const [, column = '', list = ''] = /^(\w+) IN \(('[^']*'(?:,'[^']*')*)\)$/.exec(term) ?? []
    const [, place] = /^OBJECTID>(\d+)$/.exec(term) ?? []
    if (place !== undefined) after = place.padStart(6, '0')
    else if (list !== '') where.push({ column, values: list.slice(1, -1).split("','") })
    else throw new Refused('CALL')
  }
  return { where, after }
}

/** Numbers as numbers: those of days, lengths, areas and levels. */
const NUMBERS = new Set(['OBJECTID', 'BUILT', 'LENGTH_KM', 'AREA_KM2', 'WARN_LEVEL'])

function attributes(row: TableRow): Readonly<Record<string, string | number | null>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value !== null && NUMBERS.has(name) ? Number(value) : value]),
  )
}
