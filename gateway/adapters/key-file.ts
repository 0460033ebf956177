import type { KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { KeyProblem } from '../keys/key-fault.ts'
import { keyObjectOf, publicKeyOf } from '../keys/key-source.ts'
import type { PublicJwk, StoredRing } from '../keys/key-source.ts'
import type { Purpose } from '../keys/purposes.ts'

const base64url = z.base64url().length(43)
const material = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ed25519'), d: base64url, x: base64url }),
  z.strictObject({ kind: z.literal('sm2'), d: base64url, x: base64url, y: base64url }),
  z.strictObject({ kind: z.literal('secret'), k: base64url }),
])
const storedKey = z.strictObject({
  id: z.string().min(8),
  created: z.iso.datetime(),
  usedFrom: z.iso.datetime().exactOptional(),
  development: z.boolean(),
  material,
})
const keyFile = z.strictObject({ version: z.literal(1), purpose: z.string(), keys: z.array(storedKey).min(1) })

const publicFile = z.object({
  keys: z.array(
    z.discriminatedUnion('crv', [
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: base64url,
        kid: z.string(),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
        development: z.literal(true).exactOptional(),
      }),
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('SM2'),
        x: base64url,
        y: base64url,
        kid: z.string(),
        alg: z.literal('SM2'),
        use: z.literal('sig'),
        development: z.literal(true).exactOptional(),
      }),
    ]),
  ),
})

/** The private file of a purpose. */
export function privateKeysFile(directory: string, purpose: Purpose): string {
  return join(directory, `${purpose}.json`)
}

/** The public JWKS of a signing purpose, rewritten whenever its ring changes. */
export function publicKeysFile(directory: string, purpose: Purpose): string {
  return join(directory, 'public', `${purpose}.jwks.json`)
}

/** The text of a private file. */
export function keyFileText(purpose: Purpose, keys: StoredRing): string {
  return `${JSON.stringify({ version: 1, purpose, keys }, null, 2)}\n`
}

/** The text of a public file. */
export function publicFileText(keys: readonly PublicJwk[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`
}

/** Whether an error of the file system has this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
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

/** Reads the ring of a purpose, or says why it cannot be used; a file open to others than the owner is refused. */
export function readRing(directory: string, purpose: Purpose): StoredRing | KeyProblem {
  const path = privateKeysFile(directory, purpose)
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0)
      return { purpose, kind: 'READABLE_BY_OTHERS', message: `${path} is readable by others; run: chmod 600 ${path}` }
    return parseRing(purpose, readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (isErrno(error, 'ENOENT'))
      return { purpose, kind: 'MISSING', message: `${path} is missing; make it with: gongxiang keys generate` }
    if (isErrno(error, 'EACCES')) return invalid(purpose, `${path} cannot be read by this user`)
    throw error
  }
}

/** Public keys that were published before; none where the file is missing or damaged. */
export function readPublished(path: string): readonly PublicJwk[] {
  try {
    return publicFile.parse(JSON.parse(readFileSync(path, 'utf8'))).keys
  } catch {
    return []
  }
}

/** The public keys of a published file, as key objects; for checking signatures without the private file. */
export async function readPublicKeys(path: string): Promise<readonly KeyObject[]> {
  const { keys } = publicFile.parse(JSON.parse(await readFile(path, 'utf8')))
  return keys.map(publicKeyOf)
}
