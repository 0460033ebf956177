import type {
  DirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  TypeNode,
} from 'graphql'
import { Kind } from 'graphql'

/** The types of a supergraph as they are written, without building a schema. */
export interface SupergraphTypes {
  field(type: string, name: string): FieldDefinitionNode | undefined
  /** Object types that can stand where the type does, hidden ones included: itself, for an object type. */
  possible(type: string): readonly string[]
  /** Object types and interfaces that implement an interface. */
  implementing(type: string): readonly string[]
  isInterface(type: string): boolean
  isAbstract(type: string): boolean
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

export function isComposite(definition: { readonly kind: string }): definition is Composite {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
}

/** Reads the types of a supergraph, in which everything is defined and nothing extended. */
export function readTypes(supergraph: DocumentNode): SupergraphTypes {
  const composites = new Map(
    supergraph.definitions.filter((one) => isComposite(one)).map((one) => [one.name.value, one]),
  )
  const fields = new Map(
    [...composites].map(([type, { fields: own = [] }]) => [type, new Map(own.map((one) => [one.name.value, one]))]),
  )
  const implementing = new Map<string, string[]>()
  for (const [type, { interfaces = [] }] of composites) {
    for (const { name } of interfaces) implementing.set(name.value, [...(implementing.get(name.value) ?? []), type])
  }
  const unions = new Map(
    supergraph.definitions.flatMap((one) =>
      one.kind === Kind.UNION_TYPE_DEFINITION
        ? [[one.name.value, (one.types ?? []).map(({ name }) => name.value)] as const]
        : [],
    ),
  )
  const isObject = (type: string): boolean => composites.get(type)?.kind === Kind.OBJECT_TYPE_DEFINITION
  const isInterface = (type: string): boolean => composites.get(type)?.kind === Kind.INTERFACE_TYPE_DEFINITION
  return {
    field: (type, name) => fields.get(type)?.get(name),
    possible: (type) => unions.get(type) ?? (isObject(type) ? [type] : (implementing.get(type) ?? []).filter(isObject)),
    implementing: (type) => implementing.get(type) ?? [],
    isInterface,
    isAbstract: (type) => unions.has(type) || isInterface(type),
  }
}

/** The name of a type, lists and non-null aside. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

/** What an argument of a directive says as text: a string, or an enum value. */
export function textArgument(directive: DirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null
}
