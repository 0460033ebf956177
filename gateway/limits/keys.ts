import { createHash } from 'node:crypto'

/** A counter's key, of fixed length and without anybody's number in it. */
export function counterKey(kind: string, parts: readonly string[]): string {
  return `${kind}:${digest(parts).slice(0, 22)}`
}

/** A member of a counter: the same person is another member under each key, so that counters cannot be joined. */
export function counterMember(key: string, pseudonym: string): string {
  return digest([key, pseudonym]).slice(0, 16)
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
