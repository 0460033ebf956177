import type { ArgumentNode, FieldNode } from 'graphql'
import { print } from 'graphql'

/**
 * Canonical names for fetched data: the field's own, or one per distinct arguments. The caller's aliases never reach
 * plans, caches or departments, and a user's field with arguments cannot share a name with one that a `@requires`
 * asks for with other arguments (a known fault of the planner).
 */
export interface SourceNames {
  nameOf(node: FieldNode): string
  /** Arguments by canonical name. */
  readonly arguments: ReadonlyMap<string, readonly ArgumentNode[]>
}

export function createSourceNames(): SourceNames {
  const names = new Map<string, string>()
  const given = new Map<string, readonly ArgumentNode[]>()
  return {
    arguments: given,
    nameOf(node) {
      if (!node.arguments || node.arguments.length === 0) return node.name.value
      const key = `${node.name.value}(${node.arguments.map((one) => print(one)).join()})`
      const name = names.get(key) ?? `${node.name.value}_gx${names.size}`
      names.set(key, name)
      given.set(name, node.arguments)
      return name
    },
  }
}
