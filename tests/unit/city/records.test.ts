import { describe, expect, test } from 'vitest'
import { CITY_DATE } from '../../../city/citizen.ts'
import type { Citizen } from '../../../city/citizen.ts'
import { age, slipped } from '../../../city/dates.ts'
import { demoPeople } from '../../../city/demo-people.ts'
import { generate } from '../../../city/generate.ts'
import { surnameOf } from '../../../city/names.ts'
import { PLACES, townshipCode } from '../../../city/places.ts'
import { departmentRandom, randomFor } from '../../../city/random.ts'
import type { Held } from '../../../city/records.ts'

const CITY = [...generate({ people: 20_000, seed: 1 })]
const BY_NUMBER = new Map(CITY.map((one) => [one.document.idDocumentNumber, one]))

function having<Name extends keyof Citizen>(name: Name) {
  return CITY.filter((one) => one[name] !== null && !(Array.isArray(one[name]) && one[name].length === 0))
}

function heldOf(citizen: Citizen): readonly Held[] {
  const { residencePermit, death, familyPlanning, student, credentials, housingFund, certificates } = citizen
  return [residencePermit, death, familyPlanning, student, housingFund, ...credentials, ...certificates].flatMap(
    (one) => one ?? [],
  )
}

describe('the records of a generated city', () => {
  const kinds: readonly (readonly [keyof Citizen, number, number])[] = [
    ['residencePermit', 0.05, 0.2],
    ['birth', 0.1, 0.3],
    ['death', 0.01, 0.06],
    ['familyPlanning', 0.02, 0.12],
    ['student', 0.15, 0.35],
    ['credentials', 0.03, 0.15],
    ['housingFund', 0.15, 0.4],
    ['certificates', 0.03, 0.1],
  ]
  test.each(kinds)('%s: some have one', (name, least, most) => {
    const share = having(name).length / CITY.length
    expect(share).toBeGreaterThan(least)
    expect(share).toBeLessThan(most)
  })

  test('everybody whose household death ended has a death record, of at most thirty days before; nobody else has', () => {
    for (const { household, death, birthDate } of CITY) {
      const cancelled = household?.cancelled?.reason === 'DECEASED' ? household.cancelled.date : null
      expect(death !== null).toBe(cancelled !== null)
      if (death === null || cancelled === null) continue
      expect(death.date <= cancelled && death.date >= birthDate).toBe(true)
      expect(Date.parse(cancelled) - Date.parse(death.date)).toBeLessThanOrEqual(30 * 86_400_000)
      expect(death.age).toBe(age(birthDate, death.date))
    }
  })

  test('parents are people of the city, of a fitting sex and age, alive at the birth; a father gives his surname', () => {
    const births = having('birth')
    let fathers = 0
    for (const { birth, birthDate, name } of births) {
      if (birth === null || birthDate === demoPeople.newborn.birthDate || birthDate === demoPeople.student.birthDate)
        continue
      for (const [parent, sex] of [[birth.mother, '2'] as const, [birth.father, '1'] as const]) {
        if (parent === null) continue
        const found = BY_NUMBER.get(parent.documentNumber)
        expect(found).toMatchObject({ name: parent.name, sex })
        const years = Number(birthDate.slice(0, 4)) - Number(found?.birthDate.slice(0, 4))
        expect(years >= 20 && years <= 45).toBe(true)
        const died = found?.household?.cancelled?.reason === 'DECEASED' ? found.household.cancelled.date : CITY_DATE
        expect(died > birthDate).toBe(true)
      }
      const inherited = birth.father === null ? [] : [surnameOf(birth.father.name)]
      expect(inherited).toEqual(inherited.map(() => surnameOf(name)))
      fathers += inherited.length
    }
    expect(fathers).toBeGreaterThan(births.length / 2)
  })

  test('some certificates of births never got the number, and those that did have the child’s', () => {
    const births = having('birth')
    const without = births.filter(({ birth }) => birth?.documentNumber === null)
    expect(without.length / births.length).toBeGreaterThan(0.01)
    for (const { birth, document } of births) expect([null, document.idDocumentNumber]).toContain(birth?.documentNumber)
  })

  test('pupils are of an age to be at school, and go to a school of their age', () => {
    const ages: Readonly<Record<string, readonly [least: number, most: number]>> = {
      小学: [6, 13],
      初级中学: [11, 16],
      高级中学: [14, 19],
      学院: [17, 23],
    }
    const pupils = having('student').filter(({ student }) => student?.completed === null)
    expect(pupils.length).toBeGreaterThan(1000)
    for (const { student, birthDate } of pupils) {
      const [, [least, most]] = Object.entries(ages).find(([kind]) => student?.school.endsWith(kind)) ?? ['', [99, 0]]
      expect(age(birthDate)).toBeGreaterThanOrEqual(least)
      expect(age(birthDate)).toBeLessThanOrEqual(most)
    }
  })

  test('no date is before a birth or after the city’s day, and none of the dead’s after the cancellation', () => {
    for (const citizen of CITY) {
      const { residencePermit, birth, familyPlanning, student, credentials, housingFund, certificates } = citizen
      const dates = [
        ...(residencePermit === null ? [] : [residencePermit.registered, residencePermit.issued]),
        ...(birth === null ? [] : [birth.issued]),
        ...(familyPlanning === null ? [] : [familyPlanning.received]),
        ...(student === null ? [] : studentDates(student)),
        ...credentials.flatMap((one) => one.degree?.conferred ?? []),
        ...(housingFund === null ? [] : [housingFund.registered]),
        ...certificates.flatMap((one) => [one.issued, one.cancelled ?? one.issued]),
      ]
      const died = citizen.household?.cancelled?.reason === 'DECEASED' ? citizen.household.cancelled.date : CITY_DATE
      for (const date of dates) expect([date, date >= citizen.birthDate, date <= died]).toEqual([date, true, true])
    }
  })

  test('phones, permits, certificates and diplomas are nobody’s', () => {
    for (const { residencePermit, student, death, credentials, document } of CITY) {
      for (const phone of [residencePermit?.phone, student?.guardianPhone, death?.kin.phone])
        expect(phone ?? '10000000000').toMatch(/^100\d{8}$/)
      expect([document.idDocumentNumber, undefined, expect.stringMatching(/^JZ99\d{8}$/)]).toContainEqual(
        residencePermit?.permitNumber,
      )
      for (const one of credentials) expect(one.diploma).toMatch(/^99001/)
    }
  })

  test('conflicts are planted: names, birth dates, employers; and are few', () => {
    const found = {
      names: CITY.filter((one) => heldOf(one).some(({ name }) => name !== one.name)).length,
      permits: CITY.filter((one) => (one.residencePermit?.birthDate ?? one.birthDate) !== one.birthDate).length,
      pupils: CITY.filter((one) => (one.student?.birthDate ?? one.birthDate) !== one.birthDate).length,
      employers: CITY.filter(
        ({ housingFund, socialSecurity }) =>
          housingFund !== null &&
          socialSecurity !== null &&
          housingFund.employer !== socialSecurity.enrolments[0]?.employer?.name,
      ).length,
    }
    for (const [kind, count] of Object.entries(found)) {
      expect(count, kind).toBeGreaterThan(5)
      expect(count, kind).toBeLessThan(CITY.length / 20)
    }
  })

  test('a smaller city has the same families', () => {
    const smaller = [...generate({ people: 3000, seed: 1 })]
    expect(smaller.map(({ birth }) => birth)).toEqual(CITY.slice(0, 3000).map(({ birth }) => birth))
  })
})

function studentDates(student: NonNullable<Citizen['student']>): readonly string[] {
  const { enrolled, completed, transfer, suspended, resumed, withdrawn, left, exams, fitness, checkups } = student
  return [
    ...[enrolled, completed, transfer?.date, suspended, resumed, withdrawn, left?.date].flatMap((one) => one ?? []),
    ...[...exams, ...fitness, ...checkups, ...student.vaccinations, ...student.awards].map(({ date }) => date),
    ...student.aid.flatMap(({ from, until }) => [from, until]),
  ]
}

describe('the choices of a department', () => {
  test('are its own: those of no other department, person or seed, nor those of the first three', () => {
    const draw = (random: ReturnType<typeof randomFor>): string => random.hex(24)
    const all = [
      departmentRandom(1, 1, 'health'),
      departmentRandom(1, 1, 'education'),
      departmentRandom(1, 2, 'health'),
      departmentRandom(2, 1, 'health'),
      randomFor(1, 1),
    ].map(draw)
    expect(new Set(all).size).toBe(all.length)
    expect(draw(departmentRandom(1, 1, 'health'))).toBe(all[0])
  })
})

describe('small rules', () => {
  test.each([
    ['1979-07-01', '1979-01-07'],
    ['1990-03-03', '1990-03-02'],
    ['1990-01-01', '1990-01-02'],
    ['1990-12-31', '1990-12-30'],
  ])('a slip of the pen: %s becomes %s', (date, expected) => {
    expect(slipped(date)).toBe(expected)
  })

  test.each([
    ['欧阳静怡', '欧阳'],
    ['王建国', '王'],
    ['𠮷明', '𠮷'],
    ['阿依古丽·买买提', '阿依古丽'],
  ])('the surname of %s is %s', (name, expected) => {
    expect(surnameOf(name)).toBe(expected)
  })

  test('township codes have nine digits, begin with the division, and each is another', () => {
    const codes = PLACES.map(townshipCode)
    expect(new Set(codes).size).toBe(PLACES.length)
    for (const [at, code] of codes.entries()) expect(code).toMatch(new RegExp(`^${PLACES[at]?.division}9\\d\\d$`))
  })
})

describe('the demo people in the five systems', () => {
  const { allThree, publicSecurityOnly, deceased, movedOut, conflicting, parent, newborn, student } = demoPeople

  test('a newborn has a record that names both parents, who are demo people', () => {
    expect(newborn.birth?.mother).toEqual({ name: allThree.name, documentNumber: allThree.document.idDocumentNumber })
    expect(newborn.birth?.father).toEqual({ name: parent.name, documentNumber: parent.document.idDocumentNumber })
    expect(student.birth?.mother.documentNumber).toBe(movedOut.document.idDocumentNumber)
    expect(student.birth?.father).toBeNull()
  })

  test('the deceased died before the household was cancelled', () => {
    expect(deceased.death?.date).toBe('2024-05-02')
    expect(deceased.death?.age).toBe(age(deceased.birthDate, '2024-05-02'))
    expect(deceased.household?.cancelled?.date).toBe('2024-05-06')
  })

  test('the conflicting one has two birth dates: the permit’s and, with day and month changed over, education’s', () => {
    expect(conflicting.residencePermit?.birthDate).toBe(conflicting.birthDate)
    expect(conflicting.student?.birthDate).toBe(slipped(conflicting.birthDate))
  })

  test('there are a credential holder, fund accounts, a physician, a pupil, a permit; and one who has none of it', () => {
    expect(allThree.credentials[0]?.degree).not.toBeNull()
    expect([allThree.housingFund?.status, parent.housingFund?.status]).toEqual(['NORMAL', 'NORMAL'])
    expect(parent.certificates.map(({ kind }) => kind)).toEqual(['QUALIFICATION', 'LICENCE'])
    expect(parent.certificates[0]?.number).toContain(parent.document.idDocumentNumber)
    expect(student.student?.completed).toBeNull()
    expect(movedOut.residencePermit).not.toBeNull()
    expect(heldOf(publicSecurityOnly)).toEqual([])
  })
})
