import type { TestDepartment } from '../kit/federation.ts'
import type { Ref } from './interpreter.ts'
import type { Field, Model } from './model.ts'

/** The type of a field as SDL. */
function typeText({ kind, yields }: Field): string {
  if (kind === 'texts') return '[String!]'
  if (kind === 'grid' || kind === 'nested') return `[[${yields}]]`
  if (kind === 'sure') return `[${yields}!]`
  return ['many', 'values', 'faces', 'anys', 'sought'].includes(kind) ? `[${yields}]` : yields
}

const ARGUMENTS = '(number: Int = 7, text: String, list: [String!])'

/** Every way in which an argument can filter: by itself, in a list, as a member, in an annotated object, by an enum. */
function searchArguments(by: string): string {
  const filters = `@filters(field: "${by}")`
  const where = `Where${by.slice(0, by.indexOf('.'))}`
  const exact = `@filters(field: "${by}", exact: true)`
  return `(named: String ${exact}, among: [String!] ${exact}, like: String ${filters}, tag: Tag ${filters}, where: ${where}, order: Order)`
}

/** The input types of searches; the same in every department. */
function inputTypes(model: Model): string {
  const where = model.entities.map((type) => {
    const filters = `@filters(field: "${type}.label", exact: true)`
    return `input Where${type} { label: String ${filters} labelIn: [String!] ${filters} }`
  })
  const order = `enum Order { LABEL @filters(field: "${model.entities[0] ?? ''}.label") PLAIN }`
  return ['input Tag { eq: String in: [String!] not: String }', ...where, order].join('\n')
}

/** What is computed from a label, its own department lets be told. */
function permission(model: Model, { type, name }: Field): string {
  const computed = model.fields.filter((one) => one.type === type && one.kind === 'computed' && one.declassified)
  if (name !== 'label' || computed.length === 0) return ''
  const names = computed.map((one) => `"${type}.${one.name}"`)
  return ` @declassifies(for: [${names.join(', ')}], clause: "ZS-4.08", reason: "r")`
}

function fieldText(model: Model, field: Field): string {
  const share = '@share(class: "UNCONDITIONAL", level: "L1", title: "t")'
  const reference = field.follows ? ` @reference(follows: "${field.follows}")` : ''
  const requires = field.kind === 'computed' ? ' @requires(fields: "label")' : ''
  const told = requires && field.declassified ? ' @declassifies(clause: "ZS-4.08", reason: "r")' : ''
  const given = field.by ? searchArguments(field.by) : field.kind === 'asked' ? ARGUMENTS : ''
  return `${field.name}${given}: ${typeText(field)} ${share}${reference}${requires}${told}${permission(model, field)}`
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

/** What a computed field comes to. */
export function computed(label: unknown): string {
  return `of ${String(label)}`
}

/** Whether a department only adds fields to the interface, and knows none of its types. */
function joins(model: Model, department: number): boolean {
  return model.fields.some((one) => one.name === 'extra' && one.department === department)
}

/** The departments of a model. Their resolvers read the data of the run that is under way. */
export function departmentsOf(model: Model, run: Run): TestDepartment[] {
  return model.departments.map((department) => {
    const name = `d${department}`
    if (joins(model, department)) return { name, ...joining(model, department, run) }
    const types = [...new Set(model.fields.map(({ type }) => type))]
    const own = (type: string): Field[] =>
      model.fields.filter((one) => one.type === type && one.department === department)
    const blocks = types.map((type) => typeBlock(model, type, own(type), department))
    const searches = types.flatMap(own).some(({ by }) => by !== null)
    const abstract = department === 0 ? `${faceText(model)}\nunion Any = ${model.union.join(' | ')}` : ''
    return {
      name,
      sdl: [...blocks, abstract, searches ? inputTypes(model) : ''].filter(Boolean).join('\n'),
      resolvers: Object.fromEntries(types.map((type) => [type, resolversOf(model, type, own(type), department, run)])),
    }
  })
}

function faceText(model: Model): string {
  const isJoined = model.departments.some((department) => joins(model, department))
  return `interface Face ${isJoined ? '@key(fields: "id") { id: ID!' : '{'} label: String }`
}

/** A department that serves a field of the interface and does not know the type of the object that it is asked about. */
function joining(model: Model, department: number, run: Run): Pick<TestDepartment, 'sdl' | 'resolvers'> {
  const field = model.fields.find((one) => one.name === 'extra')
  if (!field) throw new Error('nothing is joined')
  const extra = (of: Ref): unknown => {
    run.touched.add('Face.extra')
    return run.lookup({ type: 'Face', id: of.id }, field, {})
  }
  const known = (of: Ref): Ref | null => (run.missing(department, { type: 'Face', id: of.id }) ? null : of)
  return {
    sdl: `type Face @key(fields: "id") @interfaceObject { id: ID! ${fieldText(model, field)} }`,
    resolvers: { Face: { __resolveReference: known, extra } },
  }
}

function typeBlock(model: Model, type: string, fields: readonly Field[], department: number): string {
  const outside = fields.some(({ kind }) => kind === 'computed') ? '\nlabel: String @external' : ''
  const body = fields.map((one) => fieldText(model, one)).join('\n') + outside
  if (!model.entities.includes(type)) return body ? `type ${type} { ${type === 'Query' ? '' : 'id: ID '}${body} }` : ''
  return `type ${type} ${department === 0 ? 'implements Face ' : ''}@key(fields: "id") { id: ID!\n${body} }`
}

/** What a resolver is handed: an object, with what another department said of it where that is required. */
interface Held extends Ref {
  readonly label?: unknown
}
type Resolver = (of: Held, given: Readonly<Record<string, unknown>>) => unknown

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
      if (field.kind === 'computed') return computed(of.label)
      return marked(run.lookup(type === 'Query' ? { type, id: 'root' } : { type, id: of.id }, field, given))
    },
  ])
  const held = (of: Held): Held | null => (run.missing(department, { type, id: of.id }) ? null : of)
  const resolve: [string, Resolver][] = model.entities.includes(type) ? [['__resolveReference', held]] : []
  return Object.fromEntries([...resolvers, ...resolve])
}

/** Objects as graphql-js wants them: with the name of their type. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  const { type, id } = value as Ref
  return { __typename: type, id }
}
