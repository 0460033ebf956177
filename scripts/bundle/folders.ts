import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from './tar.ts'

/** Every file below a folder, by its path from there; folders of one name are left out, links too. */
export async function filesBelow(folder: string, without?: string): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for (const one of await readdir(folder, { withFileTypes: true })) {
    const file = join(folder, one.name)
    if (one.isDirectory() && one.name !== without) {
      for (const entry of await filesBelow(file, without)) found.push({ ...entry, path: `${one.name}/${entry.path}` })
    } else if (one.isFile()) {
      const { mode } = await lstat(file)
      found.push({ path: one.name, executable: (mode & 0o100) !== 0, content: { file } })
    }
  }
  return found
}
