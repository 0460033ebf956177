import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Failure } from '../../gateway/vocabulary/failure.ts'

const ALGORITHM = 'aes-256-gcm'
const NONCE = 12
const TAG = 16

/** Seals places in lists so that whoever holds a cursor can neither read nor make one. */
export interface Cursors {
  /** @param list what the place belongs to: the cursor opens nothing else */
  seal(place: string, list: string): string
  /** Throws `BAD_USER_INPUT` where it is no cursor under these keys for this list. */
  open(cursor: string, list: string): string
}

/** Keys of 32 bytes, read at each use: the first seals, each of them opens. */
export type CursorKeys = () => readonly KeyObject[]

function ownKey(): CursorKeys {
  const key = createSecretKey(randomBytes(32))
  return () => [key]
}

/**
 * Cursors under a secret key: a place is a serial number of a source, which would tell how many rows it has and in which
 * order they came. Where no keys are given, the key is this process's own, and after a restart a list is begun again.
 */
export function createCursors(keys: CursorKeys = ownKey()): Cursors {
  return {
    seal(place, list) {
      const [key] = keys()
      if (key === undefined) throw new Error('no key for cursors')
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(list))
      const sealed = Buffer.concat([cipher.update(place, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(cursor, list) {
      const bytes = Buffer.from(cursor, 'base64url')
      // The decoder passes over what is not base64url: two texts would be one cursor.
      if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== cursor) throw unusable()
      for (const key of keys()) {
        const place = opened(key, bytes, list)
        if (place !== null) return place
      }
      throw unusable()
    },
  }
}

/** The place in a cursor; null where it was not sealed under this key. */
function opened(key: KeyObject, bytes: Buffer, list: string): string | null {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAAD(Buffer.from(list)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function unusable(): Failure {
  return new Failure('BAD_USER_INPUT', { detail: 'The cursor is not of this list; begin it again' })
}
