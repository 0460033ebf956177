import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
/** No install takes this long: the owner's process number then belongs to somebody else. */
const STALE_MS = 30 * 60_000

/**
 * Runs `work` while no other process that asks for the same lock file does.
 * A lock whose owner has died is taken over; the file holds the owner's process number.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(path.dirname(file), { recursive: true })
  let told = false
  while (!take(file)) {
    if (!told) process.stderr.write('gongxiang: another install is under way, waiting for it\n')
    told = true
    await sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file) {
  if (create(file)) return true
  const owner = readOwner(file)
  if (owner === null || (isAlive(owner) && !isOld(file))) return false
  removeStale(file, owner)
  return create(file)
}

function create(file) {
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    // link(2) makes the lock appear whole: no reader ever sees it empty.
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || null
  } catch {
    return null
  }
}

function isOld(file) {
  const facts = statSync(file, { throwIfNoEntry: false })
  return facts !== undefined && Date.now() - facts.mtimeMs > STALE_MS
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Renames before deleting: of two that saw the same dead owner, the second may have caught the first one's new lock. */
function removeStale(file, owner) {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
    if (readOwner(aside) !== owner) linkSync(aside, file)
    rmSync(aside, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
}
