import { readFileSync, statSync } from 'node:fs'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'

/** A file whose content is in force until it changes. */
export interface FollowedFile<T> {
  current(): T
  close(): void
}

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
 * containers). What cannot be read or parsed is reported, and the last good content stays in force.
 *
 * @throws what reading or parsing throws, at opening only
 */
export function followFile<T>(options: FollowOptions<T>): FollowedFile<T> {
  const { path, parse, missing } = options
  let stamp = stampOf(path)
  let value = parse(readText(path, missing))

  const look = (): void => {
    const found = stampOf(path)
    if (found === stamp) return
    stamp = found
    try {
      value = parse(readText(path, missing))
    } catch (error) {
      publishLifecycle(() => ({ step: 'reload-refused', subject: options.subject }))
      publishFailure(() => ({ receipt: null, where: options.subject, code: null, error }))
      return
    }
    publishLifecycle(() => ({ step: 'reloaded', subject: options.subject }))
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
