import type { FieldNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode, ValueNode } from 'graphql'
import { Kind, parse } from 'graphql'
import type { DepartmentSpec, TypeSpec } from './departments.ts'
import { ownerOf } from './sdl.ts'
import { hashOf, valueOf } from './values.ts'

/** An object, as far as an answer needs to know it. */
interface Entity {
  readonly key: string
  readonly hash: number
}

type Variables = Readonly<Record<string, unknown>>
/** Writes the answer to one selection as JSON. */
type Emit = (entity: Entity, variables: Variables) => string

/** A query text, ready to be answered for any variables. */
export type Answer = (variables: Variables) => string

/** Rows of a list where a query does not say. */
const USUAL = 10
/** So many sites share a developer, so that a fetch has representations to deduplicate. */
const SITES_PER_DEVELOPER = 4

/** What the sources say of their own age; the same for all. */
const AS_OF = '2026-11-20T08:00:00+08:00'

/**
 * Answers as this department: each text is parsed once and becomes functions that write JSON. Different gateways send
 * different texts for the same plan, so nothing here may hang on how a text is written: aliases, fragments, conditions
 * and every order of fields are answered as GraphQL says.
 */
export function createAnswers(department: DepartmentSpec): (query: string) => Answer {
  const known = new Map<string, Answer>()
  return (query) => {
    const found = known.get(query)
    if (found) return found
    // A gateway that writes values into its texts would fill the memory.
    if (known.size >= 5_000) known.clear()
    const answer = compileText(department, query)
    known.set(query, answer)
    return answer
  }
}

function compileText(department: DepartmentSpec, query: string): Answer {
  const { definitions } = parse(query, { noLocation: true })
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  )
  const operation = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('a document without an operation')
  const compiler: Compiler = { department, fragments, met: new Set() }
  const roots = rootsOf(compiler, operation)
  // Met while compiling: what the fetch reads of the department's own.
  const sources = [...compiler.met]
    .filter((type) => ownerOf(type) === department.name)
    .map((type) => ({ type, asOf: AS_OF }))
  const tail = `},"extensions":${JSON.stringify({ sources })}}`
  return (variables) => `{"data":{${roots.map((root) => root(variables)).join()}${tail}`
}

interface Compiler {
  readonly department: DepartmentSpec
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Types of which something is read. */
  readonly met: Set<string>
}

function rootsOf(compiler: Compiler, operation: OperationDefinitionNode): readonly Answer[] {
  return fieldsOf(compiler, operation.selectionSet, 'Query').map((field) => {
    const name = field.name.value
    const prefix = `${JSON.stringify(responseKey(field))}:`
    if (name === '__typename') return () => `${prefix}"Query"`
    const emit = name === '_entities' ? entitiesOf(compiler, field) : rootOf(compiler, field)
    return (variables) => prefix + emit(variables)
  })
}

function entitiesOf(compiler: Compiler, field: FieldNode): Answer {
  const { department } = compiler
  const emits = new Map(
    department.types.map((spec) => [spec.type, { key: spec.key, emit: objectOf(compiler, field, spec) }]),
  )
  const argument = argumentOf(field, 'representations')
  return (variables) => {
    const representations: unknown = argument(variables)
    if (!Array.isArray(representations)) throw new Error('representations are a list')
    return `[${representations
      .map((one: Readonly<Record<string, unknown>>) => {
        const found = emits.get(String(one['__typename']))
        const key = found && one[found.key]
        return typeof key === 'string' ? found?.emit(entity(key), variables) : 'null'
      })
      .join()}]`
  }
}

function rootOf(compiler: Compiler, field: FieldNode): Answer {
  const root = compiler.department.roots.find(({ name }) => name === field.name.value)
  if (!root) throw new Error(`there is no ${field.name.value}`)
  const key = argumentOf(field, root.argument)
  const emit = objectOf(compiler, field, specOf(compiler, root.to))
  if (!root.many) return (variables) => emit(entity(String(key(variables))), variables)
  const first = argumentOf(field, 'first')
  return (variables) => list(String(key(variables)), root.to, first(variables), emit, variables)
}

function specOf({ department }: Compiler, type: string): TypeSpec {
  const spec = department.types.find((one) => one.type === type)
  if (!spec) throw new Error(`${department.name} has no ${type}`)
  return spec
}

/** `__typename`, values and links of one object, in the order of the text. */
function objectOf(compiler: Compiler, parent: FieldNode, spec: TypeSpec): Emit {
  if (!parent.selectionSet) throw new Error(`${parent.name.value} is an object`)
  const parts = mergedFields(fieldsOf(compiler, parent.selectionSet, spec.type)).map((field) => {
    const prefix = `${JSON.stringify(responseKey(field))}:`
    const emit = fieldOf(compiler, field, spec)
    return { prefix, emit, when: conditionOf(field) }
  })
  return (one, variables) => {
    let text = ''
    for (const { prefix, emit, when } of parts) {
      if (when !== null && !when(variables)) continue
      text += (text === '' ? '{' : ',') + prefix + emit(one, variables)
    }
    return text === '' ? '{}' : `${text}}`
  }
}

function fieldOf(compiler: Compiler, field: FieldNode, spec: TypeSpec): Emit {
  const name = field.name.value
  if (name === '__typename') return () => `"${spec.type}"`
  if (name === spec.key) return ({ key }) => JSON.stringify(key)
  const link = spec.links.find((one) => one.name === name)
  if (link) {
    const emit = objectOf(compiler, field, specOf(compiler, link.to))
    if (!link.many) return ({ key }, variables) => emit(entity(linkedKey(link.to, key)), variables)
    const first = argumentOf(field, 'first')
    return ({ key }, variables) => list(key, link.to, first(variables), emit, variables)
  }
  const value = spec.values.find((one) => one.name === name)
  if (!value) throw new Error(`${spec.type} has no ${name}`)
  compiler.met.add(spec.type)
  const json = valueOf(spec.type, name, value.kind)
  return ({ hash }) => json(hash)
}

function list(key: string, to: string, first: unknown, emit: Emit, variables: Variables): string {
  const rows = typeof first === 'number' ? first : USUAL
  let text = '['
  for (let at = 0; at < rows; at += 1)
    text += (at === 0 ? '' : ',') + emit(entity(`${to === 'Site' ? 'S' : 'I'}${key}-${at}`), variables)
  return `${text}]`
}

/** The key of what an object leads to: a site its developer and zone, an inspection its site. */
function linkedKey(to: string, key: string): string {
  if (to === 'Site') return `S${key.slice(1)}`
  const [head, row = '0'] = key.split('-')
  return `${to === 'Zone' ? 'Z' : 'C'}${head}-${Math.floor(Number(row) / SITES_PER_DEVELOPER)}`
}

function entity(key: string): Entity {
  return { key, hash: hashOf(key) }
}

function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}

/** The fields that a selection has on one type, fragments opened. */
function fieldsOf(compiler: Compiler, { selections }: SelectionSetNode, type: string): readonly FieldNode[] {
  return selections.flatMap((one) => {
    switch (one.kind) {
      case Kind.FIELD:
        return [one]
      case Kind.INLINE_FRAGMENT: {
        const on = one.typeCondition?.name.value ?? type
        return on === type || on === '_Entity' ? under(one.directives, fieldsOf(compiler, one.selectionSet, type)) : []
      }
      case Kind.FRAGMENT_SPREAD: {
        const fragment = compiler.fragments.get(one.name.value)
        const fits = fragment?.typeCondition.name.value === type
        return fragment && fits ? under(one.directives, fieldsOf(compiler, fragment.selectionSet, type)) : []
      }
    }
  })
}

/** The conditions of a fragment hold for each field in it. */
function under(directives: FieldNode['directives'], fields: readonly FieldNode[]): readonly FieldNode[] {
  if (!directives || directives.length === 0) return fields
  return fields.map((field) => ({ ...field, directives: [...directives, ...(field.directives ?? [])] }))
}

/** Fields of one response key are one field with all their selections. */
function mergedFields(fields: readonly FieldNode[]): readonly FieldNode[] {
  const merged = new Map<string, FieldNode>()
  for (const field of fields) {
    const key = responseKey(field)
    const known = merged.get(key)
    const selections = [...(known?.selectionSet?.selections ?? []), ...(field.selectionSet?.selections ?? [])]
    merged.set(
      key,
      known && field.selectionSet
        ? { ...known, selectionSet: { ...field.selectionSet, selections } }
        : (known ?? field),
    )
  }
  return [...merged.values()]
}

function conditionOf({ directives = [] }: FieldNode): ((variables: Variables) => boolean) | null {
  if (directives.length === 0) return null
  const tests = directives.map((directive) => {
    const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
    const read = value ? valueReader(value) : () => true
    return (variables: Variables) => read(variables) === (directive.name.value === 'include')
  })
  return (variables) => tests.every((test) => test(variables))
}

function argumentOf(field: FieldNode, name: string): (variables: Variables) => unknown {
  const value = field.arguments?.find((one) => one.name.value === name)?.value
  return value ? valueReader(value) : () => undefined
}

function valueReader(value: ValueNode): (variables: Variables) => unknown {
  switch (value.kind) {
    case Kind.VARIABLE: {
      const name = value.name.value
      return (variables) => variables[name]
    }
    case Kind.LIST: {
      const members = value.values.map(valueReader)
      return (variables) => members.map((member) => member(variables))
    }
    case Kind.OBJECT: {
      const members = value.fields.map((one) => [one.name.value, valueReader(one.value)] as const)
      return (variables) => Object.fromEntries(members.map(([name, member]) => [name, member(variables)]))
    }
    case Kind.INT:
    case Kind.FLOAT:
      return () => Number(value.value)
    case Kind.NULL:
      return () => null
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return () => value.value
  }
}
