/**
 * An object without a prototype, for keys that others choose: `__proto__` and `constructor` are keys like any other.
 */
export function bareRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}
