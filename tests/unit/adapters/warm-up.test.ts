import { describe, expect, it, vi } from 'vitest'
import { warmUp } from '../../../gateway/adapters/warm-up.ts'
import type { UsedOperation } from '../../../gateway/compile/used-operation.ts'

const asker = {
  department: 'housing',
  application: 'desk',
  officer: '',
  roles: [],
  party: 'DEPARTMENT',
  actingFor: null,
  matter: null,
  case: null,
  emergency: null,
} as const
const used = (count: number): readonly UsedOperation[] =>
  Array.from({ length: count }, (_, index) => ({ text: `{ a${index} }`, hash: `${index}`, asker, uses: count - index }))

const BOUNDS = { milliseconds: 60_000, isOver: () => false }

describe('warming up', () => {
  it('asks for everything, in its order, and whatever fails', async () => {
    const asked: string[] = []
    const warm = async ({ hash }: UsedOperation): Promise<void> => {
      asked.push(hash)
      if (Number(hash) % 2 === 0) throw new Error('a field is gone')
    }
    await warmUp({ warm }, used(20), BOUNDS)
    expect(asked).toEqual(used(20).map(({ hash }) => hash))
  })

  it('is over when its time is, though something is still being planned', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const asked: string[] = []
      const warm = ({ hash }: UsedOperation): Promise<void> => {
        asked.push(hash)
        return new Promise(() => undefined)
      }
      const warming = warmUp({ warm }, used(20), { ...BOUNDS, milliseconds: 2_000 })
      await vi.advanceTimersByTimeAsync(2_000)
      await warming
      expect(asked).toEqual(['0', '1', '2', '3'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('stops when nobody needs it any more', async () => {
    let left = 6
    const asked: string[] = []
    const warm = async ({ hash }: UsedOperation): Promise<void> => void asked.push(hash)
    await warmUp({ warm }, used(20), { ...BOUNDS, isOver: () => left-- <= 0 })
    expect(asked).toEqual(['0', '1', '2', '3', '4', '5'])
  })
})
