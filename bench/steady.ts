import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ceiling } from './gateways/ceiling.ts'
import type { GatewaySpec, RunningPeer, StartContext } from './gateways/gateway.ts'
import { startLoader } from './load/loader.ts'
import type { Loader } from './load/loader.ts'
import { dataOf, measureRound } from './measure.ts'
import type { Round } from './measure.ts'
import type { BenchRun, Options } from './options.ts'
import { bodyOf, numbered } from './workloads.ts'
import type { SteadyWorkload } from './workloads.ts'
import { plainSupergraph } from './world/supergraph.ts'
import { startWorld } from './world/world.ts'
import type { World } from './world/world.ts'

/** Requests under way at once. */
export const CONNECTIONS = 32
/** Code runs through its tiers of compilation before anything counts: answers at least, and seconds at most. */
const WARM = { answers: 400, seconds: 20, step: 1 }

/** Puts load on a gateway until it is warm. */
export async function warmUp(
  round: (seconds: number) => Promise<{ readonly answers: number }>,
  least = WARM.answers,
): Promise<void> {
  let answers = 0
  for (let seconds = 0; seconds < WARM.seconds; seconds += WARM.step) {
    answers += (await round(WARM.step)).answers
    if (answers >= least && seconds > 0) return
  }
}

/** All rounds of one gateway under one workload. */
export interface Series {
  readonly workload: string
  readonly gateway: string
  readonly title: string
  readonly rounds: readonly Round[]
  /** Asked of departments for one answer, where that is the same for all. */
  readonly fetches: { readonly fetches: number; readonly entities: number } | null
}

export interface RunningGateway {
  readonly spec: GatewaySpec
  readonly peer: RunningPeer
}

/** Starts gateways over departments, one after the other, each in a folder of its own. */
export async function startGateways(
  specs: readonly GatewaySpec[],
  world: World,
  directory: string,
  { nodeArgs = [], core = 'measured' }: Partial<Pick<StartContext, 'nodeArgs' | 'core'>> = {},
): Promise<readonly RunningGateway[]> {
  await mkdir(directory, { recursive: true })
  const supergraph = join(directory, 'supergraph.graphql')
  await writeFile(supergraph, plainSupergraph(world.urls))
  const running: RunningGateway[] = []
  for (const spec of specs) {
    const own = join(directory, spec.name)
    await mkdir(own, { recursive: true })
    running.push({
      spec,
      peer: await spec.start({ directory: own, urls: world.urls, supergraph, nodeArgs, core: spec.core ?? core }),
    })
  }
  return running
}

/** Every gateway under every workload, in alternating rounds; answers are compared first. */
export async function runSteady(
  workloads: readonly SteadyWorkload[],
  specs: readonly GatewaySpec[],
  { directory, options, told }: BenchRun,
): Promise<readonly Series[]> {
  const world = await startWorld()
  const loader = startLoader()
  const profile = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(directory, 'profile')}`] : []
  const running = [...(await startGateways(specs, world, directory, { nodeArgs: profile }))]
  try {
    const [model] = running
    if (model && wantsCeiling(options))
      running.push(
        ...(await startGateways([ceiling(workloads, world, model.peer)], world, directory, { nodeArgs: profile })),
      )
    const series: Series[] = []
    for (const workload of workloads)
      series.push(...(await runWorkload(workload, running, { world, loader, options, told })))
    return series
  } finally {
    await Promise.all(running.map(({ peer }) => peer.stop()))
    await Promise.all([loader.stop(), world.stop()])
  }
}

function wantsCeiling({ gateways }: Options): boolean {
  return gateways === null || gateways.has('ceiling')
}

interface Around {
  readonly world: World
  readonly loader: Loader
  readonly options: Options
  readonly told: (line: string) => void
}

async function runWorkload(
  workload: SteadyWorkload,
  running: readonly RunningGateway[],
  { world, loader, options, told }: Around,
): Promise<readonly Series[]> {
  const body = bodyOf(workload)
  const costs = await compareAnswers(workload, running, world)
  // Every request of a run asks about something of its own: nothing can be answered from another's answer.
  let from = 1_000
  const round = async ({ peer }: RunningGateway, seconds: number): Promise<Round> => {
    const source = { kind: 'fresh', text: body, from } as const
    const measured = await measureRound({ loader, world }, peer, {
      source,
      connections: CONNECTIONS,
      milliseconds: seconds * 1_000,
    })
    from += measured.answers + CONNECTIONS
    if (measured.failures > 0) throw new Error(`${workload.name}: ${measured.failures} failures, ${measured.failure}`)
    return measured
  }
  for (const one of running) await warmUp((seconds) => round(one, seconds))
  const rounds = new Map(running.map(({ spec }) => [spec.name, [] as Round[]]))
  for (let at = 0; at < options.rounds; at += 1) {
    for (const one of running) {
      const measured = await round(one, options.seconds)
      rounds.get(one.spec.name)?.push(measured)
      told(`${workload.name} ${at + 1}/${options.rounds} ${one.spec.name}: ${measured.perSecond.toFixed(0)}/s`)
    }
  }
  return running.map(({ spec }) => ({
    workload: workload.name,
    gateway: spec.name,
    title: spec.title,
    rounds: rounds.get(spec.name) ?? [],
    fetches: costs.get(spec.name) ?? null,
  }))
}

/** Asks each gateway the same, and holds the texts of their data against each other: values, nulls, order of fields. */
async function compareAnswers(
  workload: SteadyWorkload,
  running: readonly RunningGateway[],
  world: World,
): Promise<ReadonlyMap<string, { readonly fetches: number; readonly entities: number }>> {
  const costs = new Map<string, { fetches: number; entities: number }>()
  const expected = new Map<number, string>()
  for (const { spec, peer } of running) {
    for (const number of spec.fixed === true ? [1] : [1, 2, 3]) {
      const before = await world.asked()
      const data = await dataOf(peer, numbered(bodyOf(workload), number))
      const after = await world.asked()
      costs.set(spec.name, { fetches: after.fetches - before.fetches, entities: after.entities - before.entities })
      const other = expected.get(number) ?? data
      if (other !== data)
        throw new Error(`${workload.name}: ${spec.name} answers otherwise\n${difference(other, data)}`)
      if (data.includes('null')) throw new Error(`${workload.name}: ${spec.name} answers with a null`)
      expected.set(number, other)
    }
  }
  return costs
}

function difference(one: string, other: string): string {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return [one, other].map((text) => text.slice(Math.max(0, at - 80), at + 80)).join('\n')
}
