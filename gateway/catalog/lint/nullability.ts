import { Kind } from 'graphql'
import type { TypeNode } from 'graphql'
import { argument, text } from '../links.ts'
import { fieldSet } from '../shape.ts'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { descriptionOf, readablePlaces } from './places.ts'
import type { Place } from './places.ts'

type FieldPlace = Place & { readonly kind: 'FIELD' }

/**
 * What may be refused may be null: only keys never are. A list has no holes, for a hole says nothing; where one does,
 * as in an answer that goes key by key, the description says what null means.
 */
export function lintNullability({ file, document }: LintedSdl): readonly LintFinding[] {
  const keys = keysOf(document)
  return [...readablePlaces(document)].flatMap((place): readonly LintFinding[] => {
    if (place.kind !== 'FIELD' || place.external) return []
    const { node, at } = place
    const findings: LintFinding[] = []
    if (node.type.kind === Kind.NON_NULL_TYPE && !keys.has(at))
      findings.push(lintAt(file, node, 'NON_NULL_FIELD', `${at} is no key: take the ! away, a refusal makes it null`))
    if (hasNullableMembers(node.type) && !tellsNull(place))
      findings.push(
        lintAt(
          file,
          node,
          'LIST_MEMBER_NULLABLE',
          `${at} is a list with holes: write [T!], or say in its description what null means`,
        ),
      )
    return findings
  })
}

function hasNullableMembers(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return hasNullableMembers(type.type)
  if (type.kind !== Kind.LIST_TYPE) return false
  return type.type.kind !== Kind.NON_NULL_TYPE || hasNullableMembers(type.type)
}

function tellsNull(place: FieldPlace): boolean {
  return /\bnull\b/.test(descriptionOf(place) ?? '')
}

/** Coordinates that a `@key` names: without them a record could not be found again. */
function keysOf(document: LintedSdl['document']): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const { kind, node, at } of readablePlaces(document)) {
    if (kind !== 'TYPE') continue
    for (const directive of (node.directives ?? []).filter(({ name }) => name.value === 'key'))
      for (const one of fieldSet(text(argument(directive, 'fields')) ?? '').selections)
        if (one.kind === Kind.FIELD) keys.add(`${at}.${one.name.value}`)
  }
  return keys
}
