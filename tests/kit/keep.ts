import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DEPARTMENT_DATA_MARKER } from './canaries.ts'
import { TEST_ROOT_VARIABLE } from './test-root.ts'

/** Segments are preallocated, and one of a killed gateway stays at its full size: nothing but zeros, and long to search. */
const LARGEST = 8 * 1024 * 1024

/**
 * What the gateway writes that must hold no value: logs, the audit record, databases of its own with what they have not
 * written home, events, exports and reports.
 */
const WRITTEN = /\.(log|ndjson|jsonl|sqlite|sqlite-wal|csv|xlsx|html|gz|zip|txt|cef)$/

/**
 * Removes a test's folder but keeps what the gateway wrote in it in the root of the run, where the search for canaries at
 * its end meets it. A folder that was simply removed would always pass.
 */
export async function removeButKeepRecords(folder: string): Promise<void> {
  const root = process.env[TEST_ROOT_VARIABLE]
  if (root !== undefined) {
    const kept = await mkdtemp(join(root, `kept-${basename(folder)}-`))
    for (const file of await writtenIn(folder)) await cp(file, join(kept, file.slice(folder.length + 1)))
  }
  await rm(folder, { recursive: true, force: true })
}

/** Keeps a text where the search meets it, e.g. what a server of a test was asked to store. */
export async function keepText(name: string, text: string): Promise<void> {
  const root = process.env[TEST_ROOT_VARIABLE]
  if (root === undefined || text === '') return
  await writeFile(join(await mkdtemp(join(root, `kept-${name}-`)), `${name}.log`), text)
}

async function writtenIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  // Departments know their persons by name.
  if (entries.some(({ name }) => name === DEPARTMENT_DATA_MARKER)) return []
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return isCity(path) ? [] : writtenIn(path)
      if (!entry.isFile() || !WRITTEN.test(entry.name)) return []
      return (await stat(path)).size <= LARGEST ? [path] : []
    }),
  )
  return found.flat()
}

/** The embedded city of a gateway that was started as a program, which sets no mark. */
function isCity(path: string): boolean {
  return path.endsWith('/data/city')
}
