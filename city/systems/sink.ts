import type { Citizen } from '../citizen.ts'

/** An old system being filled. */
export interface Sink {
  /** The files that it leaves, relative to the city's directory. */
  readonly files: readonly string[]
  add(citizens: readonly Citizen[]): Promise<void>
  /** Completes the files; nothing may be added afterwards. */
  finish(): Promise<void>
}
