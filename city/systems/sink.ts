import type { Citizen } from '../citizen.ts'
import type { Organisation } from '../organisations/organisation.ts'

/** An old system being filled. */
export interface Sink {
  /** The files that it leaves, relative to the city's directory. */
  readonly files: readonly string[]
  add(citizens: readonly Citizen[]): Promise<void>
  /** Takes the organisations of the city, once, before any citizen; a system of persons alone has none. */
  addOrganisations?(organisations: readonly Organisation[]): Promise<void>
  /** Completes the files; nothing may be added afterwards. */
  finish(): Promise<void>
}
