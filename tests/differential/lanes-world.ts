import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { parse } from 'yaml'
import { generate } from '../../city/generate.ts'
import { demoPeople } from '../../city/demo-people.ts'
import type { Random } from '../../city/random.ts'
import { readComposed } from '../../gateway/adapters/supergraph-files.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER } from '../kit/gateway.ts'
import type { Amendments } from '../kit/amended-city.ts'
import type { Registers, TestGateway } from '../kit/gateway.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { SCHOOL, SCHOOL_MATTER } from '../kit/verify.ts'
import type { Drawing } from './lanes-documents.ts'
import type { LaneRequest } from './lanes.ts'

/** Who asks, and the headers in which the purpose is stated. */
export interface Standing {
  readonly as: TokenSubject
  readonly stated: readonly (readonly [string, string])[]
}

const REGISTERS = join(import.meta.dirname, '..', '..', 'city', 'registers')

const [OWN, FOREIGN] = ['442000', '441302']
export const DIVISIONS = { own: OWN, foreign: FOREIGN } as const
const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const FIRM = ['Enterprise.enterpriseName', 'Enterprise.divisionCode'] as const

const matter = (code: string, fields: readonly string[]) => ({
  code,
  title: '审核',
  department: DESK.department,
  fields,
})
const grant = (id: string, facts: object) => ({
  id,
  consumer: DESK.department,
  matters: [id.toLowerCase()],
  clear: [EMPLOYER],
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approvals: [
    { by: 'PROVIDER', officer: 'HRSS-0031' },
    { by: 'AGENCY', officer: 'DA-0001' },
  ],
  agreement: 'XY-1',
  ...facts,
})

const MANY = 1_000_000

/** Bounds that no random set reaches: each request is sent twice or three times. */
export const WIDE = {
  limits: {
    subjectsPerCase: 10_000,
    subjectsPerOfficerHour: MANY,
    subjectsPerOfficerDay: MANY,
    subjectsPerApplicationHour: MANY,
    subjectsPerDepartmentDay: MANY,
    neighboursPerOfficer: MANY,
    neighboursPerApplication: MANY,
    neighboursPerDepartment: MANY,
    missPercent: 100,
  },
  statistics: { tablesPerOfficer: 1_000, tablesPerDepartment: 1_000 },
}

/** What the departments register otherwise than in the demonstration city, which has nothing for some alone. */
export const RECLASSIFIED: Amendments = {
  'DeathRecord.placeOfDeath': { share: { subMode: 'DEPARTMENTS', scope: ['civil-affairs'] } },
  'DeathRecord.physicianSignature': {
    share: { class: 'NOT_SHARED', basis: ['HZ-4.4'], reasons: '医师签名属于个人信息', conditions: null, subMode: null },
  },
}

/** The demonstration city's registers, and beside them what it has none of: grants that ended, were withdrawn, are small. */
/** What several departments hold of a name and a birth date, and what the gateway makes of it. */
const SOURCES = [
  ...['name', 'nameSources', 'nameConflict', 'birthDate', 'birthDateSources', 'birthDateConflict'].map(
    (field) => `Person.${field}`,
  ),
  'HouseholdRegistration.name',
  'ResidencePermit.name',
  'StudentRecord.studentName',
  'DeathRecord.deceasedName',
  ...['BirthRecord', 'ResidencePermit', 'StudentRecord', 'DeathRecord'].map((type) => `${type}.birthDate`),
]

export function laneRegisters(): Registers {
  const read = (name: string): Record<string, unknown[]> =>
    parse(readFileSync(join(REGISTERS, `${name}.yaml`), 'utf8')) as Record<string, unknown[]>
  const reading = ['ended', 'withdrawn', 'unsigned', 'few'].map((code) => matter(code, ['Person.name', EMPLOYER]))
  return {
    matters: {
      matters: [
        ...(read('matters')['matters'] ?? []),
        ...reading,
        matter('firm-names', FIRM.slice(0, 1)),
        matter('district', [...FIRM, 'Enterprise.legalRepresentativeIdNumber', 'Person.idDocumentNumber']),
        matter('deaths', ['Person.name', ...Object.keys(RECLASSIFIED)]),
        { ...matter('guesses', ['Person.name']), verify: ['SocialInsuranceEnrolment.enrolmentStatus'] },
        matter('photos', ['Person.name', 'HouseholdRegistration.photo']),
        matter('sources', SOURCES),
      ],
    },
    grants: {
      grants: [
        ...(read('grants')['grants'] ?? []),
        grant('ENDED', { validUntil: '2026-02-01T00:00:00+08:00' }),
        grant('WITHDRAWN', {}),
        grant('UNSIGNED', { agreement: undefined }),
        grant('FEW', { quota: { subjectsPerDay: 1 } }),
        grant('DISTRICT', {
          clear: ['Enterprise.legalRepresentativeIdNumber'],
          parameters: { 'Enterprise.divisionCode': [OWN] },
        }),
        // Where open data needs a grant as well.
        grant('OPEN', { matters: ['district'], clear: [...FIRM, 'Person.idDocumentNumber'] }),
        grant('PHOTOS', { clear: ['HouseholdRegistration.photo'] }),
      ],
    },
  }
}

export const purpose = (code: string, file?: string): Standing['stated'] =>
  file === undefined
    ? [['x-matter', code]]
    : [
        ['x-matter', code],
        ['x-case', file],
      ]

const officer = (department: string, application: string, number: string): TokenSubject => ({
  ...DESK,
  department,
  application,
  officer: number,
})

export const AS_DESK: Standing = { as: DESK, stated: purpose(DESK_MATTER.matter, DESK_MATTER.case) }
export const AS_MARKET: Standing = { as: MARKET, stated: purpose(MARKET_MATTER.matter) }
export const AS_SCHOOL: Standing = { as: SCHOOL, stated: purpose(SCHOOL_MATTER.matter) }
const AS_ANALYST: Standing = { as: ANALYST, stated: purpose(ANALYST_MATTER.matter, ANALYST_MATTER.case) }
const AS_TAX: Standing = { as: officer('tax', 'tax-desk', 'TAX-0007'), stated: purpose('tax-registration') }
/** Its application runs registered operations alone. */
export const AS_SERVICE: Standing = {
  ...AS_TAX,
  as: { ...AS_TAX.as, application: 'registration-service', roles: ['APPLICATION'] },
}

const CALLERS: readonly Standing[] = [
  AS_DESK,
  AS_DESK,
  AS_DESK,
  AS_MARKET,
  AS_ANALYST,
  AS_SCHOOL,
  AS_TAX,
  { as: officer('civil-affairs', 'allowance-review', 'CA-0007'), stated: purpose('living-allowance-review') },
  {
    as: officer('town-governments', 'town-desk', 'TG-0007'),
    stated: [...purpose('living-allowance-review'), ['x-acting-for', 'civil-affairs']],
  },
  { as: officer('public-security', 'command-centre', 'PS-0107'), stated: purpose('missing-person-search') },
  { as: DESK, stated: purpose('photos') },
  { as: DESK, stated: purpose('sources') },
]

/** Somebody; mostly with a purpose, now and then with another one, a part of it, or none. */
export function standingOf(random: Random): Standing {
  const standing = random.pick(CALLERS)
  const roll = random.next()
  if (roll < 0.8) return standing
  if (roll < 0.88) return { ...standing, stated: [] }
  if (roll < 0.93) return { ...standing, stated: standing.stated.slice(0, 1) }
  return {
    ...standing,
    stated: random.pick([
      purpose('no-such-matter'),
      purpose(DESK_MATTER.matter, 'PRH-2026-9999'),
      purpose('pension-stop'),
    ]),
  }
}

/** Headers that a client may send beside, none of which says what is asked. */
export function usualHeaders(random: Random): readonly (readonly [string, string])[] {
  const some = <T>(share: number, list: readonly T[]): readonly T[] => (random.chance(share) ? [random.pick(list)] : [])
  return [
    [
      'content-type',
      random.pick([
        'application/json',
        'application/json',
        'application/json; charset=utf-8',
        'Application/JSON; Charset="UTF-8"',
      ]),
    ],
    ...some(0.6, ['en', 'zh-CN', 'en-GB,zh;q=0.5', 'fr', 'zh;q=0.1, en;q=0.9']).map(
      (one) => ['accept-language', one] as const,
    ),
    ...some(0.3, ['all', 'ALL', 'none']).map((one) => ['x-decisions', one] as const),
    ...some(0.5, ACCEPTED).map((one) => ['accept', one] as const),
    ...some(0.1, ['apollo-require-preflight', 'x-apollo-operation-name', 'x-request-id']).map(
      (one) => [one, 'x'] as const,
    ),
  ]
}

const ACCEPTED = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json;q=0.5, application/graphql-response+json;q=0.6',
  'application/*;q=0.3, text/html',
  'multipart/mixed; deferSpec=20220824, application/json',
  'application/graphql-response+json; charset=utf-8; q=1',
] as const

/** What random documents are drawn from, for the schema that a gateway serves. */
export function drawingOf(gateway: Pick<TestGateway, 'directory'>): Drawing {
  const { supergraphSdl } = readComposed(join(gateway.directory, 'data', 'schema'))
  const { schema } = servedSchema(Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema())
  const { matters = [] } = laneRegisters().matters as {
    readonly matters?: readonly { readonly fields: readonly string[] }[]
  }
  const wanted = new Set(matters.flatMap(({ fields }) => fields))
  const own = ['explain', 'receipt', 'deskCheck']
  const all = Object.keys(schema.getQueryType()?.getFields() ?? {}).filter((one) => !own.includes(one))
  const often = ['person', 'persons', 'legalEntity', 'legalEntities']
  const roots = [...often, ...often, ...all.filter((one) => !often.includes(one))]
  return { schema, roots, wanted, values: VALUES }
}

export const NUMBER = demoPeople.allThree.document.idDocumentNumber

const PEOPLE = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)

const VALUES: Drawing['values'] = {
  IdNumber: [
    ...Object.values(demoPeople).map(({ document }) => document.idDocumentNumber),
    ...PEOPLE.slice(0, 30),
    // A wrong check digit, no number at all, a number of nobody.
    '110101199001011230',
    'x',
    '44200019000101001X',
  ],
  IdDocumentType: ['RESIDENT_ID', 'RESIDENT_ID', 'RESIDENT_ID', 'PASSPORT'],
  identifier: ['442000000000013', '91442000MA4UQ00013', '442000000000021', ''],
  divisionCode: [OWN, FOREIGN, '442090', ''],
  divisionCodeIn: [OWN, FOREIGN],
  first: [1, 2, 50, 0, 51, -1],
  after: ['', 'x', '442000000000013'],
  industry: ['I65', 'C', ''],
  enterpriseType: ['1100', '2000'],
  String: ['', 'x', '张', '\u0000', '😀', '"quoted"\n'],
}

/** People of the city, for lists of keys. */
export const keysOf = (count: number): readonly object[] =>
  Array.from({ length: count }, (_one, at) => ({
    idDocumentType: 'RESIDENT_ID',
    idDocumentNumber: PEOPLE[at % PEOPLE.length],
  }))

/** A body as most clients send it, from somebody with a purpose. */
export function requestOf(
  { as, stated }: Standing,
  body: object | string,
  headers: LaneRequest['headers'] = [['content-type', 'application/json']],
): LaneRequest {
  return { as, headers: [...headers, ...stated], body: typeof body === 'string' ? body : JSON.stringify(body) }
}
