import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, recordsIn } from '../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../kit/faulty-audit-files.ts'
import type { FaultyOptions } from '../kit/faulty-audit-files.ts'

/** One life of a gateway: waves of concurrent requests until the power fails during the `cutAt`-th disk operation. */
interface Life {
  readonly waves: readonly number[]
  readonly cutAt: number
  readonly seed: number
  /** The process alone dies first, and another one starts before the power fails. */
  readonly killed: boolean
  /** Every so-manieth fsync fails; 0 for none. */
  readonly badSync: number
}

const life: fc.Arbitrary<Life> = fc.record({
  waves: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 6 }),
  cutAt: fc.integer({ min: 1, max: 70 }),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  killed: fc.boolean(),
  badSync: fc.constantFrom(0, 0, 5, 9),
})

function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function live(disk: FaultyAuditFiles, name: string, waves: readonly number[]): Promise<readonly string[]> {
  const acknowledged: string[] = []
  try {
    const log = await openTestLog(disk)
    for (const [index, size] of waves.entries()) {
      await appendAll(log, receipts(`${name}-${index}`, size), (receipt) => acknowledged.push(receipt))
    }
  } catch {
    // The power failed while the log opened: nothing was acknowledged.
  }
  return acknowledged
}

/** What every acknowledged answer rests on: its record is found again, once, and the chain is whole. */
async function holds(lives: readonly Life[], planted: FaultyOptions = {}): Promise<void> {
  let disk = new FaultyAuditFiles()
  const acknowledged: string[] = []
  for (const [index, { waves, cutAt, seed, killed, badSync }] of lives.entries()) {
    const fault: FaultyOptions['fault'] = ({ kind, nth }) =>
      kind === 'sync' && badSync > 0 && nth % badSync === 0 ? 'EIO' : null
    const options = { ...planted, random: randomOf(seed), cutAt, fault }
    disk = disk.restart(options)
    acknowledged.push(...(await live(disk, `${index}`, waves)))
    if (killed) {
      disk = disk.kill(options)
      acknowledged.push(...(await live(disk, `${index}-again`, waves)))
    }
  }
  disk = disk.restart()
  const log = await openTestLog(disk)
  await appendAll(log, ['after'])
  await log.close()
  const found = (await recordsIn(disk)).map((record) => record.receipt)
  expect(found).toEqual(expect.arrayContaining([...acknowledged, 'after']))
  expect(new Set(found).size).toBe(found.length)
  const report = await verifyAudit(disk, [AUDIT_KEY.publicKey])
  expect(report.faults).toEqual([])
  expect(report.records).toBe(found.length)
}

function check(planted: FaultyOptions, numRuns: number) {
  const property = fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 3 }), (lives) => holds(lives, planted))
  return fc.check(property, { numRuns, seed: 20_261_123, endOnFailure: true })
}

describe('a power cut between any two disk operations (S20)', () => {
  it('loses no acknowledged record, and the log verifies after the next start', async () => {
    const result = await check({}, 300)
    expect(result.failed, `${String(result.errorInstance)} ${JSON.stringify(result.counterexample)}`).toBe(false)
  })

  it('would lose records without fsync: the same property fails', async () => {
    expect((await check({ syncIsNoop: true }, 300)).failed).toBe(true)
  })

  it('would lose records without fsync of the directory: the same property fails', async () => {
    expect((await check({ directorySyncIsNoop: true }, 300)).failed).toBe(true)
  })
})
