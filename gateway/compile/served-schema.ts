import type {
  DocumentNode,
  FieldDefinitionNode,
  GraphQLSchema,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
} from 'graphql'
import { Kind, buildASTSchema, parse, printSchema } from 'graphql'

/**
 * The API schema with every output field nullable, keys included: a refusal must never destroy siblings by null
 * bubbling (wall 2). The supergraph keeps its non-null keys.
 */
export function servedSchema(api: GraphQLSchema): { readonly schema: GraphQLSchema; readonly document: DocumentNode } {
  const document = parse(printSchema(api))
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? loosen(definition)
      : definition,
  )
  const loosened = { ...document, definitions }
  return { schema: buildASTSchema(loosened), document: loosened }
}

function loosen(
  type: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode,
): ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode {
  const fields = (type.fields ?? []).map((field): FieldDefinitionNode => ({
    ...field,
    type: field.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field.type,
  }))
  return { ...type, fields }
}
