import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const LOCK = 'writer.lock'
const SETTLE_MILLIS = 50

/** Who holds the lock. `birth` tells a process from a later one with the same ID; null where the system hides it. */
interface Owner {
  readonly pid: number
  readonly birth: string | null
}

const held = new Set<string>()

/** Process ID of the directory's live writer, or null. */
export function directoryWriter(directory: string): number | null {
  return liveOwner(join(directory, LOCK))?.pid ?? null
}

/**
 * Makes the directory where it is missing and becomes its one writer; returns how to give that up.
 * A dead writer's lock is taken over. Rejects when another writer lives.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await makeDirectory(directory)
  const path = join(directory, LOCK)
  const mine = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) } satisfies Owner)
  const draft = `${path}.${process.pid}`
  if (held.has(path)) throw inUse(process.pid)
  held.add(path)
  try {
    writeFileSync(draft, mine, { mode: 0o600, flush: true })
    await acquire(path, draft, mine)
  } catch (error) {
    held.delete(path)
    throw error
  }
  return async () => {
    if (held.delete(path) && readFileSync(path, 'utf8') === mine) await unlink(path)
  }
}

async function makeDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(join(directory, '..'))
}

/** A link is made only where no lock stands. A dead owner's lock is replaced, and whoever replaced it last has it. */
async function acquire(path: string, draft: string, mine: string): Promise<void> {
  try {
    linkSync(draft, path)
    unlinkSync(draft)
    return
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
  const owner = liveOwner(path)
  // With our own ID it is an earlier process's: in a container every start may get the same ID.
  if (owner !== null && owner.pid !== process.pid) {
    unlinkSync(draft)
    throw inUse(owner.pid)
  }
  renameSync(draft, path)
  await pause(SETTLE_MILLIS)
  if (readFileSync(path, 'utf8') !== mine) throw inUse(liveOwner(path)?.pid ?? 0)
}

function inUse(pid: number): Error {
  return new Error(`process ${pid} already writes this audit directory; each gateway needs its own`)
}

function liveOwner(path: string): Owner | null {
  const owner = readOwner(path)
  if (owner === null) return null
  if (owner.pid === process.pid) return held.has(path) ? owner : null
  if (!isAlive(owner.pid)) return null
  const birth = birthOf(owner.pid)
  return birth === null || owner.birth === null || birth === owner.birth ? owner : null
}

function readOwner(path: string): Owner | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null
    const birth = 'birth' in value && typeof value.birth === 'string' ? value.birth : null
    return { pid: value.pid, birth }
  } catch {
    // No lock, or one that a power cut left empty: nobody writes.
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** When a process began, as Linux states it: field 22 of /proc/PID/stat, counted behind the name in brackets. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Makes creations and renames in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
