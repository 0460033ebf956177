import type { Config } from '../../config/config.ts'
import type { Text } from '../../vocabulary/codes.ts'

/** One line of the doctor: what was looked at, how it is, and what to do where it is not well. */
export interface Finding {
  /** Stable name for machines, e.g. `port`, `register.parties`. */
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly text: Text
  /** What to do; null where all is well. */
  readonly remedy: Text | null
}

/** Looks at one thing; never throws for what it is looking for. */
export type Check = (config: Config) => Promise<readonly Finding[]>

export function ok(check: string, zh: string, en: string): Finding {
  return { check, state: 'ok', text: { zh, en }, remedy: null }
}

export function warn(check: string, text: Text, remedy: Text): Finding {
  return { check, state: 'warn', text, remedy }
}

export function fail(check: string, text: Text, remedy: Text): Finding {
  return { check, state: 'fail', text, remedy }
}

/** The same words in both languages: a path, an address, a message of another program. */
export function same(text: string): Text {
  return { zh: text, en: text }
}

/** The first line of an error, for an operator at a terminal. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
}
