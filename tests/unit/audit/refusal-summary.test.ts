import { describe, expect, it } from 'vitest'
import { openRefusalSummary } from '../../../gateway/audit/refusal-summary.ts'
import { openTestLog, recordsIn, testClock } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

async function setUp() {
  const clock = testClock()
  const timers: (() => void)[] = []
  const state = { fault: false }
  const files = new FaultyAuditFiles({ fault: ({ kind }) => (state.fault && kind === 'sync' ? 'EIO' : null) })
  const log = await openTestLog(files, { clock })
  let receipt = 0
  const summary = openRefusalSummary({
    log,
    clock,
    ids: { receipt: () => `gx_${(receipt += 1)}`, salt: () => new Uint8Array(16) },
    versions: () => ({ versions: { regime: 'zhongshan', catalog: 'c', gateway: 'g' }, generation: 1 }),
    schedule: (callback) => {
      timers.push(callback)
      return () => undefined
    },
  })
  return { clock, timers, files, log, summary, state }
}

describe('counted refusals of strangers', () => {
  it('are one record for each code and minute, whatever their number', async () => {
    const { clock, timers, files, log, summary } = await setUp()
    for (let index = 0; index < 500; index += 1) summary.add('UNAUTHENTICATED', null)
    summary.add('RATE_LIMIT', null)
    clock.set(clock.now() + 60_000)
    summary.add('UNAUTHENTICATED', null)
    expect(timers).toHaveLength(1)
    await summary.flush()
    await summary.close()
    await log.close()
    const records = await recordsIn(files)
    expect(
      records.map(({ method, count, time, outcome }) => [method, count, time, outcome.status, ...outcome.codes]),
    ).toEqual([
      ['summary', 500, '2026-11-23T02:00:00.000Z', 401, 'UNAUTHENTICATED'],
      ['summary', 1, '2026-11-23T02:00:00.000Z', 429, 'RATE_LIMIT'],
      ['summary', 1, '2026-11-23T02:01:00.000Z', 401, 'UNAUTHENTICATED'],
    ])
  })

  it('of known callers are counted for each of them', async () => {
    const { files, log, summary } = await setUp()
    const clerk = { department: 'housing', application: 'desk', officer: 'H-1' }
    for (let index = 0; index < 3; index += 1) summary.add('RATE_LIMIT', clerk)
    summary.add('RATE_LIMIT', { ...clerk, officer: 'H-2' })
    await summary.close()
    await log.close()
    const records = await recordsIn(files)
    expect(records.map(({ department, officer, count }) => [department, officer, count])).toEqual([
      ['housing', 'H-1', 3],
      ['housing', 'H-2', 1],
    ])
  })

  it('are written when the minute is over, and at the end', async () => {
    const { timers, files, log, summary } = await setUp()
    summary.add('UNAUTHENTICATED', null)
    timers.shift()?.()
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(await recordsIn(files)).toHaveLength(1)
    summary.add('UNAUTHENTICATED', null)
    await summary.close()
    await log.close()
    expect(await recordsIn(files)).toHaveLength(2)
  })

  it('stay counted while they cannot be written', async () => {
    const { timers, summary, state } = await setUp()
    summary.add('UNAUTHENTICATED', null)
    state.fault = true
    await expect(summary.flush()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    summary.add('UNAUTHENTICATED', null)
    await expect(summary.flush()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    expect(timers.length).toBeGreaterThan(0)
  })
})
