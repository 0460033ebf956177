import { setTimeout as sleep } from 'node:timers/promises'
import { alarmData } from '../adapters/alarm-data.ts'
import { startAuditObserver } from '../adapters/audit-observer.ts'
import type { AuditObserver } from '../adapters/audit-observer.ts'
import { createLeases } from '../adapters/counters-leased.ts'
import { governanceAddress } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { Readiness } from '../http/server.ts'
import { publishLifecycle } from '../observe/channels.ts'
import { READINGS } from '../observe/gather.ts'
import { startLog } from '../observe/log.ts'
import { mergeProcesses } from '../observe/metrics/exposition.ts'
import type { Family } from '../observe/metrics/family.ts'
import { gaugeFamily } from '../observe/metrics/family.ts'
import { serveMetrics } from '../start/operators.ts'
import { checkBeforeStart } from '../start/preflight.ts'
import { createClosers } from '../vocabulary/closers.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { startChild } from './child-process.ts'
import type { ChildProcess, Looked, ReadyProcess } from './child-process.ts'
import { checkProcesses, configOfProcess } from './process-config.ts'

/** Milliseconds before a process that has ended is started again: doubled each time, up to the longest. */
const PAUSE = { first: 250, longest: 30_000 } as const

/** Milliseconds after which a process counts as sound: its next end is the first again. */
const SOUND = 60_000

/** Milliseconds, beside the time for draining, that a process may take to end before it is killed. */
const GRACE = 10_000

/** Several gateway processes behind one port. */
export interface RunningProcesses extends ReadyProcess {
  /** Where the metrics of all are served, or null. */
  readonly metricsUrl: string | null
  /** Has all finish what is under way and end; false where one had to be killed or did not end in order. */
  stop(): Promise<boolean>
}

/** One place among the processes, whoever fills it at the moment. */
interface Place {
  readonly number: number
  child: ChildProcess
  /** Whether it serves. */
  up: boolean
  restarts: number
}

/**
 * Starts the configured number of gateway processes on one port and keeps them running: the system shares connections
 * out among them, each writes an audit chain of its own, and one that ends is started again. The first starts alone: what
 * only the first start makes (keys, the synthetic city, the composition) is there for the others.
 *
 * @param spoken whether the first tells its steps to the person at the terminal
 * @throws StartFault, or CommandFault where a process cannot start; none is left running then
 */
export async function startProcesses(config: Config, spoken: boolean): Promise<RunningProcesses> {
  checkProcesses(config)
  await checkBeforeStart(config)
  const closers = createClosers()
  closers.add(startLog({ level: config.log.level, pretty: config.log.pretty ?? process.stderr.isTTY }))
  // It ends after the processes, whose last records it copies too.
  const observer = startAuditObserver({
    address: governanceAddress(config),
    directory: config.audit.directory,
    alarms: alarmData(config),
  })
  closers.add(() => observer.close())
  const count = createLeases(config.processes, systemClock)
  const places: Place[] = []
  const stopping = new AbortController()

  const start = (number: number, port: number): ChildProcess =>
    startChild({ number, config: configOfProcess(config, number, port), spoken: spoken && number === 1, count })
  const open = async (number: number, port: number): Promise<ReadyProcess> => {
    const place: Place = { number, child: start(number, port), up: false, restarts: 0 }
    places.push(place)
    const ready = await place.child.ready
    place.up = true
    return ready
  }
  const killAll = (): void => {
    for (const { child } of places) child.kill()
  }
  // Nothing of ours outlives us, however we end; a supervisor that is killed is noticed by its processes.
  process.once('exit', killAll)
  const stop = async (): Promise<boolean> => {
    stopping.abort()
    // One that had died before is no fault of the stop.
    const running = places.map(({ child }) => child).filter((child) => child.isRunning())
    for (const child of running) child.stop()
    const killer = setTimeout(killAll, config.http.drainMs + GRACE)
    const codes = await Promise.all(running.map((child) => child.ended))
    clearTimeout(killer)
    await closers.closeAll()
    return codes.every((code) => code === 0)
  }
  try {
    const first = await open(1, config.http.port)
    await Promise.all(Array.from({ length: config.processes - 1 }, (_, at) => open(at + 2, first.port)))
    for (const place of places) void keepRunning(place, () => start(place.number, first.port), stopping.signal)
    const looks = {
      families: async () => [...(await familiesOf(places)), ...lagFamilies(observer)],
      readiness: () => readinessOf(places, observer),
    }
    return { ...first, metricsUrl: await serveMetrics(config, looks, closers), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts the process of a place again whenever it ends, with a pause that grows while it does not stay. */
async function keepRunning(place: Place, start: () => ChildProcess, stopping: AbortSignal): Promise<void> {
  const subject = `process-${place.number}`
  let pause: number = PAUSE.first
  for (;;) {
    const since = systemClock.monotonic()
    await place.child.ended
    place.up = false
    if (stopping.aborted) return
    publishLifecycle(() => ({ step: 'degraded', subject }))
    if (systemClock.monotonic() - since > SOUND) pause = PAUSE.first
    await sleep(pause, null, { signal: stopping }).catch(() => null)
    if (stopping.aborted) return
    pause = Math.min(2 * pause, PAUSE.longest)
    place.restarts += 1
    place.child = start()
    place.up = await place.child.ready.then(
      () => true,
      () => false,
    )
    if (place.up) publishLifecycle(() => ({ step: 'recovered', subject }))
  }
}

/** Ready is what has all its processes ready; each is named with what is wrong. */
async function readinessOf(places: readonly Place[], observer: AuditObserver): Promise<Readiness> {
  const looked = await Promise.all(places.map(async (place) => [place.number, await lookAt(place)] as const))
  const checks = looked.map(([number, found]) => {
    const faults = Object.entries(found?.readiness.checks ?? {}).filter(([, { ok }]) => !ok)
    const told = faults.map(([name, { detail }]) => `${name}: ${detail}`).join('; ')
    const ok = found?.readiness.ok ?? false
    return [`process-${number}`, { ok, detail: found === null ? 'does not serve' : told || 'ready' }] as const
  })
  const ok = checks.every(([, one]) => one.ok)
  // An index that is late keeps nobody from being served.
  return { ok, checks: { ...Object.fromEntries(checks), 'audit-index': observer.health() } }
}

async function familiesOf(places: readonly Place[]): Promise<readonly Family[]> {
  const looked = await Promise.all(
    places.map(async (place) => ({ number: place.number, families: (await lookAt(place))?.families ?? [] })),
  )
  const readings = (value: (place: Place) => number) =>
    places.map((place) => ({ labels: [['process', String(place.number)]] as const, value: value(place) }))
  return [
    gaugeFamily(
      'gongxiang_process_up',
      'Whether each process serves: 1 or 0.',
      readings(({ up }) => Number(up)),
    ),
    {
      ...gaugeFamily(
        'gongxiang_process_restarts_total',
        'How often each process was started again.',
        readings(({ restarts }) => restarts),
      ),
      type: 'counter',
    },
    ...mergeProcesses(looked),
  ]
}

/** How late the index is: the processes know nothing of it. */
function lagFamilies(observer: AuditObserver): readonly Family[] {
  const byName = Map.groupBy(observer.readings(), ({ name }) => name)
  return [...byName].map(([name, readings]) => {
    const samples = readings.map(({ labels = {}, value }) => ({ labels: Object.entries(labels), value }))
    return gaugeFamily(name, READINGS[name], samples)
  })
}

async function lookAt({ child, up }: Place): Promise<Looked | null> {
  return up ? child.look() : null
}
