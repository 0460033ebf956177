import { createCivilRegistry } from '../civil-registry.ts'
import type { CivilEvents } from '../civil-registry.ts'
import type { Citizen } from '../citizen.ts'
import type { CitySize } from '../generate.ts'
import type { SocialOrganisation } from '../organisations/organisation.ts'
import type { Held } from '../records.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable, OrganisationTable } from './sqlite-system.ts'
import { together, withSecrets } from './secrets.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'
import type { Cell, LoadTable } from './table.ts'

/*
 * The systems of civil affairs, each with its own file: that of persons, hydj_dsr 婚姻登记当事人 (parties to marriages),
 * sydj 收养登记 (adoptions) and zdsh 最低生活保障 (allowances), asked over REST (civil-affairs-server.ts), and that of
 * mbfq 民办非企业, shtt 社会团体, fljg 福利机构 (social organisations); jh_jl 交换记录 (loads) in both. po_xm and
 * po_zjhm (the spouse), syr_zjhm (who adopted) and bzje (the amount) are held and never shared: no list has them.
 */

/** Kind of document, as this system writes it: it registers residents alone. */
const RESIDENT = '身份证'
const PARTY = ['xm', 'zjlx', 'zjhm'] as const

export const MARRIAGE_COLUMNS = [...PARTY, 'jhdjrq', 'lhdjrq', 'hyzk', 'po_xm', 'po_zjhm']
export const ADOPTION_COLUMNS = [...PARTY, 'syzh', 'fzjg', 'fzjg_xzqh', 'syr_zjhm']
export const ALLOWANCE_COLUMNS = [...PARTY, 'dbzh', 'fzjg', 'fzjg_xzqh', 'bzje']

function party({ name, documentNumber }: Held): readonly Cell[] {
  return [name, RESIDENT, documentNumber]
}

/** The three tables about people. What is registered with a citizen is made once, by whichever table asks first. */
function citizenTables(seed: number): readonly CitizenTable[] {
  const register = createCivilRegistry(seed)
  const made = new WeakMap<Citizen, CivilEvents>()
  const eventsOf = (citizen: Citizen): CivilEvents => {
    const events = made.get(citizen) ?? register(citizen)
    made.set(citizen, events)
    return events
  }
  return [
    {
      name: 'hydj_dsr',
      columns: MARRIAGE_COLUMNS,
      indexed: ['zjhm'],
      citizenRows: (citizen) =>
        eventsOf(citizen).marriages.map((of) => [
          ...party(of),
          of.married,
          of.divorced,
          of.divorced === null ? 'JH' : 'LH',
          of.spouse.name,
          of.spouse.documentNumber,
        ]),
    },
    {
      name: 'sydj',
      columns: ADOPTION_COLUMNS,
      indexed: ['zjhm'],
      citizenRows: (citizen) =>
        eventsOf(citizen).adoptions.map((of) => [
          ...party(of),
          of.certificate,
          of.authority,
          of.division,
          of.adopter.documentNumber,
        ]),
    },
    {
      name: 'zdsh',
      columns: ALLOWANCE_COLUMNS,
      indexed: ['zjhm'],
      citizenRows: (citizen) =>
        eventsOf(citizen).allowances.map((of) => [
          ...party(of),
          of.certificate,
          of.authority,
          of.division,
          String(of.amount),
        ]),
    },
  ]
}

const SOCIAL_COLUMNS = 'tyshxydm djzh dwmc dwdz lxdh xzqh xzqhmc fzr fzr_zjhm ywzgdw lb ywfw djrq djjg'.split(' ')

function socialTable(name: string, kind: SocialOrganisation['kind']): OrganisationTable {
  return {
    name,
    columns: SOCIAL_COLUMNS,
    indexed: ['tyshxydm'],
    organisationRows(of) {
      if (of.kind !== kind) return []
      const place = [of.name, of.address, of.phone, of.division, of.divisionName]
      const person = [of.representative.name, of.representative.idNumber]
      const facts = [of.competentUnit, of.type, of.scope, of.registered, of.authority]
      return [[of.uscc, of.certificate, ...place, ...person, ...facts]]
    },
  }
}

export const CIVIL_LOADS: LoadTable = ['jh_jl', 'jhsj', 'jhzt']

const SOCIAL = [
  socialTable('mbfq', 'PRIVATE_NON_ENTERPRISE_UNIT'),
  socialTable('shtt', 'SOCIAL_ASSOCIATION'),
  socialTable('fljg', 'WELFARE_INSTITUTION'),
]

/** The register of organisations as a database; marriages and allowances are behind an interface. */
export const civilAffairsTables = {
  department: 'civil-affairs',
  home: 'postgres',
  tables: SOCIAL,
  loads: CIVIL_LOADS,
} as const satisfies SqlSystem

/** The systems' files, `civil-affairs/mzyw.db` with the secret of its caller, and `civil-affairs/shzz.db`. */
export function civilAffairsSystem(directory: string, { seed }: CitySize): Sink {
  const persons = sqliteSystem(directory, 'civil-affairs/mzyw.db', citizenTables(seed), CIVIL_LOADS)
  const organisations = sqliteSystem(directory, 'civil-affairs/shzz.db', SOCIAL, CIVIL_LOADS)
  return together(withSecrets(persons, directory, 'civil-affairs', 'api-key'), organisations)
}
