import type { OldSystem } from './old-system.ts'
import { CREDIT, CREDIT_TABLES } from './public-credit.ts'
import { codes, knows, members, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableRow } from './rest-table-server.ts'
import type { TableShape } from './table.ts'

/*
 * The credit platform: records stand below whom they are about, half a hundred subjects a call at most, and who has no
 * record is an error of the whole call where nobody in it has one:
 *   POST /credit/v1/legal/records    {subjects: [{idType: "tyshxydm", idNo: "…"}], columns: ["category", "state"]}
 *   POST /credit/v1/person/records   {subjects: [{idType: "111", idNo: "…"}], columns: […]}
 *   POST /credit/v1/legal/find       {recordNos: ["…"], columns: […]}: one record, below whom it is about
 *     -> {resultCode: "000000", resultData: {dataDate: "20261120030500", subjects: [{idType, idNo, records: [{category, state}]}]}}
 *   POST /credit/v1/dataDate   {resultCode: "000000", resultData: {dataDate}}
 * Header X-Credit-Key. HTTP is 200 for everything; resultCode: 000000 done, 100404 nobody has a record, 100401 key,
 * 100400 call, 100413 too many subjects, 100500 fault.
 */

const RESULT_CODES: Readonly<Record<string, string>> = {
  KEY: '100401',
  CALL: '100400',
  UNKNOWN_COLUMN: '100400',
  TOO_MANY: '100413',
  NO_RECORD: '100404',
}
const MOST_SUBJECTS = 50
const MOST_ROWS = 10_000

/** @param onCall told each call, for tests */
export function creditSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'public-credit', files: CREDIT, answer, refuse }, onCall)
}

function refuse(outcome: string, desk: RestDesk): RestReply {
  const resultData = outcome === 'NO_RECORD' ? { dataDate: dataDate(desk), subjects: [] } : null
  return { status: 200, body: { resultCode: RESULT_CODES[outcome] ?? '100500', resultMsg: outcome, resultData } }
}

function dataDate({ loaded }: RestDesk): string {
  return loaded.replaceAll(/\D/g, '')
}

function answer({ path, headers, body }: RestAsk, desk: RestDesk): RestReply {
  if (!knows(desk.secret, headers['x-credit-key'])) throw new Refused('KEY')
  const asked = members(body)
  const found = path === '/credit/v1/dataDate' ? {} : { subjects: subjectsOf(path, asked, desk) }
  return {
    status: 200,
    body: { resultCode: '000000', resultMsg: '', resultData: { dataDate: dataDate(desk), ...found } },
  }
}

/** How each kind of subject is known: the word for the kind of number, and the column that has the number. */
const WAYS: Readonly<Record<string, string>> = { tyshxydm: 'tyshxydm', gszch: 'gszch', '111': 'certNo' }

function subjectsOf(path: string, asked: Readonly<Record<string, unknown>>, desk: RestDesk): readonly object[] {
  // None is fine: that there is a record is an answer too.
  const columns =
    Array.isArray(asked['columns']) && asked['columns'].length === 0 ? [] : codes(asked['columns'], 'CALL', 50)
  const table = path.startsWith('/credit/v1/person/') ? CREDIT_TABLES.person : CREDIT_TABLES.legal
  const subjects =
    path === '/credit/v1/legal/find'
      ? below(table, columns, 'recordNo', codes(asked['recordNos'], 'CALL', MOST_SUBJECTS), desk)
      : ofSubjects(path, table, columns, asked['subjects'], desk)
  if (subjects.length === 0) throw new Refused('NO_RECORD')
  return subjects
}

function ofSubjects(path: string, table: TableShape, columns: readonly string[], given: unknown, desk: RestDesk) {
  if (!/^\/credit\/v1\/(legal|person)\/records$/.test(path)) throw new Refused('CALL')
  const asked: readonly unknown[] = Array.isArray(given) ? given : []
  if (asked.length > MOST_SUBJECTS) throw new Refused('TOO_MANY')
  const pairs = asked.map((one) => members(one))
  return Object.entries(WAYS).flatMap(([idType, column]) => {
    const numbers = pairs.flatMap((one) =>
      one['idType'] === idType && typeof one['idNo'] === 'string' ? [one['idNo']] : [],
    )
    if (numbers.length === 0 || !table.columns.includes(column)) return []
    return below(table, columns, column, numbers, desk)
  })
}

/** Rows by whom they are about. */
function below(table: TableShape, columns: readonly string[], by: string, values: readonly string[], desk: RestDesk) {
  const ways = Object.entries(WAYS).filter(([, column]) => table.columns.includes(column))
  const read = [...new Set([...columns, ...ways.map(([, column]) => column)])]
  const rows = desk.rows({ table, columns: read, where: [{ column: by, values }], limit: MOST_ROWS, offset: 0 })
  const found = new Map<string, { idType: string; idNo: string; records: object[] }>()
  for (const row of rows) {
    const [idType = '', column = ''] =
      ways.find(([, one]) => row[one] !== null && (by === 'recordNo' || one === by)) ?? []
    const idNo = String(row[column])
    const subject = found.get(idNo) ?? { idType, idNo, records: [] }
    subject.records.push(only(row, columns))
    found.set(idNo, subject)
  }
  return [...found.values()]
}

function only(row: TableRow, columns: readonly string[]): TableRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
}
