import { greenwich, METEOROLOGY, SURFACE } from './meteorology.ts'
import type { OldSystem } from './old-system.ts'
import { knows, pageNumber, Refused, restTableSystem } from './rest-table-server.ts'
import type { RestAsk, RestDesk, RestLogged, RestReply, TableQuery, TableRow } from './rest-table-server.ts'

/*
 * The service of meteorological data: a GET with everything in its query, times of Greenwich, numbers that stand for
 * none, and an error for what is merely empty:
 *   GET /music-ws/api?interfaceId=getSurfEleByStaID&dataCode=SURF_CHN_MUL_HOR&staIds=00901,00902&elements=Station_Id_C,TEM
 *     -> {returnCode: "0", returnMessage: "Query Succeed!", rowCount: "2", requestTime, DS: [{Station_Id_C, TEM: "21.4"}]}
 *   …?interfaceId=getSurfEleByStaIDPage&…&orderby=Rec_Id&after=202611191900901&limitCnt=50   in that order, from there on
 *   …?interfaceId=getDataLatestTime   {returnCode: "0", …, DS: [{Datetime: "20261119190500"}]}
 * 999999 is missing, 999990 a trace of rain. Headers userId and pwd. HTTP is 200 for everything; returnCode: 0 done,
 * -1 no record, -2001 user or password, -1001 call, -1003 element, -9001 fault.
 */

const METEOROLOGY_USER = 'gongxiang'

const RETURN_CODES: Readonly<Record<string, string>> = {
  NO_RECORD: '-1',
  KEY: '-2001',
  CALL: '-1001',
  UNKNOWN_COLUMN: '-1003',
}

/** Rows of one answer: a service that would give more than this cuts it off, and says nothing. */
const MOST_ROWS = 10_000

/** @param onCall told each call, for tests */
export function meteorologicalSystem(onCall?: (call: RestLogged) => void): OldSystem {
  return restTableSystem({ department: 'meteorology', files: METEOROLOGY, answer, refuse }, onCall)
}

function refuse(outcome: string, desk: RestDesk): RestReply {
  const returnCode = RETURN_CODES[outcome] ?? '-9001'
  return {
    status: 200,
    body: { returnCode, returnMessage: outcome, rowCount: '0', requestTime: greenwich(desk.loaded), DS: [] },
  }
}

function answer({ path, query, headers }: RestAsk, desk: RestDesk): RestReply {
  if (headers['userid'] !== METEOROLOGY_USER || !knows(desk.secret, headers['pwd'])) throw new Refused('KEY')
  if (path !== '/music-ws/api') throw new Refused('CALL')
  const rows = rowsFor(query, desk)
  if (rows.length === 0) throw new Refused('NO_RECORD')
  const requestTime = greenwich(desk.loaded)
  const counted = { rowCount: String(rows.length), requestTime, DS: rows }
  return { status: 200, body: { returnCode: '0', returnMessage: 'Query Succeed!', ...counted } }
}

function rowsFor(query: URLSearchParams, desk: RestDesk): readonly object[] {
  switch (query.get('interfaceId')) {
    case 'getDataLatestTime':
      return [{ Datetime: greenwich(desk.loaded) }]
    case 'getSurfEleByStaID':
      return desk.rows({ ...ofStations(query), limit: MOST_ROWS, offset: 0 }).map(shown)
    case 'getSurfEleByStaIDPage': {
      const order = { column: query.get('orderby') ?? '', after: query.get('after') }
      const limit = pageNumber(query.get('limitCnt'), 50, 500, 'CALL')
      return desk.rows({ ...ofStations(query), limit, offset: 0, order }).map(shown)
    }
    default:
      throw new Refused('CALL')
  }
}

function ofStations(query: URLSearchParams): Pick<TableQuery, 'table' | 'columns' | 'where'> {
  const [elements, stations] = [query.get('elements'), query.get('staIds')]
  if (elements === null || stations === null || query.get('dataCode') !== 'SURF_CHN_MUL_HOR') throw new Refused('CALL')
  return {
    table: SURFACE,
    columns: elements.split(','),
    where: [{ column: 'Station_Id_C', values: stations.split(',') }],
  }
}

function shown(row: TableRow): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? '999999' : String(value)]),
  )
}
