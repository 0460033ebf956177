/*
 * What the index and the alarms cost: `npm run bench:alarms -- [rounds] [seconds] [days]`.
 * First how many records a second the rules judge, beside how many the index copies. Then this gateway as it ships, with the
 * index alone, and with neither, in alternating rounds; ratios count, of rounds that ran beside each other.
 * `GOVERNANCE_URL` judges over a PostgreSQL in place of a file.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ours } from '../gateways/ours.ts'
import { startLoader } from '../load/loader.ts'
import { measureRound } from '../measure.ts'
import type { Round } from '../measure.ts'
import { ratios, spreadOf } from '../statistics.ts'
import { startGateways, warmUp } from '../steady.ts'
import type { RunningGateway } from '../steady.ts'
import { bodyOf, STEADY } from '../workloads.ts'
import { startWorld } from '../world/world.ts'
import { watchSpeed } from './watch-speed.ts'

const CONNECTIONS = 32
const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function printSpeed(days: number): Promise<void> {
  const url = process.env['GOVERNANCE_URL']
  const address = url === undefined ? undefined : { databaseUrl: url, schema: 'bench_alarms' }
  const { records, index, alarms, slowest, raised } = await watchSpeed(days, address)
  const perSecond = (milliseconds: number): string => ((1_000 * records) / milliseconds).toFixed(0)
  print(`${records} records of ${days} days over ${url === undefined ? 'SQLite' : 'PostgreSQL'}`)
  print(`  index  ${perSecond(index)}/s`)
  print(`  alarms ${perSecond(alarms)}/s, slowest batch ${slowest.toFixed(0)} ms, ${raised} raised`)
}

async function printRounds(rounds: number, seconds: number): Promise<void> {
  const [workload] = STEADY
  if (workload === undefined) throw new Error('there is no workload')
  const directory = await mkdtemp(join(tmpdir(), 'gx-bench-alarms-'))
  const world = await startWorld()
  const loader = startLoader()
  const hook = pathToFileURL(join(import.meta.dirname, 'no-observer-hook.ts')).href
  const quiet = { log: { level: 'silent' } }
  const started = [
    await startGateways([ours({ name: 'neither', title: '', settings: quiet })], world, directory, {
      nodeArgs: ['--import', hook],
    }),
    await startGateways(
      [ours({ name: 'index', title: '', settings: { ...quiet, alarms: { enabled: false } } })],
      world,
      directory,
    ),
    await startGateways([ours({ name: 'alarms', title: '', settings: quiet })], world, directory),
  ].flat()
  try {
    let from = 1_000
    const round = async ({ peer }: RunningGateway, length: number): Promise<Round> => {
      const source = { kind: 'fresh', text: bodyOf(workload), from } as const
      const measured = await measureRound({ loader, world }, peer, {
        source,
        connections: CONNECTIONS,
        milliseconds: length * 1_000,
      })
      from += measured.answers + CONNECTIONS
      if (measured.failures > 0) throw new Error(`${measured.failures} failures, ${measured.failure}`)
      return measured
    }
    for (const one of started) await warmUp((length) => round(one, length))
    const all = started.map(() => [] as Round[])
    for (let at = 0; at < rounds; at += 1)
      // Each begins in its turn: what else the machine does hits none of them alone.
      for (let nth = 0; nth < started.length; nth += 1) {
        const place = (at + nth) % started.length
        const one = started[place]
        if (one) all[place]?.push(await round(one, seconds))
      }
    report(started, all)
  } finally {
    await Promise.all(started.map(({ peer }) => peer.stop()))
    await Promise.all([loader.stop(), world.stop()])
    await rm(directory, { recursive: true, force: true })
  }
}

function report(started: readonly RunningGateway[], all: readonly (readonly Round[])[]): void {
  const [base = []] = all
  for (const [nth, { spec }] of started.entries()) {
    const rounds = all[nth] ?? []
    const rate = spreadOf(rounds.map(({ perSecond }) => perSecond)).median
    const ratio = ratios(
      rounds.map(({ perSecond }) => perSecond),
      base.map(({ perSecond }) => perSecond),
    )
    const p99 = ratios(
      rounds.map((one) => one.p99),
      base.map((one) => one.p99),
    )
    const cpu = ratios(
      rounds.map((one) => one.cpuPerAnswer),
      base.map((one) => one.cpuPerAnswer),
    )
    const shown = (one: { min: number; median: number; max: number }): string =>
      `${one.median.toFixed(3)} (${one.min.toFixed(3)}–${one.max.toFixed(3)})`
    print(
      `${spec.name.padEnd(8)} ${rate.toFixed(0).padStart(6)}/s  throughput ×${shown(ratio)}  p99 ×${shown(p99)}  CPU ×${shown(cpu)}`,
    )
  }
}

const [rounds = 4, seconds = 2, days = 56] = process.argv.slice(2).map(Number)
await printSpeed(days)
await printRounds(rounds, seconds)
