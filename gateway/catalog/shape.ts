import type {
  ConstDirectiveNode,
  DefinitionNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  InterfaceTypeDefinitionNode,
  InterfaceTypeExtensionNode,
  ObjectTypeDefinitionNode,
  ObjectTypeExtensionNode,
  SelectionSetNode,
  TypeNode,
} from 'graphql'
import { Kind, parse } from 'graphql'

export type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode
type FieldsNode = ObjectNode | InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode

/**
 * A place of an SDL that can carry annotations, by its coordinate: `Type`, `Type.field`, `Type.field(argument:)`,
 * `Enum.VALUE`.
 */
export interface Place {
  readonly at: string
  readonly node: FieldsNode | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode
  readonly directives: readonly ConstDirectiveNode[]
}

/** Every place of object, interface, input and enum types, extensions included. */
export function* placesOf(document: DocumentNode): Iterable<Place> {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION) {
      for (const field of definition.fields ?? []) yield place(`${definition.name.value}.${field.name.value}`, field)
    } else if (definition.kind === Kind.ENUM_TYPE_DEFINITION || definition.kind === Kind.ENUM_TYPE_EXTENSION) {
      for (const value of definition.values ?? []) yield place(`${definition.name.value}.${value.name.value}`, value)
    } else if (hasFields(definition)) {
      yield place(definition.name.value, definition)
      for (const field of definition.fields ?? []) {
        const at = `${definition.name.value}.${field.name.value}`
        yield place(at, field)
        for (const one of field.arguments ?? []) yield place(`${at}(${one.name.value}:)`, one)
      }
    }
  }
}

function place(at: string, node: Place['node']): Place {
  return { at, node, directives: node.directives ?? [] }
}

export function isObject(node: DefinitionNode): node is ObjectNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
}

function hasFields(node: DefinitionNode): node is FieldsNode {
  return isObject(node) || isInterface(node)
}

function isInterface(node: DefinitionNode): node is InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode {
  return node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION
}

/** The type's name below lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

const TEXT_SCALARS = new Set(['String', 'ID'])
const OTHER_SCALARS = new Set(['Int', 'Float', 'Boolean'])

/**
 * What a field of the named type holds: text (also a scalar of the city's own, which is text), a value of another
 * leaf type, or a record. A type that the document does not define is a fault of composition, and reads as a record.
 */
export function contentOf(name: string, document: DocumentNode): 'text' | 'other' | 'object' {
  if (TEXT_SCALARS.has(name)) return 'text'
  if (OTHER_SCALARS.has(name)) return 'other'
  const kinds = document.definitions.flatMap((one) => ('name' in one && one.name?.value === name ? [one.kind] : []))
  if (kinds.some((kind) => kind === Kind.SCALAR_TYPE_DEFINITION || kind === Kind.SCALAR_TYPE_EXTENSION)) return 'text'
  const leaf = kinds.some((kind) => kind === Kind.ENUM_TYPE_DEFINITION || kind === Kind.ENUM_TYPE_EXTENSION)
  return leaf ? 'other' : 'object'
}

/** A federation FieldSet, e.g. `price { amount }`; empty where it has a syntax error, which composition tells. */
export function fieldSet(fields: string): SelectionSetNode {
  try {
    const [operation] = parse(`{ ${fields} }`).definitions
    if (operation?.kind === Kind.OPERATION_DEFINITION) return operation.selectionSet
  } catch {
    // Composition names the place.
  }
  return { kind: Kind.SELECTION_SET, selections: [] }
}

/** Object and interface types of several documents as one. */
export interface TypeIndex {
  /** Named type of a field, or null where no document has it. */
  fieldType(type: string, field: string): string | null
  /** Types that implement the interface; none for an object type. */
  implementationsOf(type: string): readonly string[]
  /** Interfaces that the object type implements in any document. */
  interfacesOf(type: string): readonly string[]
}

/** Looks types up over all documents: a type may be implemented where its interface is not used. */
export function indexTypes(documents: readonly DocumentNode[]): TypeIndex {
  const fields = new Map<string, string>()
  const implementations = new Map<string, Set<string>>()
  for (const definition of documents.flatMap((document) => document.definitions)) {
    if (!hasFields(definition)) continue
    for (const field of definition.fields ?? [])
      fields.set(`${definition.name.value}.${field.name.value}`, namedType(field.type))
    for (const one of isObject(definition) ? (definition.interfaces ?? []) : []) {
      const found = implementations.get(one.name.value) ?? new Set()
      implementations.set(one.name.value, found.add(definition.name.value))
    }
  }
  return {
    fieldType: (type, field) => fields.get(`${type}.${field}`) ?? null,
    implementationsOf: (type) => [...(implementations.get(type) ?? [])].toSorted(),
    interfacesOf: (type) => [...implementations].flatMap(([name, types]) => (types.has(type) ? [name] : [])).toSorted(),
  }
}
