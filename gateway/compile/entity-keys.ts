import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind, parse } from 'graphql'
import type { EntityKeys, Rewrite } from './plan.ts'

/** The keys at the top of an `_entities` selection, by the type that each stands under, as they are once rewritten. */
export function entityKeys(operation: string, rewrites: readonly Rewrite[]): EntityKeys[] {
  const document = parse(operation)
  const renamed = renamedAtTop(rewrites)
  const found = new Map<string | null, Set<string>>()
  const gather = (set: SelectionSetNode, type: string | null): void => {
    for (const one of set.selections) {
      if (one.kind === Kind.FIELD) {
        const key = one.alias?.value ?? one.name.value
        found.set(type, (found.get(type) ?? new Set()).add(renamed.get(key) ?? key))
      } else if (one.kind === Kind.INLINE_FRAGMENT) {
        gather(one.selectionSet, one.typeCondition?.name.value ?? type)
      } else {
        const fragment = fragmentOf(document, one.name.value)
        if (fragment) gather(fragment.selectionSet, fragment.typeCondition.name.value)
      }
    }
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    for (const root of definition.selectionSet.selections) {
      if (root.kind === Kind.FIELD && root.selectionSet) gather(root.selectionSet, null)
    }
  }
  return [...found].map(([type, names]) => ({ type, names: [...names].filter((name) => name !== '__typename') }))
}

function fragmentOf(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions
    .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
    .find((one) => one.name.value === name)
}

/** Aliases of the planner are unique in one selection, so that the type need not be compared. */
function renamedAtTop(rewrites: readonly Rewrite[]): ReadonlyMap<string, string> {
  return new Map(
    rewrites.flatMap((rewrite) => {
      const fields = rewrite.path.filter((step) => !step.startsWith('... on '))
      const [only] = fields
      return rewrite.kind === 'KeyRenamer' && fields.length === 1 && only !== undefined
        ? [[only, rewrite.renameKeyTo] as const]
        : []
    }),
  )
}
