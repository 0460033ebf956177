import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { answer, eachWithMachine, SOME_KEY } from '../kit/raw-department.ts'
import type { Behaviour } from '../kit/raw-department.ts'

/* Callers who go away, and a department's machine that is down: what it is asked all the same. */

const GOOD = answer('{"data":{"a":1}}')
const ANSWERED = { data: { a: 1 }, sources: [] }
const good: Behaviour = (socket) => void socket.write(GOOD)
const reset: Behaviour = (socket) => void socket.resetAndDestroy()
/** What certainly comes is waited for as long as a busy machine needs. */
const PATIENT = { timeout: 20_000 }

const at = eachWithMachine()

/** Does one thing at the first request, and answers well from then on. */
function once(first: Behaviour): Behaviour {
  return (socket, request, nth) => (nth === 0 ? first : good)(socket, request, nth)
}

describe('a caller who goes away', () => {
  const gone = new Error('gone')

  /** Aborts where a channel of undici tells that a call has come so far. */
  async function abortAt(channel: string, caller: AbortController, work: () => Promise<unknown>): Promise<void> {
    const listener = (): void => caller.abort(gone)
    subscribe(channel, listener)
    try {
      await expect(work()).rejects.toBe(gone)
    } finally {
      unsubscribe(channel, listener)
    }
  }

  test('before being asked for costs the machine nothing', async () => {
    const caller = new AbortController()
    const { ask } = at.wayTo()
    const waiting = ask({ signal: caller.signal })
    caller.abort(gone)
    await expect(waiting).rejects.toBe(gone)
    expect(await ask({ query: '{ next }' })).toEqual({ data: {}, sources: [] })
    expect(at.machine.requests.map(({ body }) => body.includes('next'))).toEqual([true])
  })

  test('while the context is signed costs it nothing', async () => {
    const caller = new AbortController()
    const key = (): typeof SOME_KEY => {
      void Promise.resolve().then(() => caller.abort(gone))
      return SOME_KEY
    }
    const { ask } = at.wayTo({ key })
    await expect(ask({ signal: caller.signal })).rejects.toBe(gone)
    await ask({ query: '{ next }' })
    expect(at.machine.requests.map(({ body }) => body.includes('next'))).toEqual([true])
    expect(at.machine.connections.made).toBe(1)
  })

  test.each(['undici:client:beforeConnect', 'undici:client:connected'])(
    'at %s costs it a connection at most',
    async (moment) => {
      const caller = new AbortController()
      const { ask } = at.wayTo()
      await abortAt(moment, caller, () => ask({ signal: caller.signal }))
      await ask({ query: '{ next }' })
      expect(at.machine.requests.map(({ body }) => body.includes('next'))).toEqual([true])
    },
  )

  test('while in line is never asked for', async () => {
    const held: Socket[] = []
    at.machine.behave((socket) => void held.push(socket))
    const { ask } = at.wayTo()
    const first = ask()
    const caller = new AbortController()
    const second = ask({ signal: caller.signal, query: '{ second }' })
    const third = ask({ query: '{ third }' })
    await expect.poll(() => held.length, PATIENT).toBe(1)
    caller.abort(gone)
    await expect(second).rejects.toBe(gone)
    held[0]?.write(GOOD)
    await first
    await expect.poll(() => held.length, PATIENT).toBe(2)
    held[1]?.write(GOOD)
    await third
    expect(at.machine.requests.map(({ body }) => /second|third/.exec(body)?.[0])).toEqual([undefined, 'third'])
  })

  test.each<[string, string]>([
    ['before the headers', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['after the headers', 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n'],
    ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"data"'],
  ])('%s ends the request itself, and the place is free', async (_name, bytes) => {
    const caller = new AbortController()
    at.machine.behave(
      once((socket) => {
        if (bytes !== '') socket.write(bytes)
        // By then what was written has been read.
        void sleep(20).then(() => caller.abort(gone))
      }),
    )
    const { ask, health } = at.wayTo()
    await expect(ask({ signal: caller.signal })).rejects.toBe(gone)
    expect(await ask()).toEqual(ANSWERED)
    await expect.poll(() => at.machine.connections.ended, PATIENT).toBe(1)
    expect(at.machine.requests).toHaveLength(2)
    expect(health()).toMatchObject({ ok: true })
  })

  test('before a second try is not asked for again', async () => {
    const caller = new AbortController()
    at.machine.behave(once(reset))
    const jitter = (): number => {
      void setImmediate().then(() => caller.abort(gone))
      return 50
    }
    const { ask } = at.wayTo({ jitter })
    await expect(ask({ signal: caller.signal })).rejects.toBe(gone)
    expect(await ask({ query: '{ next }' })).toEqual(ANSWERED)
    expect(at.machine.requests.map(({ body }) => body.includes('next'))).toEqual([false, true])
  })

  test('after the answer changes nothing', async () => {
    const caller = new AbortController()
    at.machine.behave(good)
    const { ask } = at.wayTo()
    expect(await ask({ signal: caller.signal })).toEqual(ANSWERED)
    caller.abort(gone)
    expect(await ask()).toEqual(ANSWERED)
    expect(at.machine.connections).toEqual({ made: 1, ended: 0 })
  })
})

describe('an outage', () => {
  test('is asked about ten times, then left alone, then tried by one', async () => {
    at.machine.behave(reset)
    const { ask, health, skipped } = at.wayTo({ concurrency: 4 })
    const all = (calls: number): Promise<readonly string[]> =>
      Promise.all(Array.from({ length: calls }, () => ask({ idempotent: false }).then(() => 'ok', codeOf)))
    await all(10)
    expect(health()).toMatchObject({ ok: false })
    expect(await all(20)).toEqual(Array.from({ length: 20 }, () => 'CIRCUIT_OPEN'))
    expect(at.machine.requests).toHaveLength(10)
    skipped.ms = 5_001
    await all(20)
    expect(at.machine.requests).toHaveLength(11)
    at.machine.behave(good)
    skipped.ms = 10_002
    expect((await all(20)).filter((one) => one === 'ok')).toHaveLength(1)
    expect(health()).toMatchObject({ ok: true })
    expect(new Set(await all(20))).toEqual(new Set(['ok']))
  })

  test('is not doubled by second tries', async () => {
    at.machine.behave((socket, request, nth) => (request.body.includes('bad') ? reset : good)(socket, request, nth))
    const { ask } = at.wayTo({ concurrency: 8 })
    await Promise.all(Array.from({ length: 60 }, () => ask()))
    await Promise.all(Array.from({ length: 40 }, () => ask({ query: '{ bad }' }).catch(() => undefined)))
    const bad = at.machine.requests.filter(({ body }) => body.includes('bad')).length
    expect(bad).toBeGreaterThan(40)
    expect(bad).toBeLessThanOrEqual(40 + 3 + 10)
  })
})

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
