import type { RecordWatch } from './copy-chain.ts'

/** A watch that is at work while records are copied. */
export interface BesideWatch extends RecordWatch {
  /** Waits for what it is at, and begins nothing more; what it has not seen it sees after the next start. */
  end(): Promise<void>
}

/**
 * Lets a watch work beside the copying: rules that look back over days must not make the index late. While it is at
 * work, further records are not handed to it; it finds them in the store when it is done (`tick`).
 */
export function beside(watch: RecordWatch): BesideWatch {
  let working: Promise<void> | null = null
  let missed = false
  let ended = false

  const work = async (act: () => Promise<void>): Promise<void> => {
    // What it could not do now it finds undone at its next turn.
    await act().catch(() => undefined)
    while (missed && !ended) {
      missed = false
      await watch.tick().catch(() => undefined)
    }
    working = null
  }
  const begin = async (act: () => Promise<void>): Promise<void> => {
    if (ended) return
    if (working === null) working = work(act)
    else missed = true
  }
  return {
    observe: (records) => begin(() => watch.observe(records)),
    tick: () => begin(() => watch.tick()),
    async end() {
      ended = true
      await working
    },
  }
}
