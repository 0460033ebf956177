import type { GraphQLSchema } from 'graphql'
import type { Asked, AskedField } from './asked.ts'
import { isObject, objectsIn, own } from './data.ts'
import type { DataObject } from './data.ts'
import { isOfType } from './possible-types.ts'

/**
 * How a fetch left an object without what it was asked for:
 * - `unavailable`: nobody answered. The key stays there without a value, which JSON cannot hold and no department can
 *   send: whoever reads the data finds nothing, and the projection knows why.
 * - `none`: the department has no such object: there is no value.
 * - `invalid`: it answered what breaks its schema: the key is not there at all.
 */
export type Lack = 'unavailable' | 'none' | 'invalid'

/**
 * Notes on an object that a fetch brought nothing for it. What only this fetch asks for is taken from whoever else spoke
 * of it; what another one may bring as well is left to that one.
 */
export function lack(target: DataObject, asked: Asked, how: Lack): void {
  for (const field of asked.of(target['__typename'])) lackField(target, field, how)
}

function lackField(target: DataObject, { name, below, alone }: AskedField, how: Lack): void {
  const known = own(target, name)
  if (!alone && known !== undefined) {
    // Another fetch brought the object, or says that there is none: of its fields only these are lacking.
    if (below) for (const one of objectsIn(known)) lack(one, below, how)
    return
  }
  if (how === 'none') target[name] = null
  else if (how === 'unavailable') target[name] = undefined
  else if (alone && Object.hasOwn(target, name)) delete target[name]
}

/**
 * Takes from a department's object what the fetch asked for, and nothing else: a department must not speak for another
 * one's fields, first or last.
 */
export function take(target: DataObject, source: DataObject, asked: Asked): void {
  // Who brought the object first may not have been asked of which type it is.
  const type = own(source, '__typename')
  if (type !== undefined && own(target, '__typename') === undefined) target['__typename'] = type
  for (const field of asked.of(target['__typename'])) {
    const value = own(source, field.name)
    if (value === undefined) lackField(target, field, Object.hasOwn(source, field.name) ? 'unavailable' : 'invalid')
    else if (field.alone) target[field.name] = value
    else join(target, field, value)
  }
}

/** Another department may know of which of several types an object is, where the first one knows an interface. */
export function refine(schema: GraphQLSchema, target: DataObject, source: DataObject): void {
  const known = target['__typename']
  const told = own(source, '__typename')
  if (told === undefined || told === known || typeof known !== 'string') return
  if (isOfType(schema, told, known)) target['__typename'] = told
}

/** What several fetches bring of one object is one object; a null takes nothing away that another one knows. */
function join(target: DataObject, { name, below }: AskedField, value: unknown): void {
  const known = own(target, name)
  if (known === undefined || known === null) target[name] = value
  else if (below) joinBelow(known, value, below)
  else if (value !== null) target[name] = value
}

/** Lists are joined by index; of lists that are not equally long it cannot be known whose is whose. */
function joinBelow(known: unknown, value: unknown, below: Asked): void {
  if (isObject(known) && isObject(value)) take(known, value, below)
  else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
    const mine: unknown[] = known
    for (const [index, one] of (value as readonly unknown[]).entries()) {
      if (mine[index] === undefined || mine[index] === null) mine[index] = one
      else joinBelow(mine[index], one, below)
    }
  } else for (const one of objectsIn(known)) lack(one, below, lackBehind(value))
}

/** Why there is no object where one should be. */
export function lackBehind(value: unknown): Lack {
  if (value === undefined) return 'unavailable'
  return value === null ? 'none' : 'invalid'
}
