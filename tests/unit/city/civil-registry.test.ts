import { describe, expect, test } from 'vitest'
import { CITY_DATE } from '../../../city/citizen.ts'
import { createCivilRegistry } from '../../../city/civil-registry.ts'
import type { Marriage } from '../../../city/civil-registry.ts'
import { demoPeople } from '../../../city/demo-people.ts'
import { generate } from '../../../city/generate.ts'

function registered(people: number, seed = 5) {
  const citizens = [...generate({ people, seed })]
  const events = citizens.map(createCivilRegistry(seed))
  return {
    citizens,
    marriages: events.flatMap(({ marriages }) => marriages),
    adoptions: events.flatMap(({ adoptions }) => adoptions),
    allowances: events.flatMap(({ allowances }) => allowances),
  }
}

const CITY = registered(4000)
const BY_NUMBER = new Map(CITY.citizens.map((one) => [one.document.idDocumentNumber, one]))

function ageAt(number: string, date: string): number {
  const born = number.slice(6, 14)
  const years = Number(date.slice(0, 4)) - Number(born.slice(0, 4))
  return date.replaceAll('-', '').slice(4) < born.slice(4) ? years - 1 : years
}

describe('the civil registry', () => {
  test('is the same for the same people, and begins with that of a smaller city', () => {
    expect(registered(4000)).toEqual(CITY)
    const smaller = registered(900)
    expect(CITY.marriages.slice(0, smaller.marriages.length)).toEqual(smaller.marriages)
    expect(CITY.allowances.slice(0, smaller.allowances.length)).toEqual(smaller.allowances)
  })

  test('changes nobody: the people are those without a registry', () => {
    expect(CITY.citizens).toEqual([...generate({ people: 4000, seed: 5 })])
  })

  test('marries citizens of the city, each once, of age, a woman and a man, and tells both', () => {
    const { marriages } = CITY
    expect(marriages.length).toBeGreaterThan(300)
    const byNumber = new Map(marriages.map((one): [string, Marriage] => [one.documentNumber, one]))
    expect(byNumber.size).toBe(marriages.length)
    for (const { name, documentNumber, married, divorced, spouse } of marriages) {
      const citizen = BY_NUMBER.get(documentNumber)
      expect(citizen?.name).toBe(name)
      expect(citizen?.sex).not.toBe(BY_NUMBER.get(spouse.documentNumber)?.sex)
      expect(ageAt(documentNumber, married)).toBeGreaterThanOrEqual(citizen?.sex === '1' ? 22 : 20)
      expect(married <= CITY_DATE && (divorced ?? CITY_DATE) <= CITY_DATE && (divorced ?? married) >= married).toBe(
        true,
      )
      const other = byNumber.get(spouse.documentNumber)
      expect([other?.spouse.documentNumber, other?.married, other?.divorced]).toEqual([
        documentNumber,
        married,
        divorced,
      ])
    }
  })

  test('marries most parents to each other, before the birth', () => {
    const couples = new Map(CITY.marriages.map((one) => [one.documentNumber, one.spouse.documentNumber]))
    const births = CITY.citizens.flatMap(({ birth }) => (birth?.father ? [[birth.mother, birth.father] as const] : []))
    const together = births.filter(([mother, father]) => couples.get(mother.documentNumber) === father.documentNumber)
    expect(births.length).toBeGreaterThan(20)
    expect(together.length / births.length).toBeGreaterThan(0.3)
  })

  test('divorces some', () => {
    const share = CITY.marriages.filter(({ divorced }) => divorced !== null).length / CITY.marriages.length
    expect(share).toBeGreaterThan(0.05)
    expect(share).toBeLessThan(0.25)
  })

  test('gives allowances to a few registered people without an employer', () => {
    expect(CITY.allowances.length).toBeGreaterThan(10)
    expect(new Set(CITY.allowances.map(({ certificate }) => certificate)).size).toBe(CITY.allowances.length)
    for (const { documentNumber } of CITY.allowances) {
      const citizen = BY_NUMBER.get(documentNumber)
      expect(citizen?.household?.cancelled).toBeNull()
      if (citizen === demoPeople.oldNumber) continue
      expect(citizen?.socialSecurity?.enrolments.every(({ employer }) => employer === null) ?? true).toBe(true)
    }
  })

  test('has one adoption, under the adopted person, and knows what demo people are there for', () => {
    const { student, certificateCancelled, allThree, parent, movedOut } = demoPeople
    const numbers = (people: readonly { document: { idDocumentNumber: string } }[]) =>
      people.map(({ document }) => document.idDocumentNumber)
    expect(numbers([student, certificateCancelled])).toEqual(
      CITY.adoptions.flatMap(({ documentNumber, adopter }) => [documentNumber, adopter.documentNumber]),
    )
    const of = (number: string) => CITY.marriages.find((one) => one.documentNumber === number)
    expect(of(allThree.document.idDocumentNumber)?.spouse.documentNumber).toBe(parent.document.idDocumentNumber)
    expect(of(movedOut.document.idDocumentNumber)?.divorced).toBe('2019-06-03')
    expect(of(demoPeople.publicSecurityOnly.document.idDocumentNumber)).toBeUndefined()
  })
})
