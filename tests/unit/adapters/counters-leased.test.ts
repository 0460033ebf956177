import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLeasedCounters, createLeases } from '../../../gateway/adapters/counters-leased.ts'
import type { AskCounts, CountAsk } from '../../../gateway/adapters/counters-leased.ts'
import { createCountChannel } from '../../../gateway/cli/count-channel.ts'
import type { Counters } from '../../../gateway/limits/counters.ts'
import type { LifecycleEvent } from '../../../gateway/observe/channels.ts'

const MINUTE = 60
let now = Date.parse('2026-06-01T08:00:00Z')
const clock = { now: () => now }

let folder = ''
let open: Counters[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gx-leases-'))
  now = Date.parse('2026-06-01T08:00:00Z')
  open = []
})
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()))
  rmSync(folder, { recursive: true, force: true })
})

/** So many processes over one supervisor, which is `slow` by a turn of the event loop, as messages are. */
function processes(count: number, asked: CountAsk[] = []): readonly Counters[] {
  const lease = createLeases(count, clock)
  const ask: AskCounts = async (one) => {
    await new Promise(setImmediate)
    asked.push(one)
    return lease(one)
  }
  open = Array.from({ length: count }, () => createLeasedCounters(folder, ask, clock))
  return open
}

async function letIn(counters: Counters, times: number, most: number): Promise<number> {
  let inside = 0
  for (let at = 0; at < times; at += 1) {
    if ((await counters.take('officer', 1, MINUTE, most)).total <= most) inside += 1
    // What was refused is asked again after a while only.
    now += 200
    if (now % 60_000 < 200) throw new Error('the window has ended')
  }
  return inside
}

describe('counts of a minute over several processes', () => {
  test('never let in more than the bound, however unevenly the requests fall', async () => {
    const [first, second] = processes(2)
    if (!first || !second) throw new Error('no processes')
    const inside = (await letIn(first, 10, 100)) + (await letIn(second, 130, 100)) + (await letIn(first, 100, 100))
    expect(inside).toBe(100)
  })

  test('one that is handed places and leaves them unused costs the others an eighth at most', async () => {
    const [first, second] = processes(2)
    await first?.take('officer', 1, MINUTE, 160)
    expect(second && (await letIn(second, 200, 160))).toBeGreaterThanOrEqual(140)
  })

  test('parallel requests of one process share one question', async () => {
    const asked: CountAsk[] = []
    const [first] = processes(2, asked)
    const taken = await Promise.all(Array.from({ length: 60 }, async () => first?.take('officer', 1, MINUTE, 960)))
    expect(taken.every((one) => (one?.total ?? Infinity) <= 960)).toBe(true)
    expect(asked).toHaveLength(1)
  })

  test('parallel requests at the very end get no more than is left', async () => {
    const both = processes(2)
    const taken = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => both[at % 2]?.take('officer', 1, MINUTE, 7)),
    )
    expect(taken.filter((one) => (one?.total ?? Infinity) <= 7)).toHaveLength(7)
  })

  test('a new minute begins with all places, and what is given back late is not added to it', async () => {
    const both = processes(2)
    const late = await both[0]?.take('officer', 3, MINUTE, 3)
    expect((await both[1]?.take('officer', 1, MINUTE, 3))?.total).toBe(4)
    now += 60_000
    await late?.giveBack()
    const taken = await Promise.all(
      Array.from({ length: 9 }, async (_, at) => both[at % 2]?.take('officer', 1, MINUTE, 3)),
    )
    expect(taken.filter((one) => (one?.total ?? Infinity) <= 3)).toHaveLength(3)
  })

  test('refusals of strangers are counted together', async () => {
    const both = processes(2)
    const counts = []
    for (let at = 0; at < 6; at += 1) counts.push(await both[at % 2]?.add('stranger', MINUTE))
    expect(counts).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('while nobody answers each counts alone, and goes on', async () => {
    const counters = createLeasedCounters(folder, async () => null, clock)
    open.push(counters)
    const totals = []
    for (let at = 0; at < 3; at += 1) totals.push((await counters.take('officer', 1, MINUTE, 2)).total)
    expect(totals).toEqual([1, 2, 3])
    expect(await counters.add('stranger', MINUTE)).toBe(1)
  })

  test('an answer that fails to come is told until the minute has ended, for what was let in is never counted', async () => {
    const lease = createLeases(1, clock)
    const steps: string[] = []
    const note = (event: unknown): void => {
      const { step, subject } = event as LifecycleEvent
      steps.push(`${step} ${subject}`)
    }
    subscribe('gongxiang:lifecycle', note)
    let silent = false
    const counters = createLeasedCounters(folder, async (one) => (silent ? null : lease(one)), clock)
    open.push(counters)
    const take = async () => counters.take('officer', 1, MINUTE, 2)
    const told = () => [counters.isExact(MINUTE), counters.isExact(3_600), counters.health().ok]
    expect([await take(), told()]).toMatchObject([{ total: 1, exact: true }, [true, true, true]])
    silent = true
    expect([await take(), told()]).toMatchObject([{ total: 2, exact: false }, [false, true, false]])
    silent = false
    // The supervisor has one left, and this process none.
    expect([await take(), told()]).toMatchObject([{ total: 3, exact: false }, [false, true, false]])
    now += 60_000
    expect([told(), await take()]).toMatchObject([[true, true, true], { total: 1, exact: true }])
    expect(steps).toEqual(['degraded counters', 'recovered counters'])
    unsubscribe('gongxiang:lifecycle', note)
  })

  test('what is given back is free again, whoever counts', async () => {
    const lease = createLeases(1, clock)
    let silent = false
    const counters = createLeasedCounters(folder, async (one) => (silent ? null : lease(one)), clock)
    open.push(counters)
    const take = async () => counters.take('officer', 1, MINUTE, 2)
    const [first] = [await take(), await take()]
    silent = true
    expect((await take()).total).toBe(3)
    await first.giveBack()
    const again = await take()
    expect([again.total, (await take()).total]).toEqual([2, 3])
    await again.giveBack()
    silent = false
    now += 200
    expect((await take()).total).toBe(2)
  })

  test('places that this process may not use any more are not asked for again and again', async () => {
    const lease = createLeases(1, clock)
    let silent = true
    const counters = createLeasedCounters(folder, async (one) => (silent ? null : lease(one)), clock)
    open.push(counters)
    const take = async () => counters.take('officer', 1, MINUTE, 2)
    const [first] = [await take(), await take()]
    silent = false
    for (let times = 0; times < 3; times += 1) expect((await take()).total).toBe(3)
    await first.giveBack()
    expect((await take()).total).toBe(2)
  })

  test('longer windows and members stand in the file that all share', async () => {
    const asked: CountAsk[] = []
    const both = processes(2, asked)
    await both[0]?.take('officer', 1, 3_600, 2)
    await both[1]?.take('officer', 1, 3_600, 2)
    expect((await both[0]?.take('officer', 1, 3_600, 2))?.total).toBe(3)
    await both[0]?.takeDistinct('people', ['a'], MINUTE, 1)
    expect((await both[1]?.takeDistinct('people', ['b'], MINUTE, 1))?.total).toBe(2)
    expect(asked).toEqual([])
  })
})

describe('the channel of counts', () => {
  const ask: CountAsk = { kind: 'add', key: 'a', window: MINUTE }

  test('sends what is asked in one turn as one message, and gives each its own answer', async () => {
    const sent: (readonly CountAsk[])[] = []
    const channel = createCountChannel((id, asks) => {
      sent.push(asks)
      channel.answered(
        id,
        asks.map((_, at) => ({ at: 0, total: at + 1, granted: 0 })),
      )
      return true
    })
    const answers = await Promise.all([channel.ask(ask), channel.ask(ask), channel.ask(ask)])
    expect(answers.map((one) => one?.total)).toEqual([1, 2, 3])
    expect(sent).toHaveLength(1)
    await channel.ask(ask)
    expect(sent).toHaveLength(2)
  })

  test('answers null where nobody is there, and where nobody answers in time; a late answer changes nothing', async () => {
    const gone = createCountChannel(() => false)
    expect(await gone.ask(ask)).toBeNull()
    let last = 0
    const silent = createCountChannel((id) => {
      last = id
      return true
    })
    expect(await silent.ask(ask)).toBeNull()
    expect(() => silent.answered(last, [{ at: 0, total: 1, granted: 1 }])).not.toThrow()
  })
})
