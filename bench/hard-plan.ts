import type { GatewaySpec } from './gateways/gateway.ts'
import { startLoader } from './load/loader.ts'
import type { Loader } from './load/loader.ts'
import { measureRound } from './measure.ts'
import type { Round } from './measure.ts'
import type { BenchRun, Options } from './options.ts'
import { startGateways } from './steady.ts'
import type { RunningGateway, Series } from './steady.ts'
import { bodyOf, STEADY } from './workloads.ts'
import { startWorld } from './world/world.ts'
import type { World } from './world/world.ts'

/** The steady traffic: a desk's pace, far below what any of the gateways can do. */
const CONNECTIONS = 8
const PAUSE_MS = 10
/** Milliseconds between the answer to one hostile query and the next. */
const HOSTILE_PAUSE_MS = 100

/** Fields that cost the planner nothing. Which of them are asked for makes each query one that was never planned. */
const FILLERS = 'name address landUse area approvedAt status shops rentLevel vacancy largestTenant'.split(' ')

/** Some 200 bytes for which the planner weighs thousands of plans: four departments serve the same zones. */
export function hostile(number: number): string {
  const fillers = FILLERS.filter((_, at) => ((number >> at) & 1) === 1)
  const zones = 'use rule since next { use rule since next { use rule since next { use rule since next { use } } } }'
  const query =
    `query Hard { site(siteCode: "SD0000001-1") { ${fillers.join(' ')} floors noise roadGrade drainage ` +
    `zone { ${zones} } developer { registeredName penalties arrears } } }`
  return JSON.stringify({ query })
}

/** Each gateway under steady traffic, with and without a hostile query beside it, in alternating rounds. */
export async function runHardPlan(
  specs: readonly GatewaySpec[],
  { directory, options, told }: BenchRun,
): Promise<readonly Series[]> {
  const world = await startWorld()
  const [loader, attacker] = [startLoader(), startLoader()]
  const running = await startGateways(specs, world, directory, { core: 'any' })
  const series: Series[] = []
  try {
    for (const one of running) series.push(...(await besides({ world, loader, attacker }, one, options, told)))
    return series
  } finally {
    await Promise.all(running.map(({ peer }) => peer.stop()))
    await Promise.all([loader.stop(), attacker.stop(), world.stop()])
  }
}

interface Around {
  readonly world: World
  readonly loader: Loader
  readonly attacker: Loader
}

async function besides(
  around: Around,
  { spec, peer }: RunningGateway,
  options: Options,
  told: (line: string) => void,
): Promise<readonly Series[]> {
  const [tiny] = STEADY
  if (!tiny) throw new Error('there is no steady workload')
  let from = 1_000
  const steady = async (seconds: number): Promise<Round> => {
    const source = { kind: 'fresh', text: bodyOf(tiny), from } as const
    const job = { source, connections: CONNECTIONS, pauseMs: PAUSE_MS, milliseconds: seconds * 1_000 }
    const measured = await measureRound(around, peer, job)
    if (measured.failures > 0) throw new Error(`hard-plan: ${spec.name}: ${measured.failure}`)
    from += measured.answers + CONNECTIONS
    return measured
  }
  let number = 0
  const attack = async (seconds: number): Promise<void> => {
    // A gateway may refuse the hostile query; it is not what is measured.
    const texts = Array.from({ length: 200 }, () => hostile((number += 1)))
    const source = { kind: 'texts', texts, again: false } as const
    const job = {
      source,
      connections: 1,
      pauseMs: HOSTILE_PAUSE_MS,
      milliseconds: seconds * 1_000,
      errorsExpected: true,
    }
    await around.attacker.run({ ...job, url: peer.url, headers: peer.headers })
  }
  await steady(options.seconds)
  const [alone, beside]: [Round[], Round[]] = [[], []]
  for (let at = 0; at < options.rounds; at += 1) {
    alone.push(await steady(options.seconds))
    const attacked = attack(options.seconds - 0.2)
    beside.push(await steady(options.seconds))
    await attacked
    const [usual, worse] = [alone.at(-1)?.p99 ?? 0, beside.at(-1)?.p99 ?? 0]
    told(
      `hard-plan ${at + 1}/${options.rounds} ${spec.name}: p99 ${usual.toFixed(1)} ms, beside ${worse.toFixed(1)} ms`,
    )
  }
  const { name: gateway, title } = spec
  return [
    { workload: 'hard-plan, alone', gateway, title, rounds: alone, fetches: null },
    { workload: 'hard-plan, beside', gateway, title, rounds: beside, fetches: null },
  ]
}
