import { composeServices } from '@apollo/composition'
import { Kind, parse, valueFromASTUntyped } from 'graphql'
import type { DirectiveNode, FieldDefinitionNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import { departments } from '../../../subgraphs/departments.ts'
import { departmentSdl } from '../../../subgraphs/kit/schema.ts'
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

function typeName(node: FieldDefinitionNode): string {
  let type = node.type
  while (type.kind !== Kind.NAMED_TYPE) type = type.type
  return type.name.value
}

const ALL = departments.flatMap(fieldsOf)

describe('the departments’ SDL', () => {
  test('composes with a gateway subgraph, annotations and all', () => {
    const services = departments.map((one) => ({
      name: one.name,
      url: 'http://x',
      typeDefs: parse(departmentSdl(one)),
    }))
    const result = composeServices([...services, { name: 'gateway', url: 'http://x', typeDefs: parse(GATEWAY) }])
    expect(result.errors).toBeUndefined()
    expect(result.hints).toEqual([])
    const sdl = parse(result.supergraphSdl ?? '')
    const kept = sdl.definitions.flatMap((one) => (one.kind === Kind.OBJECT_TYPE_DEFINITION ? (one.fields ?? []) : []))
    expect(kept.filter((one) => args(one.directives, 'share') !== null)).toHaveLength(
      new Set(ALL.map((one) => one.at)).size,
    )
  })

  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['HZ-18', ['HouseholdRegistration']],
    ['HZ-23.2', ['SocialInsuranceEnrolment', 'ProfessionalTitle']],
    ['HZ-25', ['DisabilityCertificate']],
  ]
  test.each(lists)('%s has every item once, as the list says', (list, types) => {
    const rows = ITEMS.trim()
      .split('\n')
      .map((line) => line.split(' | '))
      .filter(([item]) => item?.startsWith(`${list}#`))
    expect(rows.length).toBeGreaterThan(7)
    for (const row of rows) {
      const [item] = row
      const found = ALL.filter(
        ({ type, node }) => types.includes(type) && args(node.directives, 'share')?.['item'] === item,
      )
      expect(
        found.map(({ node }) => line(node)),
        item,
      ).toEqual([row])
    }
  })

  test('the matching items of HZ-28 go with every record but public security’s', () => {
    const rows = ITEMS.trim()
      .split('\n')
      .map((one) => one.split(' | '))
      .filter(([item]) => item?.startsWith('HZ-28#'))
    expect(rows).toHaveLength(3)
    for (const row of rows) {
      const found = ALL.filter(
        ({ type, node }) => type !== 'Person' && args(node.directives, 'share')?.['item'] === row[0],
      )
      expect(found.map(({ type }) => type)).toEqual([
        'SocialInsuranceEnrolment',
        'ProfessionalTitle',
        'DisabilityCertificate',
      ])
      for (const { node } of found) expect(line(node)).toEqual(row)
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
      expect(typeof share?.['conditions'] === 'string', at).toBe(share?.['class'] === 'CONDITIONAL')
      expect(node.type.kind === Kind.NON_NULL_TYPE, at).toBe(at.startsWith('Person.idDocument'))
    }
  })

  test('the key of Person is annotated alike in every department', () => {
    for (const key of ['Person.idDocumentType', 'Person.idDocumentNumber']) {
      const found = ALL.filter(({ at }) => at === key).map(({ node }) =>
        JSON.stringify([args(node.directives, 'share'), args(node.directives, 'masking')]),
      )
      expect(found).toHaveLength(departments.length)
      expect(new Set(found).size).toBe(1)
    }
  })

  test('numbers that contain the ID number say so', () => {
    for (const at of [
      'SocialInsuranceEnrolment.socialInsuranceNumber',
      'DisabilityCertificate.disabilityCertificateNumber',
    ]) {
      const node = ALL.find((one) => one.at === at)?.node
      expect(args(node?.directives, 'share')?.['embeds']).toEqual(['Person.idDocumentNumber'])
    }
  })

  test('every field of a record has a source, and every source a field', () => {
    for (const department of departments) {
      for (const register of Object.values(department.links)) {
        const fields = fieldsOf(department)
          .filter(({ type }) => type === register.type)
          .map(({ node }) => node.name.value)
        expect(Object.keys(register.fields).toSorted()).toEqual(fields.toSorted())
      }
    }
  })
})

/** A field in the words of the list. */
function line(node: FieldDefinitionNode): readonly string[] {
  const share = args(node.directives, 'share') ?? {}
  const basis = Array.isArray(share['basis']) ? share['basis'].join(', ') : ''
  const sharing = String(share['class']).toLowerCase() + (share['verifyOnly'] === true ? ', verify-only' : '')
  const masking = textOf(args(node.directives, 'masking')?.['rule']) ?? 'M-NONE'
  return [
    String(share['item']),
    String(share['title']),
    node.name.value,
    typeName(node),
    String(share['level']),
    sharing,
    basis,
    masking,
  ]
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
