import type { ConstDirectiveNode, ConstValueNode, DocumentNode } from 'graphql'
import { Kind } from 'graphql'

/** Our specification; its major and minor version decide what the annotations mean. */
const SPECIFICATION = 'https://gongxiang.example/sharing/'
const VERSION = 'v1.0'

/** What a directive is called where the specification is linked and the directive not imported. */
const NAMESPACE = 'sharing__'

/** The directives of schema/sharing.graphql. */
export const SHARING_DIRECTIVES = [
  'resource',
  'share',
  'masking',
  'verify',
  'filters',
  'statistics',
  'reference',
  'declassifies',
] as const
export type SharingDirective = (typeof SHARING_DIRECTIVES)[number]

/** How one SDL imports our directives. */
export interface Links {
  /** Whether the specification is linked at all. */
  readonly linked: boolean
  /** Local name → directive. A renamed import is a problem, yet its uses are read, so that other faults are told too. */
  readonly names: ReadonlyMap<string, SharingDirective>
  /** Local names that `@composeDirective` carries into the supergraph. */
  readonly composed: ReadonlySet<string>
  readonly problems: readonly LinkProblem[]
}

/** A `@link` that cannot be used as it stands. */
export interface LinkProblem {
  readonly node: ConstDirectiveNode | ConstValueNode
  readonly message: string
}

/** Reads `@link` and `@composeDirective` of every schema definition and extension. */
export function readLinks(document: DocumentNode): Links {
  const directives = document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? [])
      : [],
  )
  const links = directives.filter(
    (one) => one.name.value === 'link' && text(argument(one, 'url'))?.startsWith(SPECIFICATION),
  )
  const imported = links.flatMap((link) => [...imports(link)])
  const names = new Map(imported.flatMap(({ as, directive }) => (directive ? [[as, directive] as const] : [])))
  const composed = directives
    .filter((one) => one.name.value === 'composeDirective')
    .flatMap((one) => text(argument(one, 'name'))?.replace(/^@/, '') ?? [])
  const problems = [...links.flatMap(linkProblems), ...imported.flatMap(importProblems)]
  return { linked: links.length > 0, names, composed: new Set(composed), problems }
}

/** Which of our directives a local name stands for, or was meant to stand for. */
export function intended(links: Links, local: string): SharingDirective | null {
  const plain = local.startsWith(NAMESPACE) ? local.slice(NAMESPACE.length) : local
  return links.names.get(local) ?? SHARING_DIRECTIVES.find((one) => one === plain) ?? null
}

interface Import {
  readonly node: ConstValueNode
  readonly from: string | null
  readonly as: string
  readonly directive: SharingDirective | null
}

function* imports(link: ConstDirectiveNode): Iterable<Import> {
  const list = argument(link, 'import')
  if (list?.kind !== Kind.LIST) return
  for (const node of list.values) {
    const from = node.kind === Kind.OBJECT ? member(node.fields, 'name') : text(node)
    const as = (node.kind === Kind.OBJECT ? member(node.fields, 'as') : null) ?? from ?? ''
    const directive = SHARING_DIRECTIVES.find((one) => `@${one}` === from) ?? null
    yield { node, from, as: as.replace(/^@/, ''), directive }
  }
}

function linkProblems(link: ConstDirectiveNode): LinkProblem[] {
  const problems: LinkProblem[] = []
  const version = text(argument(link, 'url'))?.slice(SPECIFICATION.length)
  if (version !== VERSION)
    problems.push({ node: link, message: `this gateway reads ${SPECIFICATION}${VERSION}, not ${version ?? ''}` })
  // `for` makes the supergraph unloadable; `as` moves the directives that are not imported.
  for (const name of ['for', 'as'].filter((one) => argument(link, one)))
    problems.push({ node: link, message: `the @link to the sharing specification takes no "${name}"` })
  return problems
}

/** One name in every department: composition demands it, and so does everyone who reads the supergraph. */
function importProblems({ node, from, as, directive }: Import): LinkProblem[] {
  if (!directive) return [{ node, message: `the sharing specification has no ${from ?? 'such element'}` }]
  if (as === directive) return []
  return [{ node, message: `${from ?? ''} is imported as @${as}: the sharing directives keep their names` }]
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
