import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TEST_ROOT_VARIABLE } from './test-root.ts'

/** Segments are preallocated, and one of a killed gateway stays at its full size: nothing but zeros, and long to search. */
const LARGEST = 8 * 1024 * 1024

/**
 * Removes a test's folder but keeps its logs (`*.log`) and audit records (`*.ndjson`, and no others) in the root of the
 * run, where the search for canaries at its end meets them. A folder that was simply removed would always pass.
 */
export async function removeButKeepRecords(folder: string): Promise<void> {
  const root = process.env[TEST_ROOT_VARIABLE]
  if (root !== undefined) {
    const kept = await mkdtemp(join(root, `kept-${basename(folder)}-`))
    for (const file of await recordsIn(folder)) await cp(file, join(kept, file.slice(folder.length + 1)))
  }
  await rm(folder, { recursive: true, force: true })
}

async function recordsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && /\.(log|ndjson)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return files.filter((_file, at) => (sizes[at] ?? 0) <= LARGEST)
}
