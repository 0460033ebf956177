import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { answer, CONTEXT, eachWithMachine } from '../kit/raw-department.ts'
import type { Behaviour } from '../kit/raw-department.ts'

/* A department's machine that misbehaves on the wire: what the caller gets, and what the machine saw of it. */

const NEVER = new AbortController().signal
const GOOD = answer('{"data":{"a":1}}')
const ANSWERED = { data: { a: 1 }, sources: [] }
const good: Behaviour = (socket) => void socket.write(GOOD)
/** Milliseconds after which a call is over, long enough for one that is answered on a busy at.machine. */
const SHORT = 400
/** What certainly comes is waited for as long as a busy machine needs. */
const PATIENT = { timeout: 20_000 }
const silent: Behaviour = () => undefined

const at = eachWithMachine()

/** Does one thing at the first request, and answers well from then on. */
function once(first: Behaviour): Behaviour {
  return (socket, request, nth) => (nth === 0 ? first : good)(socket, request, nth)
}

const reset: Behaviour = (socket) => void socket.resetAndDestroy()
/** Ends the connection in order, but without an answer: half of it stays open. */
const hangUp: Behaviour = (socket) => void socket.end()

describe('before an answer', () => {
  test.each<[string, Behaviour]>([
    ['a reset', reset],
    ['a connection that is hung up', hangUp],
    ['502', (socket) => void socket.write(answer('<html>', '502 Bad Gateway'))],
    ['503', (socket) => void socket.write(answer('', '503 Service Unavailable'))],
    ['504', (socket) => void socket.write(answer('', '504 Gateway Timeout'))],
  ])('%s is tried once more, of what only reads', async (_name, first) => {
    at.machine.behave(once(first))
    expect(await at.wayTo().ask()).toEqual(ANSWERED)
    expect(at.machine.requests).toHaveLength(2)
    expect(new Set(at.machine.requests.map(({ body }) => body)).size).toBe(1)
  })

  test.each<[string, Behaviour]>([
    ['a reset', reset],
    ['a connection that is hung up', hangUp],
    ['503', (socket) => void socket.write(answer('', '503 Service Unavailable'))],
  ])('%s is not, of what changes something', async (_name, first) => {
    at.machine.behave(once(first))
    await expect(at.wayTo().ask({ idempotent: false })).rejects.toMatchObject({ name: 'DepartmentFault' })
    await setImmediate()
    expect(at.machine.requests).toHaveLength(1)
  })

  test.each<[string, Buffer, string]>([
    ['500', answer('{"data":{"a":1}}', '500 Internal Server Error'), 'STATUS_500'],
    ['503 with its word when to come again', answer('', '503 Service Unavailable', 'retry-after: 5\r\n'), 'STATUS_503'],
    ['401', answer('', '401 Unauthorized'), 'STATUS_401'],
    ['a redirect', answer('', '302 Found', 'location: http://127.0.0.1:1/\r\n'), 'STATUS_302'],
  ])('%s is final', async (_name, bytes, code) => {
    at.machine.behave(once((socket) => void socket.write(bytes)))
    await expect(at.wayTo().ask()).rejects.toMatchObject({ code })
    expect(at.machine.requests).toHaveLength(1)
  })

  test('what is no HTTP is final', async () => {
    at.machine.behave(once((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n')))
    await expect(at.wayTo().ask()).rejects.toMatchObject({ cause: { name: 'HTTPParserError' } })
    expect(at.machine.requests).toHaveLength(1)
  })

  test('a machine that refuses connections is tried twice, and reached when it is back', async () => {
    const { ask } = at.wayTo()
    await at.machine.close()
    await expect(ask()).rejects.toMatchObject({ kind: 'unanswered', code: 'ECONNREFUSED' })
    await at.restart()
    at.machine.behave(good)
    expect(await ask()).toEqual(ANSWERED)
    expect(at.machine.requests).toHaveLength(1)
  })

  test('silence lasts as long as its time, is not asked again, and ends with its connection', async () => {
    at.machine.behave(once(silent))
    const { ask } = at.wayTo({ timeoutMs: SHORT })
    await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(at.machine.requests).toHaveLength(1)
    await expect.poll(() => at.machine.connections, PATIENT).toEqual({ made: 1, ended: 1 })
    expect(await ask()).toEqual(ANSWERED)
  })

  test('a machine that no longer reads is left after its time', async () => {
    at.machine.behave((socket) => void socket.pause())
    const { ask } = at.wayTo({ timeoutMs: SHORT })
    await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(at.machine.requests).toHaveLength(1)
  })

  test('an early hint is no answer', async () => {
    at.machine.behave((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
      socket.write(GOOD)
    })
    expect(await at.wayTo().ask()).toEqual(ANSWERED)
  })
})

describe('within an answer', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['a reset after the headers', (socket) => void socket.resetAndDestroy()],
    ['a connection that is hung up', (socket) => void socket.end()],
  ])('%s is final', async (_name, end) => {
    at.machine.behave(
      once((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"data":', () => end(socket))),
    )
    await expect(at.wayTo().ask()).rejects.toMatchObject({ kind: 'broken-off' })
    expect(at.machine.requests).toHaveLength(1)
  })

  test.each<[string, string]>([
    ['in headers that never end', 'HTTP/1.1 200 OK\r\ncontent-len'],
    ['in a body that stops', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"data":'],
    ['in a body without a length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"dat\r\n'],
  ])('silence %s lasts as long as its time, and no longer', async (_name, bytes) => {
    at.machine.behave(once((socket) => void socket.write(bytes)))
    const { ask } = at.wayTo({ timeoutMs: SHORT })
    await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect.poll(() => at.machine.connections, PATIENT).toEqual({ made: 1, ended: 1 })
    expect(at.machine.requests).toHaveLength(1)
  })

  test('an answer that drips without end is cut off at its time', async () => {
    const drip = (socket: Socket): void => {
      if (socket.destroyed) return
      socket.write('1\r\n \r\n')
      setTimeout(drip, 1, socket)
    }
    at.machine.behave((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      drip(socket)
    })
    await expect(at.wayTo({ timeoutMs: SHORT }).ask()).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect.poll(() => at.machine.connections.ended, PATIENT).toBe(1)
  })

  test('one that says that it is huge is not read', async () => {
    at.machine.behave((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 33554433\r\n\r\n{'))
    await expect(at.wayTo().ask()).rejects.toMatchObject({ kind: 'too-large' })
    await expect.poll(() => at.machine.connections, PATIENT).toEqual({ made: 1, ended: 1 })
    expect(at.machine.requests).toHaveLength(1)
  })

  test.each(['200 OK', '500 Internal Server Error'])(
    'one that is huge without saying so is cut off: %s',
    async (status) => {
      const sent = { bytes: 0 }
      const piece = Buffer.from(`100000\r\n${' '.repeat(0x100000)}\r\n`)
      const pour = (socket: Socket): void => {
        if (socket.destroyed || sent.bytes > 500_000_000) return
        sent.bytes += piece.length
        if (socket.write(piece)) setTimeout(pour, 0, socket)
        else socket.once('drain', () => pour(socket))
      }
      at.machine.behave((socket) => {
        socket.write(`HTTP/1.1 ${status}\r\ntransfer-encoding: chunked\r\n\r\n`)
        pour(socket)
      })
      await expect(at.wayTo().ask()).rejects.toMatchObject({ name: 'DepartmentFault' })
      await expect.poll(() => at.machine.connections.ended, PATIENT).toBe(1)
      expect(sent.bytes).toBeLessThan(status === '200 OK' ? 60_000_000 : 25_000_000)
    },
  )

  test.each<[string, string | Buffer]>([
    ['HTML', '<html>503</html>'],
    ['nothing', ''],
    ['half of JSON', '{"data":{"a"'],
    ['a list', '[{"data":1}]'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ])('%s in the place of JSON is an answer without anything in it, asked for once', async (_name, body) => {
    at.machine.behave((socket) => void socket.write(answer(body)))
    const { ask, health } = at.wayTo()
    for (let done = 0; done < 12; done += 1) expect(await ask()).toEqual({ sources: [] })
    expect(at.machine.requests).toHaveLength(12)
    expect(health()).toMatchObject({ ok: true })
  })

  test('text comes through whole, wherever it is cut, with a byte-order mark or without', async () => {
    const text = JSON.stringify({ data: { a: '欧阳静怡𠮷'.repeat(20_000) } })
    for (const mark of ['', '\ufeff']) {
      const bytes = answer(mark + text)
      at.machine.behave((socket) => {
        socket.write(bytes.subarray(0, 70_001))
        setTimeout(() => socket.write(bytes.subarray(70_001)), 1)
      })
      expect(JSON.stringify({ data: (await at.wayTo().ask()).data })).toBe(text)
    }
  })
})

describe('connections', () => {
  test('are kept for the next call, and are no more than calls at once', async () => {
    at.machine.behave((socket) => void setTimeout(() => socket.write(GOOD), 1))
    const { ask } = at.wayTo({ concurrency: 3 })
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(at.machine.requests).toHaveLength(20)
    expect(at.machine.connections.made).toBe(3)
    for (const { head } of at.machine.requests) expect(head).toMatch(/^POST \/graphql HTTP\/1\.1\r\n/)
  })

  test('are no more even where nobody else bounds the calls', async () => {
    at.machine.behave((socket) => void setTimeout(() => socket.write(GOOD), 1))
    const { client } = at.wayTo({ concurrency: 2 })
    const request = { query: '{ a }', variables: {} }
    await Promise.all(Array.from({ length: 12 }, () => client.fetch(request, CONTEXT, NEVER)))
    expect([at.machine.requests.length, at.machine.connections.made]).toEqual([12, 2])
  })

  test('that are closed after each answer cost no call and no second asking', async () => {
    at.machine.behave((socket) => void socket.end(GOOD))
    const { ask } = at.wayTo()
    for (let done = 0; done < 15; done += 1) expect(await ask({ idempotent: false })).toEqual(ANSWERED)
    expect(at.machine.requests).toHaveLength(15)
  })

  // The machine gives up an idle connection at the very moment at which it is used again.
  const closesWhenUsedAgain: Behaviour = (socket, { turn }) => {
    if (turn === 0) socket.write(GOOD)
    else socket.resetAndDestroy()
  }

  test('that end just when they are used again are no failure of what only reads', async () => {
    at.machine.behave(closesWhenUsedAgain)
    const { ask, health } = at.wayTo()
    for (let done = 0; done < 4; done += 1) expect(await ask()).toEqual(ANSWERED)
    // The first, and from then on one that was lost and one that was answered.
    expect(at.machine.requests.map(({ turn }) => turn)).toEqual([0, 1, 0, 1, 0, 1, 0])
    expect(health()).toMatchObject({ ok: true })
  })

  test('and what changes something is never sent twice', async () => {
    at.machine.behave(closesWhenUsedAgain)
    const { ask } = at.wayTo()
    const outcomes: string[] = []
    for (let done = 0; done < 6; done += 1)
      outcomes.push(
        await ask({ idempotent: false, query: `mutation { n${done} }` }).then(
          () => 'ok',
          () => 'failed',
        ),
      )
    expect(outcomes).toEqual(['ok', 'failed', 'ok', 'failed', 'ok', 'failed'])
    expect(new Set(at.machine.requests.map(({ body }) => body)).size).toBe(at.machine.requests.length)
  })

  test('are drained when the gateway closes: a call under way is answered, a new one is not taken', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<Socket>()
    at.machine.behave((socket) => resolve(socket))
    const way = at.wayTo()
    const waiting = way.ask()
    const socket = await asked
    const order: string[] = []
    const closing = way.close().then(() => order.push('closed'))
    void waiting.then(() => order.push('answered'))
    await setImmediate()
    socket.write(GOOD)
    expect(await waiting).toEqual(ANSWERED)
    await closing
    expect(order).toEqual(['answered', 'closed'])
    await expect(way.ask({ idempotent: false })).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' })
    await expect.poll(() => at.machine.connections, PATIENT).toEqual({ made: 1, ended: 1 })
  })
})
