/** Characters of all texts that are remembered together by one function. */
const MOST = 500_000

/**
 * Remembers what follows from a text alone. Where the texts become too many it begins anew, so that whoever sends ever
 * new ones, or very long ones, cannot fill the memory.
 */
export function remember<Value>(workOut: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  let size = 0
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const value = workOut(text)
    if (text.length * 10 > MOST) return value
    size += text.length
    if (size > MOST) {
      known.clear()
      size = text.length
    }
    known.set(text, value)
    return value
  }
}
