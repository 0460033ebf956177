import { isNonNullType } from 'graphql'
import type { ProjectedField, Projection, ReconcileStep, When } from '../compile/compiled-operation.ts'
import { generateObject } from './generate.ts'
import { copiedKind } from './leaves.ts'
import { objectWriter } from './objects.ts'
import type { SourceCode } from './places.ts'
import { reconcileWriter } from './reconcile.ts'
import { writerOf } from './values.ts'
import { ALWAYS, HIDDEN, NOTHING, noteFault } from './writing.ts'
import type { FieldShape, Shape, Source, TypeShape, WriteObject, WriteValue, Writing } from './writing.ts'

/** A whole operation's projection, and the conditions in it by their numbers. */
export interface CompiledProjection {
  readonly root: Shape
  readonly conditions: readonly When[]
}

/** Numbers the conditions of an operation: each is asked once for a request, however many objects it is about. */
type NumberOf = (when: When) => number

/** Compiles a projection; what it says of conditions depends on the variables, all else does not. */
export function compileProjection(projection: Projection): CompiledProjection {
  const numbers = new Map<string, number>()
  const conditions: When[] = []
  const numberOf: NumberOf = (when) => {
    if (when === null) return ALWAYS
    const identity = JSON.stringify(when)
    const known = numbers.get(identity) ?? conditions.push(when) - 1
    numbers.set(identity, known)
    return known
  }
  return { root: shapeOf(projection, numberOf), conditions }
}

function shapeOf({ abstract, fields }: Projection, numberOf: NumberOf): Shape {
  const types = new Map([...fields].map(([name, list]) => [name, typeShape(name, list, numberOf)] as const))
  const [first] = types.values()
  return { only: abstract ? null : (first ?? null), types }
}

function typeShape(name: string, list: readonly ProjectedField[], numberOf: NumberOf): TypeShape {
  const fields = list.map((field) => fieldShape(name, field, numberOf))
  const plain = objectWriter(fields)
  let write = plain
  let times = 0
  return {
    name,
    fields,
    write(writing, source, place) {
      if (times < HOT && (times += 1) === HOT) write = generateObject(fields) ?? plain
      return write(writing, source, place)
    },
  }
}

/**
 * After so many objects of one type at one place code is generated for them: an operation that is asked once, or a
 * hundred thousand different ones, cost no code.
 */
const HOT = 200

function fieldShape(type: string, field: ProjectedField, numberOf: NumberOf): FieldShape {
  const { step } = field
  const when = numberOf(field.when)
  switch (step.kind) {
    case 'null':
      return { field, when, leaf: null, write: () => null }
    case 'typename':
      return { field, when, leaf: null, write: () => type }
    case 'copy':
    case 'mask': {
      const write = writerOf({ field, shape: null, shownTypes: null })
      return {
        field,
        when,
        leaf: step.kind === 'copy' ? copiedKind(field.type) : null,
        write: fieldWriter(field, write),
      }
    }
    case 'object': {
      const shape = shapeOf(step.selection, numberOf)
      const shownTypes = step.shownTypes && new Map([...step.shownTypes].map(([name, one]) => [name, numberOf(one)]))
      const write = fieldWriter(field, writerOf({ field, shape, shownTypes }))
      const shown = numberOf(step.shown)
      if (shown === ALWAYS) return { field, when, leaf: null, write }
      const told: WriteObject = (writing, source, place) =>
        writing.holds[shown] === false ? null : write(writing, source, place)
      return { field, when, leaf: null, write: told }
    }
    case 'reconcile':
      return { field, when, leaf: null, write: reconciledWriter(field, step, numberOf) }
  }
}

/** What is made of several sources is written as the value, or the list, that its type says. */
function reconciledWriter(field: ProjectedField, step: ReconcileStep, numberOf: NumberOf): WriteObject {
  const shape = step.selection && shapeOf(step.selection, numberOf)
  const as = step.mask === null ? ({ kind: 'copy' } as const) : ({ kind: 'mask', rule: step.mask } as const)
  const inner = writerOf({ field: { ...field, step: as }, shape, shownTypes: null })
  const beside = step.beside.map((one) => ({ field: one, when: numberOf(one.when) }))
  return reconcileWriter(field, step, inner, beside)
}

/** Takes a field's value from its object. What an object inherits is no answer: a field may be called `constructor`. */
function fieldWriter(field: ProjectedField, write: WriteValue): WriteObject {
  const { key, source: name } = field
  const inherited = name in Object.prototype
  const unanswered = isNonNullType(field.type) ? NOTHING : null
  return (writing, source, place) => {
    const value = inherited && !Object.hasOwn(source, name) ? undefined : source[name]
    if (value === undefined) {
      noteFault(writing, field, [place, key], missing(writing, field, source))
      return unanswered
    }
    const written = write(writing, value, place, key)
    return written === HIDDEN ? null : written
  }
}

/**
 * A key without a value is owed by a fetch that brought nothing; one that is not there at all was left out by whoever
 * answered, unless the department that it is expected of answered nothing.
 */
function missing({ failed }: Writing, { source: name, provider }: ProjectedField, source: Source): SourceCode {
  return Object.hasOwn(source, name) ? 'SOURCE_UNAVAILABLE' : (failed.get(provider) ?? 'SOURCE_INVALID')
}
