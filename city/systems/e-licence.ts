import { CITY_DATE } from '../citizen.ts'
import type { Citizen } from '../citizen.ts'
import { yearsLater } from '../dates.ts'
import { departmentRandom } from '../random.ts'
import type { CitySize } from '../generate.ts'
import type { Organisation } from '../organisations/organisation.ts'
import type { Certificate } from '../records.ts'
import type { CitizenTable, OrganisationTable } from './sqlite-system.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * The base of electronic licences (ZS-2.13), zz_jbxx 证照基本信息: what other departments issued, with the same numbers,
 * issuers and dates as their own registers have. wjid 文件标识 (file of the document) never leaves the system but inside a
 * signed reference that is made for the call; tqcs 提取次数 (how often it was drawn) is held and never shared.
 */

export const E_LICENCE: RestFiles = { folder: 'e-licence', database: 'dzzz.db' }

export const LICENCES = {
  name: 'zz_jbxx',
  columns: [
    'zzhm',
    'bzjg',
    'zzlxdm',
    'zzmc',
    'czrzjlx',
    'czrzjhm',
    'tyshxydm',
    'gszch',
    'czztmc',
    'bzrq',
    'yxqz',
    'zzzt',
    'qmzt',
    'wjid',
    'tqcs',
  ],
  indexed: ['zzhm', 'czrzjhm', 'tyshxydm', 'gszch'],
} as const satisfies TableShape

/** Kinds of licence as the system codes them. */
const KINDS = {
  BUSINESS_LICENCE: 'YYZZ',
  PRODUCTION_PERMIT: 'SCXK',
  ORGANISATION_CERTIFICATE: 'DJZS',
  QUALIFICATION: 'ZGZS',
  PRACTICE_LICENCE: 'ZYZS',
} as const

interface Holder {
  readonly kind: 'SFZ' | 'TYDM' | 'ZCH'
  readonly number: string
  readonly name: string
}

interface Licence {
  readonly number: string
  readonly issuer: string
  readonly kind: keyof typeof KINDS
  readonly title: string
  readonly holder: Holder
  readonly issued: string
  readonly until: string | null
  readonly cancelled: boolean
}

/** Status of the licence: 1 in force, 2 lapsed, 9 cancelled. Status of the seal: 0 none, 1 good, 2 broken. */
function row({ seed }: CitySize, of: Licence): readonly Cell[] {
  const random = departmentRandom(seed, 0, `e-licence:${of.issuer}:${of.number}`)
  const lapsed = of.until !== null && of.until < CITY_DATE
  const state = of.cancelled ? '9' : lapsed ? '2' : '1'
  const seal = random.chance(0.97) ? '1' : random.pick(['0', '2'])
  const file = random.hex(32)
  const own = [of.issued, of.until ?? '长期', state, seal, file, String(random.between(0, 40))]
  return [of.number, of.issuer, KINDS[of.kind], of.title, ...holderCells(of.holder), ...own]
}

/** The number stands in the column of its kind, and the kind of document beside it where it is a person's. */
function holderCells({ kind, number, name }: Holder): readonly Cell[] {
  const under = (one: Holder['kind']): Cell => (kind === one ? number : null)
  return [kind === 'SFZ' ? kind : null, under('SFZ'), under('TYDM'), under('ZCH'), name]
}

function ofCertificate(number: string, { kind, title, issuer, issued, cancelled, ...of }: Certificate): Licence {
  return {
    number: of.number,
    issuer,
    kind: kind === 'LICENCE' ? 'PRACTICE_LICENCE' : 'QUALIFICATION',
    title,
    holder: { kind: 'SFZ', number, name: of.name },
    issued,
    until: kind === 'LICENCE' ? yearsLater(issued, 20) : null,
    cancelled: cancelled !== null,
  }
}

/** Certificates of persons, where the holder's number is that of a resident ID card. */
function licencesOf({ document, certificates }: Citizen): readonly Licence[] {
  if (document.idDocumentType !== 'RESIDENT_ID') return []
  return certificates.map((one) => ofCertificate(document.idDocumentNumber, one))
}

function licencesOfOrganisation(of: Organisation): readonly Licence[] {
  const holder = holderOf(of)
  if (holder === null) return []
  const own = {
    issuer: of.authority,
    holder,
    issued: of.registered,
    until: null,
    cancelled: false,
  }
  if (of.kind !== 'ENTERPRISE' && of.kind !== 'INDIVIDUAL_BUSINESS')
    return [{ ...own, number: of.certificate, kind: 'ORGANISATION_CERTIFICATE', title: '法人登记证书' }]
  const permits = of.permits.map(({ number, issued, until }): Licence => {
    const issuer = `${of.authority.slice(0, 3)}质量技术监督局`
    return { ...own, number, issuer, kind: 'PRODUCTION_PERMIT', title: '生产许可证', issued, until }
  })
  // A business licence is numbered as its holder is: by the code, or by the registration number without one.
  return [{ ...own, number: holder.number, kind: 'BUSINESS_LICENCE', title: '营业执照' }, ...permits]
}

function holderOf(of: Organisation): Holder | null {
  if (of.uscc !== null) return { kind: 'TYDM', number: of.uscc, name: of.name }
  const old = 'registrationNumber' in of ? of.registrationNumber : null
  return old === null ? null : { kind: 'ZCH', number: old, name: of.name }
}

/** The base's file and secret, in `e-licence/`. */
export function eLicenceSystem(directory: string, size: CitySize): Sink {
  const table: CitizenTable & OrganisationTable = {
    ...LICENCES,
    citizenRows: (citizen) => licencesOf(citizen).map((one) => row(size, one)),
    organisationRows: (organisation) => licencesOfOrganisation(organisation).map((one) => row(size, one)),
  }
  return restData(directory, E_LICENCE, [table])
}
