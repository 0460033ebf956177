import { z } from 'zod'
import { combinedSource } from '../kit/combined.ts'
import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, code, date, personReference, standardCode, text } from '../kit/decode.ts'
import { legalKeys, storedNumbers, storedTypes } from '../kit/keys.ts'
import type { Department, FieldSource, Register, RegisterKey, RegisterStatistics } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestDialect } from '../kit/http/rest.ts'
import { narrowed, nextNumber, opened } from '../kit/http/rest-json.ts'
import type { Envelope } from '../kit/http/rest-json.ts'
import { addressOf, secretOf } from '../kit/secret.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

const DOCUMENT_NAMES = { 身份证: 'RESIDENT_ID' } as const

/** Residents alone; some old rows may have 15 digits. */
const key: RegisterKey = {
  documentType: { kind: 'COLUMN', column: 'zjlx', codes: DOCUMENT_NAMES },
  number: 'zjhm',
  oldNumbers: true,
}

/** The matching items that go with every record about a person (HZ-28). */
const matching = {
  name: text('xm'),
  idDocumentType: code('zjlx', DOCUMENT_NAMES),
  idDocumentNumber: text('zjhm'),
}

/** Who issued a certificate to a person. */
const issuer = { issuingAuthorityName: text('fzjg'), issuingAuthorityDivision: standardCode('fzjg_xzqh', /^\d{6}$/) }

/** 婚姻登记当事人 (parties to marriages): the latest registration of a person (HZ-20#01–03). */
const marriages: Register = {
  type: 'MarriageRegistration',
  at: 'hydj_dsr',
  rows: 'ONE',
  key,
  fields: {
    marriageRegistrationDate: date('jhdjrq'),
    divorceRegistrationDate: date('lhdjrq'),
    // GB/T 2261.2. Somebody who is not registered here is in no row, and not single.
    maritalStatus: code('hyzk', { JH: '20', CH: '21', ZH: '22', FH: '23', LH: '40' }),
    ...matching,
  },
}

/** 收养登记 (adoptions): one row an adopted person (HZ-20#04–06). */
const adoptions: Register = {
  type: 'AdoptionRegistration',
  at: 'sydj',
  rows: 'ONE',
  key,
  fields: { adoptionCertificateNumber: text('syzh'), ...issuer, ...matching },
}

/** 最低生活保障 (minimum living allowances): one row a person (HZ-23.4). */
const allowances: Register = {
  type: 'MinimumLivingAllowance',
  at: 'zdsh',
  rows: 'ONE',
  key,
  fields: { allowanceCertificateNumber: text('dbzh'), ...issuer, ...matching },
}

/** A register of social organisations: what the three lists of HZ-33.1 share, and what each has besides. */
function social(type: string, at: string, own: Readonly<Record<string, FieldSource>>): Register {
  return {
    type,
    at,
    rows: 'ONE',
    ...legalKeys('tyshxydm'),
    fields: {
      organisationName: text('dwmc'),
      organisationAddress: text('dwdz'),
      contactPhone: text('lxdh'),
      divisionCode: standardCode('xzqh', /^\d{6}$/),
      divisionName: text('xzqhmc'),
      legalRepresentativeName: text('fzr'),
      legalRepresentativeIdNumber: text('fzr_zjhm'),
      legalRepresentative: personReference('fzr_zjhm'),
      registrationDate: date('djrq'),
      registrationAuthority: text('djjg'),
      ...own,
    },
  }
}

const units = social('PrivateNonEnterpriseUnit', 'mbfq', {
  privateNonEnterpriseUnitType: text('lb'),
  competentSupervisoryUnit: text('ywzgdw'),
  businessScope: text('ywfw'),
})

const associations = social('SocialAssociation', 'shtt', {
  associationRegistrationNumber: text('djzh'),
  associationType: text('lb'),
  competentSupervisoryUnit: text('ywzgdw'),
})

const homes = social('SocialWelfareInstitution', 'fljg', {
  welfareInstitutionRegistrationNumber: text('djzh'),
  welfareInstitutionType: text('lb'),
})

/** Allowances by the authority that certified them, and its division. */
const livingAllowanceStatistics: RegisterStatistics = {
  register: allowances,
  dimensions: { ISSUING_AUTHORITY: 'issuingAuthorityName', ISSUING_DIVISION: 'issuingAuthorityDivision' },
  within: { ISSUING_AUTHORITY: 'ISSUING_DIVISION' },
}

/** The platform of persons answers 200 for everything, and packs its result as a text. */
const PLATFORM: Envelope = { outcome: 'resultCode', result: 'resultData', done: ['0000'], packed: true }
const PAGE = 100

const row = z.record(z.string(), z.unknown())
const clock = z.object({ jhsj: z.string() })
const page = clock.extend({ total: z.int().nonnegative(), rows: z.array(row) })
const groups = clock.extend({ rows: z.array(z.looseObject({ sl: z.int().nonnegative() })) })

/** Numbered pages of a hundred rows; `zd` names the columns that a caller wants. */
const dialect: RestDialect = {
  call({ register, columns, keys }, next) {
    return {
      path: `/mzyw/api/${register.at}/cx?zd=${columns.join(',')}&pageNo=${next ?? '1'}`,
      body: { zjlx: storedTypes(register.key.documentType, keys), zjhm: storedNumbers(register, keys) },
    }
  },
  read(reply, lookup, { asked }) {
    const { jhsj, total, rows } = opened(PLATFORM, page, reply)
    const next = nextNumber(Number(asked ?? '1'), PAGE, total)
    return { rows: rows.map((one) => narrowed(one, lookup)), asOf: beijingInstant(jhsj), total, next }
  },
  statistics: {
    path: ({ register, columns }) => `/mzyw/api/${register.at}/tj?zd=${columns.join(',')}`,
    read(reply, { columns }) {
      const { jhsj, rows } = opened(PLATFORM, groups, reply)
      const counted = rows.map(({ sl: count, ...group }) => ({
        row: Object.fromEntries(columns.map((column) => [column, group[column] ?? null])),
        count,
      }))
      return { groups: counted, asOf: beijingInstant(jhsj) }
    },
  },
  status: { path: '/mzyw/api/jhsj', read: (reply) => beijingInstant(opened(PLATFORM, clock, reply).jhsj) },
}

/** 交换记录 (loads of the organisations): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'jh_jl',
  column: 'jhsj',
  where: { column: 'jhzt', value: '1' },
  decode: beijingInstant,
}

/** Civil affairs (民政部门): marriages, adoptions, allowances over REST, real time; social organisations, SQL, daily. */
export const civilAffairs: Department = {
  name: 'civil-affairs',
  schema: new URL('schema.graphql', import.meta.url),
  links: { marriage: marriages, adoption: adoptions, livingAllowance: allowances },
  person: {},
  legalLinks: { privateNonEnterpriseUnit: units, socialAssociation: associations, welfareInstitution: homes },
  statistics: { livingAllowanceStatistics },
  async connect(options) {
    const persons = restSource({
      baseUrl: addressOf(options.apiUrl, 'the platform of persons'),
      headers: {},
      auth: {
        kind: 'SIGNED',
        appId: 'gx-mzyw',
        secret: await secretOf(options.apiKey, options, 'civil-affairs/api-key'),
        digest: 'sm3',
        keyed: 'HMAC',
        place: 'HEADERS',
      },
      dialect,
    })
    const organisations = await connectSql(options, 'civil-affairs/shzz.db', loadTime)
    return combinedSource([
      { name: 'persons', registers: [marriages, adoptions, allowances], source: persons },
      { name: 'organisations', registers: [units, associations, homes], source: organisations },
    ])
  },
}
