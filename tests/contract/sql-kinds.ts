import { demoPeople } from '../../city/demo-people.ts'
import { generate } from '../../city/generate.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { civilAffairs } from '../../subgraphs/civil-affairs/source.ts'
import { education } from '../../subgraphs/education/source.ts'
import { health } from '../../subgraphs/health/source.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { marketRegistration } from '../../subgraphs/market-registration/source.ts'
import { qualitySupervision } from '../../subgraphs/quality-supervision/source.ts'
import { residencePermit } from '../../subgraphs/residence-permit/source.ts'
import { identifierOf } from './subgraph-bench.ts'
import type { Kind } from './subgraph-bench.ts'

const { firm, movedFirm, shop, association, home, unit } = demoOrganisations
const { student, movedOut, publicSecurityOnly } = demoPeople

/** Nobody of the demo people has such a certificate: the first of the test city who has. */
const planned = [...generate({ people: 200, seed: 7 })].find(({ familyPlanning }) => familyPlanning !== null)
if (planned === undefined) throw new Error('Nobody of the test city has a family planning certificate')

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
    type: 'FamilyPlanningRecord',
    link: 'familyPlanning',
    field: 'certificateReceiptDate',
    keys: BY_DOCUMENT,
    column: 'lzrq',
    other: { field: 'issuingAuthority', column: 'fzjg' },
    known: planned.document,
    value: { certificateReceiptDate: planned.familyPlanning?.received },
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
