import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import iconv from 'iconv-lite'
import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { beijingInstant, read } from './decode.ts'
import { keyColumns, ownersOf, rowsBySubject } from './keys.ts'
import type { Register, Row } from './register.ts'

const SUFFIX = '.manifest.json'

/** What a department says of a file that it dropped; written after the file, so that a half file has none. */
const manifestShape = z.object({
  version: z.string().regex(/^[\w.-]{1,64}$/),
  file: z.string().max(255),
  dataDate: z.string(),
  rows: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** One version of a file in service: the rows by subject, only the declared columns. */
export interface Version {
  readonly version: string
  /** The data date of the department, as an instant. */
  readonly asOf: string
  readonly bySubject: ReadonlyMap<string, readonly Row[]>
}

/** A manifest in a drop folder; written anew it has another stamp, and is tried again. */
export interface Manifest {
  readonly name: string
  readonly stamp: string
}

/** The manifests of a register in its drop folder, newest version first. Throws `SOURCE_UNAVAILABLE`. */
export async function manifests(folder: string, register: Register): Promise<readonly Manifest[]> {
  try {
    const names = await readdir(folder)
    const ours = names.filter((name) => name.startsWith(`${register.at}_`) && name.endsWith(SUFFIX))
    return await Promise.all(
      ours
        .toSorted()
        .toReversed()
        .map(async (name) => stamped(folder, name)),
    )
  } catch {
    throw new Failure('SOURCE_UNAVAILABLE', { detail: 'The drop folder cannot be read' })
  }
}

async function stamped(folder: string, name: string): Promise<Manifest> {
  const { mtimeMs, size } = await stat(join(folder, name))
  return { name, stamp: `${name} ${size} ${mtimeMs}` }
}

/** Loads and checks one version; throws `SOURCE_INVALID` with the reason, without values. */
export async function loadVersion(folder: string, register: Register, manifestName: string): Promise<Version> {
  const manifest = readManifest(await readFile(join(folder, manifestName), 'utf8'))
  // A manifest may name a file of its own folder only.
  const { rows, sha256 } = await readRows(register, join(folder, basename(manifest.file)))
  if (sha256 !== manifest.sha256) throw invalid('the checksum differs')
  if (rows.length !== manifest.rows) throw invalid(`${rows.length} rows where the manifest says ${manifest.rows}`)
  const bySubject = rowsBySubject(register, rows)
  const served = new Set([...bySubject.values()].flat())
  if (register.rows === 'ONE' && served.size !== rows.length) throw invalid('a person has two rows')
  return { version: manifest.version, asOf: beijingInstant(manifest.dataDate), bySubject }
}

function readManifest(text: string): z.infer<typeof manifestShape> {
  try {
    return manifestShape.parse(JSON.parse(text))
  } catch {
    throw invalid('the manifest has another shape')
  }
}

/** Reads in chunks, so that a large drop does not hold up the requests served meanwhile. */
async function readRows(register: Register, path: string) {
  const hash = createHash('sha256')
  const bytes = createReadStream(path).on('data', (chunk) => hash.update(chunk))
  const parser = parse({ bom: true, skip_empty_lines: true, columns: (headers: string[]) => kept(register, headers) })
  const rows: Row[] = []
  try {
    const reading = pipeline(bytes, iconv.decodeStream('gb18030'), parser)
    // The loop below meets the same error first; here it must only not go unheard.
    reading.catch(() => undefined)
    const records: AsyncIterable<unknown> = parser
    for await (const record of records) rows.push(checkedRow(register, record, rows.length + 1))
    await reading
  } catch (error) {
    if (error instanceof Failure) throw error
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw invalid(
      missing ? 'the file of the manifest is missing' : 'it is not CSV with equally many cells in each line',
    )
  }
  return { rows, sha256: hash.digest('hex') }
}

/** The declared columns of the file; what is not in the list of items is not even kept in memory. */
function kept(register: Register, headers: readonly string[]): (string | false)[] {
  const needed = new Set([...keyColumns(register), ...Object.values(register.fields).map(({ column }) => column)])
  const missing = [...needed].filter((column) => !headers.includes(column))
  if (missing.length > 0) throw invalid(`columns are missing: ${missing.join(', ')}`)
  return headers.map((header) => (needed.has(header) ? header : false))
}

/** A row that names its person and whose every value can be read. */
function checkedRow(register: Register, row: unknown, line: number): Row {
  if (!isRow(row) || ownersOf(register, row).length === 0) throw invalid(`row ${line} names no person`)
  for (const [field, source] of Object.entries(register.fields)) {
    try {
      read(source, row)
    } catch {
      throw invalid(`row ${line} has an unreadable ${field}`)
    }
  }
  return row
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null
}

function invalid(reason: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The dropped file was not taken: ${reason}` })
}
