import { GraphQLError, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'

/** A document that was parsed and validated, or the code of why it cannot run. */
export type Prepared =
  | { readonly kind: 'READY'; readonly document: DocumentNode }
  | { readonly kind: 'REFUSED'; readonly code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' }

/**
 * Parses and validates each text once. The gateway sends few different texts, with all values in variables, so the
 * `capacity` least recently used ones are enough.
 */
export function documentCache(schema: GraphQLSchema, capacity = 500): (text: string) => Prepared {
  const known = new Map<string, Prepared>()
  return (text) => {
    const prepared = known.get(text) ?? prepare(schema, text)
    known.delete(text)
    known.set(text, prepared)
    const oldest = known.size > capacity ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    return prepared
  }
}

function prepare(schema: GraphQLSchema, text: string): Prepared {
  try {
    const document = parse(text)
    const errors = validate(schema, document, undefined, { hideSuggestions: true, maxErrors: 1 })
    return errors.length > 0 ? { kind: 'REFUSED', code: 'GRAPHQL_VALIDATION_FAILED' } : { kind: 'READY', document }
  } catch (error) {
    if (error instanceof GraphQLError) return { kind: 'REFUSED', code: 'GRAPHQL_PARSE_FAILED' }
    throw error
  }
}
