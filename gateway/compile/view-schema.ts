import type {
  DefinitionNode,
  DocumentNode,
  FieldDefinitionNode,
  GraphQLSchema,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  TypeNode,
  UnionTypeDefinitionNode,
} from 'graphql'
import { Kind, buildASTSchema } from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/**
 * The schema that introspection shows: only coordinates that the caller could use, each described with class,
 * level and provider (S11, S21). Types without a usable field, and what only they used, are gone.
 */
export function viewSchema(
  served: DocumentNode,
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  view: View,
): GraphQLSchema {
  let definitions: readonly DefinitionNode[] = served.definitions.map((one) => usableFields(one, fields, view))
  for (let before = -1; before !== size(definitions);) {
    before = size(definitions)
    definitions = keptPromises(dropEmpty(definitions))
  }
  const reachable = reach(definitions)
  const kept = definitions.filter((one) => !('name' in one) || !one.name || reachable.has(one.name.value))
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: kept }, { assumeValid: true })
}

function usableFields(
  definition: DefinitionNode,
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  view: View,
): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
  const kept = (definition.fields ?? []).flatMap((field) => {
    const at = coordinate(definition.name.value, field.name.value)
    const [entry, decision] = [fields.get(at), view.decisions.get(at)]
    if (!entry || !decision) return []
    // An object is shown for what lies below it; dropEmpty takes it away when nothing does.
    if (decision.kind === 'DENY' && (entry.kind === 'leaf' || entry.follows !== null)) return []
    return [describe(field, entry, decision.kind)]
  })
  return { ...definition, fields: kept }
}

/** An interface promises what each type that is left can keep; anything else would be no valid schema. */
function keptPromises(definitions: readonly DefinitionNode[]): readonly DefinitionNode[] {
  const objects = definitions.filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION)
  return definitions.map((definition) => {
    if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return definition
    const types = objects.filter((one) => one.interfaces?.some(({ name }) => name.value === definition.name.value))
    const keeps = (type: ObjectTypeDefinitionNode, field: string): boolean =>
      (type.fields ?? []).some(({ name }) => name.value === field)
    const fields = (definition.fields ?? []).filter(({ name }) => types.every((type) => keeps(type, name.value)))
    return { ...definition, fields: types.length === 0 ? [] : fields }
  })
}

function describe(field: FieldDefinitionNode, entry: FieldEntry, decision: string): FieldDefinitionNode {
  const facts = [entry.class, entry.level, entry.provider, entry.item, decision === 'ALLOW' ? null : decision]
    .filter(Boolean)
    .join(' · ')
  const text = field.description?.value ?? entry.title
  return { ...field, description: { kind: Kind.STRING, value: `${text}\n\n【${facts}】`, block: true } }
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode

/** Types from which no value can be reached, and fields that lead there, lead nowhere; a circle of records too. */
function dropEmpty(definitions: readonly DefinitionNode[]): readonly DefinitionNode[] {
  const composites = definitions.filter(isComposite)
  const rich = reachingValues(composites)
  const empty = new Set(composites.map(({ name }) => name.value).filter((name) => !rich.has(name)))
  empty.delete('Query')
  return definitions
    .filter((one) => !isComposite(one) || !empty.has(one.name.value))
    .map((one) => {
      if (!isComposite(one)) return one
      if (one.kind === Kind.UNION_TYPE_DEFINITION)
        return { ...one, types: (one.types ?? []).filter((type) => !empty.has(type.name.value)) }
      const interfaces = (one.interfaces ?? []).filter((type) => !empty.has(type.name.value))
      return { ...one, interfaces, fields: (one.fields ?? []).filter((field) => !empty.has(named(field.type))) }
    })
}

/** Names of the types from which a value can be reached, found from the values upwards. */
function reachingValues(composites: readonly Composite[]): ReadonlySet<string> {
  const names = new Set(composites.map(({ name }) => name.value))
  const rich = new Set<string>()
  const leads = (name: string): boolean => rich.has(name) || !names.has(name)
  const reaches = (one: Composite): boolean =>
    one.kind === Kind.UNION_TYPE_DEFINITION
      ? (one.types ?? []).some(({ name }) => leads(name.value))
      : (one.fields ?? []).some(({ type }) => leads(named(type)))
  for (let before = -1; before !== rich.size;) {
    before = rich.size
    for (const one of composites) if (reaches(one)) rich.add(one.name.value)
  }
  return rich
}

function isComposite(one: DefinitionNode): one is Composite {
  return (
    one.kind === Kind.OBJECT_TYPE_DEFINITION ||
    one.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    one.kind === Kind.UNION_TYPE_DEFINITION
  )
}

function size(definitions: readonly DefinitionNode[]): number {
  const parts = (one: DefinitionNode): number =>
    one.kind === Kind.UNION_TYPE_DEFINITION ? (one.types?.length ?? 0) : 'fields' in one ? (one.fields?.length ?? 0) : 0
  return definitions.reduce((sum, one) => sum + 1 + parts(one), 0)
}

/** Names reachable from the root types through fields, arguments, inputs, unions and interfaces. */
function reach(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const byName = new Map(
    definitions.flatMap((one) => ('name' in one && one.name ? [[one.name.value, one] as const] : [])),
  )
  const found = new Set<string>()
  const visit = (name: string): void => {
    const definition = byName.get(name)
    if (found.has(name) || !definition) return
    found.add(name)
    for (const next of references(definition)) visit(next)
    for (const other of byName.values()) {
      if (other.kind === Kind.OBJECT_TYPE_DEFINITION && other.interfaces?.some((one) => one.name.value === name))
        visit(other.name.value)
    }
  }
  for (const root of ['Query', 'Mutation']) visit(root)
  return found
}

function* references(definition: DefinitionNode): Iterable<string> {
  if (definition.kind === Kind.UNION_TYPE_DEFINITION) for (const type of definition.types ?? []) yield type.name.value
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    for (const field of definition.fields ?? []) yield named(field.type)
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return
  for (const one of definition.interfaces ?? []) yield one.name.value
  for (const field of definition.fields ?? []) {
    yield named(field.type)
    for (const argument of field.arguments ?? []) yield named(argument.type)
  }
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type)
}
