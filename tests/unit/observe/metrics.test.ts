import { afterEach, describe, expect, it } from 'vitest'
import {
  publishAlarm,
  publishAlert,
  publishCircuit,
  publishFailure,
  publishFetch,
  publishLifecycle,
  publishPlan,
  publishRequest,
  publishSync,
} from '../../../gateway/observe/channels.ts'
import { gatherReadings, tellReadings } from '../../../gateway/observe/gather.ts'
import { exposition, mergeProcesses } from '../../../gateway/observe/metrics/exposition.ts'
import { createCounter, createHistogram, gaugeFamily } from '../../../gateway/observe/metrics/family.ts'
import { startMetrics } from '../../../gateway/observe/metrics/metrics.ts'
import type { Metrics } from '../../../gateway/observe/metrics/metrics.ts'
import { openStages } from '../../../gateway/observe/stages.ts'
import { parseExposition, valueOf } from '../../kit/exposition.ts'

let metrics: Metrics | null = null
afterEach(() => {
  metrics?.stop()
  metrics = null
})

const samplesOf = (one: Metrics) => parseExposition(exposition(one.families()))

const request = {
  receipt: 'gx_1',
  department: 'tax',
  application: 'tax-desk',
  lane: 'fast',
  status: 200,
  codes: ['NO_GRANT', 'NOT_NEEDED'],
  coordinates: 3,
  fetches: 1,
  milliseconds: 4,
  startedAt: 0,
  started: 10,
  stages: [
    { stage: 'identify', started: 10, ended: 10.02 },
    { stage: 'record', started: 12, ended: 14 },
  ],
  trace: null,
  outcomes: [],
} as const

describe('the text format', () => {
  it('has HELP and TYPE once, labels escaped, and the three kinds of samples of a histogram', () => {
    const counter = createCounter('a_total', 'Lines\nand \\ strokes.', ['what'])
    counter.add(['say "hi"\\\n'])
    counter.add(['say "hi"\\\n'], 2)
    const histogram = createHistogram('b_seconds', 'Times.', ['lane'], [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(['fast'], value)
    expect(exposition([counter.family(), histogram.family()])).toBe(
      `# HELP a_total Lines\\nand \\\\ strokes.\n# TYPE a_total counter\na_total{what="say \\"hi\\"\\\\\\n"} 3\n` +
        `# HELP b_seconds Times.\n# TYPE b_seconds histogram\n` +
        `b_seconds_bucket{lane="fast",le="0.1"} 2\nb_seconds_bucket{lane="fast",le="1"} 3\n` +
        `b_seconds_bucket{lane="fast",le="+Inf"} 4\nb_seconds_sum{lane="fast"} 7.65\nb_seconds_count{lane="fast"} 4\n`,
    )
  })

  it('leaves out a family without values, and knows what is no number', () => {
    const odd = gaugeFamily('c', 'Odd.', [
      { labels: [['of', 'a']], value: NaN },
      { labels: [['of', 'b']], value: -Infinity },
    ])
    expect(exposition([createCounter('empty_total', 'Nothing.', []).family(), odd])).toBe(
      '# HELP c Odd.\n# TYPE c gauge\nc{of="a"} NaN\nc{of="b"} -Inf\n',
    )
  })

  it('has a bounded number of series, whatever labels come', () => {
    const counter = createCounter('d_total', 'Many.', ['who', 'what'])
    for (let at = 0; at < 5_000; at += 1) counter.add([`department-${at}`, 'x'])
    const { samples } = counter.family()
    expect(samples).toHaveLength(2_001)
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(5_000)
    expect(samples.at(-1)?.labels).toEqual([
      ['who', 'other'],
      ['what', 'other'],
    ])
  })

  it('is one text for several processes, each series with its process', () => {
    const counter = createCounter('e_total', 'Counted.', ['of'])
    counter.add(['x'], 3)
    const families = [counter.family()]
    const merged = mergeProcesses([
      { number: 1, families },
      { number: 2, families },
    ])
    const samples = parseExposition(exposition(merged))
    expect(samples.map(({ labels, value }) => [labels, value])).toEqual([
      [{ process: '1', of: 'x' }, 3],
      [{ process: '2', of: 'x' }, 3],
    ])
  })
})

describe('metrics', () => {
  it('count requests by lane, status and department, their codes, times and stages', () => {
    metrics = startMetrics()
    publishRequest(() => request)
    publishRequest(() => ({ ...request, department: null, lane: 'none', status: 401, codes: ['UNAUTHENTICATED'] }))
    const samples = samplesOf(metrics)
    const value = (name: string, labels = {}) => valueOf(samples, name, labels)
    expect(value('gongxiang_requests_total', { lane: 'fast', status: '200', department: 'tax' })).toBe(1)
    expect(value('gongxiang_requests_total', { lane: 'none', status: '401', department: 'none' })).toBe(1)
    expect(value('gongxiang_request_codes_total', { code: 'NO_GRANT', department: 'tax' })).toBe(1)
    expect(value('gongxiang_request_seconds_sum', { lane: 'fast' })).toBe(0.004)
    expect(value('gongxiang_stage_seconds_count', { stage: 'record', lane: 'fast' })).toBe(1)
    expect(value('gongxiang_stage_seconds_sum', { stage: 'record', lane: 'fast' })).toBe(0.002)
  })

  it('count what the other channels tell, by words of our own', () => {
    metrics = startMetrics()
    publishFetch(() => ({ receipt: 'gx_1', department: 'health', outcome: 'failed', entities: 5, milliseconds: 50 }))
    publishCircuit(() => ({ of: 'health', state: 'open' }))
    publishPlan(() => ({ outcome: 'timed-out', waited: 1, milliseconds: 5_000 }))
    publishSync(() => ({ file: 'segment', ok: true, milliseconds: 2, lines: 9, bytes: 4_000 }))
    publishSync(() => ({ file: 'segment', ok: false, milliseconds: 2, lines: 9, bytes: 4_000 }))
    publishFailure(() => ({ receipt: null, where: 'fetch health', code: null, error: new Error('442099199001010012') }))
    publishLifecycle(() => ({ step: 'degraded', subject: 'counters' }))
    const counted = { measure: 'HONEY_LOOKED_UP', count: 1, limit: 1 }
    const who = { department: 'tax', application: 'desk', officer: 'TAX-1', subjects: ['p_1'], receipt: 'gx_1' }
    publishAlert(() => ({ kind: 'ATTEMPTS', of: 'OFFICER', count: 4, ...who }))
    const concerned = { ...who, matter: null, receipts: ['gx_1'] }
    publishAlarm(() => ({ what: 'RAISED', alarm: 'al_1', rule: 'HONEY', severity: 'HIGH', ...counted, ...concerned }))
    const samples = samplesOf(metrics)
    const value = (name: string, labels = {}) => valueOf(samples, name, labels)
    expect([
      value('gongxiang_fetches_total', { department: 'health', outcome: 'failed' }),
      value('gongxiang_fetch_entities_total', { department: 'health' }),
      value('gongxiang_circuit_changes_total', { of: 'health', state: 'open' }),
      value('gongxiang_plans_total', { outcome: 'timed-out' }),
      value('gongxiang_audit_lines_per_fsync_sum'),
      value('gongxiang_audit_fsync_seconds_count', { file: 'segment' }),
      value('gongxiang_audit_fsync_failures_total', { file: 'segment' }),
      value('gongxiang_failures_total', { where: 'fetch' }),
      value('gongxiang_lifecycle_total', { step: 'degraded', subject: 'counters' }),
      value('gongxiang_alerts_total', { kind: 'ATTEMPTS' }),
      value('gongxiang_alarms_total', { rule: 'HONEY', what: 'RAISED' }),
    ]).toEqual([1, 5, 1, 1, 9, 1, 1, 1, 1, 1, 1])
    const text = exposition(metrics.families())
    for (const personal of ['TAX-1', 'p_1', 'gx_1', '442099199001010012']) expect(text).not.toContain(personal)
  })

  it('read gauges only when somebody looks, from whoever tells them', () => {
    metrics = startMetrics()
    let looked = 0
    const stop = tellReadings(() => {
      looked += 1
      return [{ name: 'gongxiang_department_calls', labels: { department: 'tax', state: 'waiting' }, value: 7 }]
    })
    expect(looked).toBe(0)
    expect(valueOf(samplesOf(metrics), 'gongxiang_department_calls', { state: 'waiting' })).toBe(7)
    stop()
    const counted = tellReadings(() => [{ name: 'gongxiang_cache_stored_total', value: 3 }])
    expect(exposition(metrics.families())).toContain('# TYPE gongxiang_cache_stored_total counter\n')
    counted()
    expect(valueOf(samplesOf(metrics), 'gongxiang_department_calls')).toBeUndefined()
    expect([looked, gatherReadings()]).toEqual([1, []])
  })

  it('tell of the process itself', () => {
    metrics = startMetrics()
    const samples = samplesOf(metrics)
    expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(valueOf(samples, 'process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(valueOf(samples, 'nodejs_eventloop_delay_seconds', { quantile: '0.99' })).toBeGreaterThanOrEqual(0)
  })

  it('count nothing, time nothing and cost nothing once they are stopped', () => {
    const one = startMetrics()
    expect(openStages(0, () => 0)).not.toBeNull()
    one.stop()
    one.stop()
    let built = 0
    publishRequest(() => ((built += 1), request))
    expect([built, openStages(0, () => 0)]).toEqual([0, null])
  })
})

describe('stages', () => {
  it('follow each other without gaps; the last one ends when all are asked for', () => {
    metrics = startMetrics()
    const times = [3, 5, 9]
    const stages = openStages(1, () => times.shift() ?? 0)
    stages?.enter('admit')
    stages?.enter('record')
    expect(stages?.finish()).toEqual([
      { stage: 'identify', started: 1, ended: 3 },
      { stage: 'admit', started: 3, ended: 5 },
      { stage: 'record', started: 5, ended: 9 },
    ])
  })
})
