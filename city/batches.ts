/** Cuts a sequence into lists of at most `size`, lazily. */
export function* batches<T>(items: Iterable<T>, size: number): Generator<readonly T[], void, undefined> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
