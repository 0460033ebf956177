/**
 * A kept entity as it lies in the shared store: version, key ID, nonce, AES-256-GCM ciphertext, tag. What it is bound to
 * (the additional data) is its own header and its name: one that was moved under another name, or altered, is noticed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { CacheKeys } from './names.ts'

const VERSION = 1
const KEY_ID = 16
const NONCE = 12
const TAG = 16
const HEADER = 1 + KEY_ID

/** Bytes that sealing adds. */
export const SEALING = HEADER + NONCE + TAG

/** Seals a text under a name. */
export function seal(keys: CacheKeys, name: string, text: string): Uint8Array {
  const header = headerOf(keys)
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', keys.valueKey(name), nonce)
  cipher.setAAD(boundTo(header, name))
  const sealed = cipher.update(text, 'utf8')
  cipher.final()
  return Buffer.concat([header, nonce, sealed, cipher.getAuthTag()])
}

/** The text; null where these bytes were not sealed under this name by these keys. */
export function open(keys: CacheKeys, name: string, bytes: Uint8Array): string | null {
  const header = headerOf(keys)
  if (bytes.length < SEALING || !header.equals(bytes.subarray(0, HEADER))) return null
  const nonce = bytes.subarray(HEADER, HEADER + NONCE)
  const decipher = createDecipheriv('aes-256-gcm', keys.valueKey(name), nonce, { authTagLength: TAG })
  decipher.setAAD(boundTo(header, name))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
  try {
    const text = decipher.update(bytes.subarray(HEADER + NONCE, bytes.length - TAG), undefined, 'utf8')
    return text + decipher.final('utf8')
  } catch {
    return null
  }
}

function headerOf({ id }: CacheKeys): Buffer {
  const header = Buffer.alloc(HEADER)
  header[0] = VERSION
  header.write(id, 1, KEY_ID, 'latin1')
  return header
}

function boundTo(header: Buffer, name: string): Buffer {
  return Buffer.concat([header, Buffer.from(name, 'latin1')])
}
