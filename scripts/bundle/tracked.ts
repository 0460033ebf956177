import { execFile } from 'node:child_process'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Entry } from './tar.ts'

const run = promisify(execFile)

/** The sources, and what they are called. */
export interface Sources {
  /** First 12 digits of the commit; `-dirty` behind it where files differ from it. */
  readonly name: string
  /** Seconds since the epoch: when the commit was made. */
  readonly time: number
  readonly files: readonly Entry[]
}

async function git(root: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', root, ...args], { maxBuffer: 256 * 1024 * 1024 })
  return stdout
}

/**
 * The tracked files of a work tree. Where it differs from its commit, `dirty` takes what lies there, new files too; without
 * it that is refused: nobody could say afterwards what the bundle was made of.
 */
export async function trackedSources(root: string, dirty: boolean): Promise<Sources> {
  const changed = (await git(root, 'status', '--porcelain')).trim()
  if (changed !== '' && !dirty)
    throw new Error(`files differ from the commit; commit them, or say --dirty:\n${changed}`)
  const commit = (await git(root, 'rev-parse', '--short=12', 'HEAD')).trim()
  const time = Number((await git(root, 'log', '-1', '--format=%ct')).trim())
  const listed = await git(root, 'ls-files', '-z', '--cached', ...(dirty ? ['--others', '--exclude-standard'] : []))
  const files: Entry[] = []
  for (const path of new Set(listed.split('\0').filter((one) => one !== ''))) {
    const found = await lstat(join(root, path)).catch(() => null)
    // Deleted, and not yet committed; links would lead out of the archive.
    if (found === null || !found.isFile()) continue
    files.push({ path, executable: (found.mode & 0o100) !== 0, content: { file: join(root, path) } })
  }
  return { name: changed === '' ? commit : `${commit}-dirty`, time, files }
}
