import type { RunningPeer } from './gateways/gateway.ts'
import type { Job } from './load/load-child.ts'
import type { Loader } from './load/loader.ts'
import { usageOf } from './processes.ts'
import { quantile } from './statistics.ts'
import type { World } from './world/world.ts'

/** One gateway under one load for a few seconds. */
export interface Round {
  readonly answers: number
  readonly failures: number
  readonly failure: string | null
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Milliseconds of CPU of the gateway's process and its children, for each answer. */
  readonly cpuPerAnswer: number
  /** Share of a core that the gateway had: much below 1, something else was the limit. */
  readonly busy: number
  readonly rssBytes: number
  readonly peakBytes: number
  readonly bytesPerAnswer: number
  /** Milliseconds of CPU of the departments and of the load generator, for each answer. */
  readonly aroundPerAnswer: number
}

/** Puts one gateway under load and reads from outside what it cost. */
export async function measureRound(
  { loader, world }: { readonly loader: Loader; readonly world: World },
  peer: RunningPeer,
  job: Omit<Job, 'url' | 'headers'>,
): Promise<Round> {
  const around = (): number => usageOf(loader.pid).cpuMs + usageOf(world.pid).cpuMs
  const aroundBefore = around()
  const before = usageOf(peer.pid)
  const { answers, failures, failure, seconds, latencies, bytes } = await loader.run({
    ...job,
    url: peer.url,
    headers: peer.headers,
  })
  const after = usageOf(peer.pid)
  const cpuMs = after.cpuMs - before.cpuMs
  return {
    answers,
    failures,
    failure,
    perSecond: answers / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuPerAnswer: cpuMs / answers,
    busy: cpuMs / 1_000 / seconds,
    rssBytes: after.rssBytes,
    peakBytes: after.peakBytes,
    bytesPerAnswer: bytes / answers,
    aroundPerAnswer: (around() - aroundBefore) / answers,
  }
}

/** One request, and the text of its data. @throws Error where the gateway answers anything else */
export async function dataOf({ url, headers, spawned }: RunningPeer, body: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  const text = await response.text()
  const answer = JSON.parse(text) as { data?: unknown; errors?: unknown }
  if (response.status !== 200 || answer.errors !== undefined || answer.data === undefined)
    throw new Error(`${url} answered ${response.status}: ${text.slice(0, 2_000)}\n${spawned.said()}`)
  return JSON.stringify(answer.data)
}
