import type { Form } from './canary-forms.ts'

/** Many byte strings, searched for in one pass. */
export interface Needles {
  /** Length of the longest, in bytes: how much two chunks must overlap. */
  readonly longest: number
  /** All forms that occur in the first `length` bytes, with the offset where each begins, in no particular order. */
  find(bytes: Uint8Array, length: number): readonly { readonly form: Form; readonly offset: number }[]
}

const TABLE_BITS = 16

/** Prepares a search: the first four bytes of a position choose a bucket, and nearly all buckets are empty. */
export function prepare(forms: readonly Form[]): Needles {
  const buckets = new Map<number, Form[]>()
  const filled = new Uint8Array(1 << TABLE_BITS)
  for (const form of forms) {
    const at = bucketOf(form.bytes, 0)
    filled[at] = 1
    buckets.set(at, [...(buckets.get(at) ?? []), form])
  }
  return {
    longest: Math.max(1, ...forms.map((form) => form.bytes.length)),
    find(bytes, length) {
      const found: { form: Form; offset: number }[] = []
      for (let offset = 0; offset + 4 <= length; offset += 1) {
        const at = bucketOf(bytes, offset)
        if (filled[at] === 0) continue
        for (const form of buckets.get(at) ?? []) {
          if (startsAt(bytes, length, offset, form.bytes)) found.push({ form, offset })
        }
      }
      return found
    },
  }
}

function bucketOf(bytes: Uint8Array, offset: number): number {
  const word =
    (bytes[offset] ?? 0) |
    ((bytes[offset + 1] ?? 0) << 8) |
    ((bytes[offset + 2] ?? 0) << 16) |
    ((bytes[offset + 3] ?? 0) << 24)
  // Fibonacci hashing spreads texts of digits, whose words differ in a few bits only.
  return Math.imul(word, 0x9e3779b1) >>> (32 - TABLE_BITS)
}

function startsAt(bytes: Uint8Array, length: number, offset: number, needle: Uint8Array): boolean {
  if (offset + needle.length > length) return false
  for (let index = 0; index < needle.length; index += 1) {
    if (bytes[offset + index] !== needle[index]) return false
  }
  return true
}
