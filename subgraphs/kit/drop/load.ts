import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { beijingInstant } from '../decode.ts'
import { openCsv } from './csv-rows.ts'
import { encodingsOf, inspect } from './csv-encoding.ts'
import type { TextEncoding } from './csv-encoding.ts'
import { checkRow, fits, planOf } from './check.ts'
import type { Drop, DropTable } from './drop.ts'
import type { Candidate } from './folder.ts'
import { pacer } from './pace.ts'
import { DropRefused } from './problem.ts'
import type { Problem } from './problem.ts'
import { troubleOf } from './trouble.ts'
import type { RawTable } from './rows.ts'
import { buildStore } from './store.ts'
import type { StoreBuilder, VersionStore } from './store.ts'
import type { WorkFolder } from './work.ts'
import { openWorkbook } from '../xlsx/rows.ts'

/** A version that can be served. */
export interface Version {
  /** Name of its manifest, or of the file where it has none. */
  readonly name: string
  readonly version: string
  /** `YYYY-MM-DD` */
  readonly dataDate: string
  /** The data date of the department, as an instant. */
  readonly asOf: string
  readonly stamp: string
  readonly sha256: string
  readonly rows: number
  readonly store: VersionStore
}

/** Why a version is not taken. */
export interface Refusal {
  readonly kind: 'REFUSED'
  /** Whether the same file may be read later: this machine had the trouble, and not the file. */
  readonly passing: boolean
  readonly sha256: string | null
  readonly rows: number
  readonly badRows: number
  readonly problems: readonly Problem[]
}

/** Problems that are told of one file. */
const MOST_PROBLEMS = 100

/** What has been found while a file was read. */
interface Progress {
  passing: boolean
  sha256: string | null
  rows: number
  badRows: number
  readonly problems: Problem[]
}

/** What is needed to load a version. */
export interface Loading {
  readonly folder: string
  readonly drop: Drop
  readonly work: WorkFolder
  /** Ends the loading between two slices. */
  readonly signal: AbortSignal
}

/**
 * Loads and checks one version aside, in slices between which others come in. A file is taken as a whole or not at all:
 * the refusal has all that is wrong with its rows. Rejects only where it was ended.
 */
export async function loadVersion(loading: Loading, candidate: Candidate): Promise<Version | Refusal> {
  const progress: Progress = {
    passing: candidate.problem === 'FILE_UNREADABLE',
    sha256: null,
    rows: 0,
    badRows: 0,
    problems: [],
  }
  const refusal = (): Refusal => ({ kind: 'REFUSED', ...progress })
  if (candidate.problem !== null) progress.problems.push({ kind: candidate.problem, at: {} })
  if (candidate.problem !== null) return refusal()
  let handle: FileHandle | null = null
  try {
    handle = await opened(join(loading.folder, candidate.file))
    return (await readInto(loading, candidate, handle, progress)) ?? refusal()
  } catch (error) {
    loading.signal.throwIfAborted()
    progress.passing = !(error instanceof DropRefused)
    progress.problems.push(problemOf(error))
    return refusal()
  } finally {
    await handle?.close()
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new DropRefused('FILE_MISSING')
    throw error
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof DropRefused) return error.problem
  return { kind: troubleOf(error) ?? 'FILE_UNREADABLE', at: {} }
}

/** Null where there are problems. */
async function readInto(
  loading: Loading,
  candidate: Candidate,
  handle: FileHandle,
  progress: Progress,
): Promise<Version | null> {
  const { drop, work } = loading
  const before = await handle.stat()
  const csv = candidate.file.toLowerCase().endsWith('.csv')
  const found = await inspect(handle, csv)
  progress.sha256 = found.sha256
  if (candidate.sha256 !== null && candidate.sha256 !== found.sha256) throw new DropRefused('CHECKSUM')
  const builder = buildStore(work, drop.tables)
  let sealed = false
  try {
    const encodings = csv ? encodingsOf(found, candidate.encoding ?? drop.encoding) : []
    const counts = csv
      ? await readCsv(loading, handle, encodings, builder, progress)
      : await readXlsx(loading, handle, builder, progress)
    checkCounts(drop.tables, candidate, counts, progress)
    const after = await handle.stat()
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new DropRefused('FILE_CHANGED')
    if (progress.problems.length > 0) return null
    const { name, version, dataDate, stamp } = candidate
    const asOf = beijingInstant(dataDate)
    // A full disk may show only here, and keeps what is not discarded.
    const store = builder.seal()
    sealed = true
    return { name, version, dataDate, asOf, stamp, sha256: found.sha256, rows: progress.rows, store }
  } finally {
    if (!sealed) builder.discard()
  }
}

async function readCsv(
  loading: Loading,
  handle: FileHandle,
  encodings: readonly TextEncoding[],
  builder: StoreBuilder,
  progress: Progress,
): Promise<readonly number[]> {
  const { tables } = loading.drop
  const [first] = tables
  if (first === undefined) return []
  const encoding = await chosen(handle, first, encodings)
  const open = async (table: DropTable): Promise<RawTable> => openCsv(handle, encoding, table.titleRows)
  return readTables(loading, open, false, builder, progress)
}

/** Reads one table after the other, those over the same rows only while nothing is wrong; gives their rows. */
async function readTables(
  loading: Loading,
  open: (table: DropTable) => Promise<RawTable>,
  cells: boolean,
  builder: StoreBuilder,
  progress: Progress,
): Promise<readonly number[]> {
  const { tables } = loading.drop
  const counts: number[] = []
  for (const [at, table] of tables.entries()) {
    const primary = !tables.slice(0, at).some(({ sheet }) => !cells || sheet === table.sheet)
    if (!primary && progress.problems.length > 0) break
    counts.push(await readTable(loading, { table, cells, primary, raw: await open(table) }, builder, progress))
  }
  return counts
}

/** Of two possible encodings the one in which the headings are those that are declared. */
async function chosen(handle: FileHandle, table: DropTable, encodings: readonly TextEncoding[]): Promise<TextEncoding> {
  const [first, second] = encodings
  if (first === undefined) throw new DropRefused('ENCODING_INVALID')
  if (second === undefined) return first
  const fitting: TextEncoding[] = []
  for (const encoding of encodings) {
    const raw = await openCsv(handle, encoding, table.titleRows)
    if (fits(table, raw.headings)) fitting.push(encoding)
    await raw.close()
  }
  const [only, another] = fitting
  if (only === undefined || another !== undefined) throw new DropRefused('ENCODING_AMBIGUOUS')
  return only
}

async function readXlsx(
  loading: Loading,
  handle: FileHandle,
  builder: StoreBuilder,
  progress: Progress,
): Promise<readonly number[]> {
  const workbook = await openWorkbook(handle, loading.work)
  try {
    return await readTables(loading, async (table) => workbook.open(table), true, builder, progress)
  } finally {
    workbook.close()
  }
}

interface Reading {
  readonly table: DropTable
  readonly raw: RawTable
  readonly cells: boolean
  readonly primary: boolean
}

/** Reads the rows of one table, and gives their number. */
async function readTable(
  { signal }: Loading,
  { table, raw, cells, primary }: Reading,
  builder: StoreBuilder,
  progress: Progress,
): Promise<number> {
  const pace = pacer(() => builder.commit())
  let rows = 0
  try {
    const plan = planOf(table, raw.headings, cells, primary)
    for await (const batch of raw.rows(plan.columns.map(({ at }) => at))) {
      for (const row of batch) {
        rows += 1
        const checked = checkRow(plan, row)
        note(progress, primary, 'owners' in checked ? clashOf(builder, table, checked) : checked)
        const pause = pace()
        if (pause !== null) await pause
        signal.throwIfAborted()
      }
    }
  } finally {
    await raw.close()
  }
  return rows
}

function clashOf(builder: StoreBuilder, table: DropTable, row: Parameters<StoreBuilder['add']>[1]): readonly Problem[] {
  const clash = builder.add(table, row)
  if (clash === null) return []
  return [{ kind: clash.kind, at: { sheet: table.sheet ?? null, row: row.row }, about: String(clash.first) }]
}

function note(progress: Progress, primary: boolean, problems: readonly Problem[]): void {
  if (primary) progress.rows += 1
  if (problems.length === 0) return
  progress.badRows += 1
  progress.problems.push(...problems.slice(0, MOST_PROBLEMS - progress.problems.length))
}

function checkCounts(
  tables: readonly DropTable[],
  { rows: told }: Candidate,
  counts: readonly number[],
  { rows: all, problems }: Progress,
): void {
  const differs = (expected: number, found: number, sheet: string | null): void => {
    if (expected !== found) problems.unshift({ kind: 'ROW_COUNT', at: { sheet }, about: `${found} / ${expected}` })
  }
  if (told === null) {
    if (all === 0) problems.unshift({ kind: 'NO_ROWS', at: {} })
  } else if (typeof told === 'number') differs(told, all, null)
  else for (const [at, { sheet = '' }] of tables.entries()) differs(told[sheet] ?? 0, counts[at] ?? 0, sheet)
}
