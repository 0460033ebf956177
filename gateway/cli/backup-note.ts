import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const note = z.strictObject({ folder: z.string().min(1), created: z.iso.datetime() })

/** Where the last backup went, for the doctor. */
export type LastBackup = z.output<typeof note>

const NOTE = 'last-backup.json'

/** Notes where the last backup is. */
export async function writeLastBackup(stateDirectory: string, last: LastBackup): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 })
  const path = join(stateDirectory, NOTE)
  await writeFile(`${path}.tmp`, `${JSON.stringify(last)}\n`, { mode: 0o600, flush: true })
  await rename(`${path}.tmp`, path)
}

/** What was noted; null where nothing was, or it cannot be read. */
export async function readLastBackup(stateDirectory: string): Promise<LastBackup | null> {
  try {
    return note.parse(JSON.parse(await readFile(join(stateDirectory, NOTE), 'utf8')))
  } catch {
    return null
  }
}
