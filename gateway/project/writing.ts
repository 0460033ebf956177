import type { ProjectedField } from '../compile/compiled-operation.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import { pathTo } from './places.ts'
import type { Place, SourceCode, SourceFault, ValueFaultCode } from './places.ts'
import type { Reconciling } from './reconciling.ts'

/** Fetched data, as JSON has it. */
export type Source = Readonly<Record<string, unknown>>

/** One answer while it is being written. */
export interface Writing {
  /** Which of the operation's conditions hold, by their numbers. */
  readonly holds: readonly boolean[]
  /** Departments that answered nothing at all, and how. */
  readonly failed: ReadonlyMap<string, SourceCode>
  readonly masks: MaskSet
  readonly faults: SourceFault[]
  readonly records: Place[]
  /** Values of which sources say something else. */
  readonly conflicts: ConflictPlace[]
  readonly reconciling: Reconciling
  /** What `NOTHING` was returned for last; null where no source is at fault. */
  cause: SourceFault | null
  /** About as many characters as may still be written. */
  left: number
}

/** A value of the answer of which sources say something else. */
interface ConflictPlace {
  readonly above: Place | null
  readonly key: string
}

/** What a value has to be to be written as it stands; `other` asks its type. */
export type LeafKind = 'text' | 'integer' | 'number' | 'boolean' | 'enum' | 'other'

/** The number of no condition. */
export const ALWAYS = -1

/**
 * Writes a value that a source gave: what it becomes; `HIDDEN`; or, where its type admits no null, `NOTHING` in the place
 * of null.
 */
export type WriteValue = (writing: Writing, value: unknown, above: Place | null, key: string | number) => unknown

/** A projection made ready to be written: what each object of it becomes, by its type. */
export interface Shape {
  /** The one type that can stand here; null where `__typename` chooses. */
  readonly only: TypeShape | null
  readonly types: ReadonlyMap<string, TypeShape>
}

/** Writes an object, or `NOTHING` where one of its fields must not be null and is. */
export type WriteObject = (writing: Writing, source: Source, place: Place | null) => unknown

/** The shape of one concrete type. */
export interface TypeShape {
  readonly name: string
  readonly fields: readonly FieldShape[]
  readonly write: WriteObject
}

/** What stands under one key of the answer. */
export interface FieldShape {
  readonly field: ProjectedField
  /** Number of the condition under which it is part of the answer; -1 for always. */
  readonly when: number
  /** What its values mostly are; null where they are not copied as they stand. */
  readonly leaf: LeafKind | null
  readonly write: WriteObject
}

/**
 * Stands for a null where the type admits none: the value around it is null in its place, or not there either, up to the
 * nearest that may be null (the specification's "Handling Execution Errors").
 */
export const NOTHING = Symbol('nothing')

/** An object whose existence is not told. */
export const HIDDEN = Symbol('hidden')

/** The most characters that are written for one answer, and the most faults that are told of, both far above any use. */
export const MOST_CHARACTERS = 64 * 1024 * 1024
const MOST_FAULTS = 10_000

/**
 * Thrown where a department answers so much, or so much that is wrong, that telling of each place would be a burden of
 * its own: equal entities are fetched once and written wherever they stand, so that a short answer can be a long one.
 */
export const TOO_MUCH = new Error('more than is written for one answer')

/** Counts what is written. Throws TOO_MUCH. */
export function spend(writing: Writing, characters: number): void {
  writing.left -= characters
  if (writing.left < 0) throw TOO_MUCH
}

/** Notes a fault at its place. Throws TOO_MUCH. */
export function noteFault(
  writing: Writing,
  { coordinate }: { readonly coordinate: Coordinate },
  [above, key]: readonly [Place | null, string | number],
  code: ValueFaultCode,
): void {
  writing.cause = { path: pathTo(above, key), coordinate, code }
  writing.faults.push(writing.cause)
  if (writing.faults.length > MOST_FAULTS) throw TOO_MUCH
}

/** Notes that sources differ about a value; false where that stands noted. */
export function noteConflict({ conflicts }: Writing, above: Place | null, key: string): boolean {
  // What is said of one object stands together: sources and flag of one attribute note the same.
  for (let index = conflicts.length - 1; index >= 0 && conflicts[index]?.above === above; index -= 1)
    if (conflicts[index]?.key === key) return false
  conflicts.push({ above, key })
  return true
}

/**
 * Takes back what was written since there were so many faults, records and conflicts: of its faults the one remains that
 * took all of it away.
 */
export function takeBack(writing: Writing, faults: number, records: number, conflicts: number): void {
  writing.faults.length = faults
  writing.records.length = records
  writing.conflicts.length = conflicts
  if (writing.cause !== null) writing.faults.push(writing.cause)
}
