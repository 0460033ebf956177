import { createPublicKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { KeyProblem } from '../keys/key-fault.ts'
import { openKeyRing, publicJwksOf } from '../keys/key-ring.ts'
import type { KeyRing, PublicJwk } from '../keys/key-ring.ts'
import { keyObjectOf, newKey } from '../keys/key-source.ts'
import type { KeySource, NewKeyOptions, StoredRing } from '../keys/key-source.ts'
import { isSigningPurpose, PURPOSES } from '../keys/purposes.ts'
import type { Purpose } from '../keys/purposes.ts'
import type { Clock } from '../vocabulary/ports.ts'

const base64url = z.base64url().length(43)
const material = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ed25519'), d: base64url, x: base64url }),
  z.strictObject({ kind: z.literal('secret'), k: base64url }),
])
const keyFile = z.strictObject({
  version: z.literal(1),
  purpose: z.string(),
  keys: z
    .array(z.strictObject({ id: z.string().min(8), created: z.iso.datetime(), development: z.boolean(), material }))
    .min(1),
})

/** The private file of a purpose. */
function privateFile(directory: string, purpose: Purpose): string {
  return join(directory, `${purpose}.json`)
}

/** The public JWKS of a signing purpose, rewritten whenever its ring changes. */
export function publicKeysFile(directory: string, purpose: Purpose): string {
  return join(directory, 'public', `${purpose}.jwks.json`)
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

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

function fileText(purpose: Purpose, keys: StoredRing): string {
  return `${JSON.stringify({ version: 1, purpose, keys }, null, 2)}\n`
}

function invalid(purpose: Purpose, message: string): KeyProblem {
  return { purpose, kind: 'INVALID', message }
}

function parseRing(purpose: Purpose, text: string, path: string): StoredRing | KeyProblem {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return invalid(purpose, `${path} is no JSON`)
  }
  const parsed = keyFile.safeParse(json)
  if (!parsed.success) return invalid(purpose, `${path} is no key file of version 1`)
  if (parsed.data.purpose !== purpose) return invalid(purpose, `${path} holds a key of another purpose`)
  try {
    parsed.data.keys.forEach(keyObjectOf)
  } catch {
    return invalid(purpose, `${path} holds a damaged key`)
  }
  return parsed.data.keys
}

async function load(directory: string, purpose: Purpose): Promise<StoredRing | KeyProblem> {
  const path = privateFile(directory, purpose)
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0)
      return { purpose, kind: 'READABLE_BY_OTHERS', message: `${path} is readable by others; run: chmod 600 ${path}` }
    return parseRing(purpose, await readFile(path, 'utf8'), path)
  } catch (error) {
    if (isErrno(error, 'ENOENT'))
      return { purpose, kind: 'MISSING', message: `${path} is missing; make it with: gongxiang keys generate` }
    if (isErrno(error, 'EACCES')) return invalid(purpose, `${path} cannot be read by this user`)
    throw error
  }
}

/** Reads `<directory>/<purpose>.json`; files open to others than the owner are refused. */
export function createKeyFiles(directory: string): KeySource {
  return { load: (purpose) => load(directory, purpose) }
}

const publicFile = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: base64url,
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
})

/** Public keys that were published before; none where the file is missing or damaged. */
async function publishedKeys(path: string): Promise<readonly PublicJwk[]> {
  try {
    return publicFile.parse(JSON.parse(await readFile(path, 'utf8'))).keys
  } catch {
    return []
  }
}

async function publish(directory: string, purpose: Purpose, ring: StoredRing): Promise<void> {
  if (!isSigningPurpose(purpose)) return
  const path = publicKeysFile(directory, purpose)
  const { keys } = publicJwksOf(ring)
  const before = await publishedKeys(path)
  // An audit record is proved years later: the public half of a key that ever signed a head is never taken away.
  const older = purpose === 'audit-head' ? before.filter(({ kid }) => keys.every((key) => key.kid !== kid)) : []
  const next = [...keys, ...older]
  if (JSON.stringify(next) !== JSON.stringify(before))
    await replaceFile(path, `${JSON.stringify({ keys: next }, null, 2)}\n`, 0o644)
}

/** The public keys of a published file, as key objects; for checking signatures without the private file. */
export async function readPublicKeys(path: string): Promise<readonly KeyObject[]> {
  const { keys } = publicFile.parse(JSON.parse(await readFile(path, 'utf8')))
  return keys.map((key) => createPublicKey({ format: 'jwk', key: { ...key } }))
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
    const found = await load(directory, purpose)
    if ('kind' in found && found.kind === 'MISSING') {
      const text = fileText(purpose, [newKey(purpose, options)])
      if (await createFile(privateFile(directory, purpose), text)) made.push(purpose)
    }
    const ring = 'kind' in found ? await load(directory, purpose) : found
    if (!('kind' in ring)) await publish(directory, purpose, ring)
  }
  if (made.length > 0) await syncDirectory(directory)
  return made
}

/**
 * Puts a new key in front of a ring; the `keep` newest of the older ones stay accepted.
 * Returns the new key's ID, or the problem that stands in the way.
 */
export async function rotateKey(
  directory: string,
  purpose: Purpose,
  options: NewKeyOptions & { readonly keep: number },
): Promise<string | KeyProblem> {
  const ring = await load(directory, purpose)
  if ('kind' in ring) return ring
  const key = newKey(purpose, options)
  const next = [key, ...ring.slice(0, options.keep)]
  await replaceFile(privateFile(directory, purpose), fileText(purpose, next), 0o600)
  await publish(directory, purpose, next)
  await syncDirectory(directory)
  return key.id
}

/**
 * The ring of `<directory>`; the embedded mode first makes what is missing, as development keys.
 * @throws KeyFault
 */
export async function openKeyFiles(
  directory: string,
  mode: 'embedded' | 'production',
  clock: Pick<Clock, 'now'>,
): Promise<KeyRing> {
  const allowDevelopment = mode === 'embedded'
  if (allowDevelopment) await generateKeys(directory, { development: true, now: clock.now() })
  return openKeyRing(createKeyFiles(directory), { allowDevelopment })
}
