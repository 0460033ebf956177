import { createHash } from 'node:crypto'
import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLSchema } from 'graphql'
import { servedSchema } from '../compile/served-schema.ts'
import type { Generation } from '../compile/generation.ts'
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
  /** Builds the running composition's generation anew, where what it was built from has changed beside the schema. */
  rebuild(): void
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
  const loading = createLoading(build)
  let push: ((supergraphSdl: string) => void) | null = null
  const apollo = new ApolloGateway({
    supergraphSdl: async ({ update }) => {
      push = update
      return { supergraphSdl: first.supergraphSdl }
    },
    logger: SILENT,
  })
  apollo.onSchemaLoadOrUpdate((loaded) => loading.take(loaded))
  return {
    gateway: {
      async load(options) {
        loading.expect(first)
        await apollo.load(options)
        loading.settle('the composed schema cannot be taken into service')
        return { executor }
      },
      onSchemaLoadOrUpdate(callback) {
        loading.listeners.add(callback)
        return () => loading.listeners.delete(callback)
      },
      stop: () => apollo.stop(),
    },
    generationOf: (schema) => loading.generationOf(schema),
    current: () => loading.current(),
    async update(composed) {
      loading.expect(composed)
      push?.(composed.supergraphSdl)
      loading.settle('the new schema was not taken into service')
    },
    rebuild: () => loading.rebuild(),
  }
}

/** One schema at a time on its way into service. */
interface Loading {
  readonly listeners: Set<SchemaListener>
  /** The composition that is about to be loaded. */
  expect(composed: ComposedSchema): void
  /** Builds and announces the generation of a loaded schema. */
  take(loaded: Parameters<SchemaListener>[0]): void
  /** @throws Error with its cause where what was expected is not in service now */
  settle(message: string): void
  /** A new generation for the schema in service. @throws what building throws; the old one stays */
  rebuild(): void
  generationOf(schema: GraphQLSchema): Generation
  current(): Generation
}

function createLoading(build: BuildGeneration): Loading {
  const generations = new WeakMap<GraphQLSchema, Generation>()
  const listeners = new Set<SchemaListener>()
  let expected: ComposedSchema | null = null
  let current: Generation | null = null
  let inService: { readonly composed: ComposedSchema; readonly served: ReturnType<typeof servedSchema> } | null = null
  // Apollo Gateway catches what its listeners throw; the reason must not be lost with it.
  let refusal: unknown = null
  let nextId = 1

  const announce = ({ apiSchema, coreSupergraphSdl }: Parameters<SchemaListener>[0]): Generation => {
    if (expected === null || digest(expected.supergraphSdl) !== digest(coreSupergraphSdl))
      throw new Error('Apollo Gateway loaded another supergraph than it was given')
    const served = servedSchema(apiSchema)
    const generation = build(nextId++, expected, served)
    generations.set(served.schema, generation)
    inService = { composed: expected, served }
    for (const listener of listeners) listener({ apiSchema: served.schema, coreSupergraphSdl })
    return generation
  }
  const known = (generation: Generation | null | undefined): Generation => {
    if (!generation) throw new Error('no generation is loaded for this schema')
    return generation
  }
  return {
    listeners,
    expect(composed) {
      expected = composed
      refusal = null
    },
    take(loaded) {
      try {
        current = announce(loaded)
      } catch (error) {
        refusal = error
      }
    },
    settle(message) {
      if (refusal !== null || current?.catalog.version !== expected?.catalog.version)
        throw new Error(message, { cause: refusal })
    },
    rebuild() {
      if (inService === null) return
      const generation = build(nextId++, inService.composed, inService.served)
      // A request under way has its generation already.
      generations.set(inService.served.schema, generation)
      current = generation
    },
    generationOf: (schema) => known(generations.get(schema)),
    current: () => known(current),
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Its texts may hold URLs and documents; what matters is told by our own channels. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
