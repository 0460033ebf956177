import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { civilAffairs } from '../../subgraphs/civil-affairs/source.ts'
import { education } from '../../subgraphs/education/source.ts'
import { health } from '../../subgraphs/health/source.ts'
import { housingFund } from '../../subgraphs/housing-fund/source.ts'
import { institutionStaffing } from '../../subgraphs/institution-staffing/source.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { marketRegistration } from '../../subgraphs/market-registration/source.ts'
import { professionalQualifications } from '../../subgraphs/professional-qualifications/source.ts'
import { qualitySupervision } from '../../subgraphs/quality-supervision/source.ts'
import { residencePermit } from '../../subgraphs/residence-permit/source.ts'
import { tax } from '../../subgraphs/tax/source.ts'
import { identifierOf } from './subgraph-bench.ts'
import type { Kind } from './subgraph-bench.ts'

const { firm, movedFirm, shop, association, home, unit, institution } = demoOrganisations
const { student, parent, movedOut, deceased, allThree, publicSecurityOnly } = demoPeople

/** A question to one department behind `connectSql`. */
export interface SqlKind extends Omit<Kind, 'name' | 'start' | 'asOf'> {
  readonly department: Department
}

const BY_DOCUMENT = ['zjlx', 'zjhm']
const BY_CODE = ['tyshxydm']
const BY_IDENTIFIER = ['tyshxydm', 'zch']

const OF_PERSONS: readonly SqlKind[] = [
  {
    department: residencePermit,
    type: 'ResidencePermit',
    link: 'residencePermit',
    field: 'registrationDate',
    keys: BY_DOCUMENT,
    column: 'djrq',
    other: { field: 'residenceCounty', column: 'jz_xq' },
    known: movedOut.document,
    value: { registrationDate: '2019-03-04' },
    absent: publicSecurityOnly.document,
  },
  {
    department: health,
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
    department: education,
    type: 'StudentRecord',
    link: 'student',
    field: 'enrolmentDate',
    keys: BY_DOCUMENT,
    column: 'rxrq',
    other: { field: 'birthPlace', column: 'csd' },
    known: student.document,
    value: { enrolmentDate: '2024-09-01' },
    absent: publicSecurityOnly.document,
  },
  {
    department: housingFund,
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
    department: professionalQualifications,
    type: 'PracticeLicence',
    link: 'practiceLicences',
    field: 'cancellationDate',
    keys: BY_DOCUMENT,
    column: 'zxrq',
    other: { field: 'issueDate', column: 'fzrq' },
    known: parent.document,
    value: [{ cancellationDate: null }],
    absent: publicSecurityOnly.document,
  },
  {
    department: civilAffairs,
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
    department: civilAffairs,
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

const OF_ORGANISATIONS: readonly SqlKind[] = [
  {
    department: marketRegistration,
    type: 'Enterprise',
    link: 'enterprise',
    field: 'enterpriseType',
    keys: BY_IDENTIFIER,
    column: 'qylx',
    other: { field: 'registeredDomicile', column: 'zs' },
    known: identifierOf(firm),
    value: { enterpriseType: '1130' },
    absent: identifierOf(shop),
  },
  {
    department: marketRegistration,
    type: 'IndividualBusiness',
    link: 'individualBusiness',
    field: 'businessName',
    keys: BY_IDENTIFIER,
    column: 'yhmc',
    other: { field: 'industry', column: 'hy' },
    known: identifierOf(shop),
    value: { businessName: '中山市石岐街道演示面馆' },
    absent: identifierOf(firm),
  },
  {
    department: qualitySupervision,
    type: 'ProductionPermit',
    link: 'productionPermits',
    field: 'validityPeriod',
    keys: BY_IDENTIFIER,
    column: 'yxq',
    other: { field: 'permitScope', column: 'xkfw' },
    known: identifierOf(firm),
    value: [{ validityPeriod: '2024-01-01/2028-12-31' }],
    absent: identifierOf(movedFirm),
  },
  {
    department: tax,
    type: 'LocalTaxRegistration',
    link: 'localTax',
    field: 'localTaxRegisteredAddress',
    keys: ['shxydm', 'gsdjzh'],
    column: 'zcdz',
    other: { field: 'localTaxpayerId', column: 'nsrsbh' },
    known: identifierOf(movedFirm),
    value: { localTaxRegisteredAddress: '惠州市惠阳区淡水街道测试巷9号' },
    absent: identifierOf(shop),
  },
  {
    department: institutionStaffing,
    type: 'PublicInstitution',
    link: 'publicInstitution',
    field: 'registrationDate',
    keys: BY_CODE,
    column: 'djrq',
    other: { field: 'contactPhone', column: 'lxdh' },
    known: identifierOf(institution),
    value: { registrationDate: '2003-01-06' },
    absent: identifierOf(association),
  },
  {
    department: civilAffairs,
    type: 'SocialAssociation',
    link: 'socialAssociation',
    field: 'associationType',
    keys: BY_CODE,
    column: 'lb',
    other: { field: 'contactPhone', column: 'lxdh' },
    known: identifierOf(association),
    value: { associationType: '行业性' },
    absent: identifierOf(unit),
  },
  {
    department: civilAffairs,
    type: 'SocialWelfareInstitution',
    link: 'welfareInstitution',
    field: 'organisationName',
    keys: BY_CODE,
    column: 'dwmc',
    other: { field: 'welfareInstitutionType', column: 'lb' },
    known: identifierOf(home),
    value: { organisationName: '中山市演示养老院' },
    absent: identifierOf(association),
  },
]

/** What each department behind `connectSql` is asked. */
export const SQL_KINDS: readonly SqlKind[] = [...OF_PERSONS, ...OF_ORGANISATIONS]
