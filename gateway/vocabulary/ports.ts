/** Time, as a port: tests freeze it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds of a monotonic clock, for durations only. */
  monotonic(): number
}

/** Names for new things, as a port: tests make them predictable. */
export interface Ids {
  /** A receipt ID: `gx_` and 26 characters, sortable by time, unguessable. */
  receipt(): string
  /** 16 random bytes, as a salt. */
  salt(): Uint8Array
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
