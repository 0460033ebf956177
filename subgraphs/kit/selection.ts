import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isObjectType,
  Kind,
} from 'graphql'
import type { FieldNode, GraphQLResolveInfo, GraphQLSchema, SelectionNode, SelectionSetNode } from 'graphql'

/** What of the request decides which fields are really selected. */
type Scope = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues' | 'operation'>

/**
 * The fields that a request really selects on a type below one root field: through fragments, inline fragments and
 * aliases, without what `@skip` and `@include` leave out for the actual variables.
 */
export function fieldsBelowRoot(scope: Scope, rootKey: string, typeName: string): readonly FieldNode[] {
  const root = scope.schema.getQueryType()?.name ?? 'Query'
  const roots = selected(scope, root, [scope.operation.selectionSet]).filter((field) => responseKey(field) === rootKey)
  return selected(scope, typeName, subselections(roots))
}

/** The names of the fields that are really selected on a type below some fields. */
export function namesBelow(scope: Scope, typeName: string, fields: readonly FieldNode[]): ReadonlySet<string> {
  return new Set(selected(scope, typeName, subselections(fields)).map((field) => field.name.value))
}

/** The name under which a field appears in the answer. */
function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}

function subselections(fields: readonly FieldNode[]): readonly SelectionSetNode[] {
  return fields.flatMap((field) => field.selectionSet ?? [])
}

function selected(scope: Scope, typeName: string, sets: readonly SelectionSetNode[]): readonly FieldNode[] {
  return sets.flatMap((set) => set.selections.flatMap((node) => fieldsOf(scope, typeName, node)))
}

function fieldsOf(scope: Scope, typeName: string, node: SelectionNode): readonly FieldNode[] {
  if (isLeftOut(scope, node)) return []
  if (node.kind === Kind.FIELD) return [node]
  const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : scope.fragments[node.name.value]
  if (fragment === undefined || !applies(scope.schema, fragment.typeCondition?.name.value, typeName)) return []
  return selected(scope, typeName, [fragment.selectionSet])
}

function isLeftOut(scope: Scope, node: SelectionNode): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, node, scope.variableValues)
  const include = getDirectiveValues(GraphQLIncludeDirective, node, scope.variableValues)
  return skip?.['if'] === true || include?.['if'] === false
}

function applies(schema: GraphQLSchema, condition: string | undefined, typeName: string): boolean {
  if (condition === undefined || condition === typeName) return true
  const [wanted, concrete] = [schema.getType(condition), schema.getType(typeName)]
  return isAbstractType(wanted) && isObjectType(concrete) && schema.isSubType(wanted, concrete)
}
