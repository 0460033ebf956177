/**
 * What a department sees in place of the record's own pseudonyms (wall 18): the same for one department, another for each
 * other, so that no two can join what they see, and none can hold it against the record itself. Its own records and
 * those of others have names of their own too: it knows whom its own were about, and could tell by them whom others
 * asked for.
 */
import { createHmac } from 'node:crypto'
import type { KeyRing } from '../keys/key-ring.ts'

/** Whom a pseudonym stands for: a data subject, or an officer of another department. */
export type Viewed = 'subject' | 'officer'

/** In which standing a department sees it: as who asked, or as whose data it was. */
export type ViewedIn = 'CONSUMER' | 'PROVIDER'

/** The pseudonym that one department sees. */
export type ViewerPseudonyms = (standing: ViewedIn, kind: Viewed, name: string) => string

/** Tells what it is: no pseudonym of the record begins so. */
const PREFIX = 'gxv_'

/** 192 bits, 32 characters of base64url. */
const BYTES = 24

/** As many digits in a row as the shortest telephone number has. */
const DIGITS = /\d{7}/

/** Pseudonyms for one viewing department, by the key in use; after a rotation it sees others. */
export function viewerPseudonyms(keys: Pick<KeyRing, 'secret'>, department: string): ViewerPseudonyms {
  const { key } = keys.secret('viewer-pseudonym')
  return (standing, kind, name) => {
    // What holds a number by chance is passed over for the next, lest anybody take it for one.
    for (let place = 0; ; place += 1) {
      const parts = ['gongxiang viewer-pseudonym v1', department, standing, kind, name, place]
      const digest = createHmac('sha256', key).update(JSON.stringify(parts)).digest()
      const token = digest.subarray(0, BYTES).toString('base64url')
      if (!DIGITS.test(token)) return PREFIX + token
    }
  }
}
