import type { GraphQLSchema } from 'graphql'
import { isObject, own } from './data.ts'
import type { DataObject } from './data.ts'
import { isOfType } from './possible-types.ts'

/**
 * Whether every entity is the one that was asked for, as far as it says who it is: by its type, and by the keys
 * that were sent. One that is another's puts all of them in doubt: whose is whose cannot be known.
 *
 * @param sent the representations, as they were sent
 * @param keys names of the leaves that identify them
 */
export function areThemselves(
  schema: GraphQLSchema,
  entities: readonly unknown[],
  sent: readonly DataObject[],
  keys: readonly string[],
): boolean {
  return entities.every((entity, index) => {
    const who = sent[index]
    if (!isObject(entity) || who === undefined) return true
    return hasType(schema, own(entity, '__typename'), who['__typename']) && hasKeys(entity, who, keys)
  })
}

/** A department may know an entity by an interface, or by a type that another one knows only as an interface. */
function hasType(schema: GraphQLSchema, told: unknown, sent: unknown): boolean {
  if (told === undefined || told === sent) return true
  if (typeof told !== 'string' || typeof sent !== 'string') return false
  const known = schema.getType(told) !== undefined && schema.getType(sent) !== undefined
  return !known || isOfType(schema, told, sent) || isOfType(schema, sent, told)
}

function hasKeys(entity: DataObject, who: DataObject, keys: readonly string[]): boolean {
  for (const name of keys) {
    const told = own(entity, name)
    const sent = own(who, name)
    // What is no leaf, or left out, is judged where it is written.
    if (told !== undefined && sent !== undefined && !isSame(told, sent)) return false
  }
  return true
}

/** A number may be told as its text. */
function isSame(told: unknown, sent: unknown): boolean {
  if (told === sent || isNested(told) || isNested(sent)) return true
  return isScalar(told) && isScalar(sent) && String(told) === String(sent)
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
