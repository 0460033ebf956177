/**
 * What stands in a record instead of a person or a value (HZ-47.2). Keyed, because numbers and names can be tried out:
 * a plain hash of an ID number is found in minutes. The keys come from the key ring, one per purpose.
 */
import { createHmac } from 'node:crypto'
import { remember } from '../vocabulary/remember.ts'

/**
 * The pseudonym of a data subject: the same for the same key, document type and number, so that an auditor can search.
 * The number is normalised first (full width, case, spaces around). 43 characters of base64url (HMAC-SHA-256).
 */
export function subjectPseudonym(key: Uint8Array, type: string, number: string): string {
  return keyed(key, ['subject', type, number.normalize('NFKC').trim().toUpperCase()])
}

/**
 * Every pseudonym that a record can have for a data subject, in the order of the keys: whoever searches records of times
 * between which the key was rotated searches for each of them.
 *
 * @param keys all accepted ones, the one in use first
 */
export function subjectPseudonyms(keys: readonly Uint8Array[], type: string, number: string): readonly string[] {
  return keys.map((key) => subjectPseudonym(key, type, number))
}

/** Division and birth date: what the resident numbers of neighbours share. */
const SHARED = 14

/** Of the form of a resident's number, whether or not it can exist: whoever tries numbers out tries those too. */
const RESIDENT_FORM = /^\d{17}[\dX]$/

/**
 * The keyed hash of what a resident number shares with its neighbours, division and birth date: numbers tried out one
 * after another are told by it, and no number is (S13). It is told apart from every pseudonym of a subject.
 *
 * @param number as `canonicalNumber` gives it
 * @returns null where it is no resident number
 */
export function neighbourhoodPseudonym(key: Uint8Array, type: string, number: string): string | null {
  if (type !== 'RESIDENT_ID' || !RESIDENT_FORM.test(number)) return null
  return keyed(key, ['neighbours', number.slice(0, SHARED)])
}

/**
 * The hash of one argument. The salt is new for each record, so that equal arguments cannot be told across records;
 * only who holds the key and guesses the value can confirm it. `value` is JSON; members' order does not matter.
 */
export function argumentHash(key: Uint8Array, salt: Uint8Array, name: string, value: unknown): string {
  return keyed(key, ['argument', Buffer.from(salt).toString('base64url'), name, sortedJson(value)])
}

/**
 * The hash of a normalised document: the same for the same text, so that operations can be counted. Keyed, because the
 * text holds the caller's aliases, which could be tried out.
 */
export function operationHash(key: Uint8Array, textHash: string): string {
  const hashOf = operations.get(key) ?? remember((text) => keyed(key, ['operation', text]))
  operations.set(key, hashOf)
  return hashOf(textHash)
}

/** The same few operations are recorded all day; what is known of them goes with its key. */
const operations = new WeakMap<Uint8Array, (textHash: string) => string>()

// As a JSON list: no two different lists of parts have the same bytes.
function keyed(key: Uint8Array, parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
}

function sortedJson(value: unknown): string {
  const sorted = (_: string, member: unknown): unknown =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member
  return JSON.stringify(value, sorted) ?? 'undefined'
}
