/** How long a call may take, who waits for it, and what is to be done when it is over. */
export interface CallEnds {
  readonly timeoutMs: number
  /** Aborted when its answer is not waited for any longer. */
  readonly caller: AbortSignal
  /** Called where the time is over before the work has ended. */
  readonly onLate: () => void
  /** Called once, when the work has really ended or its time is over: until then it may be at work for nobody. */
  readonly onEnd: () => void
}

/**
 * Does work that ends with its time or with its caller, whichever is first: its signal is aborted then, and whoever
 * waits is let go at once, whether the work heeds it or not. One timer and one listener: `AbortSignal.any` and
 * `AbortSignal.timeout` would cost as much as sending the request does.
 *
 * @throws what the work throws, a `TimeoutError`, or the caller's reason
 */
export function boundedCall<T>(work: (signal: AbortSignal) => Promise<T>, ends: CallEnds): Promise<T> {
  const { timeoutMs, caller, onLate, onEnd } = ends
  return new Promise((resolve, reject) => {
    const control = new AbortController()
    const stop = (reason: unknown): void => {
      reject(reason)
      control.abort(reason)
    }
    const gone = (): void => stop(caller.reason)
    let over = false
    const end = (): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      caller.removeEventListener('abort', gone)
      onEnd()
    }
    const late = (): void => {
      onLate()
      stop(new DOMException('a department has not answered in time', 'TimeoutError'))
      end()
    }
    // A call alone keeps no process alive that has nothing else to do.
    const timer = setTimeout(late, timeoutMs).unref()
    if (caller.aborted) {
      gone()
      return end()
    }
    caller.addEventListener('abort', gone, { once: true })
    const ended = (): void => end()
    const calling = Promise.try(work, control.signal)
    calling.then(ended, ended)
    calling.then(resolve, reject)
  })
}
