import type { GraphQLOutputType } from 'graphql'
import { isLeafType, isListType, isNonNullType } from 'graphql'
import type { ProjectedField } from '../compile/compiled-operation.ts'
import type { MaskRule } from '../vocabulary/decision.ts'
import { leafOf } from './leaves.ts'
import { PRESENCE, maskValue } from './masks.ts'
import { Place } from './places.ts'
import { ALWAYS, HIDDEN, NOTHING, noteFault, spend, takeBack } from './writing.ts'
import type { Shape, Source, TypeShape, WriteValue } from './writing.ts'

/** What is to be written at a field, beside what its type says. */
export interface FieldValue {
  readonly field: ProjectedField
  /** The shape of its objects; null for a leaf. */
  readonly shape: Shape | null
  /** At a place of several types: which condition lets an object of each be told of. */
  readonly shownTypes: ReadonlyMap<string, number> | null
}

/** The writer for a field's values, through all lists of its type. */
export function writerOf(of: FieldValue, type: GraphQLOutputType = of.field.type, strict = false): WriteValue {
  if (isNonNullType(type)) return writerOf(of, type.ofType, true)
  const { step } = of.field
  if (isListType(type)) {
    // Where a mask hides whether there is a value, how many there are is not told either.
    const counted = !(step.kind === 'mask' && PRESENCE[step.rule] === 'HIDES')
    return counted ? listWriter(of, type.ofType, strict) : blankList(writerOf(of, type.ofType))
  }
  if (of.shape) return recordWriter(of, of.shape, strict)
  if (step.kind === 'mask') return maskWriter(of, step.rule, strict)
  return leafWriter(of, type, strict)
}

/** What stands in the place of a value that is at fault. */
function wrong({ field }: FieldValue, strict: boolean): WriteValue {
  return (writing, _, above, key) => {
    noteFault(writing, field, [above, key], 'SOURCE_INVALID')
    return strict ? NOTHING : null
  }
}

function leafWriter(of: FieldValue, type: GraphQLOutputType, strict: boolean): WriteValue {
  const fault = wrong(of, strict)
  if (!isLeafType(type)) return fault
  const leaf = leafOf(type)
  return (writing, value, above, key) => {
    if (value === null && !strict) return null
    const written = leaf(writing, value)
    return written === undefined ? fault(writing, value, above, key) : written
  }
}

function maskWriter(of: FieldValue, rule: MaskRule, strict: boolean): WriteValue {
  const fault = wrong(of, true)
  return (writing, value, above, key) => {
    const masked = maskValue(rule, value, writing.masks)
    if (masked !== null || !strict) return masked
    if (value === null) return fault(writing, value, above, key)
    // The mask has nothing to show: the source is not to blame.
    writing.cause = null
    return NOTHING
  }
}

function blankList(element: WriteValue): WriteValue {
  return (writing, _, above, key) => [element(writing, null, new Place(above, key, '', ''), 0)]
}

/** Positions are the answer's: what is left out must not show as a gap. */
function listWriter(of: FieldValue, type: GraphQLOutputType, strict: boolean): WriteValue {
  const fault = wrong(of, strict)
  const element = writerOf(of, type)
  const unanswered = isNonNullType(type) ? NOTHING : null
  return (writing, value, above, key) => {
    if (value === null && !strict) return null
    if (!Array.isArray(value)) return fault(writing, value, above, key)
    const place = new Place(above, key, '', '')
    const faults = writing.faults.length
    const records = writing.records.length
    const conflicts = writing.conflicts.length
    spend(writing, value.length)
    const list: unknown[] = []
    for (const one of value as readonly unknown[]) {
      let written: unknown = unanswered
      if (one === undefined) noteFault(writing, of.field, [place, list.length], 'SOURCE_UNAVAILABLE')
      else written = element(writing, one, place, list.length)
      if (written === NOTHING) {
        // A null in a list of non-null elements takes the list with it; a refusal cannot put one there.
        takeBack(writing, faults, records, conflicts)
        return strict ? NOTHING : null
      }
      if (written !== HIDDEN) list.push(written)
    }
    return list
  }
}

/** Characters that an object is counted as, beside its texts. */
const OBJECT = 32

function recordWriter(of: FieldValue, shape: Shape, strict: boolean): WriteValue {
  const fault = wrong(of, strict)
  const { provider } = of.field
  return (writing, value, above, key) => {
    if (value === null && !strict) return null
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault(writing, value, above, key)
    const source = value as Source
    const type = typeOf(shape, source)
    if (type === undefined) return fault(writing, value, above, key)
    // Nothing of an object's type is disclosed at a place of several types (wall 6).
    if (of.shownTypes !== null && writing.holds[of.shownTypes.get(type.name) ?? ALWAYS] === false) return HIDDEN
    const place = new Place(above, key, type.name, provider)
    const faults = writing.faults.length
    const records = writing.records.length
    const conflicts = writing.conflicts.length
    spend(writing, OBJECT)
    const written = type.write(writing, source, place)
    if (written === NOTHING) {
      takeBack(writing, faults, records, conflicts)
      return strict ? NOTHING : null
    }
    writing.records.push(place)
    return written
  }
}

/** The shape of an object; undefined when it is of a type that the schema does not allow here. */
function typeOf(shape: Shape, source: Source): TypeShape | undefined {
  if (shape.only) return shape.only
  const name = Object.hasOwn(source, '__typename') ? source['__typename'] : undefined
  return typeof name === 'string' ? shape.types.get(name) : undefined
}
