import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { GatewaySpec } from '../gateways/gateway.ts'
import { startLoader } from '../load/loader.ts'
import { measureRound } from '../measure.ts'
import type { Options } from '../options.ts'
import { quantile } from '../statistics.ts'
import { startGateways } from '../steady.ts'
import { bodyOf } from '../workloads.ts'
import type { SteadyWorkload } from '../workloads.ts'
import { startWorld } from '../world/world.ts'
import type { Heard } from './audit-hook.ts'

/** Requests at once. */
const CONNECTIONS = 64

/** What the record cost under one workload. */
export interface AuditFacts {
  readonly workload: string
  /** Milliseconds of an fsync of the segment. */
  readonly fsyncP50: number
  readonly fsyncP99: number
  readonly recordsPerFsync: number
  /** Share of a request's time: for room before it, and for writing and waiting after it. */
  readonly timeShare: number
  /** Share of the work of the thread that answers: making the record, its chain, and handing it to the disk. */
  readonly cpuShare: number
  /** Share of the requests that took the fast lane. */
  readonly fastLane: number
}

/** One short load of this gateway, listened to from inside. */
export async function runAudit(
  workload: SteadyWorkload,
  spec: GatewaySpec,
  directory: string,
  { seconds }: Options,
): Promise<AuditFacts> {
  await mkdir(directory, { recursive: true })
  const out = join(directory, 'heard.json')
  const hook = pathToFileURL(join(import.meta.dirname, 'audit-hook.ts'))
  hook.searchParams.set('out', out)
  const world = await startWorld()
  const loader = startLoader()
  const [running] = await startGateways([spec], world, directory, { nodeArgs: ['--import', hook.href] })
  if (!running) throw new Error('there is no gateway to listen to')
  try {
    const source = { kind: 'fresh', text: bodyOf(workload), from: 1_000 } as const
    const job = { source, connections: CONNECTIONS, milliseconds: seconds * 1_000 }
    const { failures, failure } = await measureRound({ loader, world }, running.peer, job)
    if (failures > 0) throw new Error(`audit: ${failure}`)
  } finally {
    await running.peer.stop()
    await Promise.all([loader.stop(), world.stop()])
  }
  return factsOf(workload.name, JSON.parse(await readFile(out, 'utf8')) as Heard)
}

function factsOf(workload: string, { syncs, lanes, time, samples }: Heard): AuditFacts {
  const times = syncs.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
  const lines = syncs.reduce((total, one) => total + one.lines, 0)
  const requests = Object.values(lanes).reduce((total, one) => total + one, 0)
  return {
    workload,
    fsyncP50: quantile(times, 0.5),
    fsyncP99: quantile(times, 0.99),
    recordsPerFsync: lines / syncs.length,
    timeShare: time.record / time.all,
    cpuShare: samples.record / samples.all,
    fastLane: (lanes['fast'] ?? 0) / requests,
  }
}
