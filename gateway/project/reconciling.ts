import type { AttributeEntry } from '../catalog/attributes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/** What reconciling needs to know beside the data: how values are made equal, and what is known of their sources. */
export interface Reconciling {
  /** A value in the one form of its attribute's kind; null where it says nothing that could be compared. */
  form(this: void, attribute: AttributeEntry, at: Coordinate, value: string): string | null
  /** The source's own time for a record type; null where it states none. */
  timeOf(this: void, department: string, type: string): string | null
  /** Name of a department. */
  titleOf(this: void, department: string): string
}

/** For what reads no attribute: nothing is compared, and nothing known of any source. */
export const NO_RECONCILING: Reconciling = { form: () => null, timeOf: () => null, titleOf: (code) => code }
