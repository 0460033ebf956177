import { hash } from 'node:crypto'
import { remember } from '../vocabulary/remember.ts'

/** A counter's key, of fixed length and without anybody's number in it. */
export function counterKey(kind: string, parts: readonly string[]): string {
  return `${kind}:${keyOf(JSON.stringify(parts))}`
}

/** The same few departments, applications and officers are counted all day. */
const keyOf = remember((parts) => hash('sha256', parts, 'base64url').slice(0, 22))

/** A member of a counter: the same person is another member under each key, so that counters cannot be joined. */
function counterMember(key: string, pseudonym: string): string {
  return digest([key, pseudonym]).slice(0, 16)
}

/** Members of a counter, each once. */
export function counterMembers(key: string, pseudonyms: readonly string[]): readonly string[] {
  return [...new Set(pseudonyms.map((one) => counterMember(key, one)))]
}

function digest(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url')
}
