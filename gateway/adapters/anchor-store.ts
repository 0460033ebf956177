/** Second places for checkpoints, as a port: names under which a note stands once and for ever. */
import { parseCheckpoint } from '../audit/checkpoint.ts'
import type { Checkpoint } from '../audit/checkpoint.ts'

/** A second place. Names are paths of letters, digits, `.`, `_`, `-` and `/`. All methods reject with what went wrong, and no secret in it. */
export interface AnchorStore {
  /** Which kind it is: a word of our own, for labels. */
  readonly name: AnchorName
  /** Keeps a text under a name that nothing has yet; `exists` where something has, whatever it is. Never replaces. */
  put(name: string, text: string): Promise<'stored' | 'exists'>
  /** What stands under a name; null where nothing does. */
  get(name: string): Promise<string | null>
  /** Names directly below a path (`''`, or one that ends with a slash), sorted; folders end with a slash. */
  names(below: string): Promise<readonly string[]>
}

/** Kind of a second place. */
export type AnchorName = 'folder' | 'http' | 'object-store'

/** Records of one chain whose checkpoints share a folder: a folder of all would hold a million files in some years. */
const SHARD = 1_000_000

/** Under which name the checkpoint of so many records stands. */
export function anchorPath(chain: string, size: number): string {
  const shard = String(Math.floor(size / SHARD)).padStart(10, '0')
  return `${chain}/${shard}/${String(size).padStart(16, '0')}.checkpoint`
}

const FILE = /^\d{16}\.checkpoint$/
const FOLDER = /^(\d{10})\/$/
const CHAIN = /^([A-Za-z0-9._-]{1,64})\/$/

/** Names of the chains that a second place knows. */
export async function anchoredChains(store: AnchorStore): Promise<readonly string[]> {
  return (await store.names('')).flatMap((name) => CHAIN.exec(name)?.[1] ?? [])
}

/** Names of the checkpoints of a chain, the oldest first. */
export async function anchoredNames(store: AnchorStore, chain: string): Promise<readonly string[]> {
  const all: string[] = []
  for (const shard of await shards(store, chain)) all.push(...(await filesIn(store, shard)))
  return all
}

async function shards(store: AnchorStore, chain: string): Promise<readonly string[]> {
  return (await store.names(`${chain}/`)).filter((name) => FOLDER.test(name)).map((name) => `${chain}/${name}`)
}

async function filesIn(store: AnchorStore, shard: string): Promise<readonly string[]> {
  return (await store.names(shard)).filter((name) => FILE.test(name)).map((name) => `${shard}${name}`)
}

/** The note of the chain with the most records; null where there is none. Checks no signature. */
export async function newestAnchored(
  store: AnchorStore,
  chain: string,
): Promise<{ readonly name: string; readonly note: string; readonly checkpoint: Checkpoint | null } | null> {
  for (const shard of (await shards(store, chain)).toReversed()) {
    const name = (await filesIn(store, shard)).at(-1)
    const note = name === undefined ? null : await store.get(name)
    if (name !== undefined && note !== null) return { name, note, checkpoint: parseCheckpoint(note) }
  }
  return null
}
