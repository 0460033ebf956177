import type { GraphQLOutputType } from 'graphql'
import { isListType, isNonNullType } from 'graphql'
import { readLegalSubject, readSubject } from '../builtin/subject.ts'
import type { Subject } from '../builtin/subject.ts'
import { included } from '../compile/compiled-operation.ts'
import type { CompiledOperation, ProjectedField, Projection } from '../compile/compiled-operation.ts'
import { isObject, own } from '../execute/data.ts'
import type { DataObject } from '../execute/data.ts'
import { isSubjectType } from '../vocabulary/subject-types.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import type { RequestSubject } from './exchange.ts'
import { once } from './once.ts'

/** Types whose objects are somebody, and how their key is read: keys are fetched whether they are answered or not. */
const SUBJECTS: Readonly<Record<SubjectType, (object: DataObject) => Subject>> = {
  Person: (one) => readSubject(own(one, 'idDocumentType'), own(one, 'idDocumentNumber')),
  LegalEntity: (one) => readLegalSubject(own(one, 'identifierType'), own(one, 'identifier')),
}

/** Lookups: whom they lead to was asked about, and is known before anything is fetched. */
const LOOKUPS: ReadonlySet<string> = new Set(['Query.person', 'Query.persons', 'Query.legalEntity'])

/** Whether an answer can tell of anybody whom the operation does not name: by a reference, in a list, or by a record. */
export function reachesOthers({ projection }: CompiledOperation): boolean {
  const leads = (of: Projection): boolean =>
    [...of.fields.values()].flat().some(({ coordinate, step }) => {
      if (step.kind !== 'object') return false
      const named = LOOKUPS.has(coordinate)
      const { fields, concerns } = step.selection
      return (!named && [...fields.keys()].some(isSubjectType)) || concerns !== undefined || leads(step.selection)
    })
  return leads(projection)
}

/** A person or firm that an answer tells of. */
export interface ReachedSubject extends RequestSubject {
  /**
   * Whether the answer is about them: they stand in it below no other person or firm, or a record names them that
   * does. Who was only reached from another is never told of it in a report to citizens.
   */
  readonly object: boolean
}

/**
 * Every person and firm that an answer tells of, each once: each object of theirs that stands in it, at whatever place,
 * and whom a record in it names that stands below nobody, by the key that was fetched. One without a number cannot be
 * told from another, and is left out.
 *
 * @param data as it was fetched, before anything is shaped
 */
export function readReached(
  { projection }: CompiledOperation,
  data: DataObject,
  variables: Readonly<Record<string, unknown>>,
): readonly ReachedSubject[] {
  if (!mayTellOf(projection)) return []
  const found = new Map<string, ReachedSubject>()
  const note = (type: string, object: DataObject, above: boolean): void => {
    const subject = isSubjectType(type) ? SUBJECTS[type](object) : undefined
    if (!subject || subject.number === '') return
    const key = identityOf(subject)
    found.set(key, { type: subject.type, number: subject.number, object: !above || found.get(key)?.object === true })
  }
  // `above`: whether a person or firm stands above the object.
  const walk = (of: Projection, object: DataObject, above: boolean): void => {
    const type = of.abstract ? own(object, '__typename') : [...of.fields.keys()][0]
    if (typeof type !== 'string') return
    note(type, object, above)
    const aboveNext = above || isSubjectType(type)
    for (const { source, type: leadsTo, subject, when } of of.concerns?.get(type) ?? [])
      if (included(when, variables))
        for (const one of objectsIn(leadsTo, own(object, source))) note(subject, one, above)
    for (const field of of.fields.get(type) ?? []) {
      if (field.step.kind !== 'object' || !mayTellOf(field.step.selection) || !isShown(field, variables)) continue
      for (const one of objectsIn(field.type, own(object, field.source)))
        if (isTold(field, one, variables)) walk(field.step.selection, one, aboveNext)
    }
  }
  walk(projection, data, false)
  return [...found.values()]
}

/** Whether an object of this shape, or any below it, can be somebody, or name somebody. */
const mayTellOf = once(
  (of: Projection): boolean =>
    of.concerns !== undefined ||
    [...of.fields].some(
      ([type, fields]) =>
        isSubjectType(type) || fields.some(({ step }) => step.kind === 'object' && mayTellOf(step.selection)),
    ),
)

/** One text for each person and firm. */
export function identityOf({ type, number }: RequestSubject): string {
  return JSON.stringify([type, number])
}

/** As the projection writes them: whoever is left out of the answer is not reached (wall 6). */
function isShown({ when, step }: ProjectedField, variables: Readonly<Record<string, unknown>>): boolean {
  return step.kind === 'object' && included(when, variables) && included(step.shown, variables)
}

function isTold({ step }: ProjectedField, object: DataObject, variables: Readonly<Record<string, unknown>>): boolean {
  if (step.kind !== 'object' || step.shownTypes === null) return true
  const type = own(object, '__typename')
  return typeof type === 'string' && included(step.shownTypes.get(type) ?? null, variables)
}

/** The objects of a value, through as many lists as its type has: what is nested otherwise is not answered. */
function objectsIn(type: GraphQLOutputType, value: unknown): readonly DataObject[] {
  if (isNonNullType(type)) return objectsIn(type.ofType, value)
  if (!isListType(type)) return isObject(value) ? [value] : []
  const { ofType } = type
  return Array.isArray(value) ? value.flatMap((one: unknown) => objectsIn(ofType, one)) : []
}
