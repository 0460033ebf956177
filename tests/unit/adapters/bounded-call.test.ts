import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { boundedCall } from '../../../gateway/adapters/bounded-call.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A call of 1,000 ms, with what happened to it, in order. */
function callOf<T>(work: (signal: AbortSignal) => Promise<T>, caller = new AbortController()) {
  const told: string[] = []
  const result = boundedCall(work, {
    timeoutMs: 1_000,
    caller: caller.signal,
    onLate: () => told.push('late'),
    onEnd: () => told.push('end'),
  })
  result.then(
    (value) => told.push(`answer ${String(value)}`),
    (error: unknown) => told.push(error instanceof Error ? `${error.name} ${error.message}` : String(error)),
  )
  return { told, caller, result }
}

describe('a call', () => {
  test('gives its answer, and is over then', async () => {
    const { told } = callOf(async () => 'x')
    await setImmediate()
    expect(told.toSorted()).toEqual(['answer x', 'end'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('x'))],
    [
      'throws',
      () => {
        throw new Error('x')
      },
    ],
  ])('%s as its work does', async (_name, work) => {
    const { told } = callOf(work)
    await setImmediate()
    expect(told.toSorted()).toEqual(['Error x', 'end'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is let go of and over at its time, whether its work heeds the signal or not', async () => {
    const { told } = callOf(() => new Promise(() => undefined))
    vi.advanceTimersByTime(999)
    await setImmediate()
    expect(told).toEqual([])
    vi.advanceTimersByTime(1)
    await setImmediate()
    expect(told).toEqual(['late', 'end', 'TimeoutError a department has not answered in time'])
  })

  test('tells its work when the time is over, with the reason', async () => {
    const reasons: unknown[] = []
    callOf((signal) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return new Promise(() => undefined)
    })
    vi.advanceTimersByTime(1_000)
    await setImmediate()
    expect(reasons).toMatchObject([{ name: 'TimeoutError' }])
  })

  test('lets its caller go at once, but is over only when its work has ended', async () => {
    const work = Promise.withResolvers<string>()
    const { told, caller } = callOf(() => work.promise)
    caller.abort(new Error('gone'))
    await setImmediate()
    expect(told).toEqual(['Error gone'])
    work.resolve('x')
    await setImmediate()
    expect(told).toEqual(['Error gone', 'end'])
    vi.advanceTimersByTime(5_000)
    expect(told).toEqual(['Error gone', 'end'])
  })

  test('of a caller who has gone is over with its time at the latest', async () => {
    const { told, caller } = callOf(() => new Promise(() => undefined))
    caller.abort(new Error('gone'))
    await setImmediate()
    vi.advanceTimersByTime(1_000)
    expect(told).toEqual(['Error gone', 'late', 'end'])
  })

  test('is not begun for a caller who had gone before', async () => {
    const caller = new AbortController()
    caller.abort(new Error('gone'))
    const work = vi.fn<() => Promise<string>>(async () => 'x')
    const { told } = callOf(work, caller)
    await setImmediate()
    expect(told).toEqual(['end', 'Error gone'])
    expect(work).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is over once, though its work ends after its time', async () => {
    const work = Promise.withResolvers<string>()
    const { told } = callOf(() => work.promise)
    vi.advanceTimersByTime(1_000)
    work.reject(new Error('late'))
    await setImmediate()
    expect(told.filter((one) => one === 'end')).toHaveLength(1)
  })

  test('leaves no listener at its caller', async () => {
    const caller = new AbortController()
    const removed = vi.spyOn(caller.signal, 'removeEventListener')
    const added = vi.spyOn(caller.signal, 'addEventListener')
    await callOf(async () => 'x', caller).result
    await setImmediate()
    expect(added.mock.calls.map(([type, listener]) => [type, listener])).toEqual(removed.mock.calls)
  })
})
