import { Kind } from 'graphql'
import type { FieldDefinitionNode, TypeNode } from 'graphql'
import { intended } from '../links.ts'
import { namedType } from '../shape.ts'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { readablePlaces } from './places.ts'

/** What a page says of itself, beside its rows. */
const PAGE_FIELDS = ['endCursor', 'hasNextPage'] as const

/**
 * No root field answers with as much as there is: it lists by keys that the caller gives, one answer for each, or page by
 * page. The most that a page may hold is in the department's source.ts (`lists`), and refused there.
 */
export function lintPagination(sdl: LintedSdl): readonly LintFinding[] {
  const types = typesOf(sdl)
  return [...readablePlaces(sdl.document)].flatMap((place): readonly LintFinding[] => {
    if (place.kind !== 'FIELD' || place.of.name.value !== 'Query' || place.external) return []
    const { node, at } = place
    if (isList(node.type) && !takesKeys(node)) {
      const message = `${at} lists without bounds: answer pages (nodes, endCursor, hasNextPage) for first and after, or one for each of keys: [T!]!`
      return [lintAt(sdl.file, node, 'LIST_UNBOUNDED', message)]
    }
    const answered = types.get(namedType(node.type))
    if (sdl.builtin || counts(node, sdl) || answered === undefined || answered.keyed || !answered.lists) return []
    const missing = missingOf(node, answered.fields)
    if (missing.length === 0) return []
    const message = `${at} answers with a page and lacks ${missing.join(', ')}: add what is missing`
    return [lintAt(sdl.file, node, 'PAGE_INCOMPLETE', message)]
  })
}

function missingOf(field: FieldDefinitionNode, fields: ReadonlySet<string>): readonly string[] {
  const given = new Map((field.arguments ?? []).map((one) => [one.name.value, one]))
  const first = given.get('first')
  const bounded = first?.type.kind === Kind.NON_NULL_TYPE || first?.defaultValue !== undefined
  return [
    ...(bounded ? [] : ['first: Int! (or with a default)']),
    ...(given.has('after') ? [] : ['after: String']),
    ...PAGE_FIELDS.filter((one) => !fields.has(one)),
  ]
}

/** One answer for each key that the caller names: as bounded as the request. */
function takesKeys({ arguments: given = [] }: FieldDefinitionNode): boolean {
  return given.some(({ type }) => type.kind === Kind.NON_NULL_TYPE && type.type.kind === Kind.LIST_TYPE)
}

function counts({ directives = [] }: FieldDefinitionNode, { links }: LintedSdl): boolean {
  return directives.some(({ name }) => intended(links, name.value) === 'statistics')
}

interface Answered {
  readonly fields: ReadonlySet<string>
  /** A record or a reference of its own, not a page of others. */
  readonly keyed: boolean
  readonly lists: boolean
}

function typesOf({ document }: LintedSdl): ReadonlyMap<string, Answered> {
  const found = new Map<string, Answered>()
  for (const { kind, node, at } of readablePlaces(document)) {
    if (kind !== 'TYPE' || !('fields' in node)) continue
    const before = found.get(at)
    const fields = (node.fields ?? []).map((one) => one.name.value)
    const lists = (node.fields ?? []).some(({ type }) => isList(type))
    const keyed = node.directives?.some(({ name }) => name.value === 'key') ?? false
    found.set(at, {
      fields: new Set([...(before?.fields ?? []), ...fields]),
      keyed: keyed || (before?.keyed ?? false),
      lists: lists || (before?.lists ?? false),
    })
  }
  return found
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type))
}
