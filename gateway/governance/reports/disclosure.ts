/**
 * Delayed release: what a citizen's report leaves out until a day that the register names, because telling of it would
 * defeat a lawful inquiry. What is left out is left out before anything is grouped, counted or numbered, so that no gap,
 * total or number shows it; and whether a report says that such entries may exist is the register's word alone, the
 * same for everybody.
 */
import type { Text } from '../../vocabulary/codes.ts'

/** How long an entry is kept back. */
export type Delay =
  | { readonly kind: 'UNTIL'; readonly until: number }
  /** Each entry for so many days after it was made. */
  | { readonly kind: 'DAYS'; readonly days: number }

/** One reason to keep entries back. */
export interface DelayedRelease {
  readonly id: string
  readonly department: string
  /** Codes; null for whatever the department asks. */
  readonly matters: readonly string[] | null
  /** Case numbers; null for all cases of the matters. */
  readonly cases: readonly string[] | null
  readonly reason: string
  /** The law that it rests on, as it is cited. */
  readonly basis: string
  readonly delay: Delay
  /** Who ordered it: staff number. */
  readonly by: string
}

/** The register of delayed release. */
export interface Disclosure {
  /** What every report says of entries that may be missing; null where no law has it said. */
  readonly notice: (Text & { readonly basis: string }) | null
  readonly delays: readonly DelayedRelease[]
}

/** Where nothing is kept back. */
export const OPEN_DISCLOSURE: Disclosure = Object.freeze({ notice: null, delays: [] })

/** What of a record decides whether it is kept back. */
export interface Disclosed {
  readonly at: number
  readonly department: string | null
  /** The department that the caller acted for: its inquiries stay its own. */
  readonly actingFor: string | null
  /** Null also where it says nothing of what the look was for, as a standing matter of supervision. */
  readonly matter: string | null
  readonly case: string | null
}

const DAY = 86_400_000

/** Whether an entry is kept back at an instant. */
export function isKeptBack({ delays }: Disclosure, entry: Disclosed, now: number): boolean {
  return delays.some((one) => covers(one, entry) && now < releaseOf(one.delay, entry.at))
}

function covers({ department, matters, cases }: DelayedRelease, entry: Disclosed): boolean {
  if (department !== entry.department && department !== entry.actingFor) return false
  // A call may state no matter or case, or one that no register knows: it belongs to whatever is kept back.
  if (matters !== null && !isUnknown(entry.matter) && !matters.some((one) => one === entry.matter)) return false
  return cases === null || isUnknown(entry.case) || cases.some((one) => one === entry.case)
}

/** Not stated, or a word in brackets that the record has in the place of what could not stand in it. */
function isUnknown(stated: string | null): boolean {
  return stated === null || stated.startsWith('(')
}

function releaseOf(delay: Delay, at: number): number {
  switch (delay.kind) {
    case 'UNTIL':
      return delay.until
    case 'DAYS':
      return at + delay.days * DAY
  }
}
