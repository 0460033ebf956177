import type { ConstDirectiveNode, ConstValueNode, DocumentNode } from 'graphql'
import { Kind } from 'graphql'

/** Prefix of our specification's URL, whatever its version. */
const SPECIFICATION = /^https:\/\/gongxiang\.example\/sharing\//

export const SHARING_DIRECTIVES = [
  'resource',
  'share',
  'masking',
  'verify',
  'filters',
  'reference',
  'declassifies',
] as const
export type SharingDirective = (typeof SHARING_DIRECTIVES)[number]

/** How one SDL imports our directives. */
export interface Links {
  /** Whether the specification is linked at all. */
  readonly linked: boolean
  /** Local name → directive: an import may rename (`{name: "@share", as: "@access"}`). */
  readonly names: ReadonlyMap<string, SharingDirective>
  /** Local names that `@composeDirective` carries into the supergraph. */
  readonly composed: ReadonlySet<string>
}

/** Reads `@link` and `@composeDirective` of a schema definition or extension. */
export function readLinks(document: DocumentNode): Links {
  const directives = document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? [])
      : [],
  )
  const link = directives.find(
    (one) => one.name.value === 'link' && SPECIFICATION.test(text(argument(one, 'url')) ?? ''),
  )
  const composed = directives
    .filter((one) => one.name.value === 'composeDirective')
    .flatMap((one) => text(argument(one, 'name'))?.replace(/^@/, '') ?? [])
  return { linked: link !== undefined, names: new Map(link ? imports(link) : []), composed: new Set(composed) }
}

function* imports(link: ConstDirectiveNode): Iterable<[string, SharingDirective]> {
  const list = argument(link, 'import')
  if (list?.kind !== Kind.LIST) return
  for (const value of list.values) {
    const from = value.kind === Kind.OBJECT ? member(value.fields, 'name') : text(value)
    const as = value.kind === Kind.OBJECT ? (member(value.fields, 'as') ?? from) : from
    const directive = SHARING_DIRECTIVES.find((one) => `@${one}` === from)
    if (directive && as) yield [as.replace(/^@/, ''), directive]
  }
}

function member(fields: readonly { name: { value: string }; value: ConstValueNode }[], name: string): string | null {
  return text(fields.find((field) => field.name.value === name)?.value)
}

/** The value node of a directive's argument. */
export function argument(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((one) => one.name.value === name)?.value
}

/** The string of a string node, else null. */
export function text(node: ConstValueNode | undefined): string | null {
  return node?.kind === Kind.STRING ? node.value : null
}

/** The strings of a list node, or of a single string. */
export function texts(node: ConstValueNode | undefined): string[] {
  if (node?.kind === Kind.LIST) return node.values.flatMap((value) => text(value) ?? [])
  const single = text(node)
  return single === null ? [] : [single]
}

/** Whether a Boolean node is true. */
export function flag(node: ConstValueNode | undefined): boolean {
  return node?.kind === Kind.BOOLEAN && node.value
}
