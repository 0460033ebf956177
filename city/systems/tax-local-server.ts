import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import iconv from 'iconv-lite'
import type { OldSystem } from './old-system.ts'
import { tableDesk, UnknownColumn } from './table-desk.ts'
import type { TableDesk } from './table-desk.ts'
import { TAX_COLUMNS, TAX_LOADS } from './tax.ts'

/*
 * The system of the local tax authority. Its habits: one taxpayer a call; a token that ends after ten minutes
 * (OAuth client credentials); GBK; 404 for a taxpayer that it does not know; 429 with Retry-After for more than 500
 * calls in a second.
 *   POST /oauth/token                               grant_type, client_id, client_secret -> {access_token, expires_in}
 *   POST /dsdj/v2/nsr?fields=nsrsbh,djrq {shxydm}   or {gsdjzh} -> {cqsj, nsr: {…}}, 404 {cqsj, error: "NOT_FOUND"}
 *   GET  /dsdj/v2/cqsj                              {cqsj}
 */

const LOCAL_TAX_CLIENT = 'gx-dsdj'
const MOST_CALLS = 500
const TERM = 600
/** Columns that the system shows: neither amounts nor names. */
const SHOWN = { name: 'ds_swdj', columns: TAX_COLUMNS.filter((name) => name !== 'ynse' && name !== 'nsrmc') }
const KEYS = ['shxydm', 'gsdjzh']

/** One call, for the system's own log: nothing of what was asked for. */
export interface LocalTaxCall {
  readonly path: string
  readonly fields: readonly string[]
  readonly status: number
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface System {
  readonly secret: string
  readonly desk: TableDesk
  /** Tokens that were given, and until when they are good. */
  readonly tokens: Map<string, number>
  second: { readonly at: number; calls: number }
}

/** @param onCall told each call, for tests */
export function localTaxSystem(onCall?: (call: LocalTaxCall) => void): OldSystem {
  return {
    path: 'tax/rest',
    async open(directory) {
      const folder = join(directory, 'tax')
      const system: System = {
        secret: (await readFile(join(folder, 'api-key'), 'utf8')).trim(),
        desk: tableDesk(join(folder, 'ds.db'), TAX_LOADS),
        tokens: new Map(),
        second: { at: 0, calls: 0 },
      }
      return {
        async answer(request, response) {
          const text = (await buffer(request).catch(() => Buffer.alloc(0))).toString('utf8')
          const url = new URL(request.url ?? '/', 'http://127.0.0.1')
          const fields = (url.searchParams.get('fields') ?? '').split(',').filter((name) => name !== '')
          const reply = settle(system, request, { path: url.pathname, fields, text })
          onCall?.({ path: url.pathname, fields, status: reply.status })
          send(response, reply)
        },
        close: async () => system.desk.close(),
      }
    },
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=GBK', ...headers })
  response.end(iconv.encode(JSON.stringify(body), 'gbk'))
}

interface Call {
  readonly path: string
  readonly fields: readonly string[]
  readonly text: string
}

function settle(system: System, request: IncomingMessage, call: Call): Reply {
  if (tooMany(system)) return { status: 429, body: { error: 'TOO_MANY' }, headers: { 'retry-after': '1' } }
  if (call.path === '/oauth/token') return grant(system, call.text)
  const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
  if (!((system.tokens.get(token) ?? 0) > Date.now())) return { status: 401, body: { error: 'TOKEN' } }
  const cqsj = system.desk.loaded()
  if (call.path === '/dsdj/v2/cqsj') return { status: 200, body: { cqsj } }
  if (call.path !== '/dsdj/v2/nsr') return { status: 404, body: { error: 'NO_SUCH_PATH' } }
  return taxpayer(system, call, cqsj)
}

function tooMany(system: System): boolean {
  const at = Math.floor(Date.now() / 1000)
  if (system.second.at !== at) system.second = { at, calls: 0 }
  system.second.calls += 1
  return system.second.calls > MOST_CALLS
}

function grant({ secret, tokens }: System, text: string): Reply {
  const form = new URLSearchParams(text)
  const digest = (of: string): Buffer => createHash('sha256').update(of).digest()
  const known =
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === LOCAL_TAX_CLIENT &&
    timingSafeEqual(digest(form.get('client_secret') ?? ''), digest(secret))
  if (!known) return { status: 401, body: { error: 'invalid_client' } }
  for (const [token, until] of tokens) if (until < Date.now()) tokens.delete(token)
  const token = randomBytes(24).toString('base64url')
  tokens.set(token, Date.now() + TERM * 1000)
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: TERM } }
}

function taxpayer({ desk }: System, { fields, text }: Call, cqsj: string): Reply {
  const [column, value] = asked(text)
  if (column === undefined || value === undefined || fields.length === 0)
    return { status: 400, body: { error: 'BAD_CALL' } }
  try {
    const [nsr] = desk.rows({ table: SHOWN, columns: fields, ways: [[{ column, values: [value] }]], limit: 1 })
    return nsr === undefined
      ? { status: 404, body: { cqsj, error: 'NOT_FOUND' } }
      : { status: 200, body: { cqsj, nsr } }
  } catch (error) {
    return error instanceof UnknownColumn
      ? { status: 400, body: { error: 'UNKNOWN_FIELD' } }
      : { status: 500, body: { error: 'FAILED' } }
  }
}

function asked(text: string): readonly [column?: string, value?: string] {
  try {
    const body: unknown = JSON.parse(text)
    const entries: readonly (readonly [string, unknown])[] =
      typeof body === 'object' && body !== null ? Object.entries(body) : []
    const [column, value] = entries.find(([name]) => KEYS.includes(name)) ?? []
    return typeof value === 'string' && column !== undefined ? [column, value] : []
  } catch {
    return []
  }
}
