import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, open, stat } from 'node:fs/promises'
import { constants } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileEntry } from './backup-manifest.ts'

/** A backup that is being written: each file is flushed and hashed as it is put there. */
export interface BackupTarget {
  /** Writes a file of the backup. */
  put(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>
  /** Copies a file that does not change any more, or names the copy of the backup before once again. */
  putFinal(path: string, source: string, bytes: number): Promise<void>
  /** What was put there so far. */
  readonly files: readonly FileEntry[]
  /** How many bytes were taken over from the backup before. */
  readonly linked: number
}

/** The backup before: its folder and its files by path. */
export interface PreviousBackup {
  readonly folder: string
  readonly files: ReadonlyMap<string, FileEntry>
}

/** Opens an empty folder (0700) for a backup. */
export function backupTarget(folder: string, previous: PreviousBackup | null): BackupTarget {
  const files: FileEntry[] = []
  let linked = 0
  return {
    files,
    get linked() {
      return linked
    },
    async put(path, content) {
      files.push({ path, ...(await writeHashed(join(folder, path), content)) })
    },
    async putFinal(path, source, bytes) {
      const found = await stat(source)
      const from = { bytes: found.size, mtimeMs: found.mtimeMs, inode: String(found.ino) }
      const before = previous?.files.get(path)
      const known = before?.from !== undefined && isSame(before.from, from) && before.bytes === bytes
      if (known && previous !== null && (await linkOver(join(previous.folder, path), join(folder, path), before))) {
        linked += bytes
        files.push(before)
        return
      }
      files.push({ path, ...(await writeHashed(join(folder, path), beginningOf(source, bytes))), from })
    },
  }
}

function isSame(one: NonNullable<FileEntry['from']>, other: NonNullable<FileEntry['from']>): boolean {
  return one.bytes === other.bytes && one.mtimeMs === other.mtimeMs && one.inode === other.inode
}

/**
 * One file under two names, so that each backup is whole by itself; where the disk has no links, a copy. Not one that has
 * decayed or was altered in the backup before: it is copied anew from the source.
 */
async function linkOver(from: string, to: string, { bytes, sha256 }: FileEntry): Promise<boolean> {
  try {
    if ((await stat(from)).size !== bytes || (await hashOf(from, bytes)) !== sha256) return false
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
    return true
  } catch {
    return false
  }
}

async function hashOf(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of beginningOf(path, bytes)) hash.update(chunk)
  return hash.digest('hex')
}

async function writeHashed(
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const handle = await open(path, 'wx', 0o600)
  let bytes = 0
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk)
      bytes += chunk.length
      await handle.appendFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

const CHUNK = 1024 * 1024

/** The first bytes of a file, a piece at a time. @throws Error where it has become shorter */
export async function* beginningOf(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    for (let at = 0; at < bytes;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(CHUNK, bytes - at)), 0, null, at)
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** Makes the names in a folder, and in those below, survive a power cut. */
export async function syncFolders(folder: string, files: readonly FileEntry[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(folder, path))))
  for (const one of [...folders, folder, dirname(folder)]) {
    const handle = await open(one, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
