import { DAY, HOUR } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey, counterMembers } from './keys.ts'
import { takeAll } from './taken.ts'
import type { Bound } from './taken.ts'

/** How many neighbouring numbers may be asked about, and how many misses there may be (S13, FS-27). */
export interface EnumerationLimits {
  /** Different resident numbers that share division and birth date, in a day. */
  readonly neighboursPerOfficer: number
  readonly neighboursPerApplication: number
  readonly neighboursPerDepartment: number
  /** Different subjects of one officer in an hour from which on misses are looked at; of wider scopes, times as many. */
  readonly missSubjects: number
  /** The percentage of these that may be misses. */
  readonly missPercent: number
}

/** Somebody asked about. Neither member holds a digit of a number. */
export interface AskedSubject {
  /** Keyed pseudonym. */
  readonly pseudonym: string
  /** Keyed digest of what a resident number shares with its neighbours; null for numbers without neighbours. */
  readonly neighbourhood: string | null
}

/** Who asks. */
export interface Asker {
  readonly department: string
  readonly application: string
  readonly officer: string
}

/** What looks like trying numbers out rather than asking about people. */
export interface Finding {
  readonly kind: 'NEIGHBOURHOOD' | 'NO_HIT'
  /** Of whom the numbers were counted. */
  readonly of: 'OFFICER' | 'APPLICATION' | 'DEPARTMENT'
  /** Different subjects: neighbours, this one included, or those for whom nothing was found. */
  readonly count: number
}

/** Finds who tries out numbers: by how near they lie to each other, and by how few of them exist. */
export interface Enumeration {
  /**
   * Counts those asked about before the act: all of them, or, where it finds something, none.
   *
   * @param exact whether it may not go on over a count that is not exact (wall 16)
   * @throws Failure COUNTERS_UNAVAILABLE
   */
  ask(asker: Asker, asked: readonly AskedSubject[], exact: boolean): Promise<Finding | null>
  /**
   * Counts what came of it.
   *
   * @param found pseudonyms of those for whom something was found, at whatever place of the answer
   * @param missed pseudonyms of those for whom nothing was
   */
  learn(asker: Asker, found: readonly string[], missed: readonly string[]): Promise<Finding | null>
}

/** Findings over counters. */
export function createEnumeration(counters: Counters, limits: EnumerationLimits): Enumeration {
  return {
    async ask(asker, asked, exact) {
      const had = await takeAll(counters, neighbourhoods(asker, asked, limits), exact)
      return had.kind === 'BROKEN' ? { kind: 'NEIGHBOURHOOD', of: had.bound.of, count: had.total } : null
    },
    async learn(asker, found, missed) {
      if (found.length === 0 && missed.length === 0) return null
      let finding: Finding | null = null
      const scopes = scopesOf(asker)
      // Hits first: of parallel requests, each found one must be known as found before it counts as asked about.
      const noted = scopes.flatMap(({ of, who }) => [
        counted(`hits-${of.toLowerCase()}`, who, found),
        counted(`asked-${of.toLowerCase()}`, who, [...found, ...missed]),
      ])
      const had = await takeAll(counters, noted, false)
      const totals = had.kind === 'TAKEN' ? had.totals : []
      for (const [at, { of, times }] of scopes.entries()) {
        const [hits = 0, asked = 0] = totals.slice(2 * at)
        const count = Math.max(0, asked - hits)
        const enough = missed.length > 0 && asked >= limits.missSubjects * times
        if (enough && count * 100 > asked * limits.missPercent) finding ??= { kind: 'NO_HIT', of, count }
      }
      return finding
    },
  }
}

function counted(kind: string, who: readonly string[], subjects: readonly string[]): Bound {
  const key = counterKey(kind, who)
  return { key, window: HOUR, places: counterMembers(key, subjects), most: UNBOUNDED }
}

/** These are bounded by the budgets of hour and day; here they are only counted. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER

interface Neighbourhood extends Bound {
  readonly of: Finding['of']
}

/** The narrowest first; `times`: how many times as many subjects of it as of an officer make a ratio worth a look. */
function scopesOf({ department, application, officer }: Asker) {
  return [
    { of: 'OFFICER', who: [department, officer], times: 1 },
    { of: 'APPLICATION', who: [department, application], times: 3 },
    { of: 'DEPARTMENT', who: [department], times: 6 },
  ] as const
}

function neighbourhoods(
  asker: Asker,
  asked: readonly AskedSubject[],
  limits: EnumerationLimits,
): readonly Neighbourhood[] {
  const groups = Map.groupBy(asked, ({ neighbourhood }) => neighbourhood)
  const mostOf: Readonly<Record<Finding['of'], number>> = {
    OFFICER: limits.neighboursPerOfficer,
    APPLICATION: limits.neighboursPerApplication,
    DEPARTMENT: limits.neighboursPerDepartment,
  }
  return scopesOf(asker).flatMap(({ of, who }) =>
    [...groups].flatMap(([neighbourhood, subjects]) => {
      if (neighbourhood === null) return []
      const key = counterKey(`neighbours-${of.toLowerCase()}`, [...who, neighbourhood])
      const pseudonyms = subjects.map(({ pseudonym }) => pseudonym)
      return [{ key, window: DAY, places: counterMembers(key, pseudonyms), most: mostOf[of], of }]
    }),
  )
}
