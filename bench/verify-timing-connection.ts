import { once } from 'node:events'
import { connect } from 'node:net'

/** An answer, and how long it took. */
export interface TimedReply {
  readonly status: number
  readonly text: string
  /** Milliseconds from just before the first byte of the request was written to the last byte of the answer. */
  readonly elapsed: number
}

/** One kept-alive connection, for one request after the other. */
export interface TimedConnection {
  /** Rejects where the gateway closes the connection, or answers without a length. */
  post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<TimedReply>
  close(): void
}

interface Waiting {
  readonly chunks: Buffer[]
  readonly resolve: (reply: Buffer) => void
  readonly reject: (error: Error) => void
}

/**
 * Opens a connection of its own kind: a client that has pools, queues and hooks would measure these too. It reads what
 * the gateway sends, an answer with its length, and nothing else of HTTP.
 */
export async function openTimedConnection(url: string): Promise<TimedConnection> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  await once(socket, 'connect')
  let waiting: Waiting | null = null
  const fail = (error: Error): void => waiting?.reject(error)
  socket.on('error', fail)
  socket.on('close', () => fail(closed()))
  socket.on('data', (chunk: Buffer) => {
    if (waiting === null) return
    waiting.chunks.push(chunk)
    const received = Buffer.concat(waiting.chunks)
    try {
      if (isWhole(received)) waiting.resolve(received)
    } catch (error) {
      fail(error instanceof Error ? error : new Error('no answer'))
    }
  })
  return {
    async post(path, headers, body) {
      if (socket.destroyed) throw closed()
      // Everything is ready before the clock starts.
      const bytes = requestOf(path, { host, ...headers }, body)
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
      let ended = 0
      const noted = (reply: Buffer): void => {
        ended = performance.now()
        resolve(reply)
      }
      waiting = { chunks: [], resolve: noted, reject }
      const started = performance.now()
      socket.write(bytes)
      const reply = await promise.finally(() => (waiting = null))
      const at = reply.indexOf(BLANK)
      const status = Number(reply.toString('latin1', 0, at).split(' ')[1])
      return { status, text: reply.toString('utf8', at + BLANK.length), elapsed: ended - started }
    },
    close: () => socket.destroy(),
  }
}

const closed = (): Error => new Error('the gateway closed the connection')
const BLANK = '\r\n\r\n'

function requestOf(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const bytes = Buffer.from(body)
  const lines = Object.entries({ ...headers, 'content-length': String(bytes.length) }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return Buffer.concat([Buffer.from([`POST ${path} HTTP/1.1`, ...lines].join('\r\n') + BLANK), bytes])
}

/** Whether all of an answer is there. @throws Error where it does not say how long it is */
function isWhole(received: Buffer): boolean {
  const at = received.indexOf(BLANK)
  if (at < 0) return false
  const length = /^content-length: *(\d+)\r?$/im.exec(received.toString('latin1', 0, at + 2))?.[1]
  if (length === undefined) throw new Error('an answer without a length')
  return received.length >= at + BLANK.length + Number(length)
}
