import type { GraphQLSchema } from 'graphql'
import type { Rewrite } from '../compile/plan.ts'
import { isObject, own } from './data.ts'
import type { DataObject } from './data.ts'
import { isOfType } from './possible-types.ts'

/** Applies the planner's rewrites to a representation or an answer, in place. */
export function applyRewrites(schema: GraphQLSchema, rewrites: readonly Rewrite[], value: unknown): void {
  for (const rewrite of rewrites) apply(schema, rewrite, value, rewrite.path)
}

const ON_TYPE = '... on '

function apply(schema: GraphQLSchema, rewrite: Rewrite, value: unknown, path: readonly string[]): void {
  if (Array.isArray(value)) {
    for (const one of value) apply(schema, rewrite, one, path)
    return
  }
  const [step, ...rest] = path
  if (!isObject(value) || step === undefined) return
  if (step.startsWith(ON_TYPE)) {
    // An answer about entities does not repeat their types; the planner's aliases are unique among them.
    const type = value['__typename']
    if (type === undefined || isOfType(schema, type, step.slice(ON_TYPE.length))) apply(schema, rewrite, value, rest)
  } else if (rest.length > 0) apply(schema, rewrite, own(value, step), rest)
  else if (Object.hasOwn(value, step)) change(value, step, rewrite)
}

function change(object: DataObject, key: string, rewrite: Rewrite): void {
  if (rewrite.kind === 'ValueSetter') {
    object[key] = rewrite.setValueTo
    return
  }
  object[rewrite.renameKeyTo] = object[key]
  delete object[key]
}
