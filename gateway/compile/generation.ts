import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../caller/caller.ts'
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
const COMPILED_BYTES = 64 * 1024 * 1024

/** Bytes that count for an operation that is still being compiled. */
const UNKNOWN = 10_000

/** About as many bytes as an operation holds beside its plan, once it has run: measured in a running gateway. */
function sizeOf({ pruned, uses }: CompiledOperation): number {
  return 4_000 + 10 * (pruned?.length ?? 0) + 900 * uses.length
}

/** View schemas that are kept; each is as large as the part of the schema that it shows. */
const VIEW_SCHEMAS = { entries: 200, bytes: 24 * 1024 * 1024 }

/** A compiled operation, who used it, and how often. */
interface Kept {
  readonly compiling: Promise<CompiledOperation>
  readonly used: Omit<UsedOperation, 'uses'> | null
  uses: number
}

/** What its operations are compiled with. */
function contextOf({ schema, fields, plans, maxFields, catalog }: GenerationParts): CompileContext {
  const { filters: named, exactFilters, statistics = {} } = catalog
  const filters = { filters: named, exact: new Set(exactFilters), counts: statistics }
  return { schema, fields, filters, plans, keeping: createKeeping({ schema, fields, catalog }), maxFields }
}

/** Builds a generation around one catalogue; its caches are bounded by number and by size. */
export function createGeneration(parts: GenerationParts): Generation {
  const compiled = new LRUCache<string, Kept>({ max: COMPILED, maxSize: COMPILED_BYTES })
  const schemas = createBoundedCache<GraphQLSchema>(VIEW_SCHEMAS)
  const { schema, fields, plans, views } = parts
  const context = contextOf(parts)
  const shown = { fields, filters: parts.catalog.filters }

  /** Gives a compiled operation its real weight; one that could not be compiled is not kept. */
  const weigh = async (key: string, kept: Kept): Promise<void> => {
    const size = await kept.compiling.then(sizeOf, () => null)
    if (compiled.peek(key) !== kept) return
    if (size === null) compiled.delete(key)
    else compiled.set(key, kept, { size: size + (kept.used?.text.length ?? 0) })
  }
  const keep = (view: View, question: CompileQuestion, asker: Caller | null, uses: number): Kept => {
    const key = `${view.id} ${view.validUntil} ${question.hash}`
    const known = compiled.get(key)
    if (known) {
      known.uses += uses
      return known
    }
    const compiling = compile(context, view, question, asker?.department ?? '')
    const kept = { compiling, used: asker && usedBy(asker, question), uses }
    compiled.set(key, kept, { size: UNKNOWN })
    void weigh(key, kept)
    return kept
  }
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
    mostUsed: (count: number) =>
      [...compiled.values()]
        .flatMap(({ used, uses }) => (used ? [{ ...used, uses }] : []))
        .toSorted((one, other) => other.uses - one.uses)
        .slice(0, count),
    async warm(used: UsedOperation) {
      const question = readAgain(schema, used)
      // Half of them: what is not asked any more is overtaken by what is.
      if (question) await keep(views.viewOf(used.asker), question, used.asker, Math.floor(used.uses / 2)).compiling
    },
    ready: () => plans.ready(),
    retire: () => plans.release(),
  })
}
