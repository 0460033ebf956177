import { createHash } from 'node:crypto'
import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLSchema } from 'graphql'
import { servedSchema } from '../compile/served-schema.ts'
import type { Generation } from '../compile/generation.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Executor, GatewayInterface, SchemaListener } from './gateway-interface.ts'
import type { ComposedSchema } from './supergraph-files.ts'

/** Builds the generation of one composed schema; everything slow happens here, before the swap. */
export type BuildGeneration = (
  id: number,
  composed: ComposedSchema,
  served: ReturnType<typeof servedSchema>,
) => Generation

/** Apollo Gateway behind our own executor, and the generations that it has served. */
export interface SupergraphGateway {
  /** What Apollo Server is given. */
  readonly gateway: GatewayInterface
  generationOf(schema: GraphQLSchema): Generation
  current(): Generation
  /** Takes a new composition into service; rejects, and keeps the running one, where it cannot be loaded. */
  update(composed: ComposedSchema): Promise<void>
}

/**
 * Apollo Gateway loads, validates and swaps the supergraph; its executor is never used. Each loaded schema has its
 * generation, found by the schema object, so that a request under way finishes on the one it began with (wall 11).
 */
export function createSupergraphGateway(
  first: ComposedSchema,
  build: BuildGeneration,
  executor: Executor,
): SupergraphGateway {
  // Apollo Gateway otherwise asks cloud metadata addresses and reports to its vendor, from its constructor on.
  process.env['APOLLO_TELEMETRY_DISABLED'] = '1'
  const generations = new WeakMap<GraphQLSchema, Generation>()
  const catalogs = new Map<string, Catalog>([[digest(first.supergraphSdl), first.catalog]])
  const listeners = new Set<SchemaListener>()
  let current: Generation | null = null
  let push: ((supergraphSdl: string) => void) | null = null
  let nextId = 1

  const apollo = new ApolloGateway({
    supergraphSdl: async ({ update }) => {
      push = update
      return { supergraphSdl: first.supergraphSdl }
    },
    logger: SILENT,
  })
  apollo.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    const catalog = catalogs.get(digest(coreSupergraphSdl))
    if (!catalog) throw new Error('Apollo Gateway loaded a supergraph without a catalogue')
    const served = servedSchema(apiSchema)
    const generation = build(nextId++, { supergraphSdl: coreSupergraphSdl, catalog }, served)
    generations.set(served.schema, generation)
    current = generation
    for (const listener of listeners) listener({ apiSchema: served.schema, coreSupergraphSdl })
  })

  const known = (generation: Generation | null | undefined): Generation => {
    if (!generation) throw new Error('no generation is loaded for this schema')
    return generation
  }
  return {
    gateway: {
      async load(options) {
        await apollo.load(options)
        return { executor }
      },
      onSchemaLoadOrUpdate(callback) {
        listeners.add(callback)
        return () => listeners.delete(callback)
      },
      stop: () => apollo.stop(),
    },
    generationOf: (schema) => known(generations.get(schema)),
    current: () => known(current),
    async update(composed) {
      const key = digest(composed.supergraphSdl)
      catalogs.clear()
      catalogs.set(key, composed.catalog)
      push?.(composed.supergraphSdl)
      if (known(current).catalog.version !== composed.catalog.version)
        throw new Error('the new schema was not taken into service')
    },
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Its texts may hold URLs and documents; what matters is told by our own channels. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
