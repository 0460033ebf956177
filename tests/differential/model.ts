import fc from 'fast-check'
import type { TestDepartment } from '../kit/federation.ts'
import type { Ref } from './interpreter.ts'

/** What a field yields. `face` and `any` lead to the interface and the union, `value` to an object without a key. */
const KINDS = [
  'text',
  'number',
  'texts',
  'grid',
  'asked',
  'one',
  'many',
  'sure',
  'nested',
  'value',
  'values',
  'face',
  'faces',
  'any',
  'anys',
] as const
type Kind = (typeof KINDS)[number]

/** A field before its names are chosen. */
interface Draft {
  readonly kind: Kind
  readonly target: number
  readonly department: number
  readonly follows: boolean
}

/** A random schema: entities over departments, value types, one interface and one union. */
export interface Draft0 {
  readonly departments: number
  readonly entities: readonly (readonly Draft[])[]
  readonly values: readonly (readonly Draft[])[]
  readonly roots: readonly Draft[]
  readonly unionWithValue: boolean
}

/** A field with its place and type. */
export interface Field {
  readonly type: string
  readonly name: string
  readonly kind: Kind
  /** The named type that it yields. */
  readonly yields: string
  readonly department: number
  /** Coordinate of the identifier that it follows. */
  readonly follows: string | null
}

export interface Model {
  readonly departments: readonly number[]
  readonly entities: readonly string[]
  readonly fields: readonly Field[]
  readonly union: readonly string[]
}

const draft = fc.record({
  kind: fc.constantFrom(...KINDS),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.boolean(),
})
const leafDraft = fc.record({
  kind: fc.constantFrom<Kind>('text', 'number', 'texts', 'one', 'asked'),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.constant(false),
})
const rootDraft = fc.record({
  kind: fc.constantFrom<Kind>('one', 'many', 'sure', 'nested', 'face', 'faces', 'any', 'anys', 'value', 'text'),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.constant(false),
})

export const drafts: fc.Arbitrary<Draft0> = fc.record({
  departments: fc.constantFrom(2, 3),
  entities: fc.array(fc.array(draft, { minLength: 3, maxLength: 6 }), { minLength: 2, maxLength: 3 }),
  values: fc.array(fc.array(leafDraft, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  roots: fc.array(rootDraft, { minLength: 2, maxLength: 5 }),
  unionWithValue: fc.boolean(),
})

/** Names everything. The interface, the union and the values live in department 0, and fields that lead there too. */
export function modelOf({ departments, entities, values, roots, unionWithValue }: Draft0): Model {
  const names = entities.map((_, index) => `E${index}`)
  const valueNames = values.map((_, index) => `V${index}`)
  const pick = (list: readonly string[], target: number): string => list[target % list.length] ?? ''
  const yields = ({ kind, target }: Draft): string => {
    if (kind === 'face' || kind === 'faces') return 'Face'
    if (kind === 'any' || kind === 'anys') return 'Any'
    if (kind === 'value' || kind === 'values') return pick(valueNames, target)
    if (['one', 'many', 'sure', 'nested'].includes(kind)) return pick(names, target)
    return kind === 'number' || kind === 'grid' ? 'Int' : 'String'
  }
  const name = (type: string, prefix: string, one: Draft, index: number): Field => {
    const leads = yields(one)
    const local = ['Face', 'Any'].includes(leads) || leads.startsWith('V') || type.startsWith('V')
    const follows = one.follows && leads.startsWith('E') && type.startsWith('E') ? `${type}.label` : null
    return {
      type,
      name: `${prefix}${index}`,
      kind: one.kind,
      yields: leads,
      department: local ? 0 : one.department % departments,
      follows,
    }
  }
  const label = (type: string): Field => ({
    type,
    name: 'label',
    kind: 'text',
    yields: 'String',
    department: 0,
    follows: null,
  })
  return {
    departments: Array.from({ length: departments }, (_, index) => index),
    entities: names,
    fields: [
      ...roots.map((one, index) => name('Query', 'r', one, index)),
      ...entities.flatMap((fields, type) => [
        label(`E${type}`),
        ...fields.map((one, index) => name(`E${type}`, 'f', one, index)),
      ]),
      ...values.flatMap((fields, type) => fields.map((one, index) => name(`V${type}`, 'f', one, index))),
    ],
    union: unionWithValue ? [...names, 'V0'] : names,
  }
}

/** The type of a field as SDL. */
function typeText({ kind, yields }: Field): string {
  if (kind === 'texts') return '[String!]'
  if (kind === 'grid' || kind === 'nested') return `[[${yields}]]`
  if (kind === 'sure') return `[${yields}!]`
  return ['many', 'values', 'faces', 'anys'].includes(kind) ? `[${yields}]` : yields
}

const ARGUMENTS = '(number: Int = 7, text: String, list: [String!])'

function fieldText(field: Field): string {
  const share = '@share(class: "UNCONDITIONAL", level: "L1", title: "t")'
  const reference = field.follows ? ` @reference(follows: "${field.follows}")` : ''
  return `${field.name}${field.kind === 'asked' ? ARGUMENTS : ''}: ${typeText(field)} ${share}${reference}`
}

/** Resolves a field of an object for a department. */
export type Lookup = (of: Ref, field: Field, given: Readonly<Record<string, unknown>>) => unknown

/** The data of one run, and what the departments were asked for. */
export interface Run {
  lookup: Lookup
  /** Whether a department has no such entity. */
  missing: (department: number, of: Ref) => boolean
  touched: Set<string>
}

/** The departments of a model. Their resolvers read the data of the run that is under way. */
export function departmentsOf(model: Model, run: Run): TestDepartment[] {
  return model.departments.map((department) => {
    const types = [...new Set(model.fields.map(({ type }) => type))]
    const own = (type: string): Field[] =>
      model.fields.filter((one) => one.type === type && one.department === department)
    const blocks = types.map((type) => typeBlock(model, type, own(type), department))
    const abstract = department === 0 ? `interface Face { label: String }\nunion Any = ${model.union.join(' | ')}` : ''
    return {
      name: `d${department}`,
      sdl: [...blocks, abstract].filter(Boolean).join('\n'),
      resolvers: Object.fromEntries(types.map((type) => [type, resolversOf(model, type, own(type), department, run)])),
    }
  })
}

function typeBlock(model: Model, type: string, fields: readonly Field[], department: number): string {
  const body = fields.map(fieldText).join('\n')
  if (!model.entities.includes(type)) return body ? `type ${type} { ${type === 'Query' ? '' : 'id: ID '}${body} }` : ''
  return `type ${type} ${department === 0 ? 'implements Face ' : ''}@key(fields: "id") { id: ID!\n${body} }`
}

type Resolver = (of: Ref, given: Readonly<Record<string, unknown>>) => unknown

function resolversOf(
  model: Model,
  type: string,
  fields: readonly Field[],
  department: number,
  run: Run,
): Record<string, Resolver> {
  const resolvers = fields.map((field): [string, Resolver] => [
    field.name,
    (of, given) => {
      run.touched.add(`${type}.${field.name}`)
      return marked(run.lookup(type === 'Query' ? { type, id: 'root' } : { type, id: of.id }, field, given))
    },
  ])
  const resolve: [string, Resolver][] = model.entities.includes(type)
    ? [['__resolveReference', (of) => (run.missing(department, { type, id: of.id }) ? null : { id: of.id })]]
    : []
  return Object.fromEntries([...resolvers, ...resolve])
}

/** Objects as graphql-js wants them: with the name of their type. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  const { type, id } = value as Ref
  return { __typename: type, id }
}
