/** Random choices that are the same on every machine for the same seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [from, to]. */
  between(from: number, to: number): number
  /** True in this share of cases. */
  chance(share: number): boolean
  /** One of a list; the list must not be empty. */
  pick<T>(list: readonly T[]): T
  /** One of a list whose first entries are the more frequent ones. */
  pickRanked<T>(list: readonly T[]): T
  /** Lower-case hexadecimal digits. */
  hex(length: number): string
}

/** The random choices of one person of one city: independent of how many people are made, and in which order. */
export function randomFor(seed: number, index: number): Random {
  const next = sfc32(mix(seed), mix(index), mix(seed ^ Math.imul(index, 0x9e3779b1)), 1)
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  const at = <T>(list: readonly T[], share: number): T => {
    const found = list[Math.floor(share * list.length)]
    if (found === undefined) throw new RangeError('Nothing to pick from')
    return found
  }
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (list) => at(list, next()),
    // Not `** 2`: powers may differ in their last bit from one engine to another.
    pickRanked: (list) => {
      const share = next()
      return at(list, share * share)
    },
    hex: (length) => Array.from({ length }, () => between(0, 15).toString(16)).join(''),
  }
}

/**
 * The random choices of one department about one person: a department that is added, or that draws more, leaves what
 * all others hold as it was.
 */
export function departmentRandom(seed: number, index: number, department: string): Random {
  let hash = 0x811c9dc5
  // FNV-1a: another name, another stream.
  for (const byte of Buffer.from(department)) hash = Math.imul(hash ^ byte, 0x01000193)
  return randomFor((seed ^ hash) >>> 0, index)
}

/** Chris Doty-Humphrey's Small Fast Counting generator with 32-bit words (PractRand); the first rounds mix the seed. */
function sfc32(a: number, b: number, c: number, counter: number): () => number {
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4294967296
  }
  for (let round = 0; round < 12; round += 1) next()
  return next
}

/** The finaliser of MurmurHash3: neighbouring numbers become unlike ones. */
function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
