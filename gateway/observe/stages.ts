/** What a request goes through, in this order; a verification goes through some of it more than once. */
export type Stage = 'identify' | 'admit' | 'reserve' | 'prepare' | 'compile' | 'execute' | 'project' | 'record'

/** One stage that has ended; milliseconds of the monotonic clock. */
export interface StageTime {
  readonly stage: Stage
  readonly started: number
  readonly ended: number
}

/** Takes the times of one request. Where several of its parts run at once, each moment counts for the one begun last. */
export interface Stages {
  /** Ends the stage that is open, and opens this one. */
  enter(stage: Stage): void
  /** Ends the last one and gives all. */
  finish(): readonly StageTime[]
}

/** How many look at stages now. */
let watchers = 0

/** Has stages timed until the returned function is called: without a watcher no request looks at a clock for them. */
export function watchStages(): () => void {
  let watching = true
  watchers += 1
  return () => {
    if (watching) watchers -= 1
    watching = false
  }
}

/** Null where nobody wants to know. */
export function openStages(started: number, monotonic: () => number): Stages | null {
  return watchers === 0 ? null : createStages(started, monotonic)
}

/** A request that goes through more is one of many rows; further ones are not told apart. */
const MOST = 64

function createStages(started: number, monotonic: () => number): Stages {
  const done: StageTime[] = []
  let open: { readonly stage: Stage; readonly started: number } | null = { stage: 'identify', started }
  const end = (now: number): void => {
    if (open !== null && done.length < MOST) done.push({ ...open, ended: now })
    open = null
  }
  return {
    enter(stage) {
      const now = monotonic()
      end(now)
      open = { stage, started: now }
    },
    finish() {
      end(monotonic())
      return done
    },
  }
}
