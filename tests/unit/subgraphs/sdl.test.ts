import { composeServices } from '@apollo/composition'
import { Kind, parse, print, valueFromASTUntyped } from 'graphql'
import type { DirectiveNode, FieldDefinitionNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { departments } from '../../../subgraphs/departments.ts'
import { departmentSdl } from '../../../subgraphs/kit/schema.ts'
import { registersOf } from '../../../subgraphs/kit/subjects.ts'
import { isClause } from '../../../gateway/vocabulary/clause.ts'
import { ITEMS } from './items.ts'

const GATEWAY = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar IdNumber
  enum IdDocumentType { RESIDENT_ID PASSPORT HMT_PERMIT HMT_RESIDENCE_PERMIT FOREIGNER_PERMANENT_RESIDENCE OTHER }
  type Person @key(fields: "idDocumentType idDocumentNumber") {
    idDocumentType: IdDocumentType!
    idDocumentNumber: IdNumber!
  }
  type Query { person(idDocumentType: IdDocumentType!, idDocumentNumber: IdNumber!): Person }
`

interface AnnotatedField {
  readonly at: string
  readonly department: string
  readonly type: string
  readonly node: FieldDefinitionNode
}

function fieldsOf(department: (typeof departments)[number]): readonly AnnotatedField[] {
  return parse(departmentSdl(department)).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
    const type = definition.name.value
    return (definition.fields ?? []).map((node) => ({
      at: `${type}.${node.name.value}`,
      department: department.name,
      type,
      node,
    }))
  })
}

function args(directives: readonly DirectiveNode[] | undefined, name: string): Record<string, unknown> | null {
  const found = directives?.find((directive) => directive.name.value === name)
  if (found === undefined) return null
  return Object.fromEntries((found.arguments ?? []).map((one) => [one.name.value, valueFromASTUntyped(one.value)]))
}

const ALL = departments.flatMap(fieldsOf)
const ROWS = ITEMS.trim()
  .split('\n')
  .map((one) => one.split(' | '))

/** Every list of chapter 2, and the department that supplies it. */
const LISTS: readonly (readonly [list: string, department: string])[] = [
  ['HZ-18', 'public-security'],
  ['HZ-19', 'residence-permit'],
  ['HZ-20', 'civil-affairs'],
  ['HZ-21.2', 'health'],
  ['HZ-21.3', 'health'],
  ['HZ-22', 'health'],
  ['HZ-23.2', 'human-resources-social-security'],
  ['HZ-23.4', 'civil-affairs'],
  ['HZ-24', 'education'],
  ['HZ-25', 'disabled-persons'],
  ['HZ-26', 'housing-fund'],
  ['HZ-27', 'professional-qualifications'],
  ['HZ-29.1(1)', 'market-registration'],
  ['HZ-29.1(2)', 'market-registration'],
  ['HZ-30', 'quality-supervision'],
  ['HZ-31', 'tax'],
  ['HZ-32', 'tax'],
  ['HZ-33.1(1)', 'civil-affairs'],
  ['HZ-33.1(2)', 'civil-affairs'],
  ['HZ-33.1(3)', 'civil-affairs'],
  ['HZ-34', 'institution-staffing'],
]

/** Items that stand on two record types, for each record has its own: issuer and dates of a certificate. */
const SHARED = new Set(['HZ-27#05', 'HZ-27#06', 'HZ-27#07', 'HZ-27#08'])

/** Record types whose list has matching items of its own, with those that HZ-28 still adds. */
const OWN_MATCHING: Readonly<Record<string, readonly string[]>> = {
  ResidencePermit: [],
  DeathRecord: [],
  BirthRecord: ['HZ-28#02', 'HZ-28#03'],
  StudentRecord: ['HZ-28#02', 'HZ-28#03'],
}

const CONNECTED = new Set(departments.map(({ name }) => name))
/** Record types that no list names item by item, only by their domain: proposed by this installation. */
const PROPOSED = new Set(
  departments.flatMap((one) =>
    resourcesOf(one).flatMap(({ type, entry }) => (entry['proposed'] === true ? [type] : [])),
  ),
)
/** Departments of which a list has items. */
const LISTED = new Set(
  departments.filter((one) => resourcesOf(one).some(({ type }) => !PROPOSED.has(type))).map(({ name }) => name),
)
const SUBJECTS = new Set(['Person', 'LegalEntity'])

function itemOf({ node }: AnnotatedField): string {
  return textOf(args(node.directives, 'share')?.['item']) ?? ''
}

describe('the departments’ SDL', () => {
  test('composes with a gateway subgraph, annotations and all', () => {
    const services = departments.map((one) => ({
      name: one.name,
      url: 'http://x',
      typeDefs: parse(departmentSdl(one)),
    }))
    const result = composeServices([...services, { name: 'gateway', url: 'http://x', typeDefs: parse(GATEWAY) }])
    expect(result.errors).toBeUndefined()
    expect((result.hints ?? []).map(({ message }) => message)).toEqual([])
    const sdl = parse(result.supergraphSdl ?? '')
    const kept = sdl.definitions.flatMap((one) => (one.kind === Kind.OBJECT_TYPE_DEFINITION ? (one.fields ?? []) : []))
    expect(kept.filter((one) => args(one.directives, 'share') !== null)).toHaveLength(
      new Set(ALL.map((one) => one.at)).size,
    )
  })

  test('the lists are all there: 232 items in 21 lists, as 237 fields (HZ-23.1, HZ-23.3)', () => {
    const listed = ROWS.filter(([item]) => !item?.startsWith('HZ-28#'))
    expect(listed).toHaveLength(237)
    expect(new Set(listed.map(([item]) => item)).size).toBe(232)
    expect(new Set(listed.map(([item]) => item?.split('#')[0]))).toEqual(new Set(LISTS.map(([list]) => list)))
    expect(new Set(LISTS.map(([, department]) => department))).toEqual(LISTED)
  })

  test.each(LISTS.filter(([, department]) => CONNECTED.has(department)))(
    '%s is in the SDL of %s: every item, as the list says',
    (list, department) => {
      const records = ALL.filter((one) => one.department === department && !SUBJECTS.has(one.type))
      for (const row of ROWS.filter(([item]) => item?.startsWith(`${list}#`))) {
        const [item = '', , field] = row
        const found = records.filter((one) => itemOf(one) === item && one.node.name.value === field)
        expect(found, `${item} ${field}`).toHaveLength(SHARED.has(item) ? 2 : 1)
      }
    },
  )

  test('no field names an item that is not its own, or with another type, level, class, basis or mask', () => {
    const named = ALL.filter((one) => itemOf(one) !== '')
    expect(named.length).toBeGreaterThan(100)
    for (const { at, department, node } of named) {
      const found = line(department, node)
      const rows = ROWS.filter(([item, , field]) => item === found[0] && field === found[2])
      expect([found], at).toEqual(rows)
    }
  })

  test('a proposed record has no item of a list, and a record without any item is a proposed one', () => {
    expect(PROPOSED.size).toBeGreaterThan(0)
    for (const { type } of departments.flatMap(resourcesOf)) {
      const items = ALL.filter((one) => one.type === type).map(itemOf)
      expect(
        items.some((item) => item !== ''),
        type,
      ).toBe(!PROPOSED.has(type))
    }
  })

  test('the matching items of HZ-28 go with every record about a person but public security’s', () => {
    for (const { name, links } of departments) {
      for (const { type } of Object.values(links).filter((one) => !PROPOSED.has(one.type))) {
        const all = name === 'public-security' ? [] : ['HZ-28#01', 'HZ-28#02', 'HZ-28#03']
        const found = ALL.filter((one) => one.type === type).map(itemOf)
        const matching = found.filter((item) => item.startsWith('HZ-28#'))
        expect(matching, type).toEqual(OWN_MATCHING[type] ?? all)
      }
    }
  })

  test('every field is classified, for clauses, and nullable unless it is a key', () => {
    for (const { at, node } of ALL) {
      const share = args(node.directives, 'share')
      expect(share, at).not.toBeNull()
      const basis = share?.['basis']
      expect(Array.isArray(basis) && basis.length > 0 && basis.every((clause) => isClause(String(clause))), at).toBe(
        true,
      )
      const conditional = share?.['class'] === 'CONDITIONAL'
      for (const needed of ['conditions', 'reasons', 'subMode'])
        expect(typeof share?.[needed] === 'string', `${at} ${needed}`).toBe(conditional)
      expect(node.type.kind === Kind.NON_NULL_TYPE, at).toBe(/^(Person\.idDocument|LegalEntity\.identifier)/.test(at))
    }
  })

  test('every resource says all that a catalogue entry needs', () => {
    const resources = departments.flatMap((one) =>
      resourcesOf(one).map((entry) => ({ department: one.name, ...entry })),
    )
    expect(resources.length).toBeGreaterThan(departments.length)
    for (const { department, type, entry } of resources) {
      expect(entry['department'], type).toBe(department)
      for (const name of ENTRY) expect(entry[name], `${type} ${name}`).toMatch(/\S/)
      expect(Array.isArray(entry['themes']), type).toBe(true)
    }
    expect(new Set(resources.map(({ entry }) => entry['code'])).size).toBe(resources.length)
  })

  test('one source for each datum: no two coordinates are authoritative for one attribute', () => {
    const named = ALL.flatMap(({ at, node }) => {
      const attribute = textOf(args(node.directives, 'share')?.['authoritativeFor'])
      return attribute === null ? [] : [{ at, attribute }]
    })
    expect(Object.fromEntries(named.map(({ at, attribute }) => [attribute, at]))).toMatchObject({
      'person.birthDate': 'BirthRecord.birthDate',
      'person.deathDate': 'DeathRecord.deathDate',
      'person.residenceAddress': 'ResidencePermit.residenceAddressDetail',
    })
    expect(new Set(named.map(({ attribute }) => attribute)).size).toBe(named.length)
  })

  test.each([
    ['Person.idDocumentType', 'Person.idDocumentNumber'],
    ['LegalEntity.identifierType', 'LegalEntity.identifier'],
  ])('the key %s and %s is annotated alike wherever it stands', (...keys) => {
    for (const key of keys) {
      const found = ALL.filter(({ at }) => at === key).map(({ node }) =>
        JSON.stringify([args(node.directives, 'share'), args(node.directives, 'masking')]),
      )
      expect(found.length).toBeGreaterThan(1)
      expect(new Set(found).size).toBe(1)
    }
  })

  test('numbers that contain the ID number say so', () => {
    for (const at of [
      'SocialInsuranceEnrolment.socialInsuranceNumber',
      'DisabilityCertificate.disabilityCertificateNumber',
      'ResidencePermit.residencePermitNumber',
      'BirthRecord.motherIdNumber',
      'BirthRecord.fatherIdNumber',
      'StudentRecord.studentRegistrationNumber',
      'QualificationCertificate.qualificationCertificateNumber',
    ]) {
      const node = ALL.find((one) => one.at === at)?.node
      expect(args(node?.directives, 'share')?.['embeds']).toEqual(['Person.idDocumentNumber'])
    }
  })

  test('every field of a record has a source, and every source a field', () => {
    for (const department of departments) {
      for (const register of registersOf(department)) {
        const fields = fieldsOf(department)
          .filter(({ type }) => type === register.type)
          .map(({ node }) => node.name.value)
        expect(Object.keys(register.fields).toSorted()).toEqual(fields.toSorted())
      }
    }
  })
})

/** What a catalogue entry says besides what the SDL must have anyway. */
const ENTRY = [
  'content',
  'form',
  'mode',
  'use',
  'sample',
  'system',
  'location',
  'sharingPeriod',
  'openness',
  'openMode',
  'published',
  'standard',
  'authorisationMode',
  'secrecyReview',
] as const

function resourcesOf(department: (typeof departments)[number]) {
  return parse(departmentSdl(department)).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
    const entry = args(definition.directives, 'resource')
    return entry === null ? [] : [{ type: definition.name.value, entry }]
  })
}

/** A field in the words of the list. */
function line(department: string, node: FieldDefinitionNode): readonly string[] {
  const share = args(node.directives, 'share') ?? {}
  const basis = Array.isArray(share['basis']) ? share['basis'].join(', ') : ''
  const sharing = String(share['class']).toLowerCase() + (share['verifyOnly'] === true ? ', verify-only' : '')
  return [
    String(share['item']),
    String(share['title']),
    node.name.value,
    print(node.type).replace(/!$/, ''),
    String(share['level']),
    sharing,
    basis,
    maskOf(department, node),
  ]
}

/** The mask of a value; of a list of small records the one mask that all their fields have, as they have its class. */
function maskOf(department: string, node: FieldDefinitionNode): string {
  const rule = textOf(args(node.directives, 'masking')?.['rule'])
  const [, small] = /^\[(\w+)!\]$/.exec(print(node.type)) ?? []
  if (small === undefined || rule !== null) return rule ?? 'M-NONE'
  const key = (of: FieldDefinitionNode): string => {
    const { class: sharing, level } = args(of.directives, 'share') ?? {}
    return `${String(sharing)} ${String(level)}`
  }
  const inside = ALL.filter((one) => one.department === department && one.type === small)
  expect(inside.length, small).toBeGreaterThan(0)
  expect(
    inside.map((one) => key(one.node)),
    small,
  ).toEqual(inside.map(() => key(node)))
  const masks = new Set(inside.map((one) => textOf(args(one.node.directives, 'masking')?.['rule']) ?? 'M-NONE'))
  return [...masks].join(' or ')
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
