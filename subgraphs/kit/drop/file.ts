import { channel } from 'node:diagnostics_channel'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import type { Health } from '../contract.ts'
import { plainDrops } from './drop.ts'
import type { Drop } from './drop.ts'
import { candidates } from './folder.ts'
import type { Candidate } from './folder.ts'
import { loadVersion } from './load.ts'
import type { Refusal, Version } from './load.ts'
import { inEnglish } from './problem.ts'
import { writeReport } from './report.ts'
import { openWorkFolder } from './work.ts'
import type { WorkFolder } from './work.ts'
import type { CountedGroup, Register, Source } from '../register.ts'

/** Each version that is not taken, as a `Rejection`, for logs. Subscribers must not throw. */
export const rejections = channel('gongxiang:rejection')

/** Each version that comes into service, as an `Acceptance`, for logs. Subscribers must not throw. */
export const acceptances = channel('gongxiang:acceptance')

/** A version that was not taken, for operators: no values. */
export interface Rejection {
  /** Name of its manifest, or of the file where there is none; empty where the folder itself cannot be read. */
  readonly manifest: string
  /** What is wrong first, and how much more. */
  readonly reason: string
  /** Name of the report in the work folder; null where there is none. */
  readonly report: string | null
  readonly sha256: string | null
  /** Rows that were read, and how many of them cannot be taken. */
  readonly rows: number
  readonly badRows: number
}

/** A version that came into service. */
export interface Acceptance {
  readonly manifest: string
  readonly version: string
  readonly sha256: string
  readonly rows: number
}

/** What the file adapter needs. */
export interface FileSource {
  /** The drop folder; nothing is ever written to it. */
  readonly folder: string
  /** Registers whose series are named by their `at`, with their own columns as headings. */
  readonly registers?: readonly Register[]
  /** Series of files. Rows of a register that several suppliers drop are put together. */
  readonly drops?: readonly Drop[]
  /** Where versions are built and reports are kept; a temporary folder when absent. */
  readonly workDirectory?: string | undefined
  /** Milliseconds between two looks into the folder. */
  readonly pollEvery?: number
  /** Milliseconds for which a file with no more than an `.ok` must have been left alone. */
  readonly settle?: number
  readonly clock?: Clock | undefined
}

/** A file source can also be told to look into its folder now. */
export interface FileDropSource extends Source {
  refresh(): Promise<void>
}

interface Shelf {
  readonly drop: Drop
  /** Changed in one step, so that no answer mixes two versions. */
  current: Version | null
  /** By the stamp of the version; only of those that are still in the folder. */
  readonly rejected: Map<string, Standing>
  /** Stamps of the look before: what was there already is not reported for being old. */
  seen: ReadonlySet<string>
}

/** A rejection that stands. */
interface Standing {
  readonly rejection: Rejection
  /** Monotonic milliseconds from which on the version is tried again; null where nothing but a new drop helps. */
  readonly again: number | null
}

interface Looking {
  readonly options: FileSource
  readonly work: WorkFolder
  readonly signal: AbortSignal
}

/** Long enough for a copy over a slow line to show that it goes on. */
const SETTLE = 10_000
/** Between two tries of a version that this machine could not read: a large one is work. */
const TRY_AGAIN = 60_000

/**
 * File drops: of each series the newest version that is whole is in service, in a database of its own that is built
 * aside. A version that cannot be taken is reported, and the one before it stays in service with its own `asOf`
 * (HZ-16, HZ-10.3). Throws `SOURCE_UNAVAILABLE` where the work folder cannot be had.
 */
export async function fileSource(options: FileSource): Promise<FileDropSource> {
  const drops = [...plainDrops(options.registers ?? []), ...(options.drops ?? [])]
  checkDrops(drops)
  const shelves = drops.map((drop): Shelf => ({ drop, current: null, rejected: new Map(), seen: new Set() }))
  const ending = new AbortController()
  const looking: Looking = { options, work: openWorkFolder(options.workDirectory), signal: ending.signal }
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  const refresh = (): Promise<void> => {
    waiting += 1
    last = last.then(async () => {
      for (const shelf of shelves) await look(looking, shelf).catch(unlessEnded(ending.signal))
      waiting -= 1
    })
    return last
  }
  await refresh()
  // A look that takes longer than the time between two is not followed by all that were due meanwhile.
  const timer = setInterval(() => (waiting === 0 ? void refresh() : undefined), options.pollEvery ?? 5000)
  timer.unref()
  return {
    ...reading(shelves),
    health: async () => health(shelves),
    refresh,
    async close() {
      clearInterval(timer)
      ending.abort()
      await last
      for (const { current } of shelves) current?.store.retire()
      looking.work.close()
    },
  }
}

/** A register of one row a subject cannot come from two suppliers: nothing would tell which of two rows counts. */
function checkDrops(drops: readonly Drop[]): void {
  const registers = drops.flatMap(({ tables }) => tables.map(({ register }) => register))
  const doubled = registers.find((one, at) => one.rows === 'ONE' && registers.indexOf(one) !== at)
  if (doubled !== undefined) throw new RangeError(`${doubled.type} has one row a subject and several series of files`)
}

function unlessEnded(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error
  }
}

function reading(shelves: readonly Shelf[]): Pick<FileDropSource, 'fetch' | 'list' | 'count' | 'asOf'> {
  return {
    async fetch(lookup) {
      const versions = inService(shelves, lookup.register)
      return { rows: versions.flatMap(({ store }) => store.rows(lookup)), asOf: oldest(versions) }
    },
    async list(page) {
      const versions = inService(shelves, page.register)
      const rows = versions.flatMap(({ store }) => store.page(page))
      const order = (row: (typeof rows)[number]): string => String(row[page.order])
      const sorted = versions.length < 2 ? rows : rows.toSorted((one, other) => (order(one) < order(other) ? -1 : 1))
      return { rows: sorted.slice(0, page.limit), asOf: oldest(versions) }
    },
    async count(lookup) {
      const versions = inService(shelves, lookup.register)
      const counted = await Promise.all(versions.map(({ store }) => store.count(lookup)))
      return { groups: together(counted.flat()).slice(0, lookup.most), asOf: oldest(versions) }
    },
    asOf: async (register) => oldest(inService(shelves, register)),
  }
}

/** The groups of several versions, added up. */
function together(groups: readonly CountedGroup[]): readonly CountedGroup[] {
  const sums = new Map<string, CountedGroup>()
  for (const { row, count } of groups) {
    const key = JSON.stringify(Object.values(row))
    sums.set(key, { row, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()]
}

/** Takes the newest version that can be taken, if it is newer than the one in service. */
async function look(looking: Looking, shelf: Shelf): Promise<void> {
  const { folder, settle = SETTLE, clock = systemClock } = looking.options
  const found = await candidates({ folder, prefix: shelf.drop.prefix, now: clock.now(), settle }).catch(() => null)
  if (found === null) return reject(shelf, UNREADABLE, NO_FOLDER)
  const present = new Set(found.map(({ stamp }) => stamp))
  for (const stamp of shelf.rejected.keys()) if (!present.has(stamp)) shelf.rejected.delete(stamp)
  await take(looking, shelf, found)
  shelf.seen = present
}

/** Stands for the folder among the stamps of versions. */
const UNREADABLE = 'folder'
const NO_FOLDER: Rejection = {
  manifest: '',
  reason: 'The drop folder cannot be read',
  report: null,
  sha256: null,
  rows: 0,
  badRows: 0,
}

function reject(shelf: Shelf, stamp: string, rejection: Rejection, again: number | null = null): void {
  if (shelf.rejected.get(stamp)?.rejection.reason !== rejection.reason) rejections.publish(rejection)
  shelf.rejected.set(stamp, { rejection, again })
}

function isRejected({ rejected }: Shelf, stamp: string, now: number): boolean {
  const standing = rejected.get(stamp)
  return standing !== undefined && (standing.again === null || now < standing.again)
}

/** Newest first: what comes after the one in service is older, and is told where it has been dropped since. */
async function take(looking: Looking, shelf: Shelf, found: readonly Candidate[]): Promise<void> {
  const { folder, clock = systemClock } = looking.options
  const before = shelf.current
  for (const candidate of found) {
    const { stamp } = candidate
    if (stamp === shelf.current?.stamp || isRejected(shelf, stamp, clock.monotonic())) continue
    if (shelf.current !== null && isOlder(candidate, shelf.current)) {
      const late = before !== null && isOlder(candidate, before) && !shelf.seen.has(stamp)
      if (late) await quarantine(looking, shelf, candidate, OLDER)
      continue
    }
    const loading = { folder, drop: shelf.drop, work: looking.work, signal: looking.signal }
    const loaded = await loadVersion(loading, candidate)
    if ('kind' in loaded) await quarantine(looking, shelf, candidate, loaded)
    else {
      shelf.rejected.delete(stamp)
      serve(shelf, candidate, loaded)
    }
  }
}

/** The same version dropped anew is mended, and not older. */
function isOlder(candidate: Candidate, current: Version): boolean {
  if (candidate.problem !== null) return false
  if (candidate.dataDate !== current.dataDate) return candidate.dataDate < current.dataDate
  if (candidate.version !== current.version) return candidate.version < current.version
  return candidate.name < current.name
}

const OLDER: Refusal = {
  kind: 'REFUSED',
  passing: false,
  sha256: null,
  rows: 0,
  badRows: 0,
  problems: [{ kind: 'OLDER', at: {} }],
}

function serve(shelf: Shelf, { name }: Candidate, loaded: Version): void {
  const before = shelf.current
  shelf.current = loaded
  before?.store.retire()
  const { version, sha256, rows } = loaded
  const acceptance: Acceptance = { manifest: name, version, sha256, rows }
  acceptances.publish(acceptance)
}

async function quarantine(looking: Looking, shelf: Shelf, candidate: Candidate, refusal: Refusal): Promise<void> {
  const { name, stamp } = candidate
  const { passing, sha256, rows, badRows, problems } = refusal
  const inServiceNow = shelf.current && { version: shelf.current.version, dataDate: shelf.current.dataDate }
  const refused = { name, stamp, passing, sha256, rows, badRows, problems, inService: inServiceNow }
  // A full disk must not keep the next version from being taken.
  const report = await writeReport(looking.work.reports, shelf.drop.prefix, refused).catch((): null => null)
  const [first] = problems
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : ''
  const reason = `${first === undefined ? 'It cannot be read' : inEnglish(first)}${more}`
  const again = passing ? (looking.options.clock ?? systemClock).monotonic() + TRY_AGAIN : null
  reject(shelf, stamp, { manifest: name, reason, report, sha256, rows, badRows }, again)
}

/** A supplier of whom nothing is in service is missed: without its rows an answer would only look complete. */
function inService(shelves: readonly Shelf[], register: Register): readonly Version[] {
  const ours = shelves.filter(({ drop }) => drop.tables.some((table) => table.register === register))
  const versions = ours.flatMap(({ current }) => (current === null ? [] : [current]))
  if (versions.length > 0 && versions.length === ours.length) return versions
  throw new Failure('SOURCE_UNAVAILABLE', { detail: 'No dropped file is in service' })
}

/** Of several suppliers the oldest time is the honest one: up to then all is known. */
function oldest(versions: readonly Version[]): string {
  return versions.map(({ asOf }) => asOf).reduce((one, other) => (one < other ? one : other))
}

function health(shelves: readonly Shelf[]): Health {
  const parts = shelves.map(({ drop, current, rejected }) => {
    const serving = current === null ? 'nothing' : `version ${current.version} of ${current.dataDate}`
    const refused = [...rejected.values()].map(({ rejection: { manifest, reason } }) => `; ${manifest}: ${reason}`)
    return `${drop.prefix}: ${serving}${refused.join('')}`
  })
  const ok = shelves.every((shelf) => shelf.current !== null && !shelf.rejected.has(UNREADABLE))
  return { ok, detail: parts.join(' | ') }
}
