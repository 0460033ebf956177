/** Lists of at most so many, in their order. */
export function chunks<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, at) => all.slice(at * most, (at + 1) * most))
}

/**
 * Works at some of them at once, and gives the results in order. The first failure is the whole's: nothing is begun
 * after it, and the signal that the others were given is aborted.
 */
export async function parallel<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, signal: AbortSignal) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const failed = new AbortController()
  const queue = all.entries()
  const worker = async (): Promise<void> => {
    for (const [at, one] of queue) {
      if (failed.signal.aborted) return
      results[at] = await work(one, failed.signal)
    }
  }
  const workers = Array.from({ length: Math.min(atOnce, all.length) }, worker)
  try {
    await Promise.all(workers)
    return results
  } catch (error) {
    failed.abort()
    // Those under way end before the failure is told, so that none outlives the question.
    await Promise.allSettled(workers)
    throw error
  }
}
