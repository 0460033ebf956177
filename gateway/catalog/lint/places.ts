import { Kind } from 'graphql'
import type {
  ConstDirectiveNode,
  DefinitionNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  TypeDefinitionNode,
  TypeExtensionNode,
} from 'graphql'

type TypeNode = TypeDefinitionNode | TypeExtensionNode

interface Common {
  /** `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`, `Input.member`. */
  readonly at: string
  /** Of another department: repeated here to be read only. */
  readonly external: boolean
}

/** A place of an SDL that somebody reads. */
export type Place = Common &
  (
    | { readonly kind: 'TYPE'; readonly node: TypeNode; readonly root: boolean }
    | { readonly kind: 'FIELD'; readonly node: FieldDefinitionNode; readonly of: TypeNode }
    | { readonly kind: 'ARGUMENT'; readonly node: InputValueDefinitionNode }
    | { readonly kind: 'ENUM_VALUE'; readonly node: EnumValueDefinitionNode }
    | { readonly kind: 'INPUT_MEMBER'; readonly node: InputValueDefinitionNode }
  )

/** Root types are everybody's: each department adds its own fields to them. */
const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription'])

/** Every type, field, argument, enum value and input member that a document defines, in its order. */
export function* readablePlaces({ definitions }: DocumentNode): Iterable<Place> {
  for (const node of definitions) {
    if (!isType(node)) continue
    const name = node.name.value
    yield { kind: 'TYPE', at: name, node, root: ROOTS.has(name), external: isExternal(node.directives) }
    yield* membersOf(node)
  }
}

function* membersOf(node: TypeNode): Iterable<Place> {
  const name = node.name.value
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      for (const field of node.fields ?? []) {
        const at = `${name}.${field.name.value}`
        const external = isExternal(field.directives) || isExternal(node.directives)
        yield { kind: 'FIELD', at, node: field, of: node, external }
        for (const one of field.arguments ?? [])
          yield { kind: 'ARGUMENT', at: `${at}(${one.name.value}:)`, node: one, external }
      }
      return
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      for (const value of node.values ?? [])
        yield { kind: 'ENUM_VALUE', at: `${name}.${value.name.value}`, node: value, external: false }
      return
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      for (const member of node.fields ?? [])
        yield { kind: 'INPUT_MEMBER', at: `${name}.${member.name.value}`, node: member, external: false }
      return
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.SCALAR_TYPE_EXTENSION:
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      return
  }
}

/** The text that stands before a place; null where there is none. An extension cannot have one. */
export function descriptionOf({ node }: Place): string | null {
  const value = 'description' in node ? node.description?.value.trim() : undefined
  return value === undefined || value === '' ? null : value
}

function isType(node: DefinitionNode): node is TypeNode {
  return /Type(Definition|Extension)$/.test(node.kind)
}

function isExternal(directives: readonly ConstDirectiveNode[] = []): boolean {
  return directives.some(({ name }) => name.value === 'external')
}
