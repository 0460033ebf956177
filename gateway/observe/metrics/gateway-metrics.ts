import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type {
  AlertEvent,
  ChannelName,
  CircuitEvent,
  EmergencyNotice,
  Events,
  FailureEvent,
  FetchEvent,
  LifecycleEvent,
  PlanEvent,
  RequestEvent,
  SyncEvent,
} from '../channels.ts'
import { createCounter, createHistogram } from './family.ts'
import type { Family } from './family.ts'

/** Upper bounds in seconds: from a compiled operation over departments nearby to an old system's last second. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** The same, for what no department has part in. */
const SHORT = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10]
const LINES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const MILLISECONDS = 1_000

/** Nobody, or nothing, where a label needs a word. */
const NONE = 'none'

/** What the channels tell, counted from now on until `stop`. */
export interface GatewayMetrics {
  families(): readonly Family[]
  stop(): void
}

/**
 * Counts what the channels tell. Labels are words of our own, codes, and departments of the register: who asked, about
 * whom and for what is nobody's to read here, and a metric has as many series as there are departments, not people.
 */
export function countEvents(): GatewayMetrics {
  const rooms = [countRequests(), countFetches(), countCircuits(), countPlans(), countSyncs(), countNotices()]
  const stops = rooms.flatMap(({ listeners }) =>
    Object.entries(listeners).map(([name, listener]) => {
      subscribe(name, listener)
      return () => void unsubscribe(name, listener)
    }),
  )
  return {
    families: () => rooms.flatMap((room) => room.families()),
    stop() {
      for (const stop of stops) stop()
    },
  }
}

/** Some families, and what they listen to. The channels are ours and typed at their only publishers. */
interface Room {
  readonly listeners: Readonly<Partial<Record<ChannelName, (message: unknown) => void>>>
  families(): readonly Family[]
}

function on<Name extends ChannelName>(count: (event: Events[Name]) => void): (message: unknown) => void {
  return (message) => count(message as Events[Name])
}

function countRequests(): Room {
  const requests = createCounter('gongxiang_requests_total', 'Answered requests, refusals too.', [
    'lane',
    'status',
    'department',
  ])
  const codes = createCounter(
    'gongxiang_request_codes_total',
    'Codes of answers; one request may have several (docs/errors.md).',
    ['code', 'department'],
  )
  const seconds = createHistogram('gongxiang_request_seconds', 'Time of requests.', ['lane'], SECONDS)
  const stages = createHistogram(
    'gongxiang_stage_seconds',
    'Time of each stage of a request.',
    ['stage', 'lane'],
    SHORT,
  )
  const listener = on<'gongxiang:request'>((event: RequestEvent) => {
    const { lane, status, milliseconds } = event
    const department = event.department ?? NONE
    requests.add([lane, String(status), department])
    for (const code of event.codes) codes.add([code, department])
    seconds.observe([lane], milliseconds / MILLISECONDS)
    for (const { stage, started, ended } of event.stages ?? [])
      stages.observe([stage, lane], (ended - started) / MILLISECONDS)
  })
  return {
    listeners: { 'gongxiang:request': listener },
    families: () => [requests, codes, seconds, stages].map((one) => one.family()),
  }
}

function countFetches(): Room {
  const fetches = createCounter('gongxiang_fetches_total', 'Calls to departments.', ['department', 'outcome'])
  const entities = createCounter('gongxiang_fetch_entities_total', 'Entities that departments were asked about.', [
    'department',
  ])
  const seconds = createHistogram('gongxiang_fetch_seconds', 'Time of calls.', ['department'], SECONDS)
  const listener = on<'gongxiang:fetch'>((event: FetchEvent) => {
    fetches.add([event.department, event.outcome])
    entities.add([event.department], event.entities)
    seconds.observe([event.department], event.milliseconds / MILLISECONDS)
  })
  return {
    listeners: { 'gongxiang:fetch': listener },
    families: () => [fetches, entities, seconds].map((one) => one.family()),
  }
}

function countCircuits(): Room {
  const changes = createCounter('gongxiang_circuit_changes_total', 'Changes of breakers, by the state that followed.', [
    'of',
    'state',
  ])
  const listener = on<'gongxiang:circuit'>(({ of, state }: CircuitEvent) => changes.add([of, state]))
  return { listeners: { 'gongxiang:circuit': listener }, families: () => [changes.family()] }
}

function countPlans(): Room {
  const plans = createCounter('gongxiang_plans_total', 'Query plans.', ['outcome'])
  const seconds = createHistogram('gongxiang_plan_seconds', 'Time of planning, without the wait.', [], SECONDS)
  const waited = createHistogram('gongxiang_plan_wait_seconds', 'Time in the line of the planner.', [], SECONDS)
  const listener = on<'gongxiang:plan'>((event: PlanEvent) => {
    plans.add([event.outcome])
    seconds.observe([], event.milliseconds / MILLISECONDS)
    waited.observe([], event.waited / MILLISECONDS)
  })
  return {
    listeners: { 'gongxiang:plan': listener },
    families: () => [plans, seconds, waited].map((one) => one.family()),
  }
}

function countSyncs(): Room {
  const seconds = createHistogram(
    'gongxiang_audit_fsync_seconds',
    'Time of an fsync of the audit record.',
    ['file'],
    SHORT,
  )
  const lines = createHistogram(
    'gongxiang_audit_lines_per_fsync',
    'Lines that one fsync of a segment made durable: records, and the first and last line of a segment.',
    [],
    LINES,
  )
  const bytes = createCounter('gongxiang_audit_bytes_total', 'Bytes made durable.', ['file'])
  const failures = createCounter('gongxiang_audit_fsync_failures_total', 'Fsyncs that failed.', ['file'])
  const listener = on<'gongxiang:sync'>(({ file, ok, milliseconds, lines: count, bytes: size }: SyncEvent) => {
    if (!ok) return failures.add([file])
    seconds.observe([file], milliseconds / MILLISECONDS)
    bytes.add([file], size)
    if (file === 'segment') lines.observe([], count)
  })
  return {
    listeners: { 'gongxiang:sync': listener },
    families: () => [seconds, lines, bytes, failures].map((one) => one.family()),
  }
}

function countNotices(): Room {
  const failures = createCounter('gongxiang_failures_total', 'Failures inside, by room or step.', ['where'])
  const steps = createCounter('gongxiang_lifecycle_total', 'Steps in the life of the process.', ['step', 'subject'])
  const alerts = createCounter('gongxiang_alerts_total', 'Numbers tried out, values guessed at (ZS-6.05).', [
    'kind',
    'of',
  ])
  const alarms = createCounter('gongxiang_alarms_total', 'Patterns in the audit record (FS-27).', ['rule', 'what'])
  const anchors = createCounter('gongxiang_audit_anchors_total', 'What became of checkpoints at second places.', [
    'anchor',
    'state',
  ])
  const emergencies = createCounter('gongxiang_emergencies_total', 'Notices of emergencies (ZS-4.10).', ['what'])
  const stale = createCounter(
    'gongxiang_stale_sources_total',
    'Resources found late, once a day each (HZ-16, NT-14.1).',
    ['department', 'resource'],
  )
  const unregistered = createCounter('gongxiang_unregistered_total', 'Documents that ran without being registered.', [
    'department',
  ])
  return {
    listeners: {
      'gongxiang:failure': on<'gongxiang:failure'>(({ where }: FailureEvent) => failures.add([firstWord(where)])),
      'gongxiang:lifecycle': on<'gongxiang:lifecycle'>(({ step, subject }: LifecycleEvent) =>
        steps.add([step, subject ?? NONE]),
      ),
      'gongxiang:alert': on<'gongxiang:alert'>(({ kind, of }: AlertEvent) => alerts.add([kind, of])),
      'gongxiang:alarm': on<'gongxiang:alarm'>(({ rule, what }) => alarms.add([rule, what])),
      'gongxiang:anchor': on<'gongxiang:anchor'>(({ anchor, state }) => anchors.add([anchor, state])),
      'gongxiang:emergency': on<'gongxiang:emergency'>(({ what }: EmergencyNotice) => emergencies.add([what])),
      'gongxiang:stale': on<'gongxiang:stale'>(({ department, resource }) => stale.add([department, resource])),
      'gongxiang:unregistered': on<'gongxiang:unregistered'>(({ department }) => unregistered.add([department])),
    },
    families: () =>
      [failures, steps, alerts, alarms, anchors, emergencies, stale, unregistered].map((one) => one.family()),
  }
}

/** Behind it may stand whose it is, or which file: a label takes the word that is always there. */
function firstWord(where: string): string {
  return /^[a-z][a-z-]*/.exec(where)?.[0] ?? NONE
}
