import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readAttributes } from '../../../gateway/adapters/attribute-file.ts'
import { attributeFields } from '../../../gateway/catalog/attribute-sdl.ts'
import { joinAttributes } from '../../../gateway/catalog/attribute-entries.ts'
import type { AttributeRegistration } from '../../../gateway/catalog/attributes.ts'
import { readCity } from '../../../gateway/catalog/compose.ts'
import { coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { readDefinitions, readRegistrations, readSources } from '../../../gateway/start/composition.ts'

const registrations = readRegistrations()
const city = readCity(readSources(), readDefinitions(), registrations)
const birthDate = named('person.birthDate')

function named(attribute: string): AttributeRegistration {
  const found = registrations.find((one) => one.attribute === attribute)
  if (!found) throw new Error(`no ${attribute}`)
  return found
}

/** What is said of a register that has another entry in the place of one. */
function findingsOf(changed: Partial<AttributeRegistration>, of = birthDate): readonly string[] {
  const list = registrations.map((one) => (one === of ? { ...one, ...changed } : one))
  return joinAttributes(city.fields, list, city.types).findings.map(({ code, message }) => `${code} ${message}`)
}

describe('the register of the demonstration city', () => {
  it('has no fault, and makes every field that it names', () => {
    expect(city.findings.filter(({ file }) => file === 'schema/authorities.yaml')).toEqual([])
    const known = new Map(city.fields.map((field) => [field.coordinate, field]))
    const made = registrations.flatMap((one) =>
      Object.entries(attributeFields(one)).flatMap(([role, name]) =>
        name === null ? [] : [[known.get(coordinate(one.subject, name))?.reconciled?.role, role] as const],
      ),
    )
    expect(made.length).toBeGreaterThan(2 * registrations.length)
    expect(made.map(([is]) => is)).toEqual(made.map(([, wanted]) => wanted))
  })

  it('names the authority that each department’s own SDL names (ZS-3.06, HZ-5.4, HZ-11)', () => {
    for (const { attribute, sources } of city.attributes) {
      const claims = city.fields.filter(({ authoritativeFor }) => authoritativeFor === attribute)
      expect(claims.map((one) => one.coordinate)).toEqual([sources[0]?.coordinate])
    }
  })

  it('compares every list that has a birth date of its own (HZ-19, HZ-21.2, HZ-21.3, HZ-24)', () => {
    const held = city.attributes.find(({ attribute }) => attribute === 'person.birthDate')?.sources
    const listed = city.fields.filter(
      ({ coordinate: at, item }) => at.endsWith('.birthDate') && item !== null && !at.startsWith('Person.'),
    )
    expect(held?.map((one) => one.coordinate).toSorted()).toEqual(listed.map((one) => one.coordinate).toSorted())
  })

  it('asks of the value, the sources and the flag what each of them tells', () => {
    const field = (at: string) => city.fields.find((one) => one.coordinate === at)
    const all = [
      'BirthRecord.birthDate',
      'ResidencePermit.birthDate',
      'StudentRecord.birthDate',
      'DeathRecord.birthDate',
    ]
    expect(field('Person.birthDate')).toMatchObject({
      embeds: all.slice(0, 2),
      requires: [],
      quasiIdentifier: 'BIRTH_DATE',
    })
    expect(field('Person.birthDateSources')).toMatchObject({ embeds: [], requires: all })
    expect(field('Person.birthDateConflict')).toMatchObject({
      requires: all.slice(0, 2),
      reconciled: {
        compares: [
          { coordinate: 'StudentRecord.birthDate', crossed: ['Person.student'] },
          { coordinate: 'DeathRecord.birthDate', crossed: ['Person.death'] },
        ],
      },
    })
    // Who knows one sex and that another differs knows the other.
    expect(field('Person.sexConflict')).toMatchObject({ reconciled: { compares: [] } })
    expect(field('Person.sexConflict')?.requires).toHaveLength(5)
  })
})

describe('composition tells of', () => {
  it.each<[string, Partial<AttributeRegistration>, RegExp]>([
    [
      'a source that does not exist',
      { others: ['student.birthday'] },
      /^COORDINATE_UNKNOWN .*Person\.student\.birthday/,
    ],
    ['a way that does not exist', { others: ['pupil.birthDate'] }, /^COORDINATE_UNKNOWN .*Person\.pupil/],
    ['a way that ends at a record', { others: ['student'] }, /^COORDINATE_UNKNOWN .*Person\.student leads/],
    ['a way that goes on behind a value', { others: ['name.birthDate'] }, /^COORDINATE_UNKNOWN/],
    ['a source named twice', { others: ['birth.birthDate'] }, /^AUTHORITY_CONFLICT .*named twice/],
    ['one source alone', { authorities: ['birth.birthDate'], others: [] }, /^AUTHORITY_CONFLICT .*one source alone/],
    [
      'another authority than the SDL claims',
      { authorities: ['residencePermit.birthDate', 'birth.birthDate'] },
      /^AUTHORITY_CONFLICT .*BirthRecord\.birthDate claims/,
    ],
    [
      'an authority that nobody claims to be',
      { attribute: 'person.dateOfBirth' },
      /^AUTHORITY_CONFLICT .*does not say authoritativeFor: "person\.dateOfBirth"/,
    ],
    ['a level below that of a source', { level: 'L1' }, /^CLASS_CONFLICT .*below that of a source, L3/],
  ])('%s', (_name, changed, wanted) => {
    const findings = findingsOf(changed)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatch(wanted)
  })

  it('an attribute that is registered twice', () => {
    const { findings } = joinAttributes(city.fields, [...registrations, birthDate], city.types)
    expect(findings.map(({ message }) => message)).toEqual(['person.birthDate is registered twice'])
  })

  it('a reference to somebody else: his data are not the subject’s', () => {
    const of = named('legal-entity.name')
    expect(findingsOf({ others: ['enterprise.legalRepresentative.name'] }, of)[0]).toMatch(/^COORDINATE_UNKNOWN/)
  })
})

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gx-attributes-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const read = (text: string) => {
    const file = join(folder, 'authorities.yaml')
    writeFileSync(file, text)
    return readAttributes(file, 'authorities.yaml')
  }
  const entry = `version: 1
attributes:
  - attribute: person.shoe
    field: shoe
    title: { zh: 鞋码, en: shoe size }
    compare: TEXT
    level: L1
    authorities: [a.b]
`

  it('is read with the place of each entry', () => {
    const [one] = read(entry)
    expect(one).toMatchObject({ subject: 'Person', guessable: false, serves: null, others: [] })
    expect(one?.place).toMatchObject({ file: 'authorities.yaml', line: 3 })
  })

  it.each([
    [
      'a word that it does not know',
      entry.replace('compare: TEXT', 'compare: SHOE'),
      /authorities\.yaml.*\n?.*compare/s,
    ],
    ['a member that it does not know', entry.replace('level: L1', 'level: L1\n    authority: x'), /authority/],
    ['a subject that is nobody', entry.replace('person.shoe', 'dog.shoe'), /person\./],
    ['no list', 'version: 1\n', /attributes/],
  ])('is refused with %s', (_name, text, wanted) => {
    expect(() => read(text)).toThrow(wanted)
  })
})
