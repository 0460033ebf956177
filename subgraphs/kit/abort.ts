/**
 * Waits for work no longer than its signal allows: what ignores its signal is left behind all the same.
 *
 * @throws the signal's reason
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    const end = (): void => signal.removeEventListener('abort', abort)
    // Looked at even where nobody waits for it any more: its own failure must not become an unhandled one.
    work.then(resolve, reject)
    work.then(end, end)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
