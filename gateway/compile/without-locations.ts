import type { DocumentNode } from 'graphql'

/**
 * A document without its places in the text. Each place holds the whole text with its values, and every word of it by
 * the next: what is kept for later must hold neither (wall 12), and is half as large without.
 */
export function withoutLocations(document: DocumentNode): DocumentNode {
  return bare(document) as DocumentNode
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value))
    if (name !== 'loc' && member !== undefined) copy[name] = bare(member)
  return copy
}
