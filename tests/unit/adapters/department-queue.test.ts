import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDepartmentQueue } from '../../../gateway/adapters/department-queue.ts'

const NEVER = new AbortController().signal

/** A queue whose time stands still until it is moved. */
function queue(places: number) {
  const now = { at: 0 }
  return { now, own: createDepartmentQueue(places, () => now.at) }
}

/** What has become of a promise by now. */
async function state(promise: Promise<unknown>): Promise<string> {
  const first = await Promise.race([promise, setImmediate('waiting')])
  return first === 'waiting' ? 'waiting' : 'inside'
}

// Who waits does so by a timer, which stands still as well.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('the line in front of a department', () => {
  test('lets as many in as there are places, then first come, first served', async () => {
    const { own } = queue(2)
    const leave = await own.enter(100, NEVER)
    await own.enter(100, NEVER)
    const [third, fourth] = [own.enter(100, NEVER), own.enter(100, NEVER)]
    expect([await state(third), await state(fourth)]).toEqual(['waiting', 'waiting'])
    leave()
    leave()
    expect([await state(third), await state(fourth)]).toEqual(['inside', 'waiting'])
    ;(await third)()
    expect(await state(fourth)).toBe('inside')
  })

  test('is short: whoever finds it full is told at once', async () => {
    const { own } = queue(1)
    await own.enter(100, NEVER)
    const line = Array.from({ length: 8 }, () => own.enter(100, NEVER))
    await expect(own.enter(100, NEVER)).rejects.toMatchObject({ code: 'LINE_FULL' })
    expect(await state(line[7] ?? Promise.resolve(''))).toBe('waiting')
  })

  test('tells at once whoever would wait longer than they can, by how long calls took', async () => {
    const { own, now } = queue(1)
    const first = await own.enter(1_000, NEVER)
    now.at = 400
    first()
    await own.enter(1_000, NEVER)
    const second = own.enter(1_000, NEVER)
    expect(await state(second)).toBe('waiting')
    await expect(own.enter(700, NEVER)).rejects.toMatchObject({ code: 'TOO_SLOW' })
    expect(await state(own.enter(900, NEVER))).toBe('waiting')
  })

  test('takes the oldest call for the measure where it is slower than those before', async () => {
    const { own, now } = queue(1)
    await own.enter(1_000, NEVER)
    now.at = 600
    await expect(own.enter(500, NEVER)).rejects.toMatchObject({ code: 'TOO_SLOW' })
    expect(await state(own.enter(601, NEVER))).toBe('waiting')
  })

  test('forgets whoever goes away while waiting, and never calls for them', async () => {
    const { own } = queue(1)
    const leave = await own.enter(100, NEVER)
    const gone = new AbortController()
    const [waiting, next] = [own.enter(100, gone.signal), own.enter(100, NEVER)]
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    leave()
    expect(await state(next)).toBe('inside')
    await expect(own.enter(100, gone.signal)).rejects.toThrow('gone')
  })

  test('lets nobody wait longer than they can, however quick the calls before were', async () => {
    const { own } = queue(1)
    const leave = await own.enter(1_000, NEVER)
    const [first, second] = [own.enter(1_000, NEVER), own.enter(2_000, NEVER)]
    const refused = first.catch(({ code }: { code: string }) => code)
    vi.advanceTimersByTime(999)
    expect(await state(first)).toBe('waiting')
    vi.advanceTimersByTime(1)
    expect(await refused).toBe('TOO_SLOW')
    expect(await state(second)).toBe('waiting')
    leave()
    expect(await state(second)).toBe('inside')
    vi.advanceTimersByTime(5_000)
    expect(await state(second)).toBe('inside')
  })
})
