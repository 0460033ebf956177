import { readFile, stat } from 'node:fs/promises'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** A file whose meaning follows its content. */
export interface WatchedFile<T> {
  /** What the file means now; looks at the disk at most once per interval, and again only at a changed file. */
  current(): Promise<T>
}

export interface WatchOptions<T> {
  readonly path: string
  readonly parse: (text: string) => T
  readonly clock: Pick<Clock, 'monotonic'>
  /** Word for the log, e.g. `parties`. */
  readonly subject: string
  /** Milliseconds between looks; 1,000 by default. */
  readonly interval?: number
}

/** Size, times and inode: a file replaced by rename differs in the last even within one tick of the clock. */
async function stampOf(path: string): Promise<string> {
  const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true })
  return `${mtimeNs} ${ctimeNs} ${size} ${ino}`
}

/**
 * Opens a file that operators change under a running gateway. A change that cannot be read or parsed is reported and the
 * last good content stays in force: a half-saved register must not stop a city.
 * @throws what reading or parsing throws, at opening only
 */
export async function watchFile<T>(options: WatchOptions<T>): Promise<WatchedFile<T>> {
  const { path, parse, clock, subject, interval = 1_000 } = options
  let stamp = await stampOf(path)
  let value = parse(await readFile(path, 'utf8'))
  let looked = clock.monotonic()
  let looking: Promise<void> | null = null
  let refused = false

  function report(error: unknown): void {
    // A file that stays away is told once, not every second.
    if (refused) return
    refused = true
    publishLifecycle(() => ({ step: 'reload-refused', subject }))
    publishFailure(() => ({ receipt: null, where: subject, code: null, error }))
  }

  async function look(): Promise<void> {
    try {
      const found = await stampOf(path)
      if (found === stamp) return
      const text = await readFile(path, 'utf8')
      // Only now: what cannot be read at this moment is tried again at the next look.
      stamp = found
      refused = false
      value = parse(text)
      publishLifecycle(() => ({ step: 'reloaded', subject }))
    } catch (error) {
      report(error)
    }
  }

  return {
    async current() {
      if (looking === null && clock.monotonic() - looked >= interval) {
        looked = clock.monotonic()
        looking = look().finally(() => {
          looking = null
        })
      }
      // Whoever asks while the file is being looked at waits for the result.
      if (looking !== null) await looking
      return value
    },
  }
}
