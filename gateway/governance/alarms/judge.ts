import type { Batch } from './batch.ts'
import type { Look } from './look.ts'
import type { Patience } from './patience.ts'
import type { AlarmSettings } from './settings.ts'
import type { Sighting } from './sighting.ts'

/** What a rule has before it: some new records, the store behind them, and its limits. */
export interface Judging {
  readonly batch: Batch
  readonly look: Look
  readonly settings: AlarmSettings
  readonly patience: Patience
}

/** A rule: what it sees in a batch and in the time before it. It changes nothing. */
export type Judge = (judging: Judging) => Promise<readonly Sighting[]>
