/** When calls may begin so that no second has more of them than are allowed. */
export interface Pace {
  /**
   * Takes the first moment from `earliest` on, in milliseconds of a monotonic clock. Null where that is not before
   * `latest`: then nothing is taken.
   */
  reserve(earliest: number, latest: number): number | null
}

/** As many calls a second as an old system bears, whichever second one looks at; without a number as many as come. */
export function pace(perSecond: number | undefined): Pace {
  // The last moments that were taken, oldest first, as many as a second may have.
  const taken: number[] = []
  return {
    reserve(earliest, latest) {
      const oldest = perSecond !== undefined && taken.length >= perSecond ? taken[0] : undefined
      const at = oldest === undefined ? earliest : Math.max(earliest, oldest + 1000)
      if (at >= latest) return null
      if (perSecond === undefined) return at
      taken.push(at)
      if (taken.length > perSecond) taken.shift()
      return at
    },
  }
}
