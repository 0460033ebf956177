/**
 * Remembers what follows from a frozen object for as long as the object lives. One that is not frozen may be another a
 * moment later: from that it is worked out each time.
 */
export function once<Key extends object, Value>(workOut: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>()
  return (key) => {
    const before = known.get(key)
    if (before) return before.value
    const value = workOut(key)
    if (Object.isFrozen(key)) known.set(key, { value })
    return value
  }
}
