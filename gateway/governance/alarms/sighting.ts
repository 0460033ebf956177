import type { AlarmRuleCode } from './rules.ts'

/** Whom a pattern is about; null for what does not belong to it. */
export interface Concerned {
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
}

/** Nobody in particular. */
export const NOBODY: Concerned = { department: null, application: null, officer: null, matter: null }

/** Why a rule thinks what it thinks: numbers, receipts, keyed pseudonyms and words of the schema. Never a value. */
export interface Evidence {
  /** A word of the rule's own for what it counted, e.g. `NEIGHBOURS_OF_OFFICER`. */
  readonly measure: string
  readonly count: number
  /** What `count` reached: there is a sighting from this number on. */
  readonly limit: number
  /** ISO 8601 instants between which it was counted, the last one included. */
  readonly from: string
  readonly until: string
  /** What else is known, by a word of the rule's own, e.g. `medianOf28Days`, `daysLearned`, `percent`. */
  readonly numbers: Readonly<Record<string, number>>
  /** Newest first; no list has more than `LISTED` members. */
  readonly receipts: readonly string[]
  /** Keyed pseudonyms, as the records have them. */
  readonly subjects: readonly string[]
  /** Officers, matters, cases or coordinates that belong to the pattern, by a word of the rule's own. */
  readonly named: Readonly<Record<string, readonly string[]>>
}

/** Longest list of an evidence. */
const LISTED = 20

/** A rule has seen its pattern. */
export interface Sighting {
  readonly rule: AlarmRuleCode
  /** What it is about: sightings of one rule with the same parts are one alarm. */
  readonly key: readonly string[]
  readonly concerned: Concerned
  /** When the last request of the pattern was made: milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds that the rule looks back. */
  readonly window: number
  readonly evidence: Evidence
}

/** Each member once, the first ones, no more than a list has. */
export function listed(members: Iterable<string>): readonly string[] {
  return [...new Set(members)].slice(0, LISTED)
}

/** What is known of one pattern, from two looks at it: the greater count with its window, and both lists. */
export function mergeEvidence(earlier: Evidence, later: Evidence): Evidence {
  const main = later.count >= earlier.count ? later : earlier
  const named = [...new Set([...Object.keys(later.named), ...Object.keys(earlier.named)])]
  return {
    ...main,
    receipts: listed([...later.receipts, ...earlier.receipts]),
    subjects: listed([...later.subjects, ...earlier.subjects]),
    named: Object.fromEntries(
      named.map((word) => [word, listed([...(later.named[word] ?? []), ...(earlier.named[word] ?? [])])]),
    ),
  }
}

/** Instant of an evidence. */
export function instant(at: number): string {
  return new Date(at).toISOString()
}
