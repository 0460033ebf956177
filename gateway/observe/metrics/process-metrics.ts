import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks'
import type { PerformanceEntry } from 'node:perf_hooks'
import { createHistogram, gaugeFamily } from './family.ts'
import type { Family } from './family.ts'

/** Milliseconds between looks at how late the event loop is. */
const RESOLUTION = 10
const QUANTILES = [50, 90, 99] as const
const GC_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5]
const NANOSECONDS = 1e9
const MICROSECONDS = 1e6

/** Kinds of `performance.constants.NODE_PERFORMANCE_GC_*`. */
const GC_KINDS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak-callbacks' }

/** What the runtime tells of itself; watched from now on, until `stop`. */
export interface ProcessMetrics {
  families(): readonly Family[]
  stop(): void
}

/** Watches memory, CPU, garbage collection and event loop of this process. */
export function watchProcess(): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  const collections = createHistogram('nodejs_gc_seconds', 'Pauses for garbage collection.', ['kind'], GC_BOUNDS)
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collections.observe([kindOf(entry)], entry.duration / 1_000)
  })
  observer.observe({ entryTypes: ['gc'] })
  let since = performance.eventLoopUtilization()
  return {
    families() {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, since)
      since = now
      const late = QUANTILES.map((percent) => ({
        labels: [['quantile', String(percent / 100)]] as const,
        value: delay.percentile(percent) / NANOSECONDS,
      }))
      // From look to look: the worst moment of a process that has run for weeks tells nothing of today.
      delay.reset()
      return [
        ...memoryFamilies(),
        one(
          'nodejs_eventloop_utilization',
          'Share of the time since the last look that the loop was busy.',
          utilization,
        ),
        gaugeFamily('nodejs_eventloop_delay_seconds', 'How late the loop was since the last look.', late),
        collections.family(),
      ]
    },
    stop() {
      delay.disable()
      observer.disconnect()
    },
  }
}

function memoryFamilies(): readonly Family[] {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const cpu = (user + system) / MICROSECONDS
  return [
    { ...one('process_cpu_seconds_total', 'CPU time, user and system.', cpu), type: 'counter' },
    one('process_start_time_seconds', 'When the process began, since the Unix epoch.', performance.timeOrigin / 1_000),
    one('process_resident_memory_bytes', 'Memory that the process holds.', rss),
    one('nodejs_heap_size_total_bytes', 'Size of the heap.', heapTotal),
    one('nodejs_heap_size_used_bytes', 'Used part of the heap.', heapUsed),
    one('nodejs_external_memory_bytes', 'Memory of objects outside of the heap.', external),
    one('nodejs_array_buffer_bytes', 'Memory of buffers.', arrayBuffers),
  ]
}

function one(name: string, help: string, value: number): Family {
  return gaugeFamily(name, help, [{ labels: [], value }])
}

/** The type of entries knows no details; those of collections have them. */
function kindOf(entry: PerformanceEntry): string {
  const detail: unknown = 'detail' in entry ? entry.detail : null
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : null
  return (typeof kind === 'number' ? GC_KINDS[kind] : undefined) ?? 'other'
}
