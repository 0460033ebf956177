import {
  GraphQLObjectType,
  buildClientSchema,
  introspectionFromSchema,
  isEnumType,
  isObjectType,
  validateSchema,
} from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)

/** The schema that a caller sees, as a client rebuilds it from the introspection. */
function shown(verdicts: Readonly<Record<Coordinate, Verdict>>, otherwise: Verdict = 'ALLOW'): GraphQLSchema {
  const schema = sample.generation.introspectionSchema(viewWith(sample, verdicts, otherwise))
  expect(validateSchema(schema)).toEqual([])
  return buildClientSchema(introspectionFromSchema(schema))
}

function fieldsOf(schema: GraphQLSchema, type: string): string[] {
  const found = schema.getType(type)
  return found && 'getFields' in found ? Object.keys(found.getFields()) : []
}

describe('the schema of a view', () => {
  it('has what may be used, and says how', () => {
    const schema = shown({ 'Person.name': 'M-NAME', 'Person.sex': 'DENY', 'Person.height': 'VERIFY_ONLY' })
    expect(fieldsOf(schema, 'Person')).toEqual(expect.arrayContaining(['name', 'height', 'pension']))
    expect(fieldsOf(schema, 'Person')).not.toContain('sex')
    const person = schema.getType('Person')
    if (!isObjectType(person)) throw new Error('no Person')
    expect(person.getFields()['name']?.description).toBe('a field\n【UNCONDITIONAL · L1 · police · 脱敏 · ZS-4.03】')
    expect(person.getFields()['height']?.description).toMatch(/【.* · 仅核实 · ZS-4.03】/)
  })

  it('loses types that only refused fields used, enums and inputs too', () => {
    const schema = shown({ 'Will.text': 'ALLOW' }, 'DENY')
    for (const type of ['Sex', 'Where', 'Json', 'Person']) expect(schema.getType(type) === undefined, type).toBe(true)
  })

  it('leads to a record that is refused of its own, for what may be read below it', () => {
    const schema = shown({ 'Person.name': 'ALLOW' }, 'DENY')
    expect(fieldsOf(schema, 'Query')).toEqual(expect.arrayContaining(['person', 'people']))
    expect(fieldsOf(schema, 'Person')).toEqual(['insurance', 'name'])
    expect(fieldsOf(schema, 'Insurance')).toEqual(['employer'])
  })

  it('shows no reference that may not be crossed', () => {
    expect(fieldsOf(shown({ 'Household.headNumber': 'DENY' }), 'Household')).toEqual(['address'])
  })

  it('keeps an interface to what every type of it still has', () => {
    const schema = shown({ 'Car.label': 'DENY' })
    expect(fieldsOf(schema, 'Car')).toEqual(['plate', 'owner'])
    expect(schema.getType('Thing') === undefined).toBe(true)
    expect(fieldsOf(shown({ 'Dog.label': 'ALLOW' }, 'DENY'), 'Thing')).toEqual(['label'])
  })

  it('has no union without types, nor a field that leads there', () => {
    const schema = shown({ 'Query.echo': 'ALLOW' }, 'DENY')
    expect(fieldsOf(schema, 'Query')).toEqual(['echo'])
    expect(schema.getType('Paper') === undefined).toBe(true)
    expect(fieldsOf(shown({ 'Will.text': 'DENY' }), 'Query')).toContain('papers')
  })

  it('is a schema even when nothing may be used', () => {
    const schema = sample.generation.introspectionSchema(viewWith(sample, {}, 'DENY'))
    expect(schema.getQueryType()).toBeInstanceOf(GraphQLObjectType)
    expect(fieldsOf(schema, 'Query')).toEqual([])
  })

  it('is built once for a view', () => {
    const view = viewWith(sample, { 'Person.name': 'DENY' })
    expect(sample.generation.introspectionSchema(view)).toBe(sample.generation.introspectionSchema(view))
  })
})

describe('what must not be filtered by (INV-6) is not offered', () => {
  const city = federate([
    {
      name: 'market',
      sdl: `
        enum Order { NAME @filters(field: "Firm.name") CAPITAL @filters(field: "Firm.capital") }
        enum Column { CAPITAL @filters(field: "Firm.capital") }
        input Sorting { by: Column! descending: Boolean }
        input Range { from: Int to: Int }
        input Filter {
          name: String @filters(field: "Firm.name")
          capital: Range @filters(field: "Firm.capital")
          and: [Filter!]
        }
        input Capital { capital: Range @filters(field: "Firm.capital") and: [Capital!] }
        interface Listed { partners(name: String @filters(field: "Firm.name")): [Firm] }
        type Query {
          firms(filter: Filter!, order: Order, sorting: Sorting): [Firm]
          byCapital(filter: Capital!): [Firm]
          perhapsByCapital(filter: Capital): [Firm]
          ordered(by: Int = 3 @filters(field: "Firm.capital")): [Firm]
        }
        type Firm implements Listed @key(fields: "code") {
          code: ID!
          name: String
          capital: Int
          partners(name: String @filters(field: "Firm.capital")): [Firm]
        }`,
    },
  ])
  const offered = (verdicts: Readonly<Record<Coordinate, Verdict>>, otherwise: Verdict = 'ALLOW'): GraphQLSchema => {
    const schema = city.generation.introspectionSchema(viewWith(city, verdicts, otherwise))
    expect(validateSchema(schema)).toEqual([])
    return buildClientSchema(introspectionFromSchema(schema))
  }
  const argumentsOf = (schema: GraphQLSchema, type: string, field: string): string[] => {
    const found = schema.getType(type)
    const args = found && 'getFields' in found && 'getInterfaces' in found ? found.getFields()[field]?.args : undefined
    return (args ?? []).map(({ name }) => name)
  }
  const valuesOf = (schema: GraphQLSchema, name: string): string[] => {
    const found = schema.getType(name)
    return isEnumType(found) ? found.getValues().map((one) => one.name) : []
  }

  it('where all may be read, everything is', () => {
    const schema = offered({})
    expect(fieldsOf(schema, 'Query')).toEqual(['firms', 'byCapital', 'perhapsByCapital', 'ordered'])
    expect(argumentsOf(schema, 'Query', 'firms')).toEqual(['filter', 'order', 'sorting'])
    expect([fieldsOf(schema, 'Filter'), valuesOf(schema, 'Order')]).toEqual([
      ['name', 'capital', 'and'],
      ['NAME', 'CAPITAL'],
    ])
  })

  it.each<Verdict>(['DENY', 'VERIFY_ONLY', 'M-ALL'])('where it is %s', (verdict) => {
    const schema = offered({ 'Firm.capital': verdict })
    // A required argument takes its field with it; so does one that filters of its own, by its default.
    expect(fieldsOf(schema, 'Query')).toEqual(['firms', 'perhapsByCapital'])
    expect(argumentsOf(schema, 'Query', 'firms')).toEqual(['filter', 'order'])
    expect(argumentsOf(schema, 'Query', 'perhapsByCapital')).toEqual([])
    expect(fieldsOf(schema, 'Filter')).toEqual(['name', 'and'])
    expect(valuesOf(schema, 'Order')).toEqual(['NAME'])
    for (const name of ['Capital', 'Range', 'Sorting', 'Column'])
      expect(schema.getType(name) === undefined, name).toBe(true)
    expect(argumentsOf(schema, 'Firm', 'partners')).toEqual([])
  })

  it('where nothing may be filtered by, conditions that only nest each other go too', () => {
    const schema = offered({ 'Firm.capital': 'DENY', 'Firm.name': 'DENY' })
    expect(fieldsOf(schema, 'Query')).toEqual(['perhapsByCapital'])
    for (const name of ['Filter', 'Order']) expect(schema.getType(name) === undefined, name).toBe(true)
  })

  it('and an interface promises no argument that one of its types has lost', () => {
    const schema = offered({ 'Firm.capital': 'DENY' })
    expect(argumentsOf(schema, 'Listed', 'partners')).toEqual([])
  })
})

describe('the served schema (wall 2)', () => {
  it('lets every output field be null, keys and fields of interfaces included, and no argument', () => {
    const { schema } = sample
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || !('getFields' in type) || 'isOneOf' in type) continue
      for (const field of Object.values(type.getFields()))
        expect(String(field.type), `${type.name}.${field.name}`).not.toMatch(/!$/)
    }
    const person = schema.getQueryType()?.getFields()['person']
    expect(person?.args.map(({ type }) => String(type))).toEqual(['PaperType!', 'String!'])
  })
})
