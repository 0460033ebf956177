/** Fetched data while it is being assembled: plain JSON with string keys. */
export type DataObject = { [key: string]: unknown }

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is DataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What an object holds itself; a field may be called `constructor`, which every object inherits. All that is inherited
 * are functions, which no answer holds, and `__proto__`: for anything else a look is enough.
 */
export function own(object: DataObject, key: string): unknown {
  const value = object[key]
  if (typeof value !== 'function' && key !== '__proto__') return value
  return Object.hasOwn(object, key) ? value : undefined
}

/** Every object in a value, through lists in lists. */
export function* objectsIn(value: unknown): Iterable<DataObject> {
  if (Array.isArray(value)) for (const one of value as readonly unknown[]) yield* objectsIn(one)
  else if (isObject(value)) yield value
}
