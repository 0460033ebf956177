import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './planner-messages.ts'

/** One life of the planner's thread, from its start to its end; the next one is another. */
export interface PlannerLife {
  /** Resolves when it can be asked; rejects where it ended before. */
  readonly ready: Promise<void>
  isReady(): boolean
  ask(message: ToWorker): void
  /** Whether the process waits for it. */
  hold(held: boolean): void
  /** Ends it at once, in the middle of a plan too; nothing is heard of it any more. */
  end(): Promise<void>
}

/** What a life is asked for, and what is done with what it says. */
export interface PlannerLifeParts {
  readonly entry: URL
  readonly supergraphSdl: string
  /** Megabytes of heap; the thread ends when it needs more. */
  readonly megabytes: number
  hear(this: void, message: FromWorker): void
  /** It ended of itself: before it was ready, or in the middle of its work. */
  ended(this: void, cause: Error, wasReady: boolean): void
}

/** Of what a plan makes nearly nothing stays: with the usual 48 the thread held 60 MB more, and was no faster. */
const YOUNG_MEGABYTES = 4

/** Starts a thread, with nothing of this process's environment or arguments: it needs no secret and no network. */
export function startPlannerLife({ entry, supergraphSdl, megabytes, hear, ended }: PlannerLifeParts): PlannerLife {
  const worker = new Worker(entry, {
    name: 'planner',
    workerData: { supergraphSdl },
    resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    execArgv: [],
    // With it graphql-js compares constructors only, and not the sources of two copies of itself, at each step.
    env: { NODE_ENV: 'production' },
  })
  const ready = Promise.withResolvers<void>()
  // Nobody need wait for it.
  ready.promise.catch(() => undefined)
  let state: 'starting' | 'ready' | 'over' = 'starting'
  let thrown: Error | null = null
  worker.on('message', (message: FromWorker) => {
    if (state === 'over') return
    if (message.kind !== 'ready') return hear(message)
    state = 'ready'
    ready.resolve()
    hear(message)
  })
  worker.on('error', (error) => {
    if (error instanceof Error) thrown = error
  })
  worker.on('exit', () => {
    const cause = thrown ?? new Error('the planner has ended')
    ready.reject(cause)
    if (state === 'over') return
    const wasReady = state === 'ready'
    state = 'over'
    ended(cause, wasReady)
  })
  return {
    ready: ready.promise,
    isReady: () => state === 'ready',
    ask: (message) => worker.postMessage(message),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    async end() {
      state = 'over'
      await worker.terminate()
    },
  }
}

/** Whether a thread ended because it needed more memory than it may have. */
export function isOutOfMemory(cause: Error): boolean {
  return 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
