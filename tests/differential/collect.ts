import type { FieldNode, FragmentDefinitionNode, GraphQLSchema, SelectionSetNode } from 'graphql'
import { GraphQLIncludeDirective, GraphQLSkipDirective, Kind, getDirectiveValues, isAbstractType } from 'graphql'

/** What a document is read with. */
export interface Reading {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Coerced values, under the names of the document. */
  readonly variables: Readonly<Record<string, unknown>>
}

/** The fields that are part of this answer, for an object of a concrete type, by response name. */
export function collect(reading: Reading, type: string, sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>()
  const visit = (set: SelectionSetNode): void => {
    for (const one of set.selections) {
      if (getDirectiveValues(GraphQLSkipDirective, one, reading.variables)?.['if'] === true) continue
      if (getDirectiveValues(GraphQLIncludeDirective, one, reading.variables)?.['if'] === false) continue
      if (one.kind === Kind.FIELD) {
        const key = one.alias?.value ?? one.name.value
        fields.set(key, [...(fields.get(key) ?? []), one])
        continue
      }
      const fragment = one.kind === Kind.FRAGMENT_SPREAD ? reading.fragments.get(one.name.value) : one
      const condition = fragment?.typeCondition?.name.value
      if (fragment && (condition === undefined || concreteTypes(reading.schema, condition).includes(type)))
        visit(fragment.selectionSet)
    }
  }
  for (const set of sets) visit(set)
  return fields
}

/** The types that an object at a place of this type can have. */
export function concreteTypes(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name)
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : [name]
}

export function below(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
}
