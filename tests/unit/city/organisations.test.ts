import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { CITY_DATE } from '../../../city/citizen.ts'
import { generate } from '../../../city/generate.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { organisations } from '../../../city/organisations/generate.ts'
import {
  CODE_PREFIXES,
  organisationCheck,
  registrationCheck,
  registrationNumber,
} from '../../../city/organisations/identifiers.ts'
import type { Organisation } from '../../../city/organisations/organisation.ts'
import { isResidentNumber } from '../../../gateway/vocabulary/id-number.ts'
import { isUscc } from '../../../gateway/vocabulary/uscc.ts'

const SIZE = { people: 2000, seed: 20260601 }
const ALL = organisations(SIZE)
const DEMO = Object.keys(demoOrganisations).length

function old(of: Organisation): string | null {
  return 'registrationNumber' in of ? of.registrationNumber : null
}

function taxes(of: Organisation) {
  return 'stateTax' in of ? [of.localTax, of.stateTax].filter((one) => one !== null) : []
}

describe('the organisations of a city', () => {
  test('are the same on every machine, and others for another seed', () => {
    const digest = createHash('sha256').update(JSON.stringify(ALL)).digest('hex')
    expect(digest).toBe(
      createHash('sha256')
        .update(JSON.stringify(organisations(SIZE)))
        .digest('hex'),
    )
    const other = organisations({ ...SIZE, seed: 1 })
    expect(other.slice(0, DEMO)).toEqual(ALL.slice(0, DEMO))
    expect(other.slice(DEMO)).not.toEqual(ALL.slice(DEMO))
  })

  test('are a few hundred, of every kind, and begin with those of a smaller city', () => {
    expect(ALL.length).toBeGreaterThan(300)
    expect(ALL.length).toBeLessThan(500)
    expect(new Set(ALL.map(({ kind }) => kind))).toEqual(new Set(Object.keys(CODE_PREFIXES)))
    expect(organisations({ ...SIZE, people: 500 })).toEqual(
      ALL.slice(0, organisations({ ...SIZE, people: 500 }).length),
    )
    const larger = organisations({ ...SIZE, people: 5000 })
    expect(larger.slice(0, ALL.length)).toEqual(ALL)
    expect(larger.length).toBeGreaterThan(ALL.length + 40)
  })

  test.each([0, 1, 8, 9, 12, 60])('are stood for by people of the same city, however small (%d)', (people) => {
    const numbers = new Set([...generate({ people, seed: 3 })].map(({ document }) => document.idDocumentNumber))
    for (const { representative } of organisations({ people, seed: 3 }))
      expect(numbers.has(representative.idNumber)).toBe(true)
  })

  test('are stood for by living adults with resident numbers', () => {
    const citizens = new Map([...generate(SIZE)].map((one) => [one.document.idDocumentNumber, one]))
    for (const { representative, registered } of ALL) {
      const citizen = citizens.get(representative.idNumber)
      expect(citizen?.name).toBe(representative.name)
      expect(isResidentNumber(representative.idNumber)).toBe(true)
      expect(citizen?.household?.cancelled ?? null).toBeNull()
      expect(registered > `${Number(citizen?.birthDate.slice(0, 4)) + 18}`).toBe(true)
    }
  })
})

describe('their identifiers', () => {
  test('are valid, unlike each other, and nobody’s: county parts 91 and 92 were never assigned', () => {
    const codes = ALL.flatMap(({ uscc }) => uscc ?? [])
    const numbers = ALL.flatMap((of) => old(of) ?? [])
    for (const code of codes) {
      expect(isUscc(code)).toBe(true)
      expect(code.slice(2, 8)).toMatch(/^44(20|13)9[12]$/)
      expect(organisationCheck(code.slice(8, 16))).toBe(code[16])
    }
    for (const number of numbers) {
      expect(number).toMatch(/^44(20|13)9[12]\d{9}$/)
      expect(registrationCheck(number.slice(0, 14))).toBe(number[14])
    }
    expect(new Set(codes).size).toBe(codes.length)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('begin with the kind of organisation', () => {
    for (const { kind, uscc } of ALL) expect(uscc?.slice(0, 2) ?? CODE_PREFIXES[kind]).toBe(CODE_PREFIXES[kind])
  })

  test('are there: nobody is without, and some have a number alone (HZ-15.2)', () => {
    expect(ALL.filter((of) => of.uscc === null && old(of) === null)).toEqual([])
    const uncoded = ALL.filter(({ uscc }) => uscc === null)
    expect(new Set(uncoded.map(({ kind }) => kind))).toEqual(new Set(['ENTERPRISE', 'INDIVIDUAL_BUSINESS']))
    expect(uncoded.length).toBeGreaterThan(10)
  })

  test('check digits of registration numbers and organisation codes follow their standards', () => {
    // Examples of GS 15-2006 and GB 11714-1997.
    expect(registrationCheck('11010800000001')).toBe('6')
    expect(organisationCheck('D2143569')).toBe('X')
    expect(registrationNumber({ city: '中山市', serial: 1, demo: false })).toMatch(/^44209100000001\d$/)
  })
})

describe('what the departments hold of them', () => {
  test('nothing is dated after the city’s day or before its registration', () => {
    for (const of of ALL) {
      const later = [
        ...taxes(of).map(({ registered }) => registered),
        ...('permits' in of ? of.permits.flatMap(({ issued, from }) => [issued, from]) : []),
        ...('inspections' in of ? of.inspections.map(({ date }) => date) : []),
      ]
      for (const date of [of.registered, ...later])
        expect([date >= of.registered, date <= CITY_DATE]).toEqual([true, true])
      const permits = 'permits' in of ? of.permits : []
      expect(permits.filter(({ from, until }) => until <= from)).toEqual([])
    }
  })

  test('tax addresses conflict with the registered ones of some', () => {
    const all = ALL.flatMap((of) => taxes(of).map(({ address }) => address !== of.address))
    const share = all.filter(Boolean).length / all.length
    expect(share).toBeGreaterThan(0.03)
    expect(share).toBeLessThan(0.15)
    const { movedFirm } = demoOrganisations
    expect(movedFirm.localTax?.address).not.toBe(movedFirm.address)
    expect(movedFirm.stateTax?.address).toBe(movedFirm.address)
  })

  test('the taxpayer number of an individual business without a code holds its operator’s ID number, no other does', () => {
    const holders = ALL.filter((of) =>
      taxes(of).some(({ taxpayerId }) => taxpayerId.includes(of.representative.idNumber)),
    )
    expect(holders).toEqual(
      ALL.filter((of) => of.kind === 'INDIVIDUAL_BUSINESS' && of.uscc === null && taxes(of).length > 0),
    )
    expect(holders.length).toBeGreaterThan(5)
  })

  test('telephone numbers are of no network', () => {
    expect(ALL.filter(({ phone }) => !/^100\d{8}$/.test(phone))).toEqual([])
  })
})

describe('employers', () => {
  const people = [...generate(SIZE)]
  const registered = new Set(ALL.map(({ name }) => name))
  const employed = people.flatMap(
    ({ socialSecurity }) => socialSecurity?.enrolments.flatMap((one) => one.employer ?? []) ?? [],
  )

  test('are firms of the market registration, but for the few that are registered elsewhere', () => {
    const strangers = employed.filter(({ name }) => !registered.has(name))
    const here = strangers.filter(({ name }) => !name.startsWith('外地'))
    expect(employed.length).toBeGreaterThan(1000)
    // A firm whose five possible founders were all children was never founded.
    expect(here.length / employed.length).toBeLessThan(0.05)
    expect((strangers.length - here.length) / employed.length).toBeGreaterThan(0.01)
  })

  test('have one social insurance number each', () => {
    const numbers = new Map<string, Set<string>>()
    for (const { name, number } of employed) numbers.set(name, (numbers.get(name) ?? new Set()).add(number))
    const several = [...numbers].filter(([name, found]) => !name.startsWith('外地') && found.size > 1)
    expect(several).toEqual([])
  })
})
