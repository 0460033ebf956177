import type { TrustedHead } from './verify-heads.ts'
import type { PlannedSegment } from './verify-plan.ts'

/** Which part of a chain is to be read; always whole segments, so that each part ends under a signature. */
export type VerifyRange =
  /** Records by number. */
  | { readonly kind: 'records'; readonly from?: number; readonly to?: number }
  /** What was written between two instants, milliseconds since 1970. */
  | { readonly kind: 'times'; readonly since?: number; readonly until?: number }
  /** What comes behind a checkpoint that the reader trusts (as `keptHeads` reads it; of several the last). */
  | { readonly kind: 'checkpoint'; readonly checkpoint: Uint8Array }

/** Positions in a plan, the end excluded. */
export interface Chosen {
  readonly start: number
  readonly end: number
}

/** The segments that hold a range; `trusted` is the checkpoint of a range behind one, where its signature is good. */
export function chooseSegments(
  segments: readonly PlannedSegment[],
  range: VerifyRange | null,
  trusted: TrustedHead | null,
): Chosen {
  const whole = { start: 0, end: segments.length }
  switch (range?.kind) {
    case undefined:
      return whole
    case 'records':
      return {
        start: beginning(segments, ({ first }) => first <= (range.from ?? 0)),
        end: ending(segments, ({ first }) => first > (range.to ?? Infinity)),
      }
    case 'times':
      return {
        start: beginning(segments, ({ created }) => Date.parse(created) <= (range.since ?? -Infinity)),
        end: ending(segments, ({ created }) => Date.parse(created) > (range.until ?? Infinity)),
      }
    case 'checkpoint':
      // The record of the checkpoint is read, so that what comes behind is linked to it.
      return trusted === null
        ? whole
        : { start: beginning(segments, ({ first }) => first <= Math.max(1, trusted.seq)), end: segments.length }
  }
}

type Holds = (header: NonNullable<PlannedSegment['header']>) => boolean

/** The last segment whose header holds; only from a header that can be trusted may a verification begin. */
function beginning(segments: readonly PlannedSegment[], holds: Holds): number {
  return Math.max(
    0,
    segments.findLastIndex(({ header }) => header !== null && holds(header)),
  )
}

/** The first segment whose header holds: it is no longer part of it. */
function ending(segments: readonly PlannedSegment[], holds: Holds): number {
  const end = segments.findIndex(({ header }) => header !== null && holds(header))
  return end === -1 ? segments.length : Math.max(1, end)
}
