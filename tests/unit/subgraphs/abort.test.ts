import { setImmediate } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { untilAborted } from '../../../subgraphs/kit/abort.ts'

const gone = new Error('gone')

describe('waiting for work', () => {
  test('ends with it', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve('x'), signal)).toBe('x')
    await expect(untilAborted(Promise.reject(new Error('own')), signal)).rejects.toThrow('own')
    expect(await untilAborted(Promise.resolve('x'), undefined)).toBe('x')
  })

  test('ends with the signal, though the work goes on', async () => {
    const caller = new AbortController()
    const waiting = untilAborted(new Promise(() => undefined), caller.signal)
    caller.abort(gone)
    await expect(waiting).rejects.toBe(gone)
  })

  test('is not begun where the signal came before', async () => {
    await expect(untilAborted(Promise.withResolvers().promise, AbortSignal.abort(gone))).rejects.toBe(gone)
  })

  test('leaves no rejection behind that nobody handles', async () => {
    const unhandled = vi.fn<() => void>()
    process.on('unhandledRejection', unhandled)
    const caller = new AbortController()
    const work = Promise.withResolvers<never>()
    const waiting = [untilAborted(work.promise, caller.signal), untilAborted(work.promise, AbortSignal.abort(gone))]
    caller.abort(gone)
    await Promise.allSettled(waiting)
    work.reject(new Error('late'))
    await setImmediate()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test.each<[string, () => Promise<unknown>]>([
    ['work that ends well', async () => 'x'],
    ['work that fails', async () => Promise.reject(new Error('own'))],
  ])('leaves no listener at the signal after %s', async (_name, work) => {
    const { signal } = new AbortController()
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    await untilAborted(work(), signal).catch(() => undefined)
    await setImmediate()
    expect(added).toHaveBeenCalledTimes(1)
    expect(removed.mock.calls).toEqual(added.mock.calls.map(([type, listener]) => [type, listener]))
  })
})
