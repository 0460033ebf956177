import { readFileSync, statSync } from 'node:fs'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'

/** A file whose content is in force until it changes. */
export interface FollowedFile<T> {
  current(): T
  close(): void
}

/** Which file, how often it is looked at, and what its text means. */
export interface FollowOptions<T> {
  readonly path: string
  /** A word of our own for the log. */
  readonly subject: string
  /** Milliseconds between looks. */
  readonly interval: number
  readonly parse: (text: string) => T
  /** Text that stands for a file that is not there; without it a missing file is a fault. */
  readonly missing?: string
  readonly onChange: () => void
}

/**
 * Follows a file by looking at it at intervals, which also works where the system gives no notice (network disks,
 * containers). What cannot be read or parsed is reported once, and the last good content stays in force; what cannot
 * be read is tried again at every look, for the file may be sound and only out of reach.
 *
 * @throws what reading or parsing throws, at opening only
 */
export function followFile<T>(options: FollowOptions<T>): FollowedFile<T> {
  const { path, subject, parse, missing } = options
  let stamp = stampOf(path)
  let value = parse(readText(path, missing))
  let reported = stamp

  const refuse = (found: string, error: unknown): void => {
    if (reported === found) return
    reported = found
    publishLifecycle(() => ({ step: 'reload-refused', subject }))
    publishFailure(() => ({ receipt: null, where: subject, code: null, error }))
  }
  const look = (): void => {
    let found = 'unreadable'
    try {
      found = stampOf(path)
      if (found === stamp) return
      const text = readText(path, missing)
      stamp = found
      value = parse(text)
    } catch (error) {
      refuse(found, error)
      return
    }
    publishLifecycle(() => ({ step: 'reloaded', subject }))
    options.onChange()
  }
  const timer = setInterval(look, options.interval).unref()
  return { current: () => value, close: () => clearInterval(timer) }
}

function readText(path: string, missing: string | undefined): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (missing !== undefined && isMissing(error)) return missing
    throw error
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found ? `${found.mtimeNs} ${found.ctimeNs} ${found.size} ${found.ino}` : 'missing'
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
