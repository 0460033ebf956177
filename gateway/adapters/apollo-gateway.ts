import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLDataSource } from '@apollo/gateway'
import type { GraphQLSchema } from 'graphql'
import { decidesAnew } from '../catalog/decides-anew.ts'
import { servedSchema } from '../compile/served-schema.ts'
import type { Generation } from '../compile/generation.ts'
import type { Executor, GatewayInterface, SchemaListener } from './gateway-interface.ts'
import type { ComposedSchema } from './supergraph-files.ts'
import { WARM, warmUp } from './warm-up.ts'

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
  /**
   * Takes a new composition into service; rejects, and keeps the running one, where it cannot be loaded. One follows the
   * other. One that decides nothing anew first compiles what the running one is asked most, for a bounded time and while
   * no other one is offered; one that may be stricter waits for nothing.
   */
  update(composed: ComposedSchema): Promise<void>
  /**
   * Builds the running composition's generation anew, where what it was built from has changed beside the schema: it
   * decides the very next request, and compiles what is asked most meanwhile.
   */
  rebuild(): void
}

/**
 * Apollo Gateway loads and validates the supergraph; its executor is never used. Each loaded schema has its generation,
 * found by the schema object, so that a request under way finishes on the one it began with (wall 11).
 */
export function createSupergraphGateway(
  first: ComposedSchema,
  build: BuildGeneration,
  executor: Executor,
  serve = servedSchema,
): SupergraphGateway {
  const loader = createLoader(first)
  const service = createService(build)
  const update = async (composed: ComposedSchema, overtaken: AbortSignal): Promise<void> => {
    const loaded = loader.load(composed)
    await service.follow({ composed, served: serve(loaded.apiSchema) }, overtaken)
  }
  let newest = new AbortController()
  let last: Promise<unknown> = Promise.resolve()
  return {
    gateway: {
      async load(options) {
        const loaded = await loader.start(options)
        service.begin({ composed: first, served: serve(loaded.apiSchema) })
        return { executor }
      },
      onSchemaLoadOrUpdate(callback) {
        service.listeners.add(callback)
        return () => service.listeners.delete(callback)
      },
      stop() {
        service.stop()
        return loader.stop()
      },
    },
    generationOf: (schema) => service.generationOf(schema),
    current: () => service.current(),
    update(composed) {
      newest.abort()
      const { signal } = (newest = new AbortController())
      const updated = last.then(() => update(composed, signal))
      last = updated.catch(() => undefined)
      return updated
    },
    rebuild: () => service.rebuild(),
  }
}

type Loaded = Parameters<SchemaListener>[0]

/** Apollo Gateway as what it is here: a loader of supergraphs. */
interface Loader {
  start(options: Parameters<GatewayInterface['load']>[0]): Promise<Loaded>
  /** @throws what it is refused for */
  load(composed: ComposedSchema): Loaded
  stop(): Promise<void>
}

function createLoader(first: ComposedSchema): Loader {
  // Apollo Gateway otherwise asks cloud metadata addresses and reports to its vendor, from its constructor on.
  process.env['APOLLO_TELEMETRY_DISABLED'] = '1'
  let push: ((supergraphSdl: string) => void) | null = null
  let loaded: Loaded | null = null
  const apollo = new ApolloGateway({
    supergraphSdl: async ({ update }) => {
      push = update
      return { supergraphSdl: first.supergraphSdl }
    },
    // It keeps one for each department that it has ever seen.
    buildService: () => NO_SERVICE,
    logger: SILENT,
  })
  apollo.onSchemaLoadOrUpdate((one) => {
    loaded = one
  })
  // A composition that it has already is not announced again: what is there counts.
  const loadedOf = ({ supergraphSdl }: ComposedSchema): Loaded => {
    if (loaded?.coreSupergraphSdl !== supergraphSdl)
      throw new Error('Apollo Gateway loaded another supergraph than it was given')
    return loaded
  }
  return {
    async start(options) {
      await apollo.load(options)
      return loadedOf(first)
    },
    load(composed) {
      push?.(composed.supergraphSdl)
      return loadedOf(composed)
    },
    stop: () => apollo.stop(),
  }
}

/** A composition and what is served of it. */
interface Offer {
  readonly composed: ComposedSchema
  readonly served: ReturnType<typeof servedSchema>
}

/** The generation in service, and those before it for as long as a request has their schema. */
interface Service {
  readonly listeners: Set<SchemaListener>
  /** @throws what building throws */
  begin(offer: Offer): void
  /**
   * Rejects with what building rejects with; the old one stays.
   *
   * @param overtaken aborted when the next one waits for this one
   */
  follow(offer: Offer, overtaken: AbortSignal): Promise<void>
  /** A new generation for the schema in service. @throws what building throws; the old one stays */
  rebuild(): void
  generationOf(schema: GraphQLSchema): Generation
  current(): Generation
  stop(): void
}

interface InService extends Offer {
  readonly generation: Generation
}

/**
 * Milliseconds after which no request can look for a generation out of service: it does so as soon as its document is
 * validated, and holds it from then on. Apollo Server holds the first schema for ever, and its generation with it.
 */
const GRACE = 60_000

function createService(build: BuildGeneration): Service {
  const generations = new WeakMap<GraphQLSchema, Generation>()
  const listeners = new Set<SchemaListener>()
  let current: InService | null = null
  let stopped = false
  let nextId = 1
  // Counts the changes beside the schema: what was built before one has not seen it.
  let changes = 0

  const make = (offer: Offer): InService => ({ ...offer, generation: build(nextId++, offer.composed, offer.served) })
  const put = (next: InService): Generation | null => {
    const before = current
    generations.set(next.served.schema, next.generation)
    if (before?.served.schema !== next.served.schema) announce(listeners, next)
    current = next
    before?.generation.retire()
    if (before && before.served.schema !== next.served.schema) forgetLater(generations, before.served.schema)
    return before?.generation ?? null
  }
  const warm = (next: Generation, before: Generation, isOver = () => stopped): Promise<void> =>
    warmUp(next, before.mostUsed(WARM.operations), { milliseconds: WARM.milliseconds, isOver })
  const warmAfter = (next: InService): void => {
    const before = put(next)
    if (before) void warm(next.generation, before)
  }
  return {
    listeners,
    begin: (offer) => void put(make(offer)),
    async follow(offer, overtaken) {
      const seen = changes
      const { generation, ...made } = make(offer)
      const before = current
      const isOver = (): boolean => stopped || overtaken.aborted
      const prepare = async (): Promise<void> => {
        await generation.ready()
        if (before) await warm(generation, before.generation, isOver)
      }
      try {
        const stricter = before === null || decidesAnew(before.composed.catalog, offer.composed.catalog)
        if (!stricter) await inTime(prepare(), overtaken)
        if (stopped) throw new Error('the gateway has stopped')
        const next = seen === changes ? { ...made, generation } : make(offer)
        if (stricter) warmAfter(next)
        else put(next)
      } catch (error) {
        generation.retire()
        throw error
      }
      if (seen !== changes) generation.retire()
    },
    rebuild() {
      changes += 1
      if (current === null) return
      warmAfter(make(current))
    },
    generationOf: (schema) => known(generations.get(schema)),
    current: () => known(current?.generation),
    stop: () => void (stopped = true),
  }
}

function forgetLater(generations: WeakMap<GraphQLSchema, Generation>, outOfService: GraphQLSchema): void {
  const schema = new WeakRef(outOfService)
  setTimeout(() => {
    const old = schema.deref()
    if (old) generations.delete(old)
  }, GRACE).unref()
}

/** Milliseconds that a composition out of service gets ready for at most; then it is asked as it is. */
const READY = 10_000

/** Waits for what prepares a generation, but not longer than it may; what is left of it goes on. */
async function inTime(preparing: Promise<void>, overtaken: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, READY)
  overtaken.addEventListener('abort', () => over.resolve(), { once: true })
  if (overtaken.aborted) over.resolve()
  try {
    await Promise.race([preparing, over.promise])
  } finally {
    clearTimeout(timer)
  }
}

function announce(listeners: ReadonlySet<SchemaListener>, { composed, served }: InService): void {
  for (const listener of listeners) listener({ apiSchema: served.schema, coreSupergraphSdl: composed.supergraphSdl })
}

function known(generation: Generation | undefined): Generation {
  if (!generation) throw new Error('no generation is loaded for this schema')
  return generation
}

/** Departments are asked by our own clients. */
const NO_SERVICE: GraphQLDataSource = {
  process: () => Promise.reject(new Error('no department is asked through Apollo Gateway')),
}

/** Its texts may hold URLs and documents; what matters is told by our own channels. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
