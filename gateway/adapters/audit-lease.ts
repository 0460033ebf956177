/**
 * A lock that the system takes back when its holder ends, however it ends. Node has no `flock`, but SQLite locks the
 * bytes of its file for as long as a transaction is open: so an empty database in the audit folder serves as one. It
 * holds between processes, between containers of one machine, and, where the share passes locks on, between machines.
 * Whoever opens and closes the file in the same process in another way breaks it (POSIX, fcntl): nobody reads it.
 */
import { closeSync, existsSync, openSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const LEASE = 'writer.lease'

/** Held for the moment in which a line is added to the register of the root, which several processes share. */
export const REGISTER_LEASE = 'replicas.lease'

/** Milliseconds that a look may take. */
const LOOK = 250

/** SQLITE_BUSY: another one holds it. */
const BUSY = 5

/** Whether a file is a lease: it holds nothing, and is not to be read. */
export function isLease(name: string): boolean {
  return name === LEASE || name === REGISTER_LEASE
}

/** Path of the lease of a folder. */
export function leaseFile(directory: string, name = LEASE): string {
  return join(directory, name)
}

/**
 * Takes the lease of a folder; returns how to give it back, or null while another one holds it, in this process too.
 * Rejects with the disk's own error.
 */
export function takeLease(directory: string, name = LEASE): (() => void) | null {
  const path = leaseFile(directory, name)
  makeFile(path)
  // Whoever only looks holds it for a moment.
  const database = new DatabaseSync(path, { timeout: LOOK })
  try {
    // Nothing is ever written: a journal in memory leaves no file beside.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return () => database.close()
  } catch (error) {
    database.close()
    if (isBusy(error)) return null
    throw error
  }
}

function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Whether somebody holds the lease of a folder; null where this user may not look. A look takes nothing. */
export function isLeased(directory: string): boolean | null {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(leaseFile(directory), { readOnly: true, timeout: 0 })
    database.exec('SELECT 1 FROM sqlite_master')
    return false
  } catch (error) {
    return isBusy(error) || (existsSync(leaseFile(directory)) ? null : false)
  } finally {
    database?.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY
}

/** File systems of several machines at once, as `statfs` numbers them: NFS, SMB, CIFS, Ceph, Lustre, GPFS, OCFS2, GFS2, FUSE, 9P, AFS. */
const SHARED = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x0bd00bd0, 0x47504653, 0x7461636f, 0x01161970, 0x65735546,
  0x01021997, 0x5346414f,
])

/** Whether another machine may have the same folder open now. */
export function isSharedDisk(directory: string): boolean {
  return SHARED.has(statfsSync(directory).type)
}
