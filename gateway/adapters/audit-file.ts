import { link, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isLease } from './audit-lease.ts'
import { directoryWriter, lockDirectory, syncDirectory } from './audit-lock.ts'
import { isSegment, isSpare } from '../audit/files.ts'
import type { AuditFile, AuditFiles, AuditReader } from '../audit/files.ts'
import { publishSync } from '../observe/channels.ts'
import type { SyncEvent } from '../observe/channels.ts'
import { systemClock } from '../vocabulary/ports.ts'

/** Reads an audit directory on a local disk, or a copy of one. */
export function auditReader(directory: string): AuditReader {
  return {
    list: async () => (await readdir(directory)).filter((name) => !isLease(name)).toSorted(),
    read: (name, length) =>
      length === undefined ? readFile(join(directory, name)) : readStart(join(directory, name), length),
    writer: async () => directoryWriter(directory),
  }
}

/**
 * An audit directory on a local disk of one machine: the lock knows processes of this machine alone.
 *
 * @param mode of the files that are made, whatever the process masks; the gateway's account alone reads them by default
 */
export function auditFiles(directory: string, mode = 0o600): AuditFiles {
  const at = (name: string): string => join(directory, name)
  return {
    ...auditReader(directory),
    lock: () => lockDirectory(directory, mode),
    create: async (name) => {
      const handle = await open(at(name), 'wx', mode)
      if (mode !== 0o600) await handle.chmod(mode)
      return auditFile(handle, kindOf(name), true)
    },
    open: async (name) => auditFile(await open(at(name), 'r+'), kindOf(name), false),
    rename: (from, to) => rename(at(from), at(to)),
    publish: async (from, to) => {
      // A link, unlike a rename, replaces nothing.
      await link(at(from), at(to))
      await unlink(at(from))
    },
    removeSpare: async (name) => {
      if (!isSpare(name)) throw new Error(`${name} may hold audit records and is not removed`)
      await unlink(at(name))
    },
    removeSegment: async (name) => {
      if (!isSegment(name)) throw new Error(`${name} is no segment and is not removed`)
      await unlink(at(name))
    },
    syncDirectory: () => syncDirectory(directory),
  }
}

type FileKind = Exclude<SyncEvent['file'], 'room'>

function kindOf(name: string): FileKind {
  return name.startsWith('heads-') ? 'heads' : 'segment'
}

/** @param fresh whether the first thing written to it is its room */
function auditFile(handle: FileHandle, kind: FileKind, fresh: boolean): AuditFile {
  let file: SyncEvent['file'] = fresh ? 'room' : kind
  let written: Uint8Array[] = []
  const told = (ok: boolean, started: number): void => {
    const [what, buffers] = [file, written]
    file = kind
    written = []
    publishSync(() => syncEvent(what, ok, systemClock.monotonic() - started, buffers))
  }
  return {
    async write(bytes, position) {
      await writeAll(handle, bytes, position)
      written.push(bytes)
    },
    async sync() {
      const started = systemClock.monotonic()
      try {
        // The blocks and the length are there since preallocation: only the data is left to flush.
        await handle.datasync()
      } catch (error) {
        told(false, started)
        throw error
      }
      told(true, started)
    },
    truncate: async (length) => {
      await handle.truncate(length)
      await handle.sync()
    },
    close: () => handle.close(),
  }
}

function syncEvent(
  file: SyncEvent['file'],
  ok: boolean,
  milliseconds: number,
  buffers: readonly Uint8Array[],
): SyncEvent {
  const bytes = buffers.reduce((sum, one) => sum + one.length, 0)
  const lines = file === 'room' ? 0 : buffers.reduce((sum, one) => sum + linesIn(one), 0)
  return { file, ok, milliseconds, lines, bytes }
}

const LINE_END = 10

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) lines += 1
  return lines
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
