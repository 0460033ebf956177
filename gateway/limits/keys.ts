import { createHash } from 'node:crypto'

/** A counter's key, of fixed length and without anybody's number in it. */
export function counterKey(kind: string, parts: readonly string[]): string {
  return `${kind}:${digest(parts).slice(0, 22)}`
}

/** A member of a counter: the same person is another member under each key, so that counters cannot be joined. */
function counterMember(key: string, pseudonym: string): string {
  return digest([key, pseudonym]).slice(0, 16)
}

/** Members of a counter, each once. */
export function counterMembers(key: string, pseudonyms: readonly string[]): readonly string[] {
  return [...new Set(pseudonyms.map((one) => counterMember(key, one)))]
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
