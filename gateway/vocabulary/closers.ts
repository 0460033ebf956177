/** What was opened and must be closed again. */
export interface Closers {
  /** Called with each thing as soon as it is open. */
  add(close: () => unknown): void
  /** Closes in the reverse order, all of them, once; rejects with the first fault. */
  closeAll(): Promise<void>
}

/** A start that fails half way closes what it has opened; a stop closes all, whatever fails on the way. */
export function createClosers(): Closers {
  const open: (() => unknown)[] = []
  let closing: Promise<void> | null = null

  const close = async (): Promise<void> => {
    const faults: unknown[] = []
    for (const one of open.toReversed()) {
      try {
        await one()
      } catch (error) {
        faults.push(error)
      }
    }
    if (faults.length > 0) throw faults[0]
  }
  return {
    add: (one) => void open.push(one),
    closeAll: () => (closing ??= close()),
  }
}
