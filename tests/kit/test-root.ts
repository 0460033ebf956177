import { chmod, mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** Environment variable with the folder under which a run of the suite keeps everything that it writes. */
export const TEST_ROOT_VARIABLE = 'GONGXIANG_TEST_ROOT'

/** A new private root. Its path is short, because a Unix socket's path has at most 107 bytes. */
export async function makeTestRoot(): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'gx-'))
  // A database server refuses to run as root: its own user must pass through this folder.
  await chmod(root, 0o711)
  return root
}
