import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeased, isSharedDisk, leaseFile, takeLease } from './audit-lease.ts'
import { codeOf, isAlive, isSurelyAlive, ownProcess, readOwner } from './audit-owner.ts'
import type { Owner, ReadOwner } from './audit-owner.ts'

const LOCK = 'writer.lock'

const held = new Set<string>()

/** Path of the lock of a folder, which says who writes it. */
export function lockFile(directory: string): string {
  return join(directory, LOCK)
}

/**
 * What is known of a folder's writer. `unknown`: there is a lock, and nothing proves that its holder has ended; `why` is
 * for the operator.
 */
export type WriterState =
  | { readonly kind: 'none' }
  | { readonly kind: 'live'; readonly pid: number | null }
  | { readonly kind: 'dead' }
  | { readonly kind: 'unknown'; readonly why: string; readonly owner: Owner | null }

/** Who writes a folder; a look changes nothing. */
export function writerState(directory: string): WriterState {
  const path = lockFile(directory)
  const read = readOwner(path)
  const owner = read.kind === 'owner' ? read.owner : null
  const leased = held.has(path) || isLeased(directory)
  if (leased === true) return { kind: 'live', pid: owner?.pid ?? null }
  // Whoever may read the lock alone, as an auditor does, goes by the process that it names.
  if (leased === null && owner !== null && isSameRun(owner)) return byProcess(owner)
  return lockState(directory)
}

/** By the lock alone, where nobody else holds the lease. */
function lockState(directory: string): WriterState {
  const read = readOwner(lockFile(directory))
  switch (read.kind) {
    case 'none':
      return { kind: 'none' }
    case 'owner':
      return stateOf(read.owner, directory)
    case 'torn':
      // Linked whole and flushed: only a power cut leaves such a lock, and no writer outlives one. Elsewhere one may.
      return isSharedDisk(directory)
        ? unknown('it is not written to its end, and other machines may have this folder open')
        : { kind: 'dead' }
    case 'foreign':
      return unknown('it is none of ours')
    case 'unreadable':
      return unknown(`it cannot be read (${read.code})`)
  }
}

function unknown(why: string, owner: Owner | null = null): WriterState {
  return { kind: 'unknown', why, owner }
}

/** With our own ID it is an earlier process's: in a container every start may get the same ID. */
function byProcess(owner: Owner): WriterState {
  return owner.pid !== process.pid && isAlive(owner) ? { kind: 'live', pid: owner.pid } : { kind: 'dead' }
}

/** Whether it is of this machine in its present run. */
function isSameRun({ host, boot }: Owner): boolean {
  const own = ownProcess()
  return boot === null ? host === own.host : boot === own.boot
}

/** Of an owner who holds no lease here. */
function stateOf(owner: Owner, directory: string): WriterState {
  const isOther = owner.pid !== process.pid
  // Of a version that takes no lease.
  if (owner.host === null) {
    if (isOther && isSurelyAlive(owner)) return { kind: 'live', pid: owner.pid }
    return isOther && isAlive(owner)
      ? unknown(`process ${owner.pid} lives, and may be its holder`, owner)
      : { kind: 'dead' }
  }
  // On one machine the system itself takes a lease back, in whatever container its holder was; but whoever deletes its
  // file has made room for another one, under a writer that lives.
  if (isSameRun(owner)) return isOther && isSurelyAlive(owner) ? { kind: 'live', pid: owner.pid } : { kind: 'dead' }
  // The machine has started again since, or the disk was moved here; unless others reach it as we do.
  if (!isSharedDisk(directory)) return { kind: 'dead' }
  return unknown(
    `it is held by ${owner.host} (process ${owner.pid}), which may be running and is not seen from here`,
    owner,
  )
}

/**
 * Process ID of the directory's live writer, 0 where it is not known, or null where there is none. Whoever verifies is
 * lenient with a log that is being written: so a lock alone, which anybody can write, counts only where it names a
 * process that lives, with its time of birth.
 */
export function directoryWriter(directory: string): number | null {
  const state = writerState(directory)
  if (state.kind !== 'live') return null
  if (held.has(lockFile(directory)) || isLeased(directory) === true) return state.pid ?? 0
  const read = readOwner(lockFile(directory))
  return read.kind === 'owner' && isSurelyAlive(read.owner) ? read.owner.pid : null
}

/**
 * Makes the directory where it is missing and becomes its one writer; returns how to give that up.
 * A lock is taken over where its holder has surely ended. Rejects when another writer lives, or may.
 *
 * @param mode of the lock, which says who writes; the lease is the writer's account's alone
 */
export async function lockDirectory(directory: string, mode = 0o600): Promise<() => Promise<void>> {
  await makeDirectory(directory)
  const path = lockFile(directory)
  if (held.has(path)) throw inUse(process.pid)
  const giveBack = leaseOf(directory)
  held.add(path)
  try {
    const mine = acquire(directory, mode)
    return async () => {
      if (!held.delete(path)) return
      try {
        if (readFileSync(path, 'utf8') === mine) await unlink(path)
      } finally {
        giveBack()
      }
    }
  } catch (error) {
    held.delete(path)
    giveBack()
    throw error
  }
}

function leaseOf(directory: string): () => void {
  let taken: (() => void) | null
  try {
    taken = takeLease(directory)
  } catch (cause) {
    throw new Error(`${leaseFile(directory)} cannot be locked: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    })
  }
  if (taken !== null) return taken
  const state = writerState(directory)
  throw inUse(state.kind === 'live' ? state.pid : null)
}

async function makeDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(join(directory, '..'))
}

/** Writes our lock, in the place of one whose holder has ended. Whoever does so holds the lease, so it is one alone. */
function acquire(directory: string, mode: number): string {
  const mine = JSON.stringify(ownProcess())
  const draft = `${lockFile(directory)}.${process.pid}`
  writeFileSync(draft, mine, { mode, flush: true })
  try {
    // Whatever the process masks.
    chmodSync(draft, mode)
    place(draft, directory)
  } finally {
    rmSync(draft, { force: true })
  }
  return mine
}

function place(draft: string, directory: string): void {
  try {
    linkSync(draft, lockFile(directory))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    const fault = writerFault(lockState(directory), directory)
    if (fault !== null) throw new Error(fault, { cause: error })
    renameSync(draft, lockFile(directory))
  }
}

/**
 * Removes the lock of a writer that has ended, on the word of the operator; returns what the lock said, or null where
 * there was none. Rejects while a writer is seen from here.
 */
export function breakLock(directory: string): ReadOwner | null {
  const giveBack = leaseOf(directory)
  try {
    const state = lockState(directory)
    if (state.kind === 'live') throw inUse(state.pid)
    const read = readOwner(lockFile(directory))
    if (read.kind === 'none') return null
    unlinkSync(lockFile(directory))
    return read
  } finally {
    giveBack()
  }
}

/** Why a folder in that state may not be written, for the operator; null where nothing stands in the way. */
export function writerFault(state: WriterState, directory: string): string | null {
  switch (state.kind) {
    case 'none':
    case 'dead':
      return null
    case 'live':
      return inUse(state.pid).message
    case 'unknown':
      return `${lockFile(directory)} stands in the way: ${state.why}; where no gateway writes ${directory} any more, run: gongxiang audit unlock --directory ${directory}`
  }
}

function inUse(pid: number | null): Error {
  const who = pid === null ? 'another process' : `process ${pid}`
  return new Error(`${who} already writes this audit directory; each gateway needs its own`)
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
