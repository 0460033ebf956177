import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataOf } from '../measure.ts'
import { spawnNode } from '../processes.ts'
import { bodyOf, numbered } from '../workloads.ts'
import type { SteadyWorkload } from '../workloads.ts'
import type { World } from '../world/world.ts'
import type { CeilingPlan, Recording } from './ceiling-child.ts'
import type { GatewaySpec, RunningPeer } from './gateway.ts'

/** The fetches of one gateway, sent again without a gateway. */
export function ceiling(workloads: readonly SteadyWorkload[], world: World, model: RunningPeer): GatewaySpec {
  return {
    name: 'ceiling',
    title: 'the same fetches, JSON.parse, a fixed answer',
    fixed: true,
    async start({ directory, urls, nodeArgs, core }) {
      const recordings: Recording[] = []
      for (const workload of workloads) recordings.push(await recordingOf(workload, world, model))
      const plan: CeilingPlan = { urls, recordings }
      const file = join(directory, 'plan.json')
      await writeFile(file, JSON.stringify(plan))
      const args = [...nodeArgs, join(import.meta.dirname, 'ceiling-child.ts'), file]
      const spawned = spawnNode({ core, args })
      const [, url = ''] = await spawned.printed(/ready at (http:\S+)/)
      return { pid: spawned.pid, url: `${url}/graphql`, headers: {}, spawned, stop: () => spawned.stop() }
    },
  }
}

async function recordingOf(workload: SteadyWorkload, world: World, model: RunningPeer): Promise<Recording> {
  const body = numbered(bodyOf(workload), 1)
  // The first time an operation is planned, which is another matter than how it is fetched.
  const data = await dataOf(model, body)
  const fetches = await world.record(() => dataOf(model, body))
  return { mark: /query \w+/.exec(workload.query)?.[0] ?? workload.name, fetches, answer: `{"data":${data}}` }
}
