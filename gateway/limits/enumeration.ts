import { DAY, HOUR } from './counters.ts'
import type { Counters, Taken } from './counters.ts'
import { counterKey, counterMember } from './keys.ts'

/** How many neighbouring numbers may be asked about, and how many misses there may be (S13, FS-27). */
export interface EnumerationLimits {
  /** Different resident numbers that share division and birth date, in a day. */
  readonly neighboursPerOfficer: number
  readonly neighboursPerApplication: number
  readonly neighboursPerDepartment: number
  /** Different subjects of an hour from which on misses are looked at. */
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
  /** Counts those asked about before the act: all of them, or, where it finds something, none. */
  ask(asker: Asker, asked: readonly AskedSubject[]): Promise<Finding | null>
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
    async ask(asker, asked) {
      const had: Taken[] = []
      for (const { key, members, most, of } of neighbourhoods(asker, asked, limits)) {
        const got = await counters.takeDistinct(key, members, DAY, most)
        if (got.total > most) {
          await Promise.all(had.map((one) => one.giveBack()))
          return { kind: 'NEIGHBOURHOOD', of, count: got.total }
        }
        had.push(got)
      }
      return null
    },
    async learn({ department, officer }, found, missed) {
      const note = async (kind: string, subjects: readonly string[]): Promise<number> => {
        const key = counterKey(kind, [department, officer])
        return (await counters.takeDistinct(key, membersOf(key, subjects), HOUR, UNBOUNDED)).total
      }
      // Hits first: of parallel requests, each found one must be known as found before it counts as asked about.
      const hits = await note('officer-hits', found)
      const asked = await note('officer-asked', [...found, ...missed])
      const count = Math.max(0, asked - hits)
      const suspect = missed.length > 0 && asked >= limits.missSubjects && count * 100 > asked * limits.missPercent
      return suspect ? { kind: 'NO_HIT', of: 'OFFICER', count } : null
    },
  }
}

/** These are bounded by the budgets of hour and day; here they are only counted. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER

interface Neighbourhood {
  readonly key: string
  readonly members: readonly string[]
  readonly most: number
  readonly of: Finding['of']
}

/** The narrowest first: of the officer, the application, the department. */
function neighbourhoods(
  { department, application, officer }: Asker,
  asked: readonly AskedSubject[],
  limits: EnumerationLimits,
): readonly Neighbourhood[] {
  const groups = Map.groupBy(asked, ({ neighbourhood }) => neighbourhood)
  const scopes = [
    ['OFFICER', [department, officer], limits.neighboursPerOfficer],
    ['APPLICATION', [department, application], limits.neighboursPerApplication],
    ['DEPARTMENT', [department], limits.neighboursPerDepartment],
  ] as const
  return scopes.flatMap(([of, who, most]) =>
    [...groups].flatMap(([neighbourhood, subjects]) => {
      if (neighbourhood === null) return []
      const key = counterKey(`neighbours-${of.toLowerCase()}`, [...who, neighbourhood])
      const pseudonyms = subjects.map(({ pseudonym }) => pseudonym)
      return [{ key, members: membersOf(key, pseudonyms), most, of }]
    }),
  )
}

function membersOf(key: string, pseudonyms: readonly string[]): readonly string[] {
  return [...new Set(pseudonyms.map((one) => counterMember(key, one)))]
}
