import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { civilAffairsPlatform } from '../../city/systems/civil-affairs-server.ts'
import { healthService } from '../../city/systems/health-server.ts'
import { housingFundService } from '../../city/systems/housing-fund-server.ts'
import type { OldSystem } from '../../city/systems/old-system.ts'
import { localTaxSystem } from '../../city/systems/tax-local-server.ts'
import { stateTaxService } from '../../city/systems/tax-state-server.ts'
import { civilAffairs } from '../../subgraphs/civil-affairs/source.ts'
import { health } from '../../subgraphs/health/source.ts'
import { housingFund } from '../../subgraphs/housing-fund/source.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { tax } from '../../subgraphs/tax/source.ts'
import { identifierOf } from './subgraph-bench.ts'
import type { Kind, SeenCall } from './subgraph-bench.ts'

const { firm, movedFirm, shop, association } = demoOrganisations
const { student, parent, movedOut, deceased, allThree, publicSecurityOnly } = demoPeople

/** A question to one department whose system is asked over HTTP. */
export interface HttpKind extends Omit<Kind, 'name' | 'start' | 'asOf'> {
  readonly over: string
  readonly department: Department
  readonly systems: (seen: SeenCall) => readonly OldSystem[]
}

const BY_DOCUMENT = ['zjlx', 'zjhm']
const BY_IDENTIFIER = ['shxydm', 'gsdjzh']

const ofHealth = (seen: SeenCall) => [healthService(({ fields }) => seen(fields))]
const ofCivilAffairs = (seen: SeenCall) => [civilAffairsPlatform(({ fields }) => seen(fields))]
const ofTax = (seen: SeenCall) => [
  localTaxSystem(({ fields }) => seen(fields)),
  stateTaxService(({ fields }) => seen(fields)),
]

/** What each of them is asked. */
export const HTTP_KINDS: readonly HttpKind[] = [
  {
    over: 'SOAP, digest',
    department: health,
    systems: ofHealth,
    type: 'DeathRecord',
    link: 'death',
    field: 'deathDate',
    keys: BY_DOCUMENT,
    column: 'swrq',
    other: { field: 'placeOfDeath', column: 'swdd' },
    known: deceased.document,
    value: { deathDate: '2024-05-02' },
    absent: publicSecurityOnly.document,
  },
  {
    over: 'SOAP, by any of three persons',
    department: health,
    systems: ofHealth,
    type: 'BirthRecord',
    link: 'births',
    field: 'birthDate',
    keys: ['mqsfzh', 'fqsfzh'],
    column: 'csrq',
    other: { field: 'newbornName', column: 'xsexm' },
    known: allThree.document,
    value: [{ birthDate: '2026-09-12' }],
    absent: publicSecurityOnly.document,
  },
  {
    over: 'SOAP, XML inside XML, GBK',
    department: housingFund,
    systems: (seen) => [housingFundService(({ fields }) => seen(fields))],
    type: 'HousingFundAccount',
    link: 'housingFundAccount',
    field: 'registrationDate',
    keys: BY_DOCUMENT,
    column: 'khrq',
    other: { field: 'employerName', column: 'dwmc' },
    known: parent.document,
    value: { registrationDate: '2012-06-01' },
    absent: publicSecurityOnly.document,
  },
  {
    over: 'SOAP, an outcome inside',
    department: tax,
    systems: ofTax,
    type: 'StateTaxRegistration',
    link: 'stateTax',
    field: 'stateTaxRegisteredAddress',
    keys: BY_IDENTIFIER,
    column: 'zcdz',
    other: { field: 'stateTaxpayerId', column: 'nsrsbh' },
    known: identifierOf(firm),
    value: { stateTaxRegisteredAddress: '中山市石岐街道演示大道1号' },
    absent: identifierOf(association),
  },
  {
    over: 'REST, one subject a call, a token, GBK',
    department: tax,
    systems: ofTax,
    type: 'LocalTaxRegistration',
    link: 'localTax',
    field: 'localTaxRegisteredAddress',
    keys: BY_IDENTIFIER,
    column: 'zcdz',
    other: { field: 'localTaxpayerId', column: 'nsrsbh' },
    known: identifierOf(movedFirm),
    value: { localTaxRegisteredAddress: '惠州市惠阳区淡水街道测试巷9号' },
    absent: identifierOf(shop),
    subjectsPerQuery: 1,
  },
  {
    over: 'REST, signed, pages, JSON inside JSON',
    department: civilAffairs,
    systems: ofCivilAffairs,
    type: 'MarriageRegistration',
    link: 'marriage',
    field: 'maritalStatus',
    keys: BY_DOCUMENT,
    column: 'hyzk',
    other: { field: 'divorceRegistrationDate', column: 'lhdjrq' },
    known: movedOut.document,
    value: { maritalStatus: '40' },
    absent: publicSecurityOnly.document,
  },
  {
    over: 'REST, another interface of the same',
    department: civilAffairs,
    systems: ofCivilAffairs,
    type: 'AdoptionRegistration',
    link: 'adoption',
    field: 'issuingAuthorityName',
    keys: BY_DOCUMENT,
    column: 'fzjg',
    other: { field: 'adoptionCertificateNumber', column: 'syzh' },
    known: student.document,
    value: { issuingAuthorityName: '中山市民政局' },
    absent: allThree.document,
  },
]
