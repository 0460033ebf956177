import type { GraphQLSchema } from 'graphql'
import { isAbstractType } from 'graphql'
import type { PathStep, Requirement } from '../compile/plan.ts'
import { isObject, merge, own } from './data.ts'
import type { DataObject } from './data.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'

/** Representations of one fetch, each once, and the objects that each stands for. */
export interface Representations {
  readonly values: readonly DataObject[]
  /** `targets[i]` receive the entity for `values[i]`. */
  readonly targets: readonly (readonly DataObject[])[]
}

/** One walk along the path: every object there, siblings included. */
export function objectsAt(root: DataObject, path: readonly PathStep[]): DataObject[] {
  let current: unknown[] = [root]
  for (const step of path) {
    current =
      step === '@'
        ? current.flatMap((one): readonly unknown[] => (Array.isArray(one) ? one : []))
        : current.map((one) => (isObject(one) ? own(one, step) : undefined))
  }
  return current.filter(isObject)
}

/** Collects the representations of all targets; equal ones are sent once, identified by their canonical text. */
export function collectRepresentations(
  schema: GraphQLSchema,
  targets: readonly DataObject[],
  requires: readonly Requirement[],
): Representations {
  const index = new Map<string, number>()
  const values: DataObject[] = []
  const grouped: DataObject[][] = []
  for (const target of targets) {
    const value = represent(schema, target, requires)
    if (value === null || value['__typename'] === undefined) continue
    const key = JSON.stringify(value)
    const known = index.get(key)
    if (known !== undefined) grouped[known]?.push(target)
    else {
      index.set(key, values.length)
      values.push(value)
      grouped.push([target])
    }
  }
  return { values, targets: grouped }
}

/** The required part of an object; null when something required is not there, as after a failed fetch. */
function represent(schema: GraphQLSchema, source: DataObject, requires: readonly Requirement[]): DataObject | null {
  const result = bareRecord<unknown>()
  for (const one of requires) {
    if (one.kind === 'InlineFragment') {
      if (one.type !== null && !isOfType(schema, source['__typename'], one.type)) continue
      const inner = represent(schema, source, one.selections)
      if (inner === null) return null
      merge(result, inner)
      continue
    }
    const value = representValue(schema, own(source, one.name), one.selections)
    if (value === undefined) return null
    const known = result[one.name]
    if (isObject(known) && isObject(value)) merge(known, value)
    else result[one.name] = value
  }
  return result
}

function representValue(schema: GraphQLSchema, value: unknown, selections: readonly Requirement[] | null): unknown {
  if (value === null || value === undefined || selections === null) return value
  if (Array.isArray(value)) {
    const list = value.map((one) => representValue(schema, one, selections))
    return list.includes(undefined) ? undefined : list
  }
  return isObject(value) ? (represent(schema, value, selections) ?? undefined) : undefined
}

/** Whether the named concrete type is the wanted one or one of its implementations. */
export function isOfType(schema: GraphQLSchema, name: unknown, wanted: string): boolean {
  if (name === wanted) return true
  const abstract = schema.getType(wanted)
  return (
    typeof name === 'string' &&
    isAbstractType(abstract) &&
    schema.getPossibleTypes(abstract).some((one) => one.name === name)
  )
}
