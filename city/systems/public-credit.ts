import type { Citizen } from '../citizen.ts'
import { demoPeople } from '../demo-people.ts'
import { age, dayBetween, shifted } from '../dates.ts'
import type { CitySize } from '../generate.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { demonstrated } from './demonstration.ts'
import { departmentRandom } from '../random.ts'
import type { Random } from '../random.ts'
import type { CitizenTable, OrganisationTable } from './sqlite-system.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * The platform of public credit (ZJ-20.1): legal_credit 法人公共信用 and person_credit 自然人公共信用, one row a record. score
 * 信用评分 (a score) is held and never shared: no list has it, and nobody is told what it is made of.
 */

export const CREDIT: RestFiles = { folder: 'public-credit', database: 'xyxx.db' }

export const CREDIT_TABLES = {
  legal: {
    name: 'legal_credit',
    columns: [
      'recordNo',
      'tyshxydm',
      'gszch',
      'subjectName',
      'category',
      'documentNo',
      'authority',
      'decidedOn',
      'publicUntil',
      'state',
      'score',
    ],
    indexed: ['recordNo', 'tyshxydm', 'gszch'],
  },
  person: {
    name: 'person_credit',
    columns: [
      'recordNo',
      'certType',
      'certNo',
      'subjectName',
      'category',
      'documentNo',
      'authority',
      'decidedOn',
      'publicUntil',
      'state',
      'score',
    ],
    indexed: ['recordNo', 'certNo'],
  },
} as const satisfies Readonly<Record<string, TableShape>>

/** 行政许可、行政处罚、守信激励、严重失信 (licence, penalty, good faith, serious bad faith). */
const LICENCE = 'A01'
const PENALTY = 'B01'
const GOOD_FAITH = 'C01'
const BAD_FAITH = 'D01'

/** What was decided, by whom, and until when it is shown; a licence for as long as it holds. */
function decision(
  category: string,
  serial: string,
  authority: string,
  day: string,
  until: string | null,
): readonly Cell[] {
  const shown = until === null || until >= '2026-11-20' ? '1' : '0'
  return [
    category,
    `演示信〔${day.slice(0, 4)}〕${serial}号`,
    authority,
    `${day}T00:00:00`,
    until && `${until}T00:00:00`,
    shown,
    '700',
  ]
}

function legalRows(seed: number, of: Organisation, serial: number): readonly (readonly Cell[])[] {
  if (!('inspections' in of)) return []
  const random = departmentRandom(seed, serial, 'public-credit')
  const subject = [of.uscc, of.registrationNumber, of.name]
  const quality = `${of.authority.slice(0, 3)}质量技术监督局`
  const made: (readonly Cell[])[] = []
  const note = (row: readonly Cell[]): void => {
    made.push([`XF${String(serial).padStart(6, '0')}${made.length + 1}`, ...subject, ...row])
  }
  for (const { number, issued, until } of of.permits) note(decision(LICENCE, number, quality, issued, until))
  // What quality supervision found wanting is a penalty here: the two systems tell of the same day.
  for (const { date, passed } of of.inspections)
    if (!passed) note(decision(PENALTY, `质${serial}`, quality, date, shifted(date, 365)))
  const tax = of.stateTax?.authority
  const shown = demonstrated(of)
  const graded = shown === null && random.between(1, 9) <= 2 && of.registered < '2024-01-01'
  if (tax !== undefined && graded) note(decision(GOOD_FAITH, `税${serial}`, tax, '2026-04-20', '2027-04-19'))
  if (shown === 'movedFirm' || (shown === null && random.chance(0.06) && of.registered < '2025-01-01')) {
    const day = dayBetween(random, '2025-02-01', '2026-09-30')
    note(decision(BAD_FAITH, `失${serial}`, of.authority, day, shifted(day, 1095)))
  }
  return made
}

const { allThree, oldNumber } = demoPeople
/** Of the demonstration's people one is a volunteer, and one was listed by a court. */
const SHOWN: ReadonlyMap<Citizen, string> = new Map([
  [allThree, GOOD_FAITH],
  [oldNumber, BAD_FAITH],
])
const DEMO: ReadonlySet<Citizen> = new Set(Object.values(demoPeople))

function personRows(seed: number, serial: number, citizen: Citizen): readonly (readonly Cell[])[] {
  const { document, name, household } = citizen
  const random = departmentRandom(seed, serial, 'public-credit-persons')
  const category = DEMO.has(citizen) ? SHOWN.get(citizen) : byChance(random, citizen)
  if (category === undefined) return []
  const day = dayBetween(random, '2024-12-01', '2026-10-31')
  const city = household?.township.slice(0, 3) ?? '中山市'
  const row =
    category === BAD_FAITH
      ? decision(BAD_FAITH, `执${serial}`, `${city}虚构人民法院`, day, shifted(day, 730))
      : decision(GOOD_FAITH, `志${serial}`, `${city}虚构志愿者联合会`, day, shifted(day, 1095))
  return [[`XZ${String(serial).padStart(7, '0')}1`, '111', document.idDocumentNumber, name, ...row]]
}

/** Few people have a record: of the living of age, volunteers and those whom a court has listed. */
function byChance(random: Random, { document, birthDate, death, household }: Citizen): string | undefined {
  const adult = document.idDocumentType === 'RESIDENT_ID' && age(birthDate) >= 18
  const lives = death === null && household?.cancelled?.reason !== 'DECEASED'
  if (!adult || !lives || !random.chance(0.04)) return undefined
  return random.chance(0.4) ? BAD_FAITH : GOOD_FAITH
}

/** The platform's file and secret, in `public-credit/`. */
export function publicCreditSystem(directory: string, { seed }: CitySize): Sink {
  const legal: OrganisationTable = {
    ...CREDIT_TABLES.legal,
    organisationRows: (organisation, serial) => legalRows(seed, organisation, serial),
  }
  let serial = 0
  const person: CitizenTable = {
    ...CREDIT_TABLES.person,
    citizenRows(citizen) {
      serial += 1
      return personRows(seed, serial, citizen)
    },
  }
  return restData(directory, CREDIT, [legal, person])
}
