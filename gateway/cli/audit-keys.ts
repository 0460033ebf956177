import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g

/**
 * All public keys of a PEM file, as `audit checkpoint --key` prints those of the gateway: each that ever signed is there.
 *
 * @throws Error where there is none, or one that cannot be read
 */
export function publicKeysInPem(text: string): readonly KeyObject[] {
  const blocks = text.match(BLOCK) ?? []
  if (blocks.length === 0) throw new Error('no public key is in the file')
  return blocks.map((one) => createPublicKey(one))
}
