import { createHmac } from 'node:crypto'
import { E_LICENCE, LICENCES } from './e-licence.ts'
import type { OldSystem } from './old-system.ts'
import { codes, knows, members, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableQuery, TableRow } from './rest-table-server.ts'

/*
 * The base of electronic licences: calls are signed, and the result is a JSON text inside the JSON:
 *   POST /dzzz/v3/licence/byHolder   {holders: [{type: "SFZ"|"TYDM"|"ZCH", code: "…"}], fields: ["zzhm"], page: 1, size: 20}
 *   POST /dzzz/v3/licence/byNumber   {numbers: ["…"], fields: […], page, size}
 *     -> {status: "0", message: "", data: "{\"total\":1,\"page\":1,\"gxsj\":\"2026-11-20T03:05:00+08:00\",\"licences\":[{…}]}"}
 *   GET  /dzzz/v3/gxsj               {status, message, data: "{\"gxsj\":…}"}
 *   GET  /dzzz/v3/file?f=…&e=…&s=…   what a field `wjyy` leads to: good for ten minutes, and for that file alone
 * `wjyy` 文书引用 is made for the call. Headers appid, timestamp, nonce, sign: HMAC-SM3 with the key, in upper-case
 * hexadecimal digits, over parameters and body sorted by name; within five minutes, and once. HTTP is 200 for
 * everything but a file; status: 0 done, 401 signature, 400 call, 404 no such interface, 500 fault.
 */

const E_LICENCE_APP = 'gongxiang'

const STATUSES: Readonly<Record<string, string>> = {
  SIGNATURE: '401',
  CALL: '400',
  UNKNOWN_COLUMN: '400',
  NO_INTERFACE: '404',
}
const LARGEST_PAGE = 20
const SIGNED_FOR = 300_000
const REFERENCE_FOR = 600_000

/** Kind of holder → the column of their numbers. */
const HOLDERS = { SFZ: 'czrzjhm', TYDM: 'tyshxydm', ZCH: 'gszch' } as const

/**
 * @param onCall told each call, for tests
 * @param now milliseconds since 1970
 */
export function licenceBaseSystem(onCall?: (call: RestLogged) => void, now = Date.now): OldSystem {
  const seen = new Map<string, number>()
  return restTableSystem(
    {
      department: 'e-licence',
      files: E_LICENCE,
      answer: (ask, desk) => answer(ask, desk, now(), seen),
      refuse: (outcome) => ({ status: 200, body: { status: STATUSES[outcome] ?? '500', message: outcome, data: '' } }),
    },
    onCall,
  )
}

function answer(ask: RestAsk, desk: RestDesk, now: number, seen: Map<string, number>): RestReply {
  if (ask.path === '/dzzz/v3/file') return file(ask.query, desk, now)
  checkSignature(ask, desk, now, seen)
  const gxsj = `${desk.loaded.replace(' ', 'T')}+08:00`
  const found = ask.path === '/dzzz/v3/gxsj' ? {} : licences(ask.path, members(ask.body), desk, now)
  return { status: 200, body: { status: '0', message: '', data: JSON.stringify({ gxsj, ...found }) } }
}

function checkSignature(
  { query, headers, text }: RestAsk,
  { secret }: RestDesk,
  now: number,
  seen: Map<string, number>,
) {
  const given = (name: string): string => {
    const value = headers[name]
    return typeof value === 'string' ? value : ''
  }
  const own = ['appid', 'timestamp', 'nonce'].map((name): readonly [string, string] => [name, given(name)])
  const body = text === '' ? [] : [['body', text] as const]
  const signed = [...query, ...own, ...body]
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')
  const right = createHmac('sm3', secret).update(signed).digest('hex').toUpperCase()
  const fresh = Math.abs(now - Number(given('timestamp'))) <= SIGNED_FOR
  if (given('appid') !== E_LICENCE_APP || !knows(right, given('sign')) || !fresh) throw new Refused('SIGNATURE')
  for (const [nonce, at] of seen) if (now - at > 2 * SIGNED_FOR) seen.delete(nonce)
  if (seen.has(given('nonce'))) throw new Refused('SIGNATURE')
  seen.set(given('nonce'), now)
}

function licences(path: string, asked: Readonly<Record<string, unknown>>, desk: RestDesk, now: number) {
  const fields = codes(asked['fields'], 'CALL', 50)
  const size = pageNumber(asked['size'], 20, LARGEST_PAGE, 'CALL')
  const page = pageNumber(asked['page'], 1, 100_000, 'CALL')
  const columns = fields.map((name) => (name === 'wjyy' ? 'wjid' : name))
  // The name of a file is told by nobody but inside a reference.
  if (page < 1 || size < 1 || fields.includes('wjid')) throw new Refused('CALL')
  const queries = wanted(path, asked).map((where): TableQuery => ({
    table: LICENCES,
    columns,
    where,
    limit: 100_000,
    offset: 0,
  }))
  const rows = queries.flatMap((query) => desk.rows(query))
  const shown = rows.slice((page - 1) * size, page * size).map((row) => only(row, fields, desk, now))
  return { total: rows.length, page, licences: shown }
}

function wanted(path: string, asked: Readonly<Record<string, unknown>>): readonly TableQuery['where'][] {
  if (path === '/dzzz/v3/licence/byNumber') return [[{ column: 'zzhm', values: codes(asked['numbers'], 'CALL') }]]
  if (path !== '/dzzz/v3/licence/byHolder') throw new Refused('NO_INTERFACE')
  const given: readonly unknown[] = Array.isArray(asked['holders']) ? asked['holders'] : []
  const holders = given.map((one) => members(one))
  return Object.entries(HOLDERS).flatMap(([type, column]) => {
    const values = holders.flatMap(({ type: kind, code }) => (kind === type && typeof code === 'string' ? [code] : []))
    return values.length === 0 ? [] : [[{ column, values }]]
  })
}

function only(row: TableRow, fields: readonly string[], { secret }: RestDesk, now: number) {
  return Object.fromEntries(
    fields.map((name) => [
      name,
      name === 'wjyy' ? reference(String(row['wjid']), now + REFERENCE_FOR, secret) : row[name],
    ]),
  )
}

function reference(of: string, until: number, secret: string): string {
  const query = new URLSearchParams({ f: of, e: String(until), s: sealOf(of, until, secret) })
  return `/dzzz/v3/file?${query.toString()}`
}

function sealOf(of: string, until: number, secret: string): string {
  return createHmac('sm3', secret).update(`${of} ${until}`).digest('base64url')
}

/** What a reference leads to. The documents of people who do not exist are not written: their kind and name are told. */
function file(query: URLSearchParams, desk: RestDesk, now: number): RestReply {
  const [of, until, seal] = [query.get('f') ?? '', Number(query.get('e')), query.get('s') ?? '']
  if (!knows(sealOf(of, until, desk.secret), seal)) return { status: 403, body: { status: '403' } }
  if (now > until) return { status: 410, body: { status: '410' } }
  const where = [{ column: 'wjid', values: [of] }]
  const [row] = desk.rows({ table: LICENCES, columns: ['zzmc'], where, limit: 1, offset: 0 })
  return row === undefined
    ? { status: 404, body: { status: '404' } }
    : { status: 200, body: { status: '0', zzmc: row['zzmc'] } }
}
