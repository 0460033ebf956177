import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { ADOPTION_COLUMNS, ALLOWANCE_COLUMNS, CIVIL_LOADS, MARRIAGE_COLUMNS } from './civil-affairs.ts'
import type { OldSystem } from './old-system.ts'
import { tableDesk, UnknownColumn } from './table-desk.ts'
import type { ShownTable, TableDesk } from './table-desk.ts'

/*
 * The exchange platform of civil affairs. Its habits: calls signed with HMAC-SM3 over the sorted parameters (headers
 * appid, timestamp, nonce, sign; a nonce is good once); pages of a hundred; every answer is 200, `resultCode` tells the
 * outcome, and `resultData` is a JSON text inside the JSON.
 *   POST /mzyw/api/hydj_dsr/cx?zd=hyzk,lhdjrq&pageNo=1 {zjlx: […], zjhm: […]}   {jhsj, total, rows}; sydj, zdsh likewise
 *   GET  /mzyw/api/zdsh/tj?zd=fzjg                                              {jhsj, rows: [{fzjg, sl}]}
 *   GET  /mzyw/api/jhsj                                                         {jhsj}
 * Codes: 0000 done, 4010 signature, 4001 call, 4002 unknown field, 4004 no such interface, 5000 fault.
 */

const CIVIL_APP_ID = 'gx-mzyw'
const PAGE = 100
const FRESH = 5 * 60_000

/** What the platform shows: neither spouses, nor who adopted, nor amounts. */
function shown(name: string, columns: readonly string[], held: readonly string[]): readonly [string, ShownTable] {
  return [name, { name, columns: columns.filter((column) => !held.includes(column)) }]
}
const TABLES: ReadonlyMap<string, ShownTable> = new Map([
  shown('hydj_dsr', MARRIAGE_COLUMNS, ['po_xm', 'po_zjhm']),
  shown('sydj', ADOPTION_COLUMNS, ['syr_zjhm']),
  shown('zdsh', ALLOWANCE_COLUMNS, ['bzje']),
])
/** 统计 (statistics): what it counts by, and nothing that is somebody's. */
const COUNTED: ShownTable = { name: 'zdsh', columns: ['fzjg', 'fzjg_xzqh'] }

/** One call, for the platform's own log: no number of a person in it. */
export interface CivilAffairsCall {
  readonly path: string
  readonly fields: readonly string[]
  /** How many document numbers were asked for. */
  readonly numbers: number
  readonly code: string
}

/** An outcome that is not 0000. */
class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** @param onCall told each call, for tests */
export function civilAffairsPlatform(onCall?: (call: CivilAffairsCall) => void): OldSystem {
  return {
    path: 'civil-affairs/rest',
    async open(directory) {
      const folder = join(directory, 'civil-affairs')
      const checks = signatureCheck((await readFile(join(folder, 'api-key'), 'utf8')).trim())
      const desk = tableDesk(join(folder, 'mzyw.db'), CIVIL_LOADS)
      return {
        async answer(request, response) {
          const text = (await buffer(request).catch(() => Buffer.alloc(0))).toString('utf8')
          const url = new URL(request.url ?? '/', 'http://127.0.0.1')
          const { reply, logged } = settle(desk, url, text, () => checks(url, request.headers, text))
          onCall?.(logged)
          response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(reply))
        },
        close: async () => desk.close(),
      }
    },
  }
}

function settle(
  desk: TableDesk,
  url: URL,
  text: string,
  check: () => void,
): { readonly reply: unknown; readonly logged: CivilAffairsCall } {
  const fields = (url.searchParams.get('zd') ?? '').split(',').filter((name) => name !== '')
  let [resultCode, resultMsg, resultData, numbers] = ['0000', '成功', '', 0]
  try {
    check()
    const asked = askedOf(text)
    numbers = asked.zjhm.length
    resultData = JSON.stringify({ jhsj: desk.loaded(), ...respond(desk, url, fields, asked) })
  } catch (error) {
    if (error instanceof UnknownColumn) [resultCode, resultMsg] = ['4002', '字段不存在']
    else if (error instanceof Refusal) [resultCode, resultMsg] = [error.code, error.message]
    else [resultCode, resultMsg] = ['5000', '系统错误']
  }
  const logged = { path: url.pathname, fields, numbers, code: resultCode }
  return { reply: { resultCode, resultMsg, resultData }, logged }
}

const codes = z.array(z.string()).max(5000)
const askedShape = z.object({ zjlx: codes, zjhm: codes })
type Asked = z.infer<typeof askedShape>

function askedOf(text: string): Asked {
  if (text === '') return { zjlx: [], zjhm: [] }
  try {
    return askedShape.parse(JSON.parse(text))
  } catch {
    throw new Refusal('4001', '请求报文有误')
  }
}

function respond(desk: TableDesk, url: URL, fields: readonly string[], asked: Asked): object {
  if (url.pathname === '/mzyw/api/jhsj') return {}
  const [, name = '', what = ''] = /^\/mzyw\/api\/(\w+)\/(cx|tj)$/.exec(url.pathname) ?? []
  if (what === 'tj' && name === COUNTED.name) return { rows: desk.counts(COUNTED, fields) }
  const table = TABLES.get(name)
  if (table === undefined || what !== 'cx') throw new Refusal('4004', '接口不存在')
  const page = Number(url.searchParams.get('pageNo') ?? '1')
  if (fields.length === 0 || !Number.isInteger(page) || page < 1) throw new Refusal('4001', '参数有误')
  const ways = [Object.entries(asked).map(([column, values]) => ({ column, values }))]
  const rows = desk.rows({ table, columns: fields, ways, limit: PAGE, offset: (page - 1) * PAGE })
  return { total: desk.total({ table, ways }), rows }
}

/** Checks the headers of a call: who signed it, how long ago, and that nobody sends it again. */
function signatureCheck(secret: string) {
  const seen = new Map<string, number>()
  return (url: URL, headers: IncomingHttpHeaders, body: string): void => {
    const text = (name: string): string => String(headers[name] ?? '')
    const [timestamp, nonce, now] = [Number(text('timestamp')), text('nonce'), Date.now()]
    const signed = [...url.searchParams, ...['appid', 'timestamp', 'nonce'].map((name) => [name, text(name)] as const)]
    const sorted = [...signed, ...(body === '' ? [] : [['body', body] as const])]
      .map(([name, value]) => `${name}=${value}`)
      .toSorted()
      .join('&')
    const own = Buffer.from(createHmac('sm3', secret).update(sorted).digest('hex').toUpperCase())
    const given = Buffer.from(text('sign'))
    const fresh = Math.abs(now - timestamp) < FRESH && !seen.has(nonce)
    const right = given.length === own.length && timingSafeEqual(given, own)
    if (text('appid') !== CIVIL_APP_ID || !fresh || !right) throw new Refusal('4010', '签名无效')
    for (const [old, time] of seen) if (now - time > FRESH) seen.delete(old)
    seen.set(nonce, now)
  }
}
