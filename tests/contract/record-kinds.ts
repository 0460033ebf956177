import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { forestry } from '../../subgraphs/forestry/source.ts'
import type { Department } from '../../subgraphs/kit/register.ts'
import { macroEconomy } from '../../subgraphs/macro-economy/source.ts'
import { naturalResources } from '../../subgraphs/natural-resources/source.ts'
import { oceanFisheries } from '../../subgraphs/ocean-fisheries/source.ts'
import { publicSecurity } from '../../subgraphs/public-security/source.ts'
import { transport } from '../../subgraphs/transport/source.ts'
import { startFileDepartment } from './file-kinds.ts'
import { startPostgresDepartment } from './postgres-department.ts'
import { startMariadbDepartment } from './sql-city.ts'
import { identifierOf, startSqlDepartment } from './subgraph-bench.ts'
import type { Bench, Kind } from './subgraph-bench.ts'

const { movedFirm, association } = demoOrganisations
const { parent, allThree, rareName, publicSecurityOnly } = demoPeople

function overSql(department: Department, about: Omit<Kind, 'name' | 'start'>): Kind {
  return {
    name: `SQL, SQLite, ${department.name}: ${about.link}`,
    start: () => startSqlDepartment(department),
    ...about,
  }
}

const ON_TAXIS = {
  type: 'Taxi',
  link: 'taxis',
  field: 'driverName',
  keys: ['jsy_sfzh'],
  column: 'jsy_xm',
  other: { field: 'licenceNumber', column: 'yszh' },
  known: parent.document,
  value: [{ driverName: parent.name }],
  absent: publicSecurityOnly.document,
  asOf: '2026-11-20T03:05:00+08:00',
} as const

const ON_UNITS = {
  type: 'SpatialPlanUnit',
  lookup: 'spatialPlanUnit',
  known: { unitCode: '442000-GH0001' },
  absent: { unitCode: '442000-GH9999' },
  keys: ['dybh'],
  field: 'planPeriod',
  column: 'ghq',
  value: '2021-01-01/2035-12-31',
  asOf: '2026-11-20T03:05:00+08:00',
} as const

/** From somebody to records that have a key of their own. */
export const LINK_KINDS: readonly Kind[] = [
  { name: 'SQL, MariaDB, transport: taxis', start: () => startMariadbDepartment(transport), ...ON_TAXIS },
  overSql(naturalResources, {
    type: 'MiningRight',
    link: 'miningRights',
    field: 'divisionCode',
    keys: ['kyqr_dm'],
    column: 'xzqdm',
    other: { field: 'mineral', column: 'kz' },
    known: identifierOf(movedFirm),
    value: [{ divisionCode: '441302' }],
    absent: identifierOf(association),
    asOf: '2026-11-20T03:05:00+08:00',
  }),
  overSql(transport, ON_TAXIS),
  overSql(publicSecurity, {
    type: 'DogRegistration',
    link: 'dogs',
    field: 'township',
    keys: ['yqr_sfzh'],
    column: 'syd_xzjd',
    other: { field: 'breed', column: 'qpz' },
    known: allThree.document,
    value: [{ township: '中山市石岐街道' }],
    absent: publicSecurityOnly.document,
    asOf: '2026-11-20T02:10:00+08:00',
  }),
  {
    name: 'file drop, ocean-fisheries: fishingVessels',
    start: () => startFileDepartment(oceanFisheries),
    type: 'FishingVessel',
    link: 'fishingVessels',
    field: 'ownerName',
    keys: ['所有人信用代码', '所有人身份证号'],
    column: '所有人',
    other: { field: 'homePort', column: '船籍港' },
    known: rareName.document,
    value: [{ ownerName: rareName.name }],
    absent: publicSecurityOnly.document,
    asOf: '2026-10-01T00:00:00+08:00',
  },
]

/** A record that is found by its own key, and what that must cost. */
export interface RecordKind {
  readonly name: string
  start(): Promise<Bench | null>
  /** Object type, and the root field that looks one up. */
  readonly type: string
  readonly lookup: string
  /** Values of the fields of its key, in their order; and of one that is no record's. */
  readonly known: Readonly<Record<string, string>>
  readonly absent: Readonly<Record<string, string>>
  readonly keys: readonly string[]
  readonly field: string
  readonly column: string
  readonly value: unknown
  readonly asOf: string
}

/** Records by their own keys, one for each kind of adapter and of key. */
export const RECORD_KINDS: readonly RecordKind[] = [
  { name: 'SQL, SQLite, natural-resources', start: () => startSqlDepartment(naturalResources), ...ON_UNITS },
  { name: 'SQL, PostgreSQL, natural-resources', start: () => startPostgresDepartment(naturalResources), ...ON_UNITS },
  {
    name: 'SQL, SQLite, transport',
    start: () => startSqlDepartment(transport),
    type: 'RailwaySection',
    lookup: 'railwaySection',
    known: { sectionCode: 'T991-01' },
    absent: { sectionCode: 'T9-1' },
    keys: ['ldbh'],
    field: 'designSpeed',
    column: 'sjsd',
    value: 120,
    asOf: '2026-11-20T03:05:00+08:00',
  },
  {
    name: 'file drop, forestry',
    start: () => startFileDepartment(forestry),
    type: 'GrasslandPlot',
    lookup: 'grasslandPlot',
    known: { plotCode: '442000-CD-0002' },
    absent: { plotCode: '442000-CD-9999' },
    keys: ['图斑号'],
    field: 'divisionCode',
    column: '行政区划代码',
    value: '442000',
    asOf: '2026-06-30T00:00:00+08:00',
  },
  {
    name: 'file drop, macro-economy, a compound key that is decoded',
    start: () => startFileDepartment(macroEconomy),
    type: 'IndicatorSeries',
    lookup: 'indicatorSeries',
    known: { indicatorCode: '442000-GY-01', period: '2026-06' },
    absent: { indicatorCode: '442000-GY-01', period: '2031-09' },
    keys: ['指标编码', '所属期'],
    field: 'unit',
    column: '计量单位',
    value: '亿元',
    asOf: '2026-08-20T00:00:00+08:00',
  },
]
