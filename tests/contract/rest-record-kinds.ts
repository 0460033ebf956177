import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { investmentSystem } from '../../city/systems/development-reform-server.ts'
import { licenceBaseSystem } from '../../city/systems/e-licence-server.ts'
import { ecologyEnvironmentSystem } from '../../city/systems/ecology-environment-server.ts'
import { urbanManagementSystem } from '../../city/systems/housing-urban-rural-server.ts'
import { meteorologicalSystem } from '../../city/systems/meteorology-server.ts'
import type { OldSystem } from '../../city/systems/old-system.ts'
import { creditSystem } from '../../city/systems/public-credit-server.ts'
import type { RestLogged } from '../../city/systems/rest-table-server.ts'
import { waterMapSystem } from '../../city/systems/water-server.ts'
import { developmentReform } from '../../subgraphs/development-reform/source.ts'
import { eLicence } from '../../subgraphs/e-licence/source.ts'
import { ecologyEnvironment } from '../../subgraphs/ecology-environment/source.ts'
import { housingUrbanRural } from '../../subgraphs/housing-urban-rural/source.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { meteorology } from '../../subgraphs/meteorology/source.ts'
import { publicCredit } from '../../subgraphs/public-credit/source.ts'
import { water } from '../../subgraphs/water/source.ts'
import type { HttpKind } from './http-kinds.ts'
import type { RecordKind } from './record-kinds.ts'
import { identifierOf, startHttpDepartment } from './subgraph-bench.ts'
import type { SeenCall } from './subgraph-bench.ts'

const { firm, home } = demoOrganisations
const { allThree, parent, publicSecurityOnly } = demoPeople

function one(system: (onCall: (call: RestLogged) => void) => OldSystem) {
  return (seen: SeenCall): readonly OldSystem[] => [system(({ columns }) => seen(columns))]
}

/** From somebody to records that a REST system keeps. */
export const REST_LINK_KINDS: readonly HttpKind[] = [
  {
    over: 'REST, signed, JSON inside JSON',
    department: eLicence,
    systems: one(licenceBaseSystem),
    type: 'ElectronicLicence',
    link: 'electronicLicences',
    field: 'licenceName',
    keys: ['czrzjhm'],
    column: 'zzmc',
    other: { field: 'status', column: 'zzzt' },
    known: parent.document,
    value: [{ licenceName: '医师资格证书' }, { licenceName: '医师执业证书' }],
    absent: publicSecurityOnly.document,
  },
  {
    over: 'REST, records below their subject',
    department: publicCredit,
    systems: one(creditSystem),
    type: 'PersonCreditRecord',
    link: 'creditRecords',
    field: 'category',
    keys: ['certNo'],
    column: 'category',
    other: { field: 'authority', column: 'authority' },
    known: allThree.document,
    value: [{ category: 'GOOD_FAITH' }],
    absent: publicSecurityOnly.document,
  },
  {
    over: 'REST, empty lists for nothing',
    department: developmentReform,
    systems: one(investmentSystem),
    type: 'InvestmentProject',
    link: 'investmentProjects',
    field: 'industry',
    keys: ['applicant_code'],
    column: 'industry_code',
    other: { field: 'stage', column: 'stage' },
    known: identifierOf(firm),
    value: [{ industry: 'C3989' }],
    absent: identifierOf(home),
  },
  {
    over: 'REST, rows without names',
    department: housingUrbanRural,
    systems: one(urbanManagementSystem),
    type: 'HousingProject',
    link: 'housingProjects',
    field: 'projectCode',
    keys: ['kfqy_dm'],
    column: 'xmbm',
    other: { field: 'status', column: 'xmzt' },
    known: identifierOf(firm),
    value: [{ projectCode: 'ZJ44200000001' }],
    absent: identifierOf(home),
  },
]

const NOON = '2026-11-19T12:00:00+08:00'

function record(
  over: string,
  department: Department,
  system: (onCall: (call: RestLogged) => void) => OldSystem,
  about: Omit<RecordKind, 'name' | 'start' | 'asOf'>,
): RecordKind {
  return {
    name: `REST, ${over}, ${department.name}`,
    start: () => startHttpDepartment(department, one(system)),
    asOf: '2026-11-20T03:05:00+08:00',
    ...about,
  }
}

/** Records by their own keys, one for each REST system. */
export const REST_RECORD_KINDS: readonly RecordKind[] = [
  record('times as numbers', ecologyEnvironment, ecologyEnvironmentSystem, {
    type: 'AirQualityReading',
    lookup: 'airQualityReading',
    known: { stationCode: 'HJ-K901', time: NOON },
    absent: { stationCode: 'HJ-K999', time: NOON },
    keys: ['STATION_CODE', 'MONITOR_TIME'],
    field: 'stationName',
    column: 'STATION_NAME',
    value: '石岐空气站',
  }),
  record('times of Greenwich, an error for nothing', meteorology, meteorologicalSystem, {
    type: 'WeatherObservation',
    lookup: 'weatherObservation',
    known: { stationCode: '00903', time: NOON },
    absent: { stationCode: '00999', time: NOON },
    keys: ['Station_Id_C', 'Datetime'],
    field: 'stationName',
    column: 'Station_Name',
    value: '江北站',
  }),
  record('a map server', water, waterMapSystem, {
    type: 'WaterBody',
    lookup: 'waterBody',
    known: { waterBodyCode: '442000K0001' },
    absent: { waterBodyCode: '442000K9999' },
    keys: ['WB_CODE'],
    field: 'waterBodyName',
    column: 'WB_NAME',
    value: '演示水库第1',
  }),
  record('rows without names', housingUrbanRural, urbanManagementSystem, {
    type: 'HousingProject',
    lookup: 'housingProject',
    known: { projectCode: 'ZJ44200000001' },
    absent: { projectCode: 'ZJ44200099999' },
    keys: ['xmbm'],
    field: 'developerIdentifier',
    column: 'kfqy_dm',
    value: firm.uscc,
  }),
  record('numbers as texts', developmentReform, investmentSystem, {
    type: 'DevelopmentPlan',
    lookup: 'developmentPlan',
    known: { planCode: 'GH2021101' },
    absent: { planCode: 'GH1921101' },
    keys: ['plan_code'],
    field: 'startYear',
    column: 'start_year',
    value: 2021,
  }),
  record('signed, JSON inside JSON', eLicence, licenceBaseSystem, {
    type: 'ElectronicLicence',
    lookup: 'electronicLicence',
    known: { licenceNumber: 'ZG990000000095', issuer: '中山市卫生和计划生育局' },
    absent: { licenceNumber: 'ZG990000000095', issuer: '惠州市卫生和计划生育局' },
    keys: ['zzhm', 'bzjg'],
    field: 'licenceName',
    column: 'zzmc',
    value: '医师执业证书',
  }),
  record('records below their subject', publicCredit, creditSystem, {
    type: 'CreditRecord',
    lookup: 'creditRecord',
    known: { recordNumber: 'XF0000011', subjectIdentifier: firm.uscc ?? '' },
    absent: { recordNumber: 'XF9999991', subjectIdentifier: firm.uscc ?? '' },
    // The system itself reads whom a record is about, whatever it is asked for.
    keys: ['recordNo', 'tyshxydm', 'gszch'],
    field: 'category',
    column: 'category',
    value: 'LICENCE',
  }),
]
