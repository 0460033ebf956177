import { once } from 'node:events'
import { join } from 'node:path'
import { spawnNode } from '../processes.ts'
import type { Job, JobResult } from './load-child.ts'

/** The load generator in its own process. */
export interface Loader {
  readonly pid: number
  run(job: Job): Promise<JobResult>
  stop(): Promise<void>
}

export function startLoader(): Loader {
  const spawned = spawnNode({ core: 'around', args: [join(import.meta.dirname, 'load-child.ts')], ipc: true })
  return {
    pid: spawned.pid,
    async run(job) {
      const answered = once(spawned.child, 'message')
      spawned.child.send(job)
      const [answer] = (await answered) as unknown[]
      if (isResult(answer)) return answer
      throw new Error(`the load generator failed at ${job.url}: ${JSON.stringify(answer)}`)
    },
    stop: () => spawned.stop(),
  }
}

function isResult(answer: unknown): answer is JobResult {
  return typeof answer === 'object' && answer !== null && 'latencies' in answer
}
