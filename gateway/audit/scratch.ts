/**
 * Bytes that are filled and hashed in one turn, then used again: verification does so several times for each record, and
 * a view of its own for each would cost as much as the hash. The returned view is good until the next call.
 */
export function scratchBytes(): (length: number) => Buffer {
  let bytes = Buffer.alloc(1 << 12)
  let views: (Buffer | undefined)[] = []
  return (length) => {
    if (length > bytes.length) {
      bytes = Buffer.alloc(2 * length)
      views = []
    }
    return (views[length] ??= bytes.subarray(0, length))
  }
}
