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
 * The fields that a request really selects beside the one that is being resolved, on its parent object: through
 * fragments, inline fragments and aliases, without what `@skip` and `@include` leave out for the actual variables.
 */
export function fieldsBeside(info: GraphQLResolveInfo): readonly FieldNode[] {
  return selected(info, info.parentType.name, setsAbove(info, info.path))
}

/** The selection sets that the parent object of a place is selected with. */
function setsAbove(info: GraphQLResolveInfo, place: Place): readonly SelectionSetNode[] {
  const parent = withoutIndexes(place.prev)
  if (parent === undefined) return [info.operation.selectionSet]
  const fields = selected(info, parent.typename ?? '', setsAbove(info, parent))
  return subselections(fields.filter((field) => responseKey(field) === parent.key))
}

/** A text that is equal for places that differ only in the indexes of lists. */
export function placeOf(info: GraphQLResolveInfo): string {
  const names: string[] = []
  for (let at = withoutIndexes(info.path.prev); at !== undefined; at = withoutIndexes(at.prev))
    names.unshift(String(at.key))
  // One call may list objects of several types.
  return `${names.join('.')} ${info.parentType.name}`
}

type Place = GraphQLResolveInfo['path']

function withoutIndexes(place: Place | undefined): Place | undefined {
  return typeof place?.key === 'number' ? withoutIndexes(place.prev) : place
}

/** The fields that are really selected on a type below some fields. */
export function fieldsBelow(scope: Scope, typeName: string, fields: readonly FieldNode[]): readonly FieldNode[] {
  return selected(scope, typeName, subselections(fields))
}

/** The names of the fields that are really selected on a type below some fields. */
export function namesBelow(scope: Scope, typeName: string, fields: readonly FieldNode[]): ReadonlySet<string> {
  return new Set(fieldsBelow(scope, typeName, fields).map((field) => field.name.value))
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
