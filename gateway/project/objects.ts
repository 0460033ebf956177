import { ALWAYS, NOTHING } from './writing.ts'
import type { FieldShape, WriteObject } from './writing.ts'

/** Writes the fields one after the other. */
export function objectWriter(fields: readonly FieldShape[]): WriteObject {
  return (writing, source, place) => {
    const target: Record<string, unknown> = {}
    for (const { field, when, write } of fields) {
      if (when !== ALWAYS && writing.holds[when] === false) continue
      const written = write(writing, source, place)
      if (written === NOTHING) return NOTHING
      put(target, field.key, written)
    }
    return target
  }
}

/** Sets a key; an alias may be called `__proto__`, which an assignment would take for something else. */
export function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
