/** Fetched data while it is being assembled: plain JSON with string keys. */
export type DataObject = { [key: string]: unknown }

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is DataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What an object holds itself; a field may be called `constructor`, which every object inherits. */
export function own(object: DataObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/**
 * Merges a department's object into fetched data. Lists of objects merge by index; `__proto__` in a hostile
 * answer is not followed.
 */
export function merge(target: DataObject, source: DataObject): void {
  for (const key of Object.keys(source)) {
    if (key === '__proto__') continue
    const [mine, theirs] = [own(target, key), source[key]]
    if (isObject(mine) && isObject(theirs)) merge(mine, theirs)
    else if (Array.isArray(mine) && Array.isArray(theirs)) mergeLists(mine, theirs)
    else target[key] = theirs
  }
}

function mergeLists(mine: unknown[], theirs: readonly unknown[]): void {
  for (const [index, element] of theirs.entries()) {
    const known: unknown = mine[index]
    if (isObject(known) && isObject(element)) merge(known, element)
    else if (Array.isArray(known) && Array.isArray(element)) mergeLists(known, element)
    else mine[index] = element
  }
}
