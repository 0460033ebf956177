/** How many requests are worked on at once. */
export interface Load {
  /** The way to leave again; null where there are too many already. */
  enter(): (() => void) | null
  /** How many are worked on now. */
  inside(): number
}

/** Seconds that a request is told to wait where there are too many. */
export const LOAD_WAIT = 1

/** A bound on the requests of this process: more than it can answer in time would only make all of them late. */
export function createLoad(most: number): Load {
  let inside = 0
  return {
    enter() {
      if (inside >= most) return null
      inside += 1
      let left = false
      return () => {
        if (!left) inside -= 1
        left = true
      }
    },
    inside: () => inside,
  }
}
