import type { OperationDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind, parse } from 'graphql'
import type { FetchNode, Rewrite } from '../plan.ts'

/**
 * The first field that a plan does not ask for although it should, as a dotted path; null where there is none. On an
 * interface that no department implements, and that only one can resolve, the planner leaves out in silence what it
 * finds no way to. What stands under a type condition may be left out: not every type can occur at every place.
 */
export function unreachable(operation: OperationDefinitionNode, fetches: readonly FetchNode[]): string | null {
  const fetched = new Set(fetches.flatMap(fetchedPaths))
  const missing = (set: SelectionSetNode, above: string): string | null => {
    for (const one of set.selections) {
      if (one.kind !== Kind.FIELD || one.name.value === '__typename') continue
      const path = join(above, one.alias?.value ?? one.name.value)
      const found = fetched.has(path) ? (one.selectionSet ? missing(one.selectionSet, path) : null) : path
      if (found !== null) return found
    }
    return null
  }
  return missing(operation.selectionSet, '')
}

/** Response names from the root, as the assembled data has them. */
function fetchedPaths({ operation, path, requires, outputRewrites }: FetchNode): readonly string[] {
  const base = path.filter((step) => step !== '@').join('.')
  const renamed = renamedPaths(outputRewrites)
  const found: string[] = []
  const gather = (set: SelectionSetNode, written: string, above: string): void => {
    for (const one of set.selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) continue
      if (one.kind === Kind.INLINE_FRAGMENT) {
        gather(one.selectionSet, written, above)
        continue
      }
      const own = join(written, one.alias?.value ?? one.name.value)
      const full = join(above, renamed.get(own) ?? one.alias?.value ?? one.name.value)
      found.push(full)
      if (one.selectionSet) gather(one.selectionSet, own, full)
    }
  }
  for (const definition of parse(operation, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    if (!requires) gather(definition.selectionSet, '', base)
    else
      for (const root of definition.selectionSet.selections)
        if (root.kind === Kind.FIELD && root.selectionSet) gather(root.selectionSet, '', base)
  }
  return found
}

/** Aliases of the planner are unique among the types of a place, so that types need not be compared. */
function renamedPaths(rewrites: readonly Rewrite[]): ReadonlyMap<string, string> {
  return new Map(
    rewrites.flatMap((one) =>
      one.kind === 'KeyRenamer'
        ? [[one.path.filter((step) => !step.startsWith('... on ')).join('.'), one.renameKeyTo] as const]
        : [],
    ),
  )
}

function join(above: string, name: string): string {
  return above === '' ? name : `${above}.${name}`
}
