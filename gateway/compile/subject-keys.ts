import type { GraphQLSchema, OperationDefinitionNode, SelectionNode } from 'graphql'
import { Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'

/** Types whose objects are somebody, and what each is known by. */
export const SUBJECT_KEYS: Readonly<Record<string, readonly string[]>> = {
  Person: ['idDocumentType', 'idDocumentNumber'],
  LegalEntity: ['identifierType', 'identifier'],
}

/**
 * What is planned, with the key of every person and firm in it: the record names them and the bounds count them,
 * whether their number is answered or not (ZS-6.03). Nothing of it reaches the answer, which the projection writes.
 */
export function withSubjectKeys(schema: GraphQLSchema, operation: OperationDefinitionNode): OperationDefinitionNode {
  const types = new TypeInfo(schema)
  return visit(
    operation,
    visitWithTypeInfo(types, {
      SelectionSet(set) {
        const parent = types.getParentType()
        const keys = parent && Object.hasOwn(SUBJECT_KEYS, parent.name) ? (SUBJECT_KEYS[parent.name] ?? []) : []
        const known = parent && 'getFields' in parent ? parent.getFields() : {}
        const own = keys.filter((name) => Object.hasOwn(known, name))
        return own.length === 0 ? undefined : { ...set, selections: [...own.map(field), ...set.selections] }
      },
    }),
  )
}

function field(name: string): SelectionNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } }
}
