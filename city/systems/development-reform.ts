import { dayBetween } from '../dates.ts'
import type { CitySize } from '../generate.ts'
import { PLACES } from '../places.ts'
import { demonstrated } from './demonstration.ts'
import { departmentRandom } from '../random.ts'
import type { PlainTable, OrganisationTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * The approval platform for investment projects, in lower-case English: plan 规划, project 投资项目, energy 能源设施.
 * total_investment 总投资 and contact 联系人电话 are held and never shared.
 */

export const DEVELOPMENT: RestFiles = { folder: 'development-reform', database: 'fgtz.db' }

export const DEVELOPMENT_TABLES = {
  plans: {
    name: 'plan',
    columns: [
      'plan_code',
      'plan_name',
      'plan_level',
      'start_year',
      'end_year',
      'approved_by',
      'approved_on',
      'plan_state',
    ],
    indexed: ['plan_code'],
  },
  projects: {
    name: 'project',
    columns: [
      'project_code',
      'project_name',
      'applicant_code',
      'industry_code',
      'procedure',
      'township',
      'stage',
      'declared_on',
      'total_investment',
      'contact',
    ],
    indexed: ['project_code', 'applicant_code'],
  },
  energy: {
    name: 'energy',
    columns: [
      'facility_code',
      'facility_name',
      'energy_kind',
      'operator_code',
      'township',
      'capacity',
      'commissioned_on',
      'facility_state',
    ],
    indexed: ['facility_code', 'operator_code'],
  },
} as const satisfies Readonly<Record<string, TableShape>>

const SUBJECTS = [
  '国民经济和社会',
  '能源',
  '综合交通',
  '新型城镇化',
  '数字政府',
  '现代服务业',
  '水利',
  '制造业',
] as const

function plans({ seed }: CitySize): PlainTable['rows'] {
  return ['中山市', '惠州市'].flatMap((city, nth) =>
    SUBJECTS.flatMap((subject, at) => {
      const random = departmentRandom(seed, nth * 100 + at, 'development-plans')
      return [2016, 2021, 2026].map((start): readonly Cell[] => {
        const approved = dayBetween(random, `${start}-01-04`, `${start}-09-30`)
        const name = `${city}${subject}发展五年规划(${start}—${start + 4}年)`
        const state = start === 2026 ? '1' : '2'
        const level = at === 0 ? '1' : '2'
        const code = `GH${start}${nth + 1}${String(at + 1).padStart(2, '0')}`
        const by = at === 0 ? `${city}人民代表大会` : `${city}人民政府`
        return [code, name, level, String(start), String(start + 4), by, approved, state]
      })
    }),
  )
}

/** Investment projects of enterprises. A code has the shape of the national one, with a division never assigned. */
function projects({ seed }: CitySize): OrganisationTable {
  return {
    ...DEVELOPMENT_TABLES.projects,
    organisationRows(of, serial) {
      if (of.kind !== 'ENTERPRISE') return []
      const random = departmentRandom(seed, serial, 'development-projects')
      // Those without a code are few: each has one, so that somebody is asked for by a registration number.
      const number = of.uscc === null || demonstrated(of) === 'firm' ? 1 : random.pick([0, 0, 1, 2])
      return Array.from({ length: number }, (_, nth): readonly Cell[] => {
        const declared = dayBetween(random, '2024-01-02')
        const division = of.division.startsWith('4420') ? '442091' : '441391'
        const code = `${declared.slice(2, 4)}${declared.slice(5, 7)}-${division}-04-01-${String(serial * 10 + nth).padStart(6, '0')}`
        const name = `${of.name}${random.pick(['扩建', '技术改造', '新建厂房', '分布式光伏'])}项目`
        const township = of.address.replace(/(街道|镇).*$/, '$1')
        const [procedure, stage] = [random.pick(['1', '2', '3', '3']), random.pick(['1', '2', '3', '4'])]
        return [
          code,
          name,
          of.uscc ?? of.registrationNumber,
          of.industry,
          procedure,
          township,
          stage,
          declared,
          '88888',
          of.phone,
        ]
      })
    },
  }
}

/** Substations, charging stations and the like; operated by a firm of the city where there is one for the place. */
function energy({ seed }: CitySize): OrganisationTable {
  return {
    ...DEVELOPMENT_TABLES.energy,
    organisationRows(of, serial) {
      const random = departmentRandom(seed, serial, 'development-energy')
      if (of.kind !== 'ENTERPRISE' || of.uscc === null || !(demonstrated(of) === 'firm' || random.chance(0.35)))
        return []
      const place = PLACES.find(({ township }) => of.address.startsWith(township))
      const kind = random.pick(['变电站', '充电站', '加油站', '储气站', '光伏电站'])
      const code = `NY${of.division}${String(serial).padStart(4, '0')}`
      const since = dayBetween(random, of.registered > '2005-01-01' ? of.registered : '2005-01-01', '2026-10-31')
      const capacity = measured(random, 0.2, 220, 2)
      const state = random.pick(['1', '1', '1', '2'])
      return [[code, `虚构${serial}号${kind}`, kind, of.uscc, place?.township ?? null, capacity, since, state]]
    },
  }
}

/** The platform's file and secret, in `development-reform/`. */
export function developmentSystem(directory: string, size: CitySize): Sink {
  return restData(directory, DEVELOPMENT, [
    { ...DEVELOPMENT_TABLES.plans, rows: plans(size) },
    projects(size),
    energy(size),
  ])
}
