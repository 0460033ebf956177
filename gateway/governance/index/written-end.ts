import type { ChainSource } from './source.ts'

/**
 * Where the zeros of a preallocated file begin: lines hold no zero byte, so halving finds it in a few reads of one byte.
 *
 * @param from an offset up to which it is written
 */
export async function writtenEnd(source: ChainSource, name: string, from: number): Promise<number> {
  const isWritten = async (at: number): Promise<boolean> => ((await source.read(name, at, 1))[0] ?? 0) !== 0
  if (!(await isWritten(from))) return from
  let [low, high] = [from, await source.size(name)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await isWritten(middle)) low = middle
    else high = middle
  }
  return high
}

/** How far a file was written, and since when that is known. */
interface Mark {
  readonly end: number
  readonly at: number
}

/** Tells which part of a file has stood there for a while. */
export interface Settling {
  /** Notes how far the file is written now; returns how far it was when it was looked at `settle` milliseconds ago. */
  look(end: number, now: number): number
}

/**
 * A line can be read as soon as it is written, and counts once it is fsynced. From outside that cannot be seen; what has
 * stood there for longer than an fsync takes is taken for durable.
 */
export function createSettling(settle: number): Settling {
  let settled = 0
  let marks: readonly Mark[] = []
  return {
    look(end, now) {
      if ((marks.at(-1)?.end ?? settled) < end) marks = [...marks, { end, at: now }]
      const old = marks.filter(({ at }) => now - at >= settle)
      settled = old.at(-1)?.end ?? settled
      marks = marks.slice(old.length)
      return settled
    },
  }
}
