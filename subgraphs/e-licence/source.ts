import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { calendarDate, code, date, text } from '../kit/decode.ts'
import { legalKeys, numbersOf, recordKey, waysOf } from '../kit/keys.ts'
import type { Department, FieldSource, Lookup, Register } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestBatch, RestCall, RestDialect } from '../kit/http/rest.ts'
import { narrowed, nextNumber, opened } from '../kit/http/rest-json.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

/** 长期 (for good) stands where another licence has its last day. */
const validUntil: FieldSource = {
  column: 'yxqz',
  decode: (value) => (value === '长期' ? null : calendarDate(value)),
}

/** A reference to a document as the base makes it for this call: a path below its own address, which nobody need know. */
const documentRef: FieldSource = {
  column: 'wjyy',
  decode(value) {
    const [, path] = /^\/dzzz\/v3\/file\?([\w=&.%-]+)$/.exec(String(value)) ?? []
    if (path === undefined) throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a reference' })
    return `urn:gongxiang:e-licence:document:${path}`
  },
}

const fields = {
  licenceNumber: text('zzhm'),
  issuer: text('bzjg'),
  licenceKind: code('zzlxdm', {
    YYZZ: 'BUSINESS_LICENCE',
    SCXK: 'PRODUCTION_PERMIT',
    DJZS: 'ORGANISATION_CERTIFICATE',
    ZGZS: 'QUALIFICATION',
    ZYZS: 'PRACTICE_LICENCE',
  }),
  licenceName: text('zzmc'),
  issueDate: date('bzrq'),
  validUntil,
  status: code('zzzt', { '1': 'VALID', '2': 'LAPSED', '9': 'CANCELLED' }),
  signatureStatus: code('qmzt', { '0': 'UNSEALED', '1': 'VALID', '2': 'BROKEN' }),
  documentRef,
  name: text('czztmc'),
  idDocumentType: code('czrzjlx', { SFZ: 'RESIDENT_ID' }),
  idDocumentNumber: text('czrzjhm'),
}

/** 证照基本信息 (licences) by number and issuer: two issuers may have given the same number. */
const licences: Register = {
  type: 'ElectronicLicence',
  at: 'byNumber',
  rows: 'ONE',
  ...recordKey(fields, 'licenceNumber', 'issuer'),
  fields,
}
/** By the holder's resident number, under which alone the base knows persons. */
const ofPerson: Register = {
  type: 'ElectronicLicence',
  at: 'byHolder',
  rows: 'MANY',
  key: { documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' }, number: 'czrzjhm', oldNumbers: false },
  fields,
}
const ofOrganisation: Register = {
  type: 'ElectronicLicence',
  at: 'byHolder',
  rows: 'MANY',
  ...legalKeys('tyshxydm', 'gszch'),
  fields,
}

/** Column of a holder's number → how the base calls such a holder. */
const HOLDERS: Readonly<Record<string, string>> = { czrzjhm: 'SFZ', tyshxydm: 'TYDM', gszch: 'ZCH' }
/** As many rows as the base gives at once. */
const PAGE = 20
/** The result is a JSON text inside the JSON. */
const ENVELOPE = { outcome: 'status', result: 'data', done: ['0'], packed: true } as const
const timed = z.object({ gxsj: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/) })
const page = timed.extend({
  total: z.int(),
  page: z.int(),
  licences: z.array(z.record(z.string(), z.union([z.string(), z.null()]))),
})

/** Numbers in the body alone: a path is logged by whatever stands between. */
function call({ register, columns, keys }: Lookup, next: string | null): RestCall {
  const asked = { fields: columns, page: Number(next ?? 1), size: PAGE }
  const path = `/dzzz/v3/licence/${register.at}`
  if (register === licences) return { path, body: { numbers: numbersOf(register.key, keys), ...asked } }
  const holders = waysOf(register).flatMap((way) =>
    numbersOf(way, keys).map((number) => ({ type: HOLDERS[way.number], code: number })),
  )
  return { path, body: { holders, ...asked } }
}

function read(reply: unknown, lookup: Lookup): RestBatch {
  const { total, page: number, licences: rows, gxsj } = opened(ENVELOPE, page, reply)
  return {
    rows: rows.map((row) => narrowed(row, lookup)),
    asOf: gxsj,
    next: nextNumber(number, PAGE, total),
    total,
  }
}

const dialect: RestDialect = {
  call,
  read,
  status: { path: '/dzzz/v3/gxsj', read: (reply) => opened(ENVELOPE, timed, reply).gxsj },
}

/** Electronic licences (电子证照, ZS-2.13, FS-19): the base of the city, REST with signed calls, real time. */
export const eLicence: Department = {
  name: 'e-licence',
  schema: new URL('schema.graphql', import.meta.url),
  links: { electronicLicences: ofPerson },
  person: {},
  legalLinks: { electronicLicences: ofOrganisation },
  records: [licences],
  lookups: { electronicLicence: licences },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the base of electronic licences')
    const secret = await secretOf(options.apiKey, options, 'e-licence/api-key')
    const auth = { kind: 'SIGNED', appId: 'gongxiang', secret, digest: 'sm3', keyed: 'HMAC', place: 'HEADERS' } as const
    return restSource({ baseUrl, headers: {}, auth, dialect })
  },
}
