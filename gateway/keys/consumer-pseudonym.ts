/**
 * What a department joins records of one person by, without knowing who it is (HZ-47.2). Stable enough to join within
 * one matter, useless elsewhere: another department, or the same in another matter, has other pseudonyms, and neither
 * can be turned into the other without the key. The key never leaves the gateway.
 */
import { createHmac, hkdfSync } from 'node:crypto'
import type { SecretKey } from './open-keys.ts'

/** Who joins, and for what. */
export interface PseudonymScope {
  /** Code of the department that asks; a delegate's own, which is not its principal's. */
  readonly consumer: string
  /** Code of the matter. */
  readonly matter: string
}

/**
 * The pseudonyms of one person, by the key in use first, then by each other that is accepted.
 * @param type kind of document
 * @param number canonical: one person must not have two
 */
export type Pseudonyms = (type: string, number: string) => readonly string[]

/** Tells what it is: no ID number and no telephone number begins so. */
const PREFIX = 'gxp_'

/** 192 bits, 32 characters of base64url. */
const BYTES = 24

/** As many digits in a row as the shortest telephone number has. */
const DIGITS = /\d{7}/

/** Pseudonyms for one scope under all accepted keys of the purpose, the one in use first. */
export function createPseudonyms(keys: readonly SecretKey[], { consumer, matter }: PseudonymScope): Pseudonyms {
  const subkeys = keys.map(({ key }) => {
    // As a JSON list: no two different scopes have the same bytes.
    const info = JSON.stringify(['gongxiang consumer-pseudonym v1', consumer, matter])
    return new Uint8Array(hkdfSync('sha256', key, '', info, 32))
  })
  return (type, number) => subkeys.map((subkey) => pseudonym(subkey, type, number))
}

/** A token that holds a number by chance is passed over for the next, lest anybody take it for one. */
function pseudonym(subkey: Uint8Array, type: string, number: string): string {
  for (let place = 0; ; place += 1) {
    const digest = createHmac('sha256', subkey)
      .update(JSON.stringify([place, type, number]))
      .digest()
    const token = digest.subarray(0, BYTES).toString('base64url')
    if (!DIGITS.test(token)) return PREFIX + token
  }
}
