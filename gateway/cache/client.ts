import type { FetchKeeping } from '../compile/plan.ts'
import type { SubgraphAsk, SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'
import { publishFailure } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { assemble } from './assemble.ts'
import type { Source } from './assemble.ts'
import type { CacheCounts } from './counts.ts'
import { oldestTimes, readKept, writeKept } from './entry.ts'
import type { Kept } from './entry.ts'
import { open, seal } from './envelope.ts'
import { createFlights } from './flights.ts'
import type { Flight } from './flights.ts'
import { takeApart } from './landing.ts'
import type { Keepable, Landed, Landing } from './landing.ts'
import type { MemoryLayer } from './memory.ts'
import type { CacheKeys } from './names.ts'
import { createNames, epochsOf } from './naming.ts'
import type { Naming, Representation } from './naming.ts'
import type { EntryStore, Epochs } from './port.ts'

/** What a cache is made of. */
export interface CacheParts {
  /** Asks the departments. */
  readonly inner: SubgraphClient
  readonly keys: () => CacheKeys
  readonly memory: MemoryLayer
  /** Null where this process shares with nobody. */
  readonly store: EntryStore | null
  readonly epochs: Epochs
  readonly clock: Pick<Clock, 'now'>
  readonly regime: () => string
  readonly life: EntryLife
  readonly counts: CacheCounts
  /** From 0 to 1. */
  readonly random?: () => number
}

/** Seconds that entries live at most. */
export interface EntryLife {
  readonly most: number
  /** Of what its source keeps up in real time. */
  readonly realtime: number
}

/** Seconds for which a department is believed that it knows nobody by a number. */
const UNKNOWN_LIFE = 5

/** Bytes of the largest entity that is kept. */
const LARGEST = 64 * 1024

/** Part of its life by which an entry may end early: so what was kept at once does not end at once. */
const JITTER = 0.2

type EntityFlight = Flight<Representation, Landing>

/** One fetch of entities on its way through the cache. */
interface Asking {
  readonly naming: Naming
  readonly keys: CacheKeys
  /** Epochs that its names were made with. */
  readonly epochs: string
  readonly subjects: ReadonlyMap<string, string>
  readonly ask: (request: SubgraphAsk, signal: AbortSignal) => Promise<SubgraphReply>
}

/**
 * A client around the client (docs/decisions/0008): answers the entities that are kept, asks for the others in one call,
 * and shares what is under way. Everything else passes as it is.
 */
export function createCachingClient(parts: CacheParts): SubgraphClient {
  const { inner, epochs, keys, memory, clock, counts, regime } = parts
  const flights = createFlights<Representation, Landing>()

  return {
    async fetch(department, request, context, signal, deadline) {
      const keep = request.rules?.keep ?? null
      const representations = keep && representationsOf(request)
      if (keep === null || representations === null) return inner.fetch(department, request, context, signal, deadline)
      const view = epochs.current()
      const naming = { department, request, keep, consumer: context.consumer, regime: regime() }
      const current = keys()
      const nameOf = createNames(current, view, naming)
      const asking: Asking = {
        naming,
        keys: current,
        epochs: epochsOf(view, department, keep),
        subjects: view.subjects,
        // Whoever joins may have more time than the first one: the department's own bound holds, and the last who waits.
        ask: (ask, until) => inner.fetch(department, ask, context, until),
      }
      const now = clock.now()
      let own: EntityFlight | null = null
      const places = representations.map((representation): Place => {
        const name = nameOf(representation)
        const kept = view.keeping ? memory.get(name, now) : null
        if (kept) return { kind: 'memory', kept }
        const found = flights.find(name)
        if (found) return found
        own ??= flights.board()
        return { flight: own, place: own.add(name, representation) }
      })
      const missed = startOf(parts, asking, own)
      count(counts, places, missed)
      return isAllKept(places) ? assemble(places) : gather(places, own, signal)
    },
  }
}

/** Where the entity for a representation will be. */
type Place =
  | { readonly kind: 'memory'; readonly kept: Kept }
  | { readonly flight: EntityFlight; readonly place: number }

function isAllKept(places: readonly Place[]): places is readonly Extract<Place, { readonly kind: 'memory' }>[] {
  return places.every((one) => !('flight' in one))
}

/** Starts what is not on its way yet; gives how many entities it is about. */
function startOf(parts: CacheParts, asking: Asking, own: EntityFlight | null): number {
  own?.start((flight) => fly(parts, asking, flight))
  return own?.items.length ?? 0
}

function representationsOf({ variables }: SubgraphAsk): readonly Representation[] | null {
  const given = variables['representations']
  return Array.isArray(given) && given.length > 0 ? given : null
}

/** Waits for every flight that an entity is on, and puts all together. */
async function gather(places: readonly Place[], own: EntityFlight | null, signal: AbortSignal): Promise<SubgraphReply> {
  const boarded = [...new Set(places.flatMap((one) => ('flight' in one ? [one.flight] : [])))]
  const landed = new Map<EntityFlight, Landing>()
  await Promise.all(boarded.map(async (flight) => landed.set(flight, await flight.wait(signal))))
  const alone = own?.items.length === places.length ? landed.get(own) : undefined
  // The department was asked for all of it and for nothing else: its answer is the answer, whatever it is.
  if (alone?.reply) return alone.reply
  return assemble(
    places.map((one): Source => {
      if (!('flight' in one)) return one
      const landing = landed.get(one.flight)
      if (!landing) throw new Error('a flight that nobody waited for')
      return { kind: 'flight', landing, place: one.place, own: one.flight === own }
    }),
  )
}

/** Looks into the shared store, asks the department for what is not there, and keeps what it answers. Never rejects. */
async function fly(parts: CacheParts, asking: Asking, flight: EntityFlight): Promise<Landing> {
  const found = await findShared(parts, asking, flight.names)
  const missing = flight.items.flatMap((_, place) => (found.has(place) ? [] : [place]))
  const kept = (place: number): Landed => {
    const one = found.get(place)
    return one ? { kind: 'kept', kept: one } : { kind: 'none' }
  }
  if (missing.length === 0)
    return { parts: flight.items.map((_, at) => kept(at)), reply: null, sources: [], failure: null }
  const asked = flight.items.filter((_, place) => !found.has(place))
  try {
    if (flight.signal.aborted) throw new Error('nobody waits')
    const reply = await asking.ask(requestFor(asking.naming.request, asked), flight.signal)
    // First: who joined later would find no copy made for them.
    flight.land()
    const { parts: answered, keepable } = takeApart(reply, asked, asking.naming.keep, flight.shared)
    const sources = oldestTimes([reply.sources])
    keepAll(parts, asking, { keepable, nameAt: (at) => flight.names[missing[at] ?? -1] ?? '', sources })
    const byPlace = new Map(missing.map((place, at) => [place, answered[at]] as const))
    return {
      parts: flight.items.map((_, place) => byPlace.get(place) ?? kept(place)),
      reply: missing.length === flight.items.length ? reply : null,
      sources,
      failure: null,
    }
  } catch (failure) {
    return { parts: flight.items.map((_, place) => kept(place)), reply: null, sources: [], failure }
  }
}

function requestFor(request: SubgraphAsk, representations: readonly Representation[]): SubgraphAsk {
  return { ...request, variables: { ...request.variables, representations } }
}

/** The entities of the shared store, by place. One that was altered is none, and is told. */
async function findShared(
  { store, epochs, memory, clock, counts }: CacheParts,
  { keys, naming }: Asking,
  names: readonly string[],
): Promise<ReadonlyMap<number, Kept>> {
  const found = new Map<number, Kept>()
  if (store === null || !epochs.current().keeping) return found
  const values = await store.get(names)
  const now = clock.now()
  for (const [place, value] of values.entries()) {
    const name = names[place]
    if (value === null || name === undefined) continue
    const opened = open(keys, name, value)
    if (opened === null) {
      counts.altered += 1
      const error = new Error('a kept entity was altered, or put in the place of another')
      publishFailure(() => ({ receipt: null, where: `cache ${naming.department}`, code: null, error }))
      continue
    }
    const kept = readKept(opened)
    if (kept.until <= now) continue
    found.set(place, kept)
    memory.set(name, kept)
  }
  counts.shared += found.size
  return found
}

/** What a reply leaves behind. */
interface Leaving {
  readonly keepable: Keepable
  nameAt(this: void, place: number): string
  readonly sources: SubgraphReply['sources']
}

/** Keeps what is worth it, once the answer is on its way. Whatever was invalidated meanwhile is dropped. */
function keepAll(parts: CacheParts, asking: Asking, { keepable, nameAt, sources }: Leaving): void {
  if (keepable.size === 0 || !isCurrent(parts.epochs, asking)) return
  const { memory, store, clock, life, random = Math.random, counts } = parts
  const now = clock.now()
  const kept = [...keepable].flatMap(([place, text]) => {
    const ttl = Math.floor(lifeOf(life, asking.naming.keep, text === 'null') * 1_000 * (1 - JITTER * random()))
    return ttl < 1 || Buffer.byteLength(text) > LARGEST
      ? []
      : [{ name: nameAt(place), ttl, text, sources, until: now + ttl }]
  })
  for (const { name, text, until } of kept) memory.set(name, { text, sources, until })
  counts.stored += kept.length
  if (store === null || kept.length === 0) return
  setImmediate(() => {
    if (!isCurrent(parts.epochs, asking)) return
    store.put(kept.map(({ name, ttl, ...one }) => ({ name, ttl, value: seal(asking.keys, name, writeKept(one)) })))
  })
}

/** Seconds: of the declared cycle and the city's bounds the least (ZS-3.07). */
function lifeOf({ most, realtime }: EntryLife, { cycle }: FetchKeeping, unknown: boolean): number {
  const life = cycle === 0 ? Math.min(realtime, most) : Math.min(cycle, most)
  return unknown ? Math.min(life, UNKNOWN_LIFE) : life
}

/** Whether nothing that an entity's name was made of has been invalidated since. */
function isCurrent(epochs: Epochs, { naming, epochs: then, subjects }: Asking): boolean {
  const view = epochs.current()
  return view.keeping && view.subjects === subjects && epochsOf(view, naming.department, naming.keep) === then
}

function count(counts: CacheCounts, places: readonly Place[], missed: number): void {
  const memory = places.filter((one) => !('flight' in one)).length
  counts.memory += memory
  counts.joined += places.length - memory - missed
  counts.missed += missed
}
