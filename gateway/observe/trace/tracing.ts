import { hostname } from 'node:os'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { RequestEvent } from '../channels.ts'
import { tellReadings } from '../gather.ts'
import { watchStages } from '../stages.ts'
import { createExporter } from './exporter.ts'
import type { Sampler } from './request-trace.ts'
import { spansOf } from './spans.ts'

/** Which traces are made, and where they go. */
export interface TracingOptions {
  /** Null makes none; those of callers pass through all the same. */
  readonly endpoint: string | null
  /** Of a thousand requests that come without a trace, so many begin one. */
  readonly samplesPerThousand: number
  readonly version: string
  /** Number of this process among several, or null. */
  readonly number: number | null
}

/** The traces of a gateway. */
export interface Tracing {
  /** Null where no spans are made. */
  readonly sampler: Sampler | null
  close(this: void): Promise<void>
}

const REQUESTS = 'gongxiang:request'

/** Requests of a second whose spans are made because their callers ask for it: one that always asks must not take all the room. */
const WANTED_PER_SECOND = 100

function createSampler(perThousand: number, random: () => number, now = () => performance.now()): Sampler {
  let [second, followed] = [0, 0]
  return (wanted) => {
    const present = Math.floor(now() / 1_000)
    if (present !== second) [second, followed] = [present, 0]
    if (wanted && followed < WANTED_PER_SECOND) {
      followed += 1
      return true
    }
    return random() * 1_000 < perThousand
  }
}

/** Follows requests and exports their spans, until it is closed. */
export function startTracing(
  { endpoint, samplesPerThousand, version, number }: TracingOptions,
  random: () => number = Math.random,
): Tracing {
  if (endpoint === null) return { sampler: null, close: async () => {} }
  const resource = {
    'service.name': 'gongxiang',
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
    ...(number === null ? {} : { 'gongxiang.process': String(number) }),
  }
  const attributes = Object.entries(resource).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const exporter = createExporter({ endpoint, resource: attributes, version })
  // The channel is ours and typed at its only publisher.
  const listener = (event: unknown): void => exporter.add(spansOf(event as RequestEvent))
  subscribe(REQUESTS, listener)
  const stopStages = watchStages()
  const stopTelling = tellReadings(() => {
    const { waiting, sent, dropped } = exporter.counts()
    return [
      { name: 'gongxiang_spans', labels: { state: 'waiting' }, value: waiting },
      { name: 'gongxiang_spans', labels: { state: 'sent' }, value: sent },
      { name: 'gongxiang_spans', labels: { state: 'dropped' }, value: dropped },
    ]
  })
  return {
    sampler: createSampler(samplesPerThousand, random),
    async close() {
      unsubscribe(REQUESTS, listener)
      stopStages()
      stopTelling()
      await exporter.close()
    },
  }
}
