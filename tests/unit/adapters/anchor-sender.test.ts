import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AnchorSender } from '../../../gateway/adapters/anchor-sender.ts'
import { anchorStateFile, anchorStateIn, readAnchorState } from '../../../gateway/adapters/anchor-state.ts'
import { anchorPath } from '../../../gateway/adapters/anchor-store.ts'
import type { AnchorStore } from '../../../gateway/adapters/anchor-store.ts'
import { formatCheckpoint } from '../../../gateway/audit/checkpoint.ts'
import type { Checkpoint } from '../../../gateway/audit/checkpoint.ts'
import type { AnchorEvent } from '../../../gateway/observe/channels.ts'
import { AUDIT_KEY, STRANGER_KEY, testClock } from '../../kit/audit-samples.ts'

const LATE = 600_000
const EVERY = 60_000

let folder = ''
let told: string[] = []
const listen = (message: unknown): void => {
  const { state, size } = message as AnchorEvent
  told.push(`${state} ${size}`)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gongxiang-sender-'))
  told = []
  subscribe('gongxiang:anchor', listen)
})
afterEach(() => {
  unsubscribe('gongxiang:anchor', listen)
  rmSync(folder, { recursive: true })
})

function checkpoint(seq: number, root = 'A', key = AUDIT_KEY): Checkpoint {
  const place = { seq, root: `${root.repeat(43)}=`, digest: 'SHA-256', hash: 'a'.repeat(64), head: seq + 1 } as const
  const facts = { origin: 'gongxiang/test', chain: 'test', ...place, segment: 1, reason: 'interval' } as const
  return formatCheckpoint({ ...facts, time: '2026-11-23T02:00:00.000Z' }, key.signer)
}

/** A second place in memory that can be out of reach. */
function place(kept = new Map<string, string>()) {
  const state = { down: false, unlistable: false, hanging: false, shy: false, kept, puts: 0 }
  const reach = (): void => {
    if (state.down) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  }
  const store: AnchorStore = {
    name: 'http',
    async put(name, text) {
      state.puts += 1
      reach()
      if (state.hanging) return new Promise<never>(() => {})
      if (state.shy || kept.has(name)) return 'exists'
      kept.set(name, text)
      return 'stored'
    },
    async get(name) {
      reach()
      return kept.get(name) ?? null
    },
    async names(below) {
      reach()
      if (state.unlistable) throw new Error('answered 405')
      const rests = [...kept.keys()].filter((name) => name.startsWith(below)).map((name) => name.slice(below.length))
      return [...new Set(rests.map((rest) => /^[^/]+\/?/.exec(rest)?.[0] ?? ''))].toSorted()
    },
  }
  return { state, store }
}

/** A sender whose clock and timers the test moves. */
function sender(store: AnchorStore, ours: readonly Checkpoint[] = []) {
  const clock = testClock()
  let timers: { readonly at: number; readonly run: () => void }[] = []
  const path = anchorStateFile(folder, 'test', store.name)
  const made = new AnchorSender({
    store,
    chain: 'test',
    state: anchorStateIn(path),
    ours: async (size) => ours.find(({ seq }) => seq === size) ?? null,
    publicKeys: () => [AUDIT_KEY.publicKey],
    clock,
    everyMs: EVERY,
    lateMs: LATE,
    schedule: (run, milliseconds) => {
      const timer = { at: clock.now() + milliseconds, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  /** Lets so much time pass, timer by timer. */
  const pass = async (milliseconds: number): Promise<void> => {
    const end = clock.now() + milliseconds
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      timers = timers.filter((one) => one !== due)
      clock.set(due.at)
      due.run()
      await settle()
    }
    clock.set(end)
  }
  return { made, pass, path, state: () => readAnchorState(path) }
}

describe('a checkpoint', () => {
  it('is sent at once, confirmed, and remembered', async () => {
    const { state, store } = place()
    const { made, pass, state: remembered } = sender(store)
    made.take(checkpoint(5))
    expect(state.puts).toBe(0)
    await pass(0)
    expect(state.kept.get(anchorPath('test', 5))).toBe(checkpoint(5).note)
    expect(made.standing()).toMatchObject({ told: 5, confirmed: 5, waiting: 0, alarm: null, failure: null })
    expect(remembered()).toMatchObject({ size: 5 })
    expect(told).toEqual(['confirmed 5'])
  })

  it('is given up for a newer one while the place is behind, or is not due', async () => {
    const { state, store } = place()
    const { made, pass } = sender(store)
    for (const seq of [1, 2, 3]) made.take(checkpoint(seq))
    await pass(0)
    for (const seq of [4, 5]) made.take(checkpoint(seq))
    await pass(EVERY - 1)
    expect(told).toEqual(['confirmed 3'])
    expect(made.standing()).toMatchObject({ told: 5, confirmed: 3 })
    await pass(1)
    expect(told).toEqual(['confirmed 3', 'confirmed 5'])
    expect(state.puts).toBe(2)
  })

  it('that says nothing new is not sent again, not after a restart either', async () => {
    const { state, store } = place()
    const first = sender(store)
    first.made.take(checkpoint(5))
    await first.pass(0)
    first.made.take(checkpoint(5))
    await first.pass(10 * EVERY)
    await first.made.close(1)
    const second = sender(store, [checkpoint(5)])
    second.made.take(checkpoint(5))
    await second.pass(10 * EVERY)
    expect([state.puts, told]).toEqual([1, ['confirmed 5']])
    second.made.take(checkpoint(6))
    await second.pass(0)
    expect(told).toEqual(['confirmed 5', 'confirmed 6'])
  })

  it('that was kept without an answer counts at the next try', async () => {
    const kept = new Map([[anchorPath('test', 5), checkpoint(5).note]])
    const { made, pass } = sender(place(kept).store, [checkpoint(5)])
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['confirmed 5'])
  })
})

describe('a place out of reach', () => {
  it('is tried again ever more slowly, told of when it is late, and caught up with', async () => {
    const { state, store } = place()
    state.down = true
    const { made, pass } = sender(store)
    made.take(checkpoint(5))
    await pass(120_000)
    expect(told.length).toBeGreaterThan(4)
    expect(told.length).toBeLessThan(12)
    expect(new Set(told)).toEqual(new Set(['failed 5']))
    expect(made.standing()).toMatchObject({ told: 5, confirmed: null, waiting: 120_000, failure: 'ECONNREFUSED' })
    made.take(checkpoint(9))
    await pass(LATE)
    expect(told.filter((one) => one.startsWith('late'))).toEqual(['late 9'])
    state.down = false
    await pass(300_000)
    expect(told.slice(-2)).toEqual(['confirmed 9', 'recovered 9'])
    expect(made.standing()).toMatchObject({ told: 9, confirmed: 9, waiting: 0, failure: null })
    expect([...state.kept.keys()]).toEqual([anchorPath('test', 9)])
  })

  it('is asked once more at the end, for a moment', async () => {
    const { state, store } = place()
    const first = sender(store)
    first.made.take(checkpoint(5))
    await first.pass(0)
    first.made.take(checkpoint(6))
    await first.made.close(3_000)
    expect(told).toEqual(['confirmed 5', 'confirmed 6'])
    state.down = true
    const second = sender(store)
    second.made.take(checkpoint(7))
    await second.made.close(3_000)
    expect(second.state()).toMatchObject({ size: 6 })
    expect(told.at(-1)).toBe('failed 7')
  })

  it('that keeps and does not list serves all the same', async () => {
    const { state, store } = place()
    state.unlistable = true
    const { made, pass } = sender(store)
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['confirmed 5'])
  })
})

describe('a place that hangs', () => {
  it('is told of when it is late, and holds up no stop', async () => {
    const { state, store } = place()
    state.hanging = true
    const { made, pass } = sender(store)
    made.take(checkpoint(5))
    await pass(LATE - 1)
    expect(told).toEqual([])
    await pass(1)
    expect(told).toEqual(['late 5'])
    made.take(checkpoint(6))
    const closed = made.close(3_000)
    await pass(3_000)
    await closed
    expect(told).toEqual(['late 5'])
  })
})

describe('a place that refuses a name and shows nothing under it', () => {
  it('is asked again: nothing is known of what it has', async () => {
    const { state, store } = place()
    state.shy = true
    const { made, pass } = sender(store)
    made.take(checkpoint(5))
    await pass(0)
    expect([told, made.standing().alarm]).toEqual([['failed 5'], null])
    state.shy = false
    await pass(EVERY)
    expect(told.at(-1)).toBe('confirmed 5')
  })
})

describe('a checkpoint over no record', () => {
  it('is not sent: the root of nothing is another under another digest', async () => {
    const { state, store } = place()
    const { made, pass } = sender(store)
    made.take(checkpoint(0))
    await pass(EVERY)
    expect([state.puts, made.standing().waiting]).toEqual([0, 0])
  })

  it('that a place has from before is no fork', async () => {
    const { store } = place(new Map([[anchorPath('test', 0), checkpoint(0).note]]))
    const { made, pass } = sender(store, [checkpoint(0, 'B')])
    made.take(checkpoint(0, 'B'))
    made.take(checkpoint(5, 'B'))
    await pass(0)
    expect([told, made.standing().alarm]).toEqual([['confirmed 5'], null])
  })

  it('where a place had confirmed records tells that they are gone', async () => {
    const { store } = place()
    const first = sender(store)
    first.made.take(checkpoint(9))
    await first.pass(0)
    sender(store).made.take(checkpoint(0))
    expect(told).toEqual(['confirmed 9', 'tail-missing 9'])
  })
})

describe('a place that knows otherwise', () => {
  const holding = (...checkpoints: readonly Checkpoint[]) =>
    place(new Map(checkpoints.map((one) => [anchorPath('test', one.seq), one.note]))).store

  it('holds another record of the same size', async () => {
    const { made, pass } = sender(holding(checkpoint(5, 'B')), [checkpoint(5)])
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['forked 5', 'forked 5'])
    expect(made.standing()).toMatchObject({ alarm: 'forked', confirmed: null })
    made.take(checkpoint(6))
    await pass(EVERY)
    // What is true from here on is kept there too; the alarm stays.
    expect(told.at(-1)).toBe('confirmed 6')
    expect(made.standing().alarm).toBe('forked')
  })

  it('holds an older checkpoint that was never ours', async () => {
    const { made, pass } = sender(holding(checkpoint(4, 'B')), [checkpoint(4), checkpoint(5)])
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['forked 4', 'confirmed 5'])
  })

  it('knows more records than are here: the folder was put back to an older state', async () => {
    const { made, pass } = sender(holding(checkpoint(9)), [checkpoint(5)])
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['tail-missing 9', 'confirmed 5'])
    expect(made.standing().alarm).toBe('tail-missing')
  })

  it('had confirmed more, even if it cannot be reached now', async () => {
    const { state, store } = place()
    const first = sender(store)
    first.made.take(checkpoint(9))
    await first.pass(0)
    state.down = true
    const second = sender(store)
    second.made.take(checkpoint(5))
    expect(told).toEqual(['confirmed 9', 'tail-missing 9'])
  })

  it('holds what none of our keys signed', async () => {
    const forged = holding(checkpoint(9, 'A', STRANGER_KEY))
    const { made, pass } = sender(forged, [checkpoint(5)])
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['unverified 9', 'confirmed 5'])
    const taken = place(new Map([[anchorPath('test', 5), 'something']]))
    const other = sender(taken.store)
    other.made.take(checkpoint(5))
    expect(other.made.standing().alarm).toBeNull()
  })

  it('had its name taken by another text', async () => {
    const taken = place(new Map([[anchorPath('test', 5), 'something']]))
    const { made, pass } = sender(taken.store)
    made.take(checkpoint(5))
    await pass(0)
    expect(told).toEqual(['unverified 0', 'unverified 5'])
    expect(taken.state.kept.get(anchorPath('test', 5))).toBe('something')
    expect(made.standing()).toMatchObject({ confirmed: null, alarm: 'unverified' })
  })
})
