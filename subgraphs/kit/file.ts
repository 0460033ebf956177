import { channel } from 'node:diagnostics_channel'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { Health } from './contract.ts'
import { loadVersion, manifests } from './drop.ts'
import type { Manifest, Version } from './drop.ts'
import { keyText } from './keys.ts'
import type { CountedGroup, CountLookup, Lookup, Register, Row, Source } from './register.ts'

/** Each version that is not taken, as a `Rejection`, for logs. Subscribers must not throw. */
export const rejections = channel('gongxiang:rejection')

/** A version that was not taken, for operators: no values. */
export interface Rejection {
  /** Name of its manifest; empty where the folder itself cannot be read. */
  readonly manifest: string
  readonly reason: string
}

/** What the file adapter needs. */
export interface FileSource {
  /** The drop folder. */
  readonly folder: string
  readonly registers: readonly Register[]
  /** Milliseconds between two looks into the folder. */
  readonly pollEvery?: number
}

/** A file source can also be told to look into its folder now. */
export interface FileDropSource extends Source {
  refresh(): Promise<void>
}

interface Shelf {
  readonly register: Register
  /** Changed in one step, so that no answer mixes two versions. */
  current: { readonly version: Version; readonly stamp: string } | null
  /** Reasons by the stamp of the manifest; only of those that are still in the folder. */
  readonly rejected: Map<string, Rejection>
}

/**
 * File drops: the newest version that is whole is kept in memory by subject. A version that does not fit its manifest
 * or cannot be read is reported, and the one before it stays in service with its own `asOf` (HZ-16).
 */
export async function fileSource(options: FileSource): Promise<FileDropSource> {
  const shelves = options.registers.map((register): Shelf => ({ register, current: null, rejected: new Map() }))
  let looking: Promise<void> = Promise.resolve()
  const refresh = (): Promise<void> => {
    looking = looking.then(async () => {
      for (const shelf of shelves) await look(options, shelf)
    })
    return looking
  }
  await refresh()
  const timer = setInterval(() => void refresh(), options.pollEvery ?? 5000)
  timer.unref()
  return {
    async fetch(lookup) {
      const version = inService(shelves, lookup.register)
      return { rows: rowsOf(lookup, version), asOf: version.asOf }
    },
    async count(lookup) {
      const version = inService(shelves, lookup.register)
      return { groups: countedIn(lookup, version), asOf: version.asOf }
    },
    asOf: async (register) => inService(shelves, register).asOf,
    health: async () => health(shelves),
    refresh,
    async close() {
      clearInterval(timer)
      await looking
    },
  }
}

/** Takes the newest version that can be taken, if it is newer than the one in service. */
async function look(options: FileSource, shelf: Shelf): Promise<void> {
  const found = await manifests(options.folder, shelf.register).catch((): null => null)
  if (found === null) return reject(shelf, UNREADABLE, { manifest: '', reason: 'The drop folder cannot be read' })
  const present = new Set(found.map(({ stamp }) => stamp))
  for (const stamp of shelf.rejected.keys()) if (!present.has(stamp)) shelf.rejected.delete(stamp)
  await take(options, shelf, found)
}

/** Stands for the folder among the stamps of manifests. */
const UNREADABLE = 'folder'

function reject(shelf: Shelf, stamp: string, rejection: Rejection): void {
  if (!shelf.rejected.has(stamp)) rejections.publish(rejection)
  shelf.rejected.set(stamp, rejection)
}

async function take(options: FileSource, shelf: Shelf, found: readonly Manifest[]): Promise<void> {
  for (const { name, stamp } of found) {
    if (stamp === shelf.current?.stamp) return
    if (shelf.rejected.has(stamp)) continue
    try {
      shelf.current = { version: await loadVersion(options.folder, shelf.register, name), stamp }
      return
    } catch (error) {
      const reason = error instanceof Failure ? error.message : 'The dropped file cannot be read'
      reject(shelf, stamp, { manifest: name, reason })
    }
  }
}

function inService(shelves: readonly Shelf[], register: Register): Version {
  const current = shelves.find((shelf) => shelf.register === register)?.current
  if (current) return current.version
  throw new Failure('SOURCE_UNAVAILABLE', { detail: 'No dropped file is in service' })
}

function rowsOf({ columns, keys }: Lookup, version: Version): readonly Row[] {
  const rows = keys.flatMap((key) => version.bySubject.get(keyText(key)) ?? [])
  return rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))
}

/** A row that names several persons is one row. Stops at the most groups: a drop could hold as many as it has rows. */
function countedIn({ columns, conditions, most }: CountLookup, version: Version): readonly CountedGroup[] {
  const groups = new Map<string, CountedGroup>()
  const counts = ({ column, values }: CountLookup['conditions'][number], row: Row): boolean =>
    values.includes(String(row[column]))
  for (const row of new Set([...version.bySubject.values()].flat())) {
    if (!conditions.every((one) => counts(one, row))) continue
    const group = Object.fromEntries(columns.map((column) => [column, row[column]]))
    const key = JSON.stringify(Object.values(group))
    const known = groups.get(key)
    if (known === undefined && groups.size >= most) break
    groups.set(key, { row: group, count: 1 + (known?.count ?? 0) })
  }
  return [...groups.values()]
}

function health(shelves: readonly Shelf[]): Health {
  const parts = shelves.map(({ register, current, rejected }) => {
    const serving = current === null ? 'nothing' : `version ${current.version.version}`
    const refused = [...rejected.values()].map(({ manifest, reason }) => `; ${manifest}: ${reason}`)
    return `${register.type}: ${serving}${refused.join('')}`
  })
  const ok = shelves.every((shelf) => shelf.current !== null && !shelf.rejected.has(UNREADABLE))
  return { ok, detail: parts.join(' | ') }
}
