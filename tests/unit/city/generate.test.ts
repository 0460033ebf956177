import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Citizen } from '../../../city/citizen.ts'
import { CITY_DATE } from '../../../city/citizen.ts'
import { demoPeople } from '../../../city/demo-people.ts'
import { DEFAULT_SIZE, generate } from '../../../city/generate.ts'
import { identityAt, MAX_PEOPLE } from '../../../city/identity.ts'
import { isResidentNumber } from '../../../gateway/vocabulary/id-number.ts'

const CITY = [...generate({ people: 20_000, seed: 1 })]
const RESIDENTS = CITY.filter((one) => one.document.idDocumentType === 'RESIDENT_ID')

function share(of: readonly Citizen[], is: (one: Citizen) => boolean): number {
  return of.filter(is).length / of.length
}

describe('a generated city', () => {
  test('is the same on every machine', () => {
    const digest = createHash('sha256')
    for (const citizen of generate(DEFAULT_SIZE)) digest.update(JSON.stringify(citizen))
    expect(digest.digest('hex')).toBe('e8bde4d3e9205f16e20c4670070e50fe32d850f85865b9aca7a9f7015e649c5d')
  })

  test('holds what it held before five more departments joined: they draw from choices of their own', () => {
    const { parent, newborn, student, twoBirthDates } = demoPeople
    const joined: readonly Citizen[] = [parent, newborn, student, twoBirthDates]
    const digest = createHash('sha256')
    for (const citizen of generate({ ...DEFAULT_SIZE, people: DEFAULT_SIZE.people + joined.length })) {
      if (joined.includes(citizen)) continue
      const { document, name, sex, birthDate, household, socialSecurity, disability } = citizen
      const held: unknown = { document, name, sex, birthDate, household, socialSecurity, disability }
      digest.update(JSON.stringify(held))
    }
    expect(digest.digest('hex')).toBe('090fc53f1cab6082ee22edb8b3d0f02c5388a501ccc01b1b297c88a8e70eb2e9')
  })

  test('begins with the people of a smaller one, and differs by seed', () => {
    expect([...generate({ people: 300, seed: 1 })]).toEqual(CITY.slice(0, 300))
    const other = [...generate({ people: 300, seed: 2 })]
    const same = other.filter((one, at) => one.document.idDocumentNumber === CITY[at]?.document.idDocumentNumber)
    expect(same).toHaveLength(Object.keys(demoPeople).length)
  })

  test('is made as it is asked for, one after the other', () => {
    const some = generate({ people: 100_000_000, seed: 3 })
    expect(some.next().value).toBe(demoPeople.allThree)
    some.return()
  })

  test.each([-1, 1.5, Number.NaN, MAX_PEOPLE + 1])('refuses %d people', (people) => {
    expect(() => [...generate({ people, seed: 1 })]).toThrow(RangeError)
  })

  test('gives everybody another document', () => {
    const keys = new Set(CITY.map(({ document }) => `${document.idDocumentType}:${document.idDocumentNumber}`))
    expect(keys.size).toBe(CITY.length)
  })

  test('any two indexes of any seed give different numbers', () => {
    const seeds = fc.integer({ min: 0, max: 0xffffffff })
    fc.assert(
      fc.property(seeds, fc.nat(MAX_PEOPLE - 1), fc.nat(MAX_PEOPLE - 1), (seed, a, b) => {
        fc.pre(a !== b)
        expect(identityAt(seed, a).number).not.toBe(identityAt(seed, b).number)
      }),
    )
  })

  test('has numbers that are valid and nobody’s: a county part from 90 to 99', () => {
    for (const { document, birthDate, sex } of RESIDENTS) {
      const number = document.idDocumentNumber
      expect(isResidentNumber(number)).toBe(true)
      expect(number.slice(4, 6)).toMatch(/^9\d$/)
      expect(number.slice(6, 14)).toBe(birthDate.replaceAll('-', ''))
      expect(Number(number[16]) % 2 === 1 ? '1' : '2').toBe(sex)
    }
  })

  test('has phone numbers that no network has', () => {
    const phones = CITY.flatMap(({ household, disability }) => [household?.phone ?? [], disability?.phone ?? []].flat())
    expect(phones.length).toBeGreaterThan(1000)
    expect(phones.filter((phone) => !/^100\d{8}$/.test(phone))).toEqual([])
  })

  test('has everybody in some system, and no date after its day or before a birth', () => {
    for (const { household, socialSecurity, disability, birthDate } of CITY) {
      expect(household ?? socialSecurity ?? disability).not.toBeNull()
      const dates = [
        household?.cancelled?.date,
        disability?.issued,
        disability?.cancelled?.date,
        ...(socialSecurity?.enrolments ?? []).flatMap((one) => [one.from, one.until ?? one.from, one.registered]),
        ...(socialSecurity?.titles ?? []).flatMap((one) => [one.obtained, one.appointment?.date]),
      ].filter((date) => date !== undefined)
      for (const date of dates) expect([date >= birthDate, date <= CITY_DATE]).toEqual([true, true])
      for (const { from, until } of socialSecurity?.enrolments ?? []) expect(until === null || until >= from).toBe(true)
    }
  })

  const kinds: readonly (readonly [string, (one: Citizen) => boolean, number, number])[] = [
    ['compound surnames', ({ name }) => /^(欧阳|司马|诸葛|上官|司徒|夏侯|皇甫|尉迟|慕容|令狐)/.test(name), 0.01, 0.04],
    ['minority names with a middle dot', ({ name }) => name.includes('·'), 0.015, 0.04],
    ['one-character given names', ({ name }) => [...name].length === 2, 0.1, 0.3],
    ['characters outside the BMP', ({ name }) => /[\u{10000}-\u{10ffff}]/u.test(name), 0.001, 0.01],
    ['other documents', ({ document }) => document.idDocumentType !== 'RESIDENT_ID', 0.02, 0.04],
    ['15-digit numbers', ({ socialSecurity }) => socialSecurity?.documentNumber.length === 15, 0.03, 0.15],
    [
      'another name in another system',
      ({ name, socialSecurity }) => (socialSecurity?.name ?? name) !== name,
      0.01,
      0.05,
    ],
    ['a sex that contradicts the number', ({ sex, household }) => (household?.sex ?? sex) !== sex, 0.003, 0.02],
    ['cancelled households', ({ household }) => household?.cancelled !== null && household !== null, 0.02, 0.1],
    ['disability certificates', ({ disability }) => disability !== null, 0.04, 0.08],
    ['professional titles', ({ socialSecurity }) => (socialSecurity?.titles.length ?? 0) > 0, 0.05, 0.2],
  ]
  test.each(kinds)('has %s', (_name, is, least, most) => {
    const found = share(CITY, is)
    expect(found).toBeGreaterThan(least)
    expect(found).toBeLessThan(most)
  })

  test('has all six kinds of document', () => {
    expect(new Set(CITY.map(({ document }) => document.idDocumentType)).size).toBe(6)
  })

  test('ends every enrolment of the dead on the day of the cancellation', () => {
    const dead = CITY.filter((one) => one.household?.cancelled?.reason === 'DECEASED' && one.socialSecurity !== null)
    expect(dead.length).toBeGreaterThan(50)
    for (const { household, socialSecurity } of dead) {
      for (const one of socialSecurity?.enrolments ?? [])
        expect([one.status, one.until]).toEqual(['TERMINATED', household?.cancelled?.date])
    }
  })
})

describe('the demo people', () => {
  test('are in every city, first', () => {
    expect(CITY.slice(0, Object.keys(demoPeople).length)).toEqual(Object.values(demoPeople))
    expect([...generate({ people: 2, seed: 9 })]).toEqual(Object.values(demoPeople).slice(0, 2))
  })

  test('are what they are there for', () => {
    const { allThree, publicSecurityOnly, oldNumber, conflicting, passportHolder } = demoPeople
    expect(allThree.household?.cancelled).toBeNull()
    expect(allThree.socialSecurity?.enrolments.length).toBeGreaterThan(1)
    expect(allThree.socialSecurity?.titles).toHaveLength(1)
    expect(allThree.disability?.cancelled).toBeNull()
    expect([publicSecurityOnly.socialSecurity, publicSecurityOnly.disability]).toEqual([null, null])
    expect(oldNumber.socialSecurity?.documentNumber).toMatch(/^\d{15}$/)
    const names = [conflicting.household?.name, conflicting.socialSecurity?.name, conflicting.disability?.name]
    expect(new Set(names).size).toBe(3)
    expect(conflicting.household?.sex).not.toBe(conflicting.sex)
    expect(passportHolder.document.idDocumentType).toBe('PASSPORT')
    const residents = Object.values(demoPeople).filter((one) => one !== passportHolder)
    expect(residents.map(({ document }) => isResidentNumber(document.idDocumentNumber))).not.toContain(false)
  })
})
