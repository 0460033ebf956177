import { randomFillSync } from 'node:crypto'
import type { Clock, Ids } from '../vocabulary/ports.ts'

/** Crockford's base 32: no I, L, O, U, so that a receipt can be read out at a desk. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function timePart(milliseconds: number): string {
  let text = ''
  for (let rest = milliseconds; text.length < 10; rest = Math.floor(rest / 32)) text = ALPHABET.charAt(rest % 32) + text
  return text
}

/** Five bits of each byte, so that every character is equally likely. */
function chancePart(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += ALPHABET.charAt(byte & 31)
  return text
}

/**
 * Receipts as ULIDs: 48 bits of time, so that they sort, and 80 random bits, so that nobody guesses one.
 * @param random gives that many unpredictable bytes
 */
export function createIds(clock: Pick<Clock, 'now'>, random: (size: number) => Uint8Array = createRandomPool()): Ids {
  return {
    receipt: () => `gx_${timePart(clock.now())}${chancePart(random(16))}`,
    salt: () => random(16),
  }
}

/** Asking the system for so many random bytes at once costs little more than asking for a few. */
const POOL = 8_192

/** Unpredictable bytes, each given out once and then forgotten here. */
function createRandomPool(): (size: number) => Uint8Array {
  const pool = Buffer.alloc(POOL)
  let at = POOL
  return (size) => {
    if (size > POOL) return randomFillSync(Buffer.alloc(size))
    if (at + size > POOL) {
      randomFillSync(pool)
      at = 0
    }
    const taken = Buffer.from(pool.subarray(at, at + size))
    pool.fill(0, at, at + size)
    at += size
    return taken
  }
}
