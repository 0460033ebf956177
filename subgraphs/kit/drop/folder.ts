import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { calendarDate } from '../decode.ts'
import { DROP_ENCODINGS } from './drop.ts'
import type { DropEncoding } from './drop.ts'
import type { ProblemKind } from './problem.ts'

const SUFFIX = '.manifest.json'
/** A manifest is a few lines; what is longer is none. */
const LONGEST_MANIFEST = 64 * 1024

const rowsShape = z.int().nonnegative()

/** What a department says of a file that it dropped; written after the file, so that a half file has none. */
const manifestShape = z.object({
  version: z.string().regex(/^[\w.-]{1,64}$/),
  file: z.string().max(255),
  dataDate: z.string(),
  /** All rows, or those of each sheet. */
  rows: z.union([rowsShape, z.record(z.string(), rowsShape)]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  encoding: z.enum(DROP_ENCODINGS).optional(),
})

/** A version in a drop folder. Dropped anew it has another stamp, and is tried again. */
export interface Candidate {
  /** Name of its manifest, or of the file where it has none. */
  readonly name: string
  readonly stamp: string
  readonly version: string
  /** `YYYY-MM-DD`; empty where it cannot be told. */
  readonly dataDate: string
  /** Name of the file in the folder. */
  readonly file: string
  readonly sha256: string | null
  readonly rows: number | Readonly<Record<string, number>> | null
  readonly encoding: DropEncoding | undefined
  /** What is wrong already; null where the file itself is to be read. */
  readonly problem: ProblemKind | null
}

/** Where and how to look. */
export interface Look {
  readonly folder: string
  readonly prefix: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds for which a file with no more than an `.ok` must have been left alone. */
  readonly settle: number
}

/**
 * The versions of a series in its drop folder, newest data date first: those with a manifest, and files of a date with
 * a marker beside them. Throws `SOURCE_UNAVAILABLE`.
 */
export async function candidates(look: Look): Promise<readonly Candidate[]> {
  try {
    const names = await readdir(look.folder)
    const manifests = names.filter((name) => isVersion(look.prefix, name) && name.endsWith(SUFFIX))
    const told = (await Promise.all(manifests.map((name) => readable(name, withManifest(look, name))))).filter(isThere)
    const claimed = new Set(told.map(({ file }) => file))
    const bare = names.filter((name) => isDated(look.prefix, name) && !claimed.has(name))
    const marked = await Promise.all(bare.map((name) => readable(name, withMarker(look, name, names))))
    return [...told, ...marked.filter(isThere)].toSorted(newestFirst)
  } catch {
    throw new Failure('SOURCE_UNAVAILABLE', { detail: 'The drop folder cannot be read' })
  }
}

function isThere(candidate: Candidate | null): candidate is Candidate {
  return candidate !== null
}

/** One version that cannot be read must not keep the others from being taken; one that has gone is none. */
async function readable(name: string, looking: Promise<Candidate | null>): Promise<Candidate | null> {
  try {
    return await looking
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT') return null
    const unknown = { version: '', dataDate: '', file: '', sha256: null, rows: null, encoding: undefined }
    return { ...unknown, name, stamp: `${name} ${code}`, problem: 'FILE_UNREADABLE' }
  }
}

/** Versions begin with a digit, so that no series is taken for another whose name it begins with. */
function isVersion(prefix: string, name: string): boolean {
  return name.startsWith(`${prefix}_`) && /^\d[\w.-]*$/.test(name.slice(prefix.length + 1))
}

function isDated(prefix: string, name: string): boolean {
  return isVersion(prefix, name) && /^\d{8}\.(?:csv|xlsx|xls)$/.test(name.slice(prefix.length + 1))
}

/** What cannot be told comes first, to be reported; it is never taken. */
function newestFirst(one: Candidate, other: Candidate): number {
  const rank = ({ problem, dataDate, version }: Candidate): string =>
    `${problem === null ? 0 : 1}${dataDate.padStart(10, '9')}\n${version}`
  const [a, b] = [rank(one), rank(other)]
  return a === b ? 0 : a < b ? 1 : -1
}

async function withManifest({ folder, prefix }: Look, name: string): Promise<Candidate> {
  const path = join(folder, name)
  const stamp = await stampOf(path)
  const version = name.slice(prefix.length + 1, -SUFFIX.length)
  const unknown = { name, stamp, version, dataDate: '', sha256: null, rows: null, encoding: undefined }
  const bad = (problem: ProblemKind, file = ''): Candidate => ({ ...unknown, file, problem })
  const { size } = await stat(path)
  const manifest = size > LONGEST_MANIFEST ? null : readManifest(await readFile(path, 'utf8'))
  if (manifest === null) return bad('MANIFEST_SHAPE')
  // A manifest may name a file of its own folder only.
  const file = basename(manifest.file)
  const dataDate = dateOf(manifest.dataDate)
  if (dataDate === null) return bad('DATA_DATE', file)
  const both = `${stamp} ${await stampOf(join(folder, file))}`
  return { ...manifest, name, stamp: both, dataDate, file, encoding: manifest.encoding, problem: null }
}

function readManifest(text: string): z.infer<typeof manifestShape> | null {
  try {
    return manifestShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/**
 * A file without a manifest. A checksum beside it proves that it is whole; an `.ok` says only that somebody thinks so,
 * and counts when nothing has moved for a while. Null where it has no marker, or is not at rest yet.
 */
async function withMarker(look: Look, name: string, names: readonly string[]): Promise<Candidate | null> {
  const [sum, ok] = [`${name}.sha256`, `${name}.ok`]
  const marker = names.includes(sum) ? sum : ok
  if (!names.includes(marker)) return null
  const path = join(look.folder, marker)
  const stats = [await stat(join(look.folder, name)), await stat(path)]
  const moved = Math.max(...stats.flatMap(({ mtimeMs, ctimeMs }) => [mtimeMs, ctimeMs]))
  if (marker === ok && look.now - moved < look.settle) return null
  const version = name.slice(look.prefix.length + 1, look.prefix.length + 9)
  const dataDate = dateOf(version)
  const sha256 = marker === ok ? null : await readSum(path)
  const stamp = `${await stampOf(join(look.folder, name))} ${await stampOf(path)}`
  const wrong = dataDate === null ? 'DATA_DATE' : sha256 === '' ? 'MARKER_SHAPE' : null
  const problem = name.endsWith('.xls') ? 'NOT_XLSX' : wrong
  return {
    name,
    stamp,
    version,
    dataDate: dataDate ?? '',
    file: name,
    sha256,
    rows: null,
    encoding: undefined,
    problem,
  }
}

/** The sum in the form of `sha256sum`; empty where there is none. */
async function readSum(path: string): Promise<string> {
  const text = (await stat(path)).size > LONGEST_MANIFEST ? '' : await readFile(path, 'utf8')
  return (/^\uFEFF?\\?([0-9a-fA-F]{64})(?:\s|$)/.exec(text)?.[1] ?? '').toLowerCase()
}

function dateOf(text: string): string | null {
  try {
    return calendarDate(text)
  } catch {
    return null
  }
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  return found === null ? `${basename(path)} missing` : `${basename(path)} ${found.size} ${found.mtimeMs} ${found.ino}`
}
