/** How many may wait, for one asker and in all. */
export interface LineBounds {
  readonly each: number
  readonly all: number
}

/**
 * Who waits, one line for each asker: the askers take turns, so that none waits for all that another one has asked.
 * Askers are departments of the register: there are only so many.
 */
export interface PlannerLine<Job> {
  /** @returns false where the asker's line, or the whole one, is full */
  add(asker: string, job: Job): boolean
  /** The first of the asker whose turn it is. */
  next(): Job | null
  /** How many wait. */
  length(): number
  /** Everyone, who then waits no longer. */
  clear(): readonly Job[]
}

/** An empty line. */
export function createPlannerLine<Job extends {}>({ each, all }: LineBounds): PlannerLine<Job> {
  const lines = new Map<string, Job[]>()
  // Kept of those too who wait for nothing at present: one who always asks again would else be new each time.
  const served = new Map<string, number>()
  let turn = 0
  let waiting = 0

  /** Whoever was served longest ago, or never. */
  const whoseTurn = (): string | null => {
    let first: string | null = null
    for (const asker of lines.keys())
      if (first === null || (served.get(asker) ?? 0) < (served.get(first) ?? 0)) first = asker
    return first
  }
  return {
    add(asker, job) {
      const line = lines.get(asker) ?? []
      if (waiting >= all || line.length >= each) return false
      line.push(job)
      lines.set(asker, line)
      waiting += 1
      return true
    },
    next() {
      const asker = whoseTurn()
      if (asker === null) return null
      const line = lines.get(asker) ?? []
      const job = line.shift() ?? null
      if (line.length === 0) lines.delete(asker)
      served.set(asker, ++turn)
      waiting -= 1
      return job
    },
    length: () => waiting,
    clear() {
      const everyone = [...lines.values()].flat()
      lines.clear()
      waiting = 0
      return everyone
    },
  }
}
