import { expect, test } from 'vitest'
import { BEGINNING, createFollower } from '../../gateway/governance/index/follower.ts'
import type { Found } from '../../gateway/governance/index/found.ts'
import type { ChainSource } from '../../gateway/governance/index/source.ts'
import type { Tip } from '../../gateway/audit/line-types.ts'
import { openTestLog, recordsIn, sampleEntry } from '../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../kit/faulty-audit-files.ts'
import type { Operation } from '../kit/faulty-audit-files.ts'

/*
 * The index beside a disk that fails: what it takes was acknowledged, and it takes each record once, whatever lines a
 * failed write or fsync, a kill or a power cut leaves behind.
 */

function sourceOf(files: FaultyAuditFiles): ChainSource {
  return {
    replica: 'test',
    list: () => files.list(),
    size: async (name) => (await files.read(name)).length,
    read: async (name, offset, length) => (await files.read(name)).subarray(offset, offset + length),
  }
}

/** Numbers that repeat with the seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

interface Life {
  readonly taken: string[]
  readonly found: Found[]
  readonly acknowledged: Set<string>
  tip: Tip
}

/** One life of a writer, with a follower beside it that asks again and again. */
async function live(files: FaultyAuditFiles, life: Life, random: () => number, name: string): Promise<void> {
  const timers: (() => void)[] = []
  const schedule = (callback: () => void) => {
    timers.push(callback)
    return () => undefined
  }
  const log = await openTestLog(files, { schedule })
  const follower = createFollower({ source: sourceOf(files), after: life.tip, now: () => 0, settle: Infinity, most: 7 })
  let durable = 0
  const follow = async (): Promise<void> => {
    for (;;) {
      const batch = await follower.next(durable)
      expect(batch.state).not.toBe('lost')
      for (const { receipt } of batch.records) expect(life.acknowledged).toContain(receipt)
      life.taken.push(...batch.records.map(({ receipt }) => receipt))
      life.found.push(...batch.found)
      life.tip = batch.tip
      if (batch.state === 'idle') return
    }
  }
  for (let round = 0; round < 12; round += 1) {
    const append = async (_: unknown, at: number): Promise<void> => {
      const receipt = `${name}-${round}-${at}`
      const { seq } = await log.append(await log.reserve(), sampleEntry(receipt))
      life.acknowledged.add(receipt)
      durable = Math.max(durable, seq)
    }
    const settled = Promise.allSettled(Array.from({ length: 1 + Math.floor(random() * 9) }, append))
    await turns(Math.floor(random() * 4))
    await follow()
    await settled
    for (const callback of timers.splice(0)) callback()
    await turns(10)
    await follow()
  }
  if (random() < 0.5) await log.close().catch(() => undefined)
}

async function tried(seed: number): Promise<Life> {
  const random = randomOf(seed)
  const fault = ({ kind }: Operation): string | null =>
    (kind === 'write' || kind === 'sync') && random() < 0.08 ? 'EIO' : null
  let files = new FaultyAuditFiles({ random, fault })
  const life: Life = { taken: [], found: [], acknowledged: new Set(), tip: BEGINNING }
  for (const name of ['a', 'b', 'c']) {
    // A start that the disk refuses is tried again, as the gateway's supervisor would.
    for (let again = 0; again < 20; again += 1) {
      try {
        await live(files, life, random, `${name}${again}`)
        break
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'AUDIT_UNAVAILABLE')) throw error
        files = files.kill({ random, fault })
      }
    }
    files = random() < 0.5 ? files.kill({ random, fault }) : files.restart({ random, fault })
  }
  // In order now: what no answer waited for, and what was recovered, has its turn.
  const quiet = files.kill()
  const log = await openTestLog(quiet)
  await log.close()
  const follower = createFollower({ source: sourceOf(quiet), after: life.tip, now: () => 0, settle: 0, most: 50 })
  for (;;) {
    const batch = await follower.next(Number.MAX_SAFE_INTEGER)
    expect(batch.state).not.toBe('lost')
    life.taken.push(...batch.records.map(({ receipt }) => receipt))
    life.found.push(...batch.found)
    if (batch.state === 'idle') break
  }
  expect(life.taken).toEqual((await recordsIn(quiet)).map(({ receipt }) => receipt))
  return life
}

test(
  'over a hundred lives on failing disks each record is taken once, in order, and only when acknowledged',
  { timeout: 300_000 },
  async () => {
    let acknowledged = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const { found, acknowledged: all, taken } = await tried(seed)
      expect({ seed, found }).toEqual({ seed, found: [] })
      for (const receipt of all) expect(taken).toContain(receipt)
      acknowledged += all.size
    }
    expect(acknowledged).toBeGreaterThan(2_000)
  },
)
