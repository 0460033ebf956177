import type { GraphQLLeafType, GraphQLOutputType } from 'graphql'
import { getNullableType, isEnumType, isLeafType, isSpecifiedScalarType } from 'graphql'
import type { LeafKind, Writing } from './writing.ts'
import { spend } from './writing.ts'

const SPECIFIED: Readonly<Record<string, LeafKind>> = {
  String: 'text',
  ID: 'text',
  Int: 'integer',
  Float: 'number',
  Boolean: 'boolean',
}

/** What copied values of a type mostly are; null where they are no single leaf. */
export function copiedKind(type: GraphQLOutputType): LeafKind | null {
  const inner = getNullableType(type)
  return isLeafType(inner) ? kindOf(inner) : null
}

function kindOf(type: GraphQLLeafType): LeafKind {
  if (isEnumType(type)) return 'enum'
  return isSpecifiedScalarType(type) ? (SPECIFIED[type.name] ?? 'other') : 'other'
}

/** What a value becomes, or undefined where the schema promises another type. */
export type Leaf = (writing: Writing, value: unknown) => unknown

/** Scalars whose very name says that a value can have parts; in any other an object is no value. */
const STRUCTURED: ReadonlySet<string> = new Set(['JSON', 'JSONObject'])

/**
 * Values leave only in the type that the schema promises, as `serialize` of graphql-js has them: a number may stand for
 * a text and a text for a number, an object for neither. What a source got wrong is not passed on.
 */
export function leafOf(type: GraphQLLeafType): Leaf {
  const serialised = (value: unknown): unknown => {
    if (typeof value === 'object' && !STRUCTURED.has(type.name)) return undefined
    try {
      return type.serialize(value) ?? undefined
    } catch {
      return undefined
    }
  }
  const text = (writing: Writing, value: unknown): unknown => {
    if (typeof value !== 'string') return serialised(value)
    spend(writing, value.length)
    return value
  }
  switch (kindOf(type)) {
    case 'text':
      return text
    case 'integer':
      // The bits that an Int has leave it as it is.
      return (_, value) => (typeof value === 'number' && (value | 0) === value ? value : serialised(value))
    case 'number':
      return (_, value) => (typeof value === 'number' && Number.isFinite(value) ? value : serialised(value))
    case 'boolean':
      return (_, value) => (typeof value === 'boolean' ? value : serialised(value))
    case 'enum': {
      // A built schema's enums are served under their own names.
      const names = new Set(
        isEnumType(type) ? type.getValues().flatMap((one) => (one.value === one.name ? one.name : [])) : [],
      )
      return (_, value) => (typeof value === 'string' && names.has(value) ? value : serialised(value))
    }
    case 'other':
      return (writing, value) => {
        const written = serialised(value)
        return typeof written === 'string' ? text(writing, written) : written
      }
  }
}
