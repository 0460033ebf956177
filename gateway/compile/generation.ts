import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Catalog, FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import type { ViewCache } from '../grants/view-cache.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { compile } from './compile.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import type { NormalisedOperation } from './normalise.ts'
import type { Planner } from './plan.ts'
import { viewSchema } from './view-schema.ts'
import type { Wording } from './view-schema.ts'

/** Everything that follows from one catalogue: immutable; a reload builds the next one and old requests finish on the old. */
export interface Generation {
  readonly id: number
  readonly schema: GraphQLSchema
  readonly catalog: Catalog
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly views: ViewCache
  /** Compiles once per (view, normalised document), however many ask at the same time. */
  compiledFor(view: View, normalised: NormalisedOperation): Promise<CompiledOperation>
  /** The schema that introspection shows under a view. */
  introspectionSchema(view: View): GraphQLSchema
}

/** What a generation is made of. */
export interface GenerationParts {
  readonly id: number
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly catalog: Catalog
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly views: ViewCache
  readonly planner: Planner
  readonly maxFields: number
  readonly wording: Wording
}

/** Compiled operations that are kept per generation, over all views: how many, and bytes by a rough measure. */
const COMPILED = 5_000
const COMPILED_BYTES = 96 * 1024 * 1024

/** Bytes that count for an operation that is still being compiled. */
const UNKNOWN = 10_000

/** About as many bytes as an operation holds: its text twice over in plan and selection, and each place in it. */
function sizeOf({ pruned, uses }: CompiledOperation): number {
  return 2_000 + 10 * (pruned?.length ?? 0) + 600 * uses.length
}

/** View schemas that are kept; each is as large as the part of the schema that it shows. */
const VIEW_SCHEMAS = 200

/** Builds a generation around one catalogue; its caches are bounded by number and by size. */
export function createGeneration(parts: GenerationParts): Generation {
  const compiled = new LRUCache<string, Promise<CompiledOperation>>({ max: COMPILED, maxSize: COMPILED_BYTES })
  const schemas = new LRUCache<string, GraphQLSchema>({ max: VIEW_SCHEMAS })
  const { schema, fields, planner, maxFields } = parts
  const { filters: named, exactFilters, statistics = {} } = parts.catalog
  const filters = { filters: named, exact: new Set(exactFilters), counts: statistics }
  const shown = { fields, filters: parts.catalog.filters }

  /** Gives a compiled operation its real weight; one that could not be compiled is not kept. */
  const weigh = async (key: string, compiling: Promise<CompiledOperation>): Promise<void> => {
    const size = await compiling.then(sizeOf, () => null)
    if (compiled.peek(key) !== compiling) return
    if (size === null) compiled.delete(key)
    else compiled.set(key, compiling, { size })
  }
  return Object.freeze({
    id: parts.id,
    schema,
    catalog: parts.catalog,
    fields,
    views: parts.views,
    compiledFor(view: View, normalised: NormalisedOperation) {
      const key = `${view.id} ${view.validUntil} ${normalised.hash}`
      const known = compiled.get(key)
      if (known) return known
      const compiling = compile({ schema, fields, filters, planner, maxFields }, view, normalised)
      compiled.set(key, compiling, { size: UNKNOWN })
      void weigh(key, compiling)
      return compiling
    },
    introspectionSchema(view: View) {
      const known = schemas.get(view.id) ?? viewSchema(parts.document, shown, view, parts.wording)
      schemas.set(view.id, known)
      return known
    },
  })
}
