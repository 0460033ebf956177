import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { ENROLMENT_COLUMNS, PERSON_COLUMNS, TITLE_COLUMNS } from './human-resources.ts'
import type { OldSystem } from './old-system.ts'

/*
 * The human resources system's own interface, as such systems are: every answer is 200, and `code` tells the outcome.
 *   GET  /ywcx/v1/sjsj                              {code, msg, data: {dataTime}}
 *   POST /ywcx/v1/ac02/batch?fields=aae140,aac008   {aac058: […], aae135: […]} -> {code, msg, data: {dataTime, rows}}
 *   POST /ywcx/v1/ac08/batch?fields=…               likewise
 *   GET  /ywcx/v1/ac02/tj?fields=aae140,aac008      {code, msg, data: {dataTime, rows: [{aae140, aac008, sl}]}}: 统计,
 *                                                   rows counted (sl) by no field, by one or by several
 * Header x-api-key. Codes: 0 done, 4010 key, 4001 fields missing, 4002 unknown field, 4003 body, 4004 no such interface.
 */

/** One call, for the system's own log: no number of a person in it. */
export interface HumanResourcesCall {
  readonly path: string
  readonly fields: readonly string[]
  /** How many document numbers were asked for. */
  readonly numbers: number
  readonly code: number
}

interface Interface {
  readonly table: string
  readonly columns: ReadonlySet<string>
}

const INTERFACES: ReadonlyMap<string, Interface> = new Map([
  ['/ywcx/v1/ac02/batch', { table: 'ac02', columns: new Set([...PERSON_COLUMNS, ...ENROLMENT_COLUMNS]) }],
  ['/ywcx/v1/ac08/batch', { table: 'ac08', columns: new Set([...PERSON_COLUMNS, ...TITLE_COLUMNS]) }],
])

/** 统计 (statistics): what the system counts by, and nothing that is somebody's. */
const COUNTS: ReadonlyMap<string, Interface> = new Map([
  ['/ywcx/v1/ac02/tj', { table: 'ac02', columns: new Set(['aae140', 'aac008', 'aab301']) }],
])

/** An outcome that is not 0. */
class Refusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * The system over its data file and its API key.
 *
 * @param onCall told each call, for tests
 */
export function humanResourcesSystem(onCall?: (call: HumanResourcesCall) => void): OldSystem {
  return {
    path: 'human-resources-social-security/rest',
    async open(directory) {
      const folder = join(directory, 'human-resources')
      const key = Buffer.from((await readFile(join(folder, 'api-key'), 'utf8')).trim())
      const database = new DatabaseSync(join(folder, 'si.db'), { readOnly: true })
      return {
        answer: (request, response) => answer(database, key, onCall, request, response),
        close: async () => database.close(),
      }
    },
  }
}

async function answer(
  database: DatabaseSync,
  key: Buffer,
  onCall: ((call: HumanResourcesCall) => void) | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const fields = (url.searchParams.get('fields') ?? '').split(',').filter((name) => name !== '')
  let [code, msg, numbers]: [number, string, number] = [0, '成功', 0]
  let data: unknown = null
  try {
    checkKey(key, request.headers['x-api-key'])
    const body = await readBody(request)
    numbers = body.numbers.length
    data = { dataTime: dataTime(database), ...respond(database, url.pathname, fields, body) }
  } catch (error) {
    code = error instanceof Refusal ? error.code : 5000
    msg = error instanceof Refusal ? error.message : '系统错误'
  }
  onCall?.({ path: url.pathname, fields, numbers, code })
  response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' })
  response.end(JSON.stringify({ code, msg, data }))
}

function checkKey(key: Buffer, given: string | string[] | undefined): void {
  const bytes = Buffer.from(typeof given === 'string' ? given : '')
  if (bytes.length !== key.length || !timingSafeEqual(bytes, key)) throw new Refusal(4010, '密钥无效')
}

const codes = z.array(z.string()).max(5000)
const bodyShape = z.object({ aac058: codes, aae135: codes })

interface Asked {
  readonly types: readonly string[]
  readonly numbers: readonly string[]
}

async function readBody(request: IncomingMessage): Promise<Asked> {
  const bytes = await buffer(request)
  if (request.method !== 'POST') return { types: [], numbers: [] }
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'))
    const { aac058, aae135 } = bodyShape.parse(body)
    return { types: aac058, numbers: aae135 }
  } catch {
    throw new Refusal(4003, '请求报文有误')
  }
}

function dataTime(database: DatabaseSync): unknown {
  return database.prepare(`select z from xtcs where mc = 'sjsj'`).get()?.['z']
}

function respond(database: DatabaseSync, path: string, fields: readonly string[], asked: Asked): { rows?: unknown } {
  if (path === '/ywcx/v1/sjsj') return {}
  const counts = COUNTS.get(path)
  if (counts !== undefined) return { rows: counted(database, counts, fields) }
  const found = INTERFACES.get(path)
  if (found === undefined) throw new Refusal(4004, '接口不存在')
  if (fields.length === 0) throw new Refusal(4001, '缺少fields')
  if (fields.some((name) => !found.columns.has(name))) throw new Refusal(4002, 'fields含未知字段')
  const statement = database.prepare(
    `select ${fields.join(', ')} from ac01 join ${found.table} using (aac000)
     where aae135 in (select value from json_each(?)) and aac058 in (select value from json_each(?))
     order by aac000, ${found.table}.rowid`,
  )
  return { rows: statement.all(JSON.stringify(asked.numbers), JSON.stringify(asked.types)) }
}

function counted(database: DatabaseSync, { table, columns }: Interface, fields: readonly string[]): unknown {
  if (fields.some((name) => !columns.has(name))) throw new Refusal(4002, 'fields含未知字段')
  const by = fields.length === 0 ? '' : ` group by ${fields.join(', ')}`
  return database.prepare(`select ${[...fields, 'count(1) as sl'].join(', ')} from ${table}${by}`).all()
}
