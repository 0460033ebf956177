import type { ConstDirectiveNode, ConstValueNode, DirectiveNode, DocumentNode } from 'graphql'
import { Kind, visit } from 'graphql'
import type { FaultCode, Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Topic } from './rules.ts'

/** What one of federation's own directives does that the catalogue could not hold. */
interface Unfit {
  readonly code: FaultCode
  readonly topic: Topic
  readonly why: string
}

const TAKES: Omit<Unfit, 'why'> = { code: 'SOURCE_CONFLICT', topic: 'ONE_SOURCE' }
const HIDES: Omit<Unfit, 'why'> = { code: 'FLOW_HIDDEN', topic: 'MINIMUM' }

const UNFIT: ReadonlyMap<string, Unfit> = new Map([
  ['override', { ...TAKES, why: "puts this department's value in the place of another's" }],
  ['provides', { ...TAKES, why: "answers here with a value that is another department's to give" }],
  ['inaccessible', { ...HIDES, why: 'hides it from everyone who asks, while it can still be fetched' }],
  ['context', { ...HIDES, why: 'hands values down to arguments that no decision guards' }],
  ['fromContext', { ...HIDES, why: 'takes a value from a record above, with no decision on it' }],
])

const APOLLO = 'specs.apollo.dev'
/** Specifications of Apollo's that a department may link: each of the others moves data in a way of its own. */
const LINKED = new Set(['link', 'federation'])

/**
 * What of federation itself would get round the catalogue: directives that take over or hide data, and names under
 * which `@key`, `@external` and `@requires` would not be known for what they are.
 */
export function checkFederation({ document, source }: DepartmentReading): Finding[] {
  if (!document) return []
  const renamed = schemaDirectives(document)
    .flatMap(linkProblems)
    .map(({ node, message }) => findingAt(source.file, node, 'LINK_UNFIT', message, 'CLASS_DECLARED'))
  return [...renamed, ...usedIn(document).flatMap((directive) => useProblems(source.file, directive))]
}

function usedIn(document: DocumentNode): readonly DirectiveNode[] {
  const used: DirectiveNode[] = []
  visit(document, { Directive: (node) => void used.push(node) })
  return used
}

function useProblems(file: string, directive: DirectiveNode): Finding[] {
  const local = directive.name.value
  const plain = local.replace(/^federation__/, '')
  const unfit = UNFIT.get(plain)
  if (unfit) return [findingAt(file, directive, unfit.code, `@${local} ${unfit.why}`, unfit.topic)]
  if (plain === local) return []
  const message = `@${local}: import it from the federation specification and call it @${plain}`
  return [findingAt(file, directive, 'LINK_UNFIT', message, 'CLASS_DECLARED')]
}

function schemaDirectives(document: DocumentNode): readonly ConstDirectiveNode[] {
  return document.definitions.flatMap((one) =>
    one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION ? (one.directives ?? []) : [],
  )
}

interface Problem {
  readonly node: ConstDirectiveNode | ConstValueNode
  readonly message: string
}

function linkProblems(link: ConstDirectiveNode): readonly Problem[] {
  const url = argument(link, 'url') ?? argument(link, 'feature')
  const name = specification(text(url))
  if (!url || name === null) return []
  const message = (words: string): readonly Problem[] => [{ node: link, message: words }]
  if (link.name.value !== 'link') return message(`@${link.name.value}: specifications are linked by @link`)
  if (!LINKED.has(name)) return message(`the specification "${name}" is not one that this gateway reads`)
  if (argument(link, 'as')) return message(`the @link to the ${name} specification takes no "as"`)
  const list = argument(link, 'import')
  return list?.kind === Kind.LIST ? list.values.flatMap(importProblems) : []
}

function importProblems(node: ConstValueNode): readonly Problem[] {
  if (node.kind !== Kind.OBJECT) return []
  const member = (wanted: string): string | null => text(node.fields.find(({ name }) => name.value === wanted)?.value)
  const [name, as] = [member('name'), member('as')]
  if (as === null || as === name) return []
  return [{ node, message: `${name ?? ''} is imported as ${as}: federation's directives keep their names` }]
}

/** Name of a specification of Apollo's, as the composer tells it from the address; null for anybody else's. */
function specification(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address)
  return url?.hostname === APOLLO ? (url.pathname.split('/').find((part) => part !== '') ?? '') : null
}
