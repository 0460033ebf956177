import { open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { directoryWriter, lockDirectory, syncDirectory } from './audit-lock.ts'
import { isSpare } from '../audit/files.ts'
import type { AuditFile, AuditFiles, AuditReader } from '../audit/files.ts'

/** Reads an audit directory on a local disk, or a copy of one. */
export function auditReader(directory: string): AuditReader {
  return {
    list: async () => (await readdir(directory)).toSorted(),
    read: (name, length) =>
      length === undefined ? readFile(join(directory, name)) : readStart(join(directory, name), length),
    writer: async () => directoryWriter(directory),
  }
}

/** An audit directory on a local disk of one machine: the lock knows processes of this machine alone. */
export function auditFiles(directory: string): AuditFiles {
  const at = (name: string): string => join(directory, name)
  return {
    ...auditReader(directory),
    lock: () => lockDirectory(directory),
    create: async (name) => auditFile(await open(at(name), 'wx', 0o600)),
    open: async (name) => auditFile(await open(at(name), 'r+')),
    rename: (from, to) => rename(at(from), at(to)),
    removeSpare: async (name) => {
      if (!isSpare(name)) throw new Error(`${name} may hold audit records and is not removed`)
      await unlink(at(name))
    },
    syncDirectory: () => syncDirectory(directory),
  }
}

function auditFile(handle: FileHandle): AuditFile {
  return {
    write: (bytes, position) => writeAll(handle, bytes, position),
    // The blocks and the length are there since preallocation: only the data is left to flush.
    sync: () => handle.datasync(),
    truncate: async (length) => {
      await handle.truncate(length)
      await handle.sync()
    },
    close: () => handle.close(),
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
