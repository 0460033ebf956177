/** Milliseconds of work after which others come in: a request waits for one such slice at most. */
const SLICE = 8

/** Ends slices of work. `between` is done at the end of each one, e.g. a transaction is committed. */
export function pacer(between: () => void = () => undefined): () => Promise<void> | null {
  let since = performance.now()
  return () => {
    if (performance.now() - since < SLICE) return null
    between()
    return new Promise((resume) => {
      setImmediate(() => {
        since = performance.now()
        resume()
      })
    })
  }
}
