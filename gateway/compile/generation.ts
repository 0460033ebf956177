import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../caller/caller.ts'
import { indexAttributes } from '../catalog/attributes.ts'
import type { Catalog, FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import type { ViewCache } from '../grants/view-cache.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { compile } from './compile.ts'
import { createKeeping } from './fetch-keeping.ts'
import type { CompileContext, CompileQuestion } from './compile.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import type { Plans } from './plan-cache.ts'
import { readAgain, usedBy } from './used-operation.ts'
import type { UsedOperation } from './used-operation.ts'
import { sizeOfSchema, viewSchema } from './view-schema.ts'
import type { Wording } from './view-schema.ts'

/** Everything that follows from one catalogue: immutable; a reload builds the next one and old requests finish on the old. */
export interface Generation {
  readonly id: number
  readonly schema: GraphQLSchema
  readonly catalog: Catalog
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly views: ViewCache
  /**
   * Compiles once per (view, normalised document), however many ask at the same time.
   *
   * @param asker for whom it is compiled: what its department asks waits in a line of its own, and the next generation
   *   compiles it again for the same view. What the gateway asks on its own account has none.
   */
  compiledFor(view: View, question: CompileQuestion, asker?: Caller): Promise<CompiledOperation>
  /** The schema that introspection shows under a view. */
  introspectionSchema(view: View): GraphQLSchema
  /** The operations that were asked most, the most used first. */
  mostUsed(count: number): readonly UsedOperation[]
  /** Compiles what another generation was asked; does nothing where this one cannot answer it. Rejects as compiling does. */
  warm(used: UsedOperation): Promise<void>
  /** Resolves when its planner can be asked without waiting for its start; rejects where it cannot be started. */
  ready(): Promise<void>
  /** Takes it out of service: requests under way finish on it, and hold it no longer than they last. */
  retire(): void
}

/** What a generation is made of. */
export interface GenerationParts {
  readonly id: number
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly catalog: Catalog
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly views: ViewCache
  readonly plans: Plans
  readonly maxFields: number
  readonly wording: Wording
}

/** Compiled operations that are kept per generation, over all views: how many, and bytes by a rough measure. */
const COMPILED = 5_000
const COMPILED_BYTES = 48 * 1024 * 1024

/** About as many bytes as an operation holds beside its plan, once it has run: measured in a running gateway. */
function sizeOf({ pruned, uses }: CompiledOperation): number {
  return 7_500 + 16 * (pruned?.length ?? 0) + 1_400 * uses.length
}

/** View schemas that are kept; each is as large as the part of the schema that it shows. */
const VIEW_SCHEMAS = { entries: 200, bytes: 16 * 1024 * 1024 }

/** A compiled operation, who used it, and how often. */
interface Kept {
  readonly compiling: Promise<CompiledOperation>
  readonly used: Omit<UsedOperation, 'uses'> | null
  uses: number
}

/** What its operations are compiled with. */
function contextOf({ schema, fields, plans, maxFields, catalog }: GenerationParts): CompileContext {
  const { filters: named, exactFilters, statistics = {} } = catalog
  const attributes = indexAttributes(catalog.attributes)
  const filters = { filters: named, exact: new Set(exactFilters), counts: statistics }
  return { schema, fields, filters, attributes, plans, keeping: createKeeping({ schema, fields, catalog }), maxFields }
}

/** The compiled operations of one generation. */
interface Operations {
  /** Compiles it where nothing like it is kept. */
  keep(this: void, view: View, question: CompileQuestion, asker: Caller | null, uses: number): Kept
  mostUsed(this: void, count: number): readonly UsedOperation[]
}

function createOperations(context: CompileContext): Operations {
  const compiled = new LRUCache<string, Kept>({ max: COMPILED, maxSize: COMPILED_BYTES })
  // By asker as well: departments of one view share what is compiled, and not the line that each waits in for it.
  const compiling = new Map<string, Kept>()

  /** Keeps an operation once it is compiled and its weight known; one that could not be compiled is not kept. */
  const settle = async (key: string, own: string, kept: Kept): Promise<void> => {
    const size = await kept.compiling.then(sizeOf, () => null)
    compiling.delete(own)
    const first = compiled.peek(key)
    if (first) first.uses += kept.uses
    else if (size !== null) compiled.set(key, kept, { size: size + (kept.used?.text.length ?? 0) })
  }
  return {
    keep(view, question, asker, uses) {
      const key = `${view.id} ${view.validUntil} ${question.hash}`
      const department = asker?.department ?? ''
      const own = `${department} ${key}`
      const known = compiled.get(key) ?? compiling.get(own)
      if (known) {
        known.uses += uses
        return known
      }
      const kept = {
        compiling: compile(context, view, question, department),
        used: asker && usedBy(asker, question),
        uses,
      }
      compiling.set(own, kept)
      void settle(key, own, kept)
      return kept
    },
    mostUsed: (count) =>
      [...compiled.values()]
        .flatMap(({ used, uses }) => (used ? [{ ...used, uses }] : []))
        .toSorted((one, other) => other.uses - one.uses)
        .slice(0, count),
  }
}

/** Builds a generation around one catalogue; its caches are bounded by number and by size. */
export function createGeneration(parts: GenerationParts): Generation {
  const { keep, mostUsed } = createOperations(contextOf(parts))
  const schemas = createBoundedCache<GraphQLSchema>(VIEW_SCHEMAS)
  const { schema, fields, plans, views } = parts
  const { filters, resources } = parts.catalog
  const shown = { fields, filters, resources }
  return Object.freeze({
    id: parts.id,
    schema,
    catalog: parts.catalog,
    fields,
    views,
    compiledFor: (view: View, question: CompileQuestion, asker?: Caller) =>
      keep(view, question, asker ?? null, 1).compiling,
    introspectionSchema(view: View) {
      const known = schemas.get(view.id)
      if (known) return known
      const made = viewSchema(parts.document, shown, view, parts.wording)
      schemas.set(view.id, made, sizeOfSchema(made))
      return made
    },
    mostUsed,
    async warm(used: UsedOperation) {
      const question = readAgain(schema, used)
      // Half of them: what is not asked any more is overtaken by what is.
      if (question) await keep(views.viewOf(used.asker), question, used.asker, Math.floor(used.uses / 2)).compiling
    },
    ready: () => plans.ready(),
    retire: () => plans.release(),
  })
}
