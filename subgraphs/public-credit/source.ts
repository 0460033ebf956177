import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { calendarDate, code, date, text } from '../kit/decode.ts'
import { numbersOf, recordKey } from '../kit/keys.ts'
import type { Department, IdentifierType, Lookup, Register, RegisterKey } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestBatch, RestCall, RestDialect } from '../kit/http/rest.ts'
import { narrowed, opened } from '../kit/http/rest-json.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

/*
 * The platform tells whom records are about above the records, as `idType` and `idNo`: here they become columns of each
 * row, and are never asked for as columns.
 */

const LEGAL_CODES = { tyshxydm: 'USCC', gszch: 'REGISTRATION_NUMBER' } as const
const PERSON_CODES = { '111': 'RESIDENT_ID' } as const

/** The key of a record as this file makes it: kind and number of whom it is about. */
function subject(codes: Readonly<Record<string, IdentifierType>>): RegisterKey {
  return { documentType: { kind: 'COLUMN', column: 'idType', codes }, number: 'idNo', oldNumbers: false }
}

const record = {
  recordNumber: text('recordNo'),
  category: code('category', { A01: 'LICENCE', B01: 'PENALTY', C01: 'GOOD_FAITH', D01: 'SERIOUS_BAD_FAITH' }),
  documentNumber: text('documentNo'),
  authority: text('authority'),
  decidedOn: date('decidedOn'),
  publicUntil: date('publicUntil'),
  status: code('state', { '1': 'SHOWN', '0': 'ENDED' }),
}
const legalFields = { ...record, subjectIdentifier: text('idNo') }
const personFields = {
  ...record,
  name: text('subjectName'),
  idDocumentType: code('idType', PERSON_CODES),
  idDocumentNumber: text('idNo'),
}

/** 法人公共信用 (credit of legal entities), by whom it is about. */
const ofOrganisation: Register = {
  type: 'CreditRecord',
  at: 'legal/records',
  rows: 'MANY',
  key: subject(LEGAL_CODES),
  fields: legalFields,
}
const oneRecord: Register = {
  type: 'CreditRecord',
  at: 'legal/find',
  rows: 'ONE',
  ...recordKey(legalFields, 'recordNumber', 'subjectIdentifier'),
  fields: legalFields,
}
/** 自然人公共信用 (credit of persons). */
const ofPerson: Register = {
  type: 'PersonCreditRecord',
  at: 'person/records',
  rows: 'MANY',
  key: subject(PERSON_CODES),
  fields: personFields,
}

/** Nobody has a record: no failure, whatever the platform calls it. */
const NOBODY = '100404'
const ENVELOPE = { outcome: 'resultCode', result: 'resultData', done: ['000000', NOBODY] } as const
const timed = z.object({ dataDate: z.string() })
const found = timed.extend({
  subjects: z.array(
    z.object({
      idType: z.string(),
      idNo: z.string(),
      records: z.array(z.record(z.string(), z.union([z.string(), z.null()]))),
    }),
  ),
})

/** `YYYYMMDDHHmmss` of the city's clock. */
function clock(value: string): string {
  const [, day, hour, minute, second] = /^(\d{8})(\d{2})(\d{2})(\d{2})$/.exec(value) ?? []
  if (day === undefined) throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a time' })
  return `${calendarDate(day)}T${hour}:${minute}:${second}+08:00`
}

function call({ register, columns, keys }: Lookup): RestCall {
  const path = `/credit/v1/${register.at}`
  const asked = columns.filter((column) => column !== 'idType' && column !== 'idNo')
  const { documentType } = register.key
  if (documentType.kind === 'CONSTANT')
    return { path, body: { recordNos: numbersOf(register.key, keys), columns: asked } }
  const subjects = Object.entries(documentType.codes).flatMap(([idType, value]) =>
    numbersOf({ ...register.key, documentType: { kind: 'CONSTANT', value } }, keys).map((idNo) => ({ idType, idNo })),
  )
  return { path, body: { subjects, columns: asked } }
}

/** The records of all subjects as rows, each with its subject. */
function read(reply: unknown, lookup: Lookup): RestBatch {
  const { dataDate, subjects } = opened(ENVELOPE, found, reply)
  const rows = subjects.flatMap(({ idType, idNo, records }) => records.map((row) => ({ ...row, idType, idNo })))
  return { rows: rows.map((row) => narrowed(row, lookup)), asOf: clock(dataDate) }
}

const dialect: RestDialect = {
  // More are refused, and two numbers are never one subject's here.
  subjectsPerCall: 50,
  call,
  read,
  status: { path: '/credit/v1/dataDate', read: (reply) => clock(opened(ENVELOPE, timed, reply).dataDate) },
}

/** Public credit (公共信用信息, ZJ-20.1): records of legal entities and of persons, REST, daily. */
export const publicCredit: Department = {
  name: 'public-credit',
  schema: new URL('schema.graphql', import.meta.url),
  links: { creditRecords: ofPerson },
  person: {},
  legalLinks: { creditRecords: ofOrganisation },
  records: [oneRecord],
  lookups: { creditRecord: oneRecord },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the public credit platform')
    const key = await secretOf(options.apiKey, options, 'public-credit/api-key')
    return restSource({ baseUrl, headers: { 'x-credit-key': key }, dialect })
  },
}
