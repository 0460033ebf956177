import type { DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { withConditions } from '../collect.ts'
import type { Conjunction } from '../compiled-operation.ts'

/** A field that a fetch asks of an entity. */
export interface EntityField {
  /** The type that it stands under. */
  readonly type: string
  readonly name: string
  readonly conditions: Conjunction
}

/** The fields at the top of an `_entities` selection, with the conditions under which each is asked for. */
export function entityFields(document: DocumentNode): readonly EntityField[] {
  const found: EntityField[] = []
  const gather = (set: SelectionSetNode, type: string, held: Conjunction): void => {
    for (const one of set.selections) {
      const conditions = withConditions(held, one.directives ?? [])
      if (conditions === null || one.kind === Kind.FRAGMENT_SPREAD) continue
      if (one.kind === Kind.FIELD) found.push({ type, name: one.name.value, conditions })
      else gather(one.selectionSet, one.typeCondition?.name.value ?? type, conditions)
    }
  }
  for (const { selectionSet } of entityRoots(document)) if (selectionSet) gather(selectionSet, '', [])
  return found
}

/** The same document with only some of these fields. */
export function keepEntityFields(
  document: DocumentNode,
  isKept: (type: string, name: string) => boolean,
): DocumentNode {
  const keep = (set: SelectionSetNode, type: string): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((one): readonly SelectionNode[] => {
      if (one.kind === Kind.FIELD) return isKept(type, one.name.value) ? [one] : []
      if (one.kind === Kind.FRAGMENT_SPREAD) return [one]
      const selectionSet = keep(one.selectionSet, one.typeCondition?.name.value ?? type)
      return selectionSet.selections.length === 0 ? [] : [{ ...one, selectionSet }]
    }),
  })
  const roots = new Set(entityRoots(document))
  return {
    ...document,
    definitions: document.definitions.map((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return definition
      const selections = definition.selectionSet.selections.map((one) =>
        one.kind === Kind.FIELD && roots.has(one) && one.selectionSet
          ? { ...one, selectionSet: keep(one.selectionSet, '') }
          : one,
      )
      return { ...definition, selectionSet: { ...definition.selectionSet, selections } }
    }),
  }
}

function entityRoots(document: DocumentNode): readonly FieldNode[] {
  return document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION
      ? one.selectionSet.selections.filter((root) => root.kind === Kind.FIELD)
      : [],
  )
}
