/**
 * npm hands a Ctrl-C on to the program that the terminal has told already: what comes this soon, in milliseconds, is
 * the same wish again.
 */
const SAME_WISH = 1_000

const ALL = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Resolves at the first Ctrl-C, SIGTERM or end of the terminal; a second one ends the process at once.
 *
 * @param signals those that mean it; the others do nothing
 */
export function untilStopped(signals: readonly NodeJS.Signals[] = ALL): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let first: number | null = null
  for (const signal of ALL) {
    process.on(signal, () => {
      if (!signals.includes(signal)) return
      if (first !== null && performance.now() - first > SAME_WISH) process.exit(1)
      first ??= performance.now()
      resolve(signal)
    })
  }
  return promise
}
