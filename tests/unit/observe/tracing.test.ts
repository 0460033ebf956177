import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { publishRequest } from '../../../gateway/observe/channels.ts'
import type { RequestEvent } from '../../../gateway/observe/channels.ts'
import { gatherReadings } from '../../../gateway/observe/gather.ts'
import { openStages } from '../../../gateway/observe/stages.ts'
import { createExporter } from '../../../gateway/observe/trace/exporter.ts'
import { openTrace } from '../../../gateway/observe/trace/request-trace.ts'
import type { RequestTrace } from '../../../gateway/observe/trace/request-trace.ts'
import { spansOf } from '../../../gateway/observe/trace/spans.ts'
import { startTracing } from '../../../gateway/observe/trace/tracing.ts'
import type { Tracing } from '../../../gateway/observe/trace/tracing.ts'
import { attributeOf, startCollector } from '../../kit/collector.ts'
import type { TestCollector } from '../../kit/collector.ts'

const AT = Date.parse('2026-06-01T08:00:00Z')

function eventOf(trace: RequestTrace | null, more: Partial<RequestEvent> = {}): RequestEvent {
  return {
    receipt: 'gx_1',
    department: 'housing',
    application: 'desk',
    lane: 'fast',
    status: 200,
    codes: ['NO_GRANT'],
    coordinates: 3,
    fetches: 2,
    milliseconds: 9.5,
    startedAt: AT,
    started: 100,
    stages: [
      { stage: 'identify', started: 100, ended: 101 },
      { stage: 'execute', started: 101, ended: 108 },
      { stage: 'record', started: 108, ended: 109.5 },
    ],
    trace,
    outcomes: [
      { department: 'tax', outcome: 'partial', entities: 2 },
      { department: 'health', outcome: 'failed', entities: 1 },
    ],
    ...more,
  }
}

function traceOf(): RequestTrace {
  const trace = openTrace(null, null, () => true)
  if (trace === null) throw new Error('no trace')
  trace.fetches.push({ spanId: 'aaaaaaaaaaaaaaa1', department: 'tax', started: 102, ended: 104.25, answered: true })
  trace.fetches.push({ spanId: 'aaaaaaaaaaaaaaa2', department: 'health', started: 102, ended: 107, answered: false })
  return trace
}

describe('the spans of a request', () => {
  it('are the request, its stages, and its calls below the stage that made them', () => {
    const trace = traceOf()
    const [request, ...below] = spansOf(eventOf(trace))
    expect(request).toMatchObject({
      traceId: trace.context?.traceId,
      spanId: trace.context?.spanId,
      name: 'request',
      kind: 2,
      startTimeUnixNano: `${AT}000000`,
      endTimeUnixNano: `${AT + 9}500000`,
    })
    expect(request?.parentSpanId).toBeUndefined()
    const [identify, execute, record, tax, health] = below
    expect([identify, execute, record].map((one) => [one?.name, one?.parentSpanId])).toEqual(
      ['identify', 'execute', 'record'].map((name) => [name, request?.spanId]),
    )
    expect([tax, health].map((one) => [one?.name, one?.kind, one?.parentSpanId, one?.status?.code])).toEqual([
      ['fetch tax', 3, execute?.spanId, undefined],
      ['fetch health', 3, execute?.spanId, 2],
    ])
    expect(tax && attributeOf(tax, 'gongxiang.outcome')).toBe('partial')
    expect(tax?.endTimeUnixNano).toBe(`${AT + 4}250000`)
    expect(new Set([request, ...below].map((one) => one?.spanId)).size).toBe(6)
    expect(request && attributeOf(request, 'gongxiang.codes')).toEqual(['NO_GRANT'])
  })

  it('continue the trace of the caller', () => {
    const came = { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), sampled: true, state: 'a=1' }
    const [request] = spansOf(eventOf(openTrace(null, came, (wanted) => wanted)))
    expect(request).toMatchObject({ traceId: came.traceId, parentSpanId: came.spanId, traceState: 'a=1', flags: 1 })
  })

  it('are none where none are to be made', () => {
    expect(spansOf(eventOf(null))).toEqual([])
    expect(spansOf(eventOf(openTrace('r-1', null, null)))).toEqual([])
  })

  it('say that a request failed', () => {
    expect(spansOf(eventOf(traceOf(), { status: 503 }))[0]?.status).toEqual({ code: 2 })
  })
})

describe('exporting', () => {
  let collector: TestCollector
  let tracing: Tracing | null = null
  beforeEach(async () => {
    collector = await startCollector()
  })
  afterEach(async () => {
    await tracing?.close()
    tracing = null
    await collector.close()
  })

  const start = (samplesPerThousand = 1_000, random?: () => number): Tracing => {
    const { endpoint } = collector
    tracing = startTracing({ endpoint, samplesPerThousand, version: '1.2.3', number: 2 }, random)
    return tracing
  }

  it('sends what is published, and the rest at the end', async () => {
    start()
    publishRequest(() => eventOf(traceOf()))
    await vi.waitUntil(() => collector.spans().length === 6, { timeout: 10_000 })
    publishRequest(() => eventOf(traceOf()))
    await tracing?.close()
    tracing = null
    expect(collector.spans()).toHaveLength(12)
    publishRequest(() => eventOf(traceOf()))
    const { resourceSpans } = JSON.parse(collector.bodies[0] ?? '') as {
      resourceSpans: { resource: { attributes: unknown[] } }[]
    }
    expect(resourceSpans[0]?.resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'gongxiang' } },
        { key: 'gongxiang.process', value: { stringValue: '2' } },
      ]),
    )
  })

  it('is nothing at all without a collector: no spans, no times', async () => {
    const none = startTracing({ endpoint: null, samplesPerThousand: 1_000, version: '1', number: null })
    expect([none.sampler, openStages(0, () => 0)]).toEqual([null, null])
    await none.close()
  })

  it('begins traces for as many of a thousand as configured', () => {
    let at = 0
    const { sampler } = start(250, () => (at++ % 1_000) / 1_000)
    expect(Array.from({ length: 1_000 }, () => sampler?.(false)).filter(Boolean)).toHaveLength(250)
  })

  it('follows who wants to be followed, within a bound', () => {
    const { sampler } = start(0, () => 0.5)
    const followed = Array.from({ length: 1_000 }, () => sampler?.(true)).filter(Boolean).length
    // Two seconds at most may have begun meanwhile.
    expect([followed >= 100, followed <= 200]).toEqual([true, true])
  })

  it('drops what a collector does not take, and says once that it fails, and once that it does no longer', async () => {
    const exporter = createExporter({ endpoint: collector.endpoint, resource: [], version: '1' })
    collector.answer(503)
    exporter.add(spansOf(eventOf(traceOf())))
    await vi.waitUntil(() => exporter.counts().dropped === 6, { timeout: 10_000 })
    collector.answer(200)
    exporter.add(spansOf(eventOf(traceOf())))
    await vi.waitUntil(() => exporter.counts().sent === 6, { timeout: 10_000 })
    expect(exporter.counts()).toEqual({ waiting: 0, sent: 6, dropped: 6 })
    await exporter.close()
  })

  it('holds a bounded number while a collector hangs, and a stop does not wait for it', async () => {
    collector.hang()
    const exporter = createExporter({ endpoint: collector.endpoint, resource: [], version: '1' })
    for (let at = 0; at < 2_000; at += 1) exporter.add(spansOf(eventOf(traceOf())))
    expect(exporter.counts().waiting).toBeLessThanOrEqual(4_096)
    expect(exporter.counts().dropped).toBeGreaterThan(6_000)
    await exporter.close()
  })

  it('tells how many wait, went and were dropped', () => {
    start()
    expect(gatherReadings().filter(({ name }) => name === 'gongxiang_spans')).toHaveLength(3)
  })
})
