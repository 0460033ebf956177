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
  /** Further files that a text names and `parse` reads: a change of one of them is a change of the content. */
  readonly beside?: (text: string) => readonly string[]
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
  const { path, subject, parse, missing, beside = () => [] } = options
  const read = (): { readonly text: string; readonly seen: Seen } => {
    // Stamps are taken before the files are read: what changes meanwhile is seen at the next look.
    const own = stampOf(path)
    const text = readText(path, missing)
    const files = beside(text)
    return { text, seen: { files, stamp: stampOfAll(own, files) } }
  }
  const first = read()
  let { seen } = first
  let value = parse(first.text)
  let reported = seen.stamp

  const refuse = (found: string, error: unknown): void => {
    if (reported === found) return
    reported = found
    publishLifecycle(() => ({ step: 'reload-refused', subject }))
    publishFailure(() => ({ receipt: null, where: subject, code: null, error }))
  }
  const look = (): void => {
    let found = 'unreadable'
    try {
      found = stampOfAll(stampOf(path), seen.files)
      if (found === seen.stamp) return
      const next = read()
      seen = next.seen
      value = parse(next.text)
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

/** What the content in force was read from. */
interface Seen {
  readonly files: readonly string[]
  readonly stamp: string
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

function stampOfAll(own: string, files: readonly string[]): string {
  const stamps = files.map((file) => {
    try {
      return stampOf(file)
    } catch {
      // Whoever reads it tells.
      return 'unreadable'
    }
  })
  return [own, ...stamps].join('\n')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
