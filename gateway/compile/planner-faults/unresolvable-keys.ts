import type { ConstDirectiveNode, DocumentNode } from 'graphql'
import { Kind } from 'graphql'
import { isComposite, textArgument } from './supergraph-types.ts'

/**
 * The planner takes the first `@key` of a type, also where its department says that it cannot resolve it. Such a key is
 * dropped where the same type has another one in the same department; a key alone stays, so that the planner knows
 * that there is no way.
 */
export function withoutUnresolvableKeys(supergraph: DocumentNode): DocumentNode {
  const definitions = supergraph.definitions.map((one) => {
    if (!isComposite(one)) return one
    const joins = (one.directives ?? []).filter(({ name }) => name.value === 'join__type')
    const resolvable = new Set(joins.filter(isResolvableKey).map((join) => textArgument(join, 'graph')))
    const needless = new Set(
      joins.filter((join) => isUnresolvable(join) && resolvable.has(textArgument(join, 'graph'))),
    )
    return needless.size === 0
      ? one
      : { ...one, directives: (one.directives ?? []).filter((directive) => !needless.has(directive)) }
  })
  return { ...supergraph, definitions }
}

function isResolvableKey(join: ConstDirectiveNode): boolean {
  return textArgument(join, 'key') !== null && !isUnresolvable(join)
}

function isUnresolvable(join: ConstDirectiveNode): boolean {
  const value = join.arguments?.find(({ name }) => name.value === 'resolvable')?.value
  return value?.kind === Kind.BOOLEAN && !value.value
}
