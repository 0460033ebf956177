import type { Citizen } from './citizen.ts'
import { CITY_DATE } from './citizen.ts'
import { dayBetween } from './dates.ts'
import { demoPeople } from './demo-people.ts'
import { cityOf, PLACES } from './places.ts'
import { departmentRandom } from './random.ts'
import type { Random } from './random.ts'
import type { Held } from './records.ts'

/** The registration of one party to a marriage (HZ-20#01–03), and the other party, whom no list shares. */
export interface Marriage extends Held {
  readonly married: string
  readonly divorced: string | null
  readonly spouse: Held
}

/** An adoption (HZ-20#04–06), held under the adopted person; who adopted is not shared. */
export interface Adoption extends Held {
  readonly certificate: string
  readonly authority: string
  readonly division: string
  readonly adopter: Held
}

/** A minimum living allowance (HZ-23.4), and an amount that no list shares. */
export interface Allowance extends Held {
  readonly certificate: string
  readonly authority: string
  readonly division: string
  /** Yuan a month. */
  readonly amount: number
}

/** What civil affairs registers about people, as they come into the city. */
export interface CivilEvents {
  readonly marriages: readonly Marriage[]
  readonly adoptions: readonly Adoption[]
  readonly allowances: readonly Allowance[]
}

/** So many married people are remembered: more than there are among whom parents are still sought (families.ts). */
const REMEMBERED = 20_000

interface Registry {
  readonly seed: number
  index: number
  /** Numbers of the married, the oldest first. */
  readonly married: Set<string>
  /** Somebody who waits for a partner, by sex. */
  readonly waiting: Map<Citizen['sex'], Citizen>
}

/**
 * The civil registry of one city: takes its people in their order and gives what is registered with each. The parents
 * of a child are mostly married to each other. The one adoption is that of the demo people's student.
 */
export function createCivilRegistry(seed: number): (citizen: Citizen) => CivilEvents {
  const registry: Registry = { seed, index: 0, married: new Set(), waiting: new Map() }
  const demo = new Set<Citizen>(Object.values(demoPeople))
  return (citizen) => {
    const random = departmentRandom(seed, registry.index, 'civil-affairs')
    registry.index += 1
    if (demo.has(citizen)) return demoEvents(registry, citizen)
    return {
      marriages: [...parents(registry, random, citizen), ...couple(registry, random, citizen)],
      adoptions: [],
      allowances: allowance(random, citizen, registry.index),
    }
  }
}

function held({ name, document }: Citizen): Held {
  return { name, documentNumber: document.idDocumentNumber }
}

/** Mother and father of somebody, if both could marry before the birth. */
function parents(registry: Registry, random: Random, { birth }: Citizen): readonly Marriage[] {
  if (birth === null || birth.father === null || !random.chance(0.85)) return []
  const { mother, father } = birth
  const from = later(ofAge(mother, 20), ofAge(father, 22))
  if (from >= birth.birthDate) return []
  return wedding(registry, random, mother, father, [from, birth.birthDate])
}

/** Two adults without a fitting child in the city: each waits for the next of the other sex. */
function couple(registry: Registry, random: Random, citizen: Citizen): readonly Marriage[] {
  if (!mayMarry(citizen) || !random.chance(0.5)) return []
  const partner = registry.waiting.get(citizen.sex === '1' ? '2' : '1')
  if (partner === undefined || Math.abs(yearOf(partner) - yearOf(citizen)) > 12) {
    registry.waiting.set(citizen.sex, citizen)
    return []
  }
  registry.waiting.clear()
  const from = later(ofAge(held(partner), 22), ofAge(held(citizen), 22))
  return wedding(registry, random, held(partner), held(citizen), [from, `${Number(from.slice(0, 4)) + 9}-12-28`])
}

function mayMarry({ document, birthDate, household }: Citizen): boolean {
  const alive = (household?.cancelled ?? null) === null
  return document.idDocumentType === 'RESIDENT_ID' && birthDate < '1996-01-01' && alive
}

/** One row for each of the two; somebody who is married already is left out. */
function wedding(
  { married }: Registry,
  random: Random,
  one: Held,
  other: Held,
  [from, until]: readonly [string, string],
): readonly Marriage[] {
  if ([one, other].some(({ documentNumber }) => married.has(documentNumber))) return []
  for (const { documentNumber } of [one, other]) remember(married, documentNumber)
  const day = dayBetween(random, from, until < CITY_DATE ? until : CITY_DATE)
  return pair(one, other, day, random.chance(0.12) ? dayBetween(random, day) : null)
}

function pair(one: Held, other: Held, married: string, divorced: string | null): readonly Marriage[] {
  return [
    { ...one, married, divorced, spouse: other },
    { ...other, married, divorced, spouse: one },
  ]
}

function remember(married: Set<string>, number: string): void {
  married.add(number)
  const [oldest] = married
  if (married.size > REMEMBERED && oldest !== undefined) married.delete(oldest)
}

function allowance(random: Random, citizen: Citizen, serial: number): readonly Allowance[] {
  const { document, household, socialSecurity } = citizen
  const needy =
    household?.cancelled === null && (socialSecurity?.enrolments ?? []).every((one) => one.employer === null)
  if (document.idDocumentType !== 'RESIDENT_ID' || !needy || !random.chance(0.05)) return []
  const certificate = `DB99${String(serial).padStart(8, '0')}`
  return [{ ...held(citizen), ...office(random), certificate, amount: random.between(20, 95) * 10 }]
}

function office(random: Random): Pick<Allowance, 'authority' | 'division'> {
  const { division } = random.pick(PLACES)
  return { authority: `${cityOf(division)}民政局`, division }
}

/** What is registered of demo people, with the second of two parties. */
function demoEvents({ married }: Registry, citizen: Citizen): CivilEvents {
  const { allThree, deceased, oldNumber, movedOut, certificateCancelled, parent, student } = demoPeople
  const weddings: readonly (readonly [Citizen, Citizen, string, string | null])[] = [
    [allThree, parent, '2018-05-20', null],
    [deceased, oldNumber, '1981-10-01', null],
    [movedOut, certificateCancelled, '2013-02-14', '2019-06-03'],
  ]
  const marriages = weddings
    .filter(([, second]) => second === citizen)
    .flatMap(([first, second, day, divorced]) => pair(held(first), held(second), day, divorced))
  for (const { documentNumber } of marriages) remember(married, documentNumber)
  const own = { ...held(citizen), authority: '中山市民政局', division: '442000' }
  // Her mother's husband of then adopted her.
  const adoption = { ...own, certificate: '演示收字第2015990001号', adopter: held(certificateCancelled) }
  const allowance = { ...own, certificate: 'DB9990000001', amount: 650 }
  return {
    marriages,
    adoptions: citizen === student ? [adoption] : [],
    allowances: citizen === oldNumber ? [allowance] : [],
  }
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

/** The day on which somebody came of that age, by the number. */
function ofAge({ documentNumber }: Held, years: number): string {
  const [year, month, day] = [documentNumber.slice(6, 10), documentNumber.slice(10, 12), documentNumber.slice(12, 14)]
  // Somebody born on 29 February comes of age on the first of March.
  const born = month === '02' && day === '29' ? '03-01' : `${month}-${day}`
  return `${Number(year) + years}-${born}`
}

function yearOf({ birthDate }: Citizen): number {
  return Number(birthDate.slice(0, 4))
}
