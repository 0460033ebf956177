import type { ArgumentNode, FieldNode, GraphQLField } from 'graphql'
import { print } from 'graphql'

/**
 * Canonical names for fetched data: the field's own, or one per distinct arguments. The caller's aliases never reach
 * plans, caches or departments. A field that takes arguments never goes by its own name, given or not: it could
 * share it with one that a `@requires` asks for with other arguments (a known fault of the planner).
 */
export interface SourceNames {
  nameOf(node: FieldNode, definition: GraphQLField<unknown, unknown>): string
  /** Arguments by canonical name. */
  readonly arguments: ReadonlyMap<string, readonly ArgumentNode[]>
}

export function createSourceNames(): SourceNames {
  const names = new Map<string, string>()
  const given = new Map<string, readonly ArgumentNode[]>()
  return {
    arguments: given,
    nameOf(node, definition) {
      if (definition.args.length === 0) return node.name.value
      const own = node.arguments ?? []
      const key = `${node.name.value}(${own.map((one) => print(one)).join()})`
      const name = names.get(key) ?? `${node.name.value}_gx${names.size}`
      names.set(key, name)
      given.set(name, own)
      return name
    },
  }
}
