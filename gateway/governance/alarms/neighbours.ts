/** A record that asked about numbers of one group of neighbours, maybe beside others. */
export interface NeighbourTrace {
  readonly at: number
  readonly receipt: string
  /** How many of the group it asked about. */
  readonly count: number
  /** Pseudonyms of everybody whom it asked about, of whatever group. */
  readonly objects: readonly string[]
  /** Whether all of them are of the group. */
  readonly alone: boolean
}

/**
 * How many different numbers of a group were asked about, at least. A record tells how many it had of each group, and
 * whom it asked about, but not who is of which: one person who was asked about five times must not look like five, so
 * that records count together only as far as nobody of the one can be somebody of the other.
 */
export function distinctNeighbours(traces: readonly NeighbourTrace[]): number {
  const certain = new Set(traces.filter(({ alone }) => alone).flatMap(({ objects }) => objects))
  const counted = new Set<string>()
  let beside = 0
  const open = traces.flatMap(({ alone, count, objects }) => {
    const others = objects.filter((one) => !certain.has(one))
    const more = Math.min(others.length, count - (objects.length - others.length))
    return alone || more <= 0 ? [] : [{ others, more }]
  })
  // The one that tells of most comes first: no fewer are counted than in any one record.
  for (const { others, more } of open.toSorted((a, b) => b.more - a.more)) {
    if (others.some((one) => counted.has(one))) continue
    beside += more
    for (const one of others) counted.add(one)
  }
  return certain.size + beside
}
