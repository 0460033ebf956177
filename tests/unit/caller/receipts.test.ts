import { describe, expect, it } from 'vitest'
import { createIds } from '../../../gateway/adapters/ids.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

describe('receipts', () => {
  it('have one shape, sort by time and do not repeat', () => {
    const ids = createIds(systemClock)
    const made = Array.from({ length: 2_000 }, () => ids.receipt())
    expect(new Set(made).size).toBe(2_000)
    for (const receipt of made) expect(receipt).toMatch(/^gx_[0-9A-HJKMNP-TV-Z]{26}$/)
    const at = (now: number) => createIds({ now: () => now }).receipt()
    const times = [0, 1, 31, 32, 1_795_334_400_000, 1_795_334_400_001, 2 ** 48 - 1]
    const timesOf = (receipts: readonly string[]) => receipts.map((receipt) => receipt.slice(0, 13))
    expect(timesOf(times.map(at).toSorted())).toEqual(timesOf(times.map(at)))
  })

  it('follow the ULID specification and the randomness given', () => {
    const ids = createIds({ now: () => 1_469_918_176_385 }, (size) => new Uint8Array(size).fill(31))
    expect(ids.receipt()).toBe('gx_01ARYZ6S41ZZZZZZZZZZZZZZZZ')
    expect(ids.salt()).toHaveLength(16)
  })
})
