import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyProblem } from '../keys/key-fault.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { newKey, placeInUse, publicKeysOf } from '../keys/key-source.ts'
import type { KeySource, NewKeyOptions, StoredRing } from '../keys/key-source.ts'
import { isProvenLater, isPublishedPurpose, PURPOSES } from '../keys/purposes.ts'
import type { Purpose } from '../keys/purposes.ts'
import { LONGEST_WINDOW, windowEnd } from '../limits/counters.ts'
import type { Clock } from '../vocabulary/ports.ts'
import {
  isErrno,
  keyFileText,
  privateKeysFile,
  publicFileText,
  publicKeysFile,
  readPublished,
  readRing,
} from './key-file.ts'

export { publicKeysFile, readPublicKeys } from './key-file.ts'

/** A complete, fsynced file beside its final place; the caller links or renames it. */
async function writeBeside(path: string, text: string, mode: number): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(temporary, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  return temporary
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  await rename(await writeBeside(path, text, mode), path)
}

/** Creates the file unless somebody else did meanwhile; two starts at once end with one key. */
async function createFile(path: string, text: string): Promise<boolean> {
  const temporary = await writeBeside(path, text, 0o600)
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Reads `<directory>/<purpose>.json`; files open to others than the owner are refused. */
export function createKeyFiles(directory: string): KeySource {
  return {
    load: async (purpose) => readRing(directory, purpose),
    published: async (purpose) => readPublished(publicKeysFile(directory, purpose)),
  }
}

/** Publishes what of a ring is not published yet. What is too much is taken away by a rotation alone. */
async function publishMissing(directory: string, purpose: Purpose, ring: StoredRing): Promise<void> {
  if (!isPublishedPurpose(purpose)) return
  const path = publicKeysFile(directory, purpose)
  const before = readPublished(path)
  const keys = publicKeysOf(ring)
  if (keys.every(({ kid }) => before.some((one) => one.kid === kid))) return
  const older = before.filter(({ kid }) => keys.every((key) => key.kid !== kid))
  await replaceFile(path, publicFileText([...keys, ...older]), 0o644)
}

async function publishRing(directory: string, purpose: Purpose, ring: StoredRing): Promise<void> {
  if (!isPublishedPurpose(purpose)) return
  const path = publicKeysFile(directory, purpose)
  const keys = publicKeysOf(ring)
  // A record or a receipt is proved years later: the public half of a key that ever signed one is never taken away.
  const older = isProvenLater(purpose)
    ? readPublished(path).filter(({ kid }) => keys.every((key) => key.kid !== kid))
    : []
  await replaceFile(path, publicFileText([...keys, ...older]), 0o644)
}

/**
 * Makes the keys that are missing (0600, in a folder 0700) and publishes the public halves; existing keys stay.
 * Safe when two processes do it at once. Returns the purposes for which a key was made.
 */
export async function generateKeys(directory: string, options: NewKeyOptions): Promise<readonly Purpose[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await mkdir(join(directory, 'public'), { recursive: true })
  const made: Purpose[] = []
  for (const purpose of PURPOSES) {
    const found = readRing(directory, purpose)
    if ('kind' in found && found.kind === 'MISSING') {
      const text = keyFileText(purpose, [newKey(purpose, options)])
      if (await createFile(privateKeysFile(directory, purpose), text)) made.push(purpose)
    }
    const ring = 'kind' in found ? readRing(directory, purpose) : found
    if (!('kind' in ring)) await publishMissing(directory, purpose, ring)
  }
  if (made.length > 0) {
    await syncDirectory(directory)
    await syncDirectory(join(directory, 'public'))
  }
  return made
}

/** Milliseconds for which a key is in every hand before it is used; processes look at their files each second. */
const GRACE = 10_000

/**
 * When a key made now is first used. Whoever checks must have it before: so a signature waits for its public half to be
 * seen, and a cursor for the other gateways. A hash waits for nobody, but in counters it must not change within a
 * window, or whoever was counted would be counted again.
 */
export function usedFrom(purpose: Purpose, now: number): number {
  switch (purpose) {
    case 'token-signing':
    case 'call-context':
    case 'receipt':
    case 'cursor':
    case 'cache':
      return now + GRACE
    case 'counter-member':
      return windowEnd(now, LONGEST_WINDOW)
    case 'audit-head':
    case 'audit-head-sm2':
    case 'report':
    case 'subject-pseudonym':
    case 'argument-hash':
    case 'consumer-pseudonym':
    case 'viewer-pseudonym':
      return now
  }
}

/** How a ring is rotated; `usedFrom` is the purpose's own where it is not given. */
export interface RotateOptions extends NewKeyOptions {
  /** How many older keys stay accepted; the one in use stays in any case until the new one is used. */
  readonly keep: number
}

/**
 * Puts a new key in front of a ring, published before it can be used.
 * Returns the new key's ID, or the problem that stands in the way.
 */
export async function rotateKey(
  directory: string,
  purpose: Purpose,
  options: RotateOptions,
): Promise<string | KeyProblem> {
  const unlock = await lock(directory, purpose)
  if (unlock === null)
    return {
      purpose,
      kind: 'INVALID',
      message: `is being rotated by another process; where none is, remove ${lockFile(directory, purpose)}`,
    }
  try {
    const ring = readRing(directory, purpose)
    if ('kind' in ring) return ring
    const next = rotated(purpose, ring, options)
    await publishRing(directory, purpose, next)
    // What the new key signs must find its public half after a power cut, too.
    await syncDirectory(join(directory, 'public'))
    await replaceFile(privateKeysFile(directory, purpose), keyFileText(purpose, next), 0o600)
    await syncDirectory(directory)
    return next[0]?.id ?? ''
  } finally {
    await unlock()
  }
}

function rotated(purpose: Purpose, ring: StoredRing, options: RotateOptions): StoredRing {
  const { now, keep } = options
  const from = options.usedFrom ?? usedFrom(purpose, now)
  const key = newKey(purpose, { ...options, usedFrom: from })
  const needed = from > now ? placeInUse(ring, now) + 1 : 0
  return [key, ...ring.slice(0, Math.max(keep, needed))]
}

function lockFile(directory: string, purpose: Purpose): string {
  return join(directory, `${purpose}.lock`)
}

/** Two rotations at once would each write a ring without the other's key, which may be in use by then. */
async function lock(directory: string, purpose: Purpose): Promise<(() => Promise<void>) | null> {
  const path = lockFile(directory, purpose)
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return null
    // Without the folder there is no ring either, which says more.
    if (isErrno(error, 'ENOENT')) return async () => {}
    throw error
  }
  return () => rm(path, { force: true })
}

/**
 * The ring of `<directory>`, read once; the embedded mode first makes what is missing, as development keys.
 * @throws KeyFault
 */
export async function openKeyFiles(
  directory: string,
  mode: 'embedded' | 'production',
  clock: Pick<Clock, 'now'>,
): Promise<KeyRing> {
  const allowDevelopment = mode === 'embedded'
  if (allowDevelopment) await generateKeys(directory, { development: true, now: clock.now() })
  return openKeyRing(createKeyFiles(directory), { allowDevelopment, now: () => clock.now() })
}
