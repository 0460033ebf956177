import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** Marks a folder that rightly holds personal data of a department. */
const DEPARTMENT_DATA = '.department-data'
const ENDING = '.building'
/** A database has a name for milliseconds only: what still has one after this long was left by a killed process. */
const LEFTOVER_AFTER = 60_000

/** The folder in which versions are built and reports are kept; for this user alone. */
export interface WorkFolder {
  /** A new, empty database, of which nothing is left once it is closed or the process has ended in any way. */
  newDatabase(tables: readonly string[]): DatabaseSync
  /** Folder of the reports on files that were not taken. */
  readonly reports: string
  /** Removes what no other process needs. */
  close(): void
}

/**
 * Opens a work folder; one of this process's own below the temporary folder, removed at the end, where none is stated.
 * Throws `SOURCE_UNAVAILABLE` where it cannot be had.
 */
export function openWorkFolder(stated: string | undefined): WorkFolder {
  try {
    const folder = stated ?? mkdtempSync(join(tmpdir(), 'gx-drops-'))
    const reports = join(folder, 'quarantine')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    mkdirSync(reports, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, DEPARTMENT_DATA), '', { mode: 0o600 })
    sweep(folder)
    return {
      newDatabase: (tables) => newDatabase(folder, tables),
      reports,
      close: () => (stated === undefined ? rmSync(folder, { recursive: true, force: true }) : undefined),
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Failure('SOURCE_UNAVAILABLE', { detail: `The work folder for dropped files cannot be used (${code})` })
  }
}

/**
 * Without a journal, since a version that is not whole is thrown away. The name goes as soon as the tables stand and
 * before the first row comes: whatever happens to the process, the system then gives the bytes back.
 */
function newDatabase(folder: string, tables: readonly string[]): DatabaseSync {
  const path = join(folder, `${randomUUID()}${ENDING}`)
  closeSync(openSync(path, 'wx', 0o600))
  // A defensive connection keeps a journal whatever it is told, and the journal keeps its name.
  const database = new DatabaseSync(path, { defensive: false })
  try {
    database.exec(
      'pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; pragma temp_store = memory; pragma cache_size = -16000',
    )
    for (const table of tables) database.exec(table)
    forget(path)
    return database
  } catch (error) {
    database.close()
    forget(path)
    throw error
  }
}

/** Where a file in use keeps its name, it goes with the next sweep. */
function forget(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EBUSY' || error.code === 'EPERM'))) throw error
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(ENDING)) continue
    const path = join(folder, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > LEFTOVER_AFTER) forget(path)
  }
}
