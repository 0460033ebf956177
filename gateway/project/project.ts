import type { GraphQLLeafType, GraphQLOutputType } from 'graphql'
import { isLeafType, isListType, isNonNullType } from 'graphql'
import type { CompiledOperation, ProjectedField, Projection } from '../compile/compiled-operation.ts'
import { included } from '../compile/compiled-operation.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import { PRESENCE, maskValue } from './masks.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'

/** A place in the answer: response names and list indices. */
export type AnswerPath = readonly (string | number)[]

/** A value that could not be given for a reason in the source, at its exact place. */
export interface SourceFault {
  readonly path: AnswerPath
  readonly coordinate: Coordinate
  readonly code: 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'
}

/** A record in the answer, for notes about its source. */
export interface RecordPlace {
  readonly path: AnswerPath
  readonly type: string
  readonly provider: string
}

/** The shaped answer. `data` has null prototypes throughout: an alias may be called `__proto__`. */
export interface Projected {
  readonly data: Readonly<Record<string, unknown>>
  readonly faults: readonly SourceFault[]
  readonly records: readonly RecordPlace[]
}

/**
 * Writes the answer from fetched data.
 *
 * @param failed departments of which a fetch failed, and how: what is missing from a department that answered in
 * full broke its schema
 * @param masks the rule set of this process
 */
export function project(
  operation: CompiledOperation,
  fetched: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>>,
  failed: ReadonlyMap<string, SourceFault['code']>,
  masks: MaskSet = 'strict',
): Projected {
  const faults: SourceFault[] = []
  const records: RecordPlace[] = []
  const writer: Writer = { variables, failed, masks, faults, records }
  const data = writeObject(writer, operation.projection, fetched, []) ?? bareRecord<unknown>()
  return { data, faults, records }
}

interface Writer {
  readonly variables: Readonly<Record<string, unknown>>
  readonly failed: ReadonlyMap<string, SourceFault['code']>
  readonly masks: MaskSet
  readonly faults: SourceFault[]
  readonly records: RecordPlace[]
}

type Source = Readonly<Record<string, unknown>>

/** Null when the object is of a type that the schema does not allow here. */
function writeObject(
  writer: Writer,
  projection: Projection,
  source: Source,
  path: AnswerPath,
): Record<string, unknown> | null {
  const fields = fieldsFor(projection, source)
  if (!fields) return null
  const target = bareRecord<unknown>()
  for (const field of fields.list) {
    if (included(field.when, writer.variables))
      target[field.key] = writeField(writer, field, source, fields.type, [...path, field.key])
  }
  return target
}

function fieldsFor(projection: Projection, source: Source): { type: string; list: readonly ProjectedField[] } | null {
  if (!projection.abstract) {
    const [only] = projection.fields
    return only ? { type: only[0], list: only[1] } : null
  }
  const type = source['__typename']
  const list = typeof type === 'string' ? projection.fields.get(type) : undefined
  return typeof type === 'string' && list ? { type, list } : null
}

function writeField(writer: Writer, field: ProjectedField, source: Source, type: string, path: AnswerPath): unknown {
  const { step } = field
  if (step.kind === 'null') return null
  if (step.kind === 'typename') return type
  if (step.kind === 'object' && !included(step.shown, writer.variables)) return null
  // A field may be called `constructor`: what an object inherits is no answer of a department.
  const value = Object.hasOwn(source, field.source) ? source[field.source] : undefined
  if (value === undefined) return fault(writer, field, path, missing(writer, field))
  const written = writeValue(writer, field, field.type, value, path)
  return written === HIDDEN ? null : written
}

/** An object whose existence is not told. */
const HIDDEN = Symbol('hidden')

function writeValue(
  writer: Writer,
  field: ProjectedField,
  type: GraphQLOutputType,
  value: unknown,
  path: AnswerPath,
): unknown {
  if (isNonNullType(type)) return writeValue(writer, field, type.ofType, value, path)
  if (value === undefined) return fault(writer, field, path, missing(writer, field))
  if (isListType(type)) return writeList(writer, field, type.ofType, value, path)
  if (field.step.kind === 'object') return writeRecord(writer, field, field.step.selection, value, path)
  if (field.step.kind === 'mask') return maskValue(field.step.rule, value, writer.masks)
  if (value === null) return null
  return isLeafType(type) ? writeLeaf(writer, field, type, value, path) : fault(writer, field, path)
}

function writeList(
  writer: Writer,
  field: ProjectedField,
  element: GraphQLOutputType,
  value: unknown,
  path: AnswerPath,
): unknown {
  const { step } = field
  // Where a mask hides whether there is a value, how many there are is not told either.
  if (step.kind === 'mask' && PRESENCE[step.rule] === 'HIDES')
    return [writeValue(writer, field, element, null, [...path, 0])]
  if (value === null) return null
  if (!Array.isArray(value)) return fault(writer, field, path)
  const before = writer.records.length
  const list: unknown[] = []
  for (const one of value) {
    // Positions are the answer's: what is left out must not show as a gap.
    const written = writeValue(writer, field, element, one, [...path, list.length])
    if (written !== HIDDEN) list.push(written)
  }
  // A null in a list of non-null elements takes the list with it; a refusal cannot put one there.
  if (!isNonNullType(element) || !list.includes(null)) return list
  writer.records.length = before
  return value.includes(null) ? fault(writer, field, path) : null
}

function writeRecord(
  writer: Writer,
  field: ProjectedField,
  selection: Projection,
  value: unknown,
  path: AnswerPath,
): unknown {
  if (value === null) return null
  if (typeof value !== 'object' || Array.isArray(value)) return fault(writer, field, path)
  const source = value as Source
  if (isHidden(writer, field, source)) return HIDDEN
  const written = writeObject(writer, selection, source, path)
  if (written === null) return fault(writer, field, path)
  const type = fieldsFor(selection, source)?.type
  if (type !== undefined) writer.records.push({ path, type, provider: field.provider })
  return written
}

/** Whether nothing of an object's type is disclosed at a place of several types (wall 6). */
function isHidden(writer: Writer, { step }: ProjectedField, source: Source): boolean {
  if (step.kind !== 'object' || step.shownTypes === null) return false
  const type = source['__typename']
  const shown = typeof type === 'string' ? step.shownTypes.get(type) : undefined
  return shown !== undefined && !included(shown, writer.variables)
}

/** Values leave only in the type that the schema promises; what a source got wrong is not passed on. */
function writeLeaf(
  writer: Writer,
  field: ProjectedField,
  type: GraphQLLeafType,
  value: unknown,
  path: AnswerPath,
): unknown {
  if (typeof value === 'object') return fault(writer, field, path)
  try {
    return type.serialize(value)
  } catch {
    return fault(writer, field, path)
  }
}

/** A field can be missing because another department, whose answer its fetch needed, failed. */
function missing(writer: Writer, field: ProjectedField): SourceFault['code'] {
  return writer.failed.get(field.provider) ?? (writer.failed.size > 0 ? 'SOURCE_UNAVAILABLE' : 'SOURCE_INVALID')
}

function fault(
  writer: Writer,
  field: ProjectedField,
  path: AnswerPath,
  code: SourceFault['code'] = 'SOURCE_INVALID',
): null {
  writer.faults.push({ path, coordinate: field.coordinate, code })
  return null
}
