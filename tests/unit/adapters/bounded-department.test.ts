import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { boundDepartment } from '../../../gateway/adapters/bounded-department.ts'
import type { Asking, DepartmentClient } from '../../../gateway/adapters/bounded-department.ts'
import { DepartmentFault, statusFault } from '../../../gateway/adapters/department-fault.ts'

const RESET = new DepartmentFault('unanswered', 'ECONNRESET')
const UNREADY = statusFault(503, false)

/** What the channels told meanwhile. */
let told: string[] = []
const onLifecycle = (event: unknown): void => {
  const { step, subject } = event as { step: string; subject: string }
  told.push(`${step} ${subject}`)
}
const onCircuit = (event: unknown): void => {
  const { of, state } = event as { of: string; state: string }
  told.push(`${of} ${state}`)
}
beforeEach(() => {
  told = []
  subscribe('gongxiang:lifecycle', onLifecycle)
  subscribe('gongxiang:circuit', onCircuit)
})
afterEach(() => {
  unsubscribe('gongxiang:lifecycle', onLifecycle)
  unsubscribe('gongxiang:circuit', onCircuit)
})

interface Setting {
  readonly concurrency?: number
  readonly timeoutMs?: number
  readonly jitter?: () => number
}

/** A department that does the next thing of a list at each call, and the last one from then on. */
function departmentOf(answers: readonly DepartmentClient['fetch'][], setting: Setting = {}) {
  const { concurrency = 4, timeoutMs = 5_000, jitter = () => 0 } = setting
  const now = { at: 0 }
  const asked = { times: 0 }
  const fetch: DepartmentClient['fetch'] = (...given) => {
    const next = answers[Math.min(asked.times, answers.length - 1)]
    asked.times += 1
    return next ? next(...given) : Promise.resolve({})
  }
  const bounds = { concurrency, timeoutMs }
  const times = { monotonic: () => now.at, jitter }
  const own = boundDepartment('tax', { fetch, close: async () => undefined }, bounds, times)
  const ask = (changes: Partial<Asking> = {}): Promise<unknown> =>
    own.ask({
      request: { query: '{ a }', variables: {} },
      context: { receipt: 'gx_1', consumer: 'housing', matter: null },
      idempotent: true,
      signal: new AbortController().signal,
      deadline: Infinity,
      ...changes,
    })
  return { own, ask, asked, now }
}

const fails = (error: unknown) => (): Promise<never> => Promise.reject(error)
const good = async (): Promise<object> => ({ data: { a: 1 } })
const hangs = (): Promise<never> => new Promise(() => undefined)
const heeds: DepartmentClient['fetch'] = (_request, _context, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('a second try', () => {
  test.each<[string, unknown]>([
    ['a connection that ended', RESET],
    ['a gateway that was not ready', UNREADY],
  ])('is made after %s, of what only reads', async (_name, error) => {
    const { ask, asked } = departmentOf([fails(error), good])
    expect(await ask()).toEqual({ data: { a: 1 } })
    expect(asked.times).toBe(2)
  })

  test('is the last one', async () => {
    const { ask, asked } = departmentOf([fails(RESET)])
    await expect(ask()).rejects.toBe(RESET)
    expect(asked.times).toBe(2)
  })

  test.each<[string, unknown]>([
    ['an answer that was broken off', new DepartmentFault('broken-off', 'ECONNRESET')],
    ['a time that was over', new DepartmentFault('late', 'UND_ERR_HEADERS_TIMEOUT')],
    ['a failure of its own', statusFault(500, false)],
    ['its word when to come again', statusFault(503, true)],
    ['a refusal', statusFault(400, false)],
    ['an error that nobody knows', new Error('x')],
  ])('is not made after %s', async (_name, error) => {
    const { ask, asked } = departmentOf([fails(error), good])
    await expect(ask()).rejects.toBe(error)
    expect(asked.times).toBe(1)
  })

  test('is never made of what changes something', async () => {
    const { ask, asked } = departmentOf([fails(RESET), good])
    await expect(ask({ idempotent: false })).rejects.toBe(RESET)
    expect(asked.times).toBe(1)
  })

  test.each<[string, number, number, number]>([
    ['its own time', 0, 5_000, Infinity],
    ["the request's deadline", 0, 5_000, 4_000],
    ['less than the pause before it', 20, 5_000, Infinity],
  ])('is not made where %s leaves none', async (_name, jitter, timeoutMs, deadline) => {
    const late = async (): Promise<never> => {
      now.at = Math.min(timeoutMs, deadline) - jitter
      throw RESET
    }
    const { ask, asked, now } = departmentOf([late, good], { timeoutMs, jitter: () => jitter })
    await expect(ask({ deadline })).rejects.toBe(RESET)
    expect(asked.times).toBe(1)
  })

  test('is made where a moment is left', async () => {
    const late = async (): Promise<never> => {
      now.at = 4_999
      throw RESET
    }
    const { ask, asked, now } = departmentOf([late, good])
    await ask()
    expect(asked.times).toBe(2)
  })

  test('is not made for a caller who goes away before it', async () => {
    const gone = new AbortController()
    const jitter = (): number => {
      void Promise.resolve().then(() => gone.abort(new Error('gone')))
      return 1
    }
    const { ask, asked, own } = departmentOf([fails(RESET), good], { jitter, concurrency: 1 })
    await expect(ask({ signal: gone.signal })).rejects.toThrow('gone')
    await setImmediate()
    expect(asked.times).toBe(1)
    // Its place is free again.
    expect(await ask()).toEqual({ data: { a: 1 } })
    expect(asked.times).toBe(2)
    expect(own.state()).toBe('closed')
  })

  test('does not double an outage: there is a handful beside a tenth of the calls', async () => {
    const answers = Array.from({ length: 100 }, () => good)
    const { ask, asked } = departmentOf([...answers, fails(RESET)])
    for (let done = 0; done < 100; done += 1) await ask()
    // The circuit would stay closed until as many have failed.
    for (let done = 0; done < 40; done += 1) await ask().catch(() => undefined)
    expect(asked.times).toBe(100 + 40 + 3 + 14)
  })
})

describe('a department that is down', () => {
  async function bringDown({ ask }: ReturnType<typeof departmentOf>): Promise<void> {
    for (let done = 0; done < 10; done += 1) await ask({ idempotent: false }).catch(() => undefined)
  }

  test('is not asked any more: calls fail at once, with the reason', async () => {
    const one = departmentOf([fails(RESET)])
    await bringDown(one)
    expect([one.own.state(), one.asked.times]).toEqual(['open', 10])
    await expect(one.ask()).rejects.toMatchObject({ kind: 'not-asked', code: 'CIRCUIT_OPEN' })
    expect(one.asked.times).toBe(10)
    expect(told).toEqual(['tax open', 'degraded tax'])
  })

  test('is not tried a second time where the first try has closed it to everybody', async () => {
    const one = departmentOf([fails(RESET)])
    for (let done = 0; done < 9; done += 1) await one.ask({ idempotent: false }).catch(() => undefined)
    await expect(one.ask()).rejects.toBe(RESET)
    expect(one.asked.times).toBe(10)
  })

  test('is tried by one call alone, and comes back with it', async () => {
    const probe = Promise.withResolvers<object>()
    const one = departmentOf([...Array.from({ length: 10 }, () => fails(RESET)), () => probe.promise, good])
    await bringDown(one)
    one.now.at = 5_000
    const crowd = Array.from({ length: 4 }, () => one.ask().then(String, ({ code }: { code: string }) => code))
    expect(await Promise.all(crowd.slice(1))).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN', 'CIRCUIT_OPEN'])
    expect([one.asked.times, one.own.state()]).toEqual([11, 'half-open'])
    probe.resolve({ data: null })
    expect(await crowd[0]).toBe('[object Object]')
    expect(await one.ask()).toEqual({ data: { a: 1 } })
    expect(told).toEqual(['tax open', 'degraded tax', 'tax half-open', 'tax closed', 'recovered tax'])
  })

  test('is not waited for in line by whoever comes while one tries', async () => {
    const probe = Promise.withResolvers<object>()
    const answers = [...Array.from({ length: 10 }, () => fails(RESET)), () => probe.promise, good]
    const one = departmentOf(answers, { concurrency: 1 })
    await bringDown(one)
    one.now.at = 5_000
    const first = one.ask()
    await setImmediate()
    const second = one.ask().catch(({ code }: { code: string }) => code)
    expect(await Promise.race([second, setImmediate('waiting')])).toBe('CIRCUIT_OPEN')
    probe.resolve({ data: null })
    expect(await first).toEqual({ data: null })
  })

  test('tells once that it is down, however often it is tried in vain', async () => {
    const one = departmentOf([fails(RESET)])
    await bringDown(one)
    for (const at of [5_000, 10_000, 15_000]) {
      one.now.at = at
      await expect(one.ask()).rejects.toBe(RESET)
    }
    expect(one.asked.times).toBe(13)
    expect(told.filter((line) => line === 'degraded tax')).toHaveLength(1)
    expect(told).not.toContain('recovered tax')
  })

  test('is not asked for those who wait in its line', async () => {
    const ends: ((error: unknown) => void)[] = []
    const one = departmentOf([() => new Promise((_resolve, reject) => ends.push(reject))], { concurrency: 10 })
    const calls = Array.from({ length: 25 }, () =>
      one.ask({ idempotent: false }).catch(({ code }: { code: string }) => code),
    )
    await setImmediate()
    for (const end of ends.slice(0, 10)) end(RESET)
    expect(await Promise.all(calls.slice(20))).toEqual(Array.from({ length: 5 }, () => 'CIRCUIT_OPEN'))
    expect(one.own.state()).toBe('open')
    for (const end of ends.slice(10)) end(RESET)
    await Promise.all(calls)
    expect(one.asked.times).toBe(ends.length)
    expect(ends.length).toBeLessThan(20)
  })

  test('is known by calls that hang, also where they do not heed their end', async () => {
    const one = departmentOf([hangs], { timeoutMs: 5, concurrency: 10 })
    const calls = Array.from({ length: 10 }, () => one.ask().catch(({ name }: { name: string }) => name))
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['TimeoutError']))
    expect([one.own.state(), one.asked.times]).toEqual(['open', 10])
  })

  test('is not known by callers who go away', async () => {
    const one = departmentOf([heeds], { concurrency: 20 })
    for (let done = 0; done < 20; done += 1) {
      const gone = new AbortController()
      const waiting = one.ask({ signal: gone.signal })
      await setImmediate()
      gone.abort(new Error('gone'))
      await expect(waiting).rejects.toThrow('gone')
    }
    expect([one.own.state(), one.asked.times]).toEqual(['closed', 20])
  })

  test('is told from one that refuses odd questions', async () => {
    const one = departmentOf([fails(statusFault(400, false))])
    for (let done = 0; done < 30; done += 1) await expect(one.ask()).rejects.toMatchObject({ code: 'STATUS_400' })
    expect([one.own.state(), one.asked.times]).toEqual(['closed', 30])
  })

  test('is told from one that answers errors, with data or without', async () => {
    const one = departmentOf([
      async () => ({ data: null, errors: [{ message: 'x' }] }),
      async () => ({ errors: [{ message: 'x' }] }),
    ])
    for (let done = 0; done < 30; done += 1) await one.ask()
    expect(one.own.state()).toBe('closed')
  })
})

test('what needs no sparing has neither line nor circuit', async () => {
  const one = departmentOf([fails(RESET)], { concurrency: Infinity })
  for (let done = 0; done < 50; done += 1) await expect(one.ask({ idempotent: false })).rejects.toBe(RESET)
  expect([one.own.state(), one.asked.times, told]).toEqual([null, 50, []])
})
