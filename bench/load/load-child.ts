import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { after, NOTHING, readMessage } from './wire.ts'
import type { Message } from './wire.ts'

/**
 * Asks a gateway over so many kept-alive connections, each one request after the other, for so long; says how many
 * answers came, and how long each took. A process of its own, on the core beside the gateway's.
 */

/** What is sent. */
export type Source =
  /** One text, `#######` in it replaced by a number that no request had before. */
  | { readonly kind: 'fresh'; readonly text: string; readonly from: number }
  /** Texts in their order, again from the first behind the last where `again`. */
  | { readonly kind: 'texts'; readonly texts: readonly string[]; readonly again: boolean }

export interface Job {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly source: Source
  readonly connections: number
  /** Milliseconds in which requests are begun. */
  readonly milliseconds: number
  /** What an answer may say although it is no failure: refusals of single fields. */
  readonly errorsExpected?: boolean
  /** Milliseconds between two requests of one connection; 0 asks again at once. */
  readonly pauseMs?: number
}

/** What came of a job. */
export interface JobResult {
  readonly answers: number
  /** Not status 200, or with errors, or about something else than was asked. */
  readonly failures: number
  /** The first of these. */
  readonly failure: string | null
  readonly seconds: number
  /** Milliseconds from the first byte written to the last byte read, sorted. */
  readonly latencies: Float64Array
  readonly bytes: number
}

const MARK = '#######'
const BAD = Buffer.from('"errors":[')

interface Ask {
  readonly bytes: Buffer
  /** What the answer must hold. */
  readonly token: string | null
}

function head(url: URL, headers: Job['headers'], length: number): string {
  const lines = Object.entries({
    host: url.host,
    'content-type': 'application/json',
    ...headers,
    'content-length': length,
  })
  return `POST ${url.pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** The requests of one connection; null when there are no more. */
function asksOf(job: Job, url: URL, next: () => number): () => Ask | null {
  const { source, headers } = job
  const made = (text: string): Buffer => Buffer.from(head(url, headers, Buffer.byteLength(text)) + text)
  if (source.kind === 'texts') {
    const { texts, again } = source
    return () => {
      const at = next()
      const text = again ? texts[at % texts.length] : texts[at]
      return text === undefined ? null : { bytes: made(text), token: null }
    }
  }
  // The connection's own copy: the answer has come before the next number is written into it.
  const bytes = made(source.text)
  const places: number[] = []
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) places.push(at)
  return () => {
    const token = String(source.from + next()).padStart(MARK.length, '0')
    for (const place of places) bytes.write(token, place, 'latin1')
    return { bytes, token }
  }
}

async function run(job: Job): Promise<JobResult> {
  const url = new URL(job.url)
  const latencies: number[] = []
  const seen = { failures: 0, failure: null as string | null, bytes: 0, number: 0 }
  const started = performance.now()
  const until = started + job.milliseconds
  const judge = (message: Message, token: string | null): void => {
    const { start, body, length } = message
    seen.bytes += length
    const fits = token === null || body.includes(token)
    if (start.startsWith('HTTP/1.1 200') && fits && (job.errorsExpected === true || !body.includes(BAD))) return
    seen.failures += 1
    seen.failure ??= `${start}: ${body.toString('utf8', 0, 500)}`
  }
  const next = (): number => seen.number++
  const work = Array.from({ length: job.connections }, async () => {
    const asks = asksOf(job, url, next)
    const connection = await open(url)
    for (;;) {
      const ask = performance.now() < until ? asks() : null
      if (ask === null) break
      const began = performance.now()
      const message = await connection.ask(ask.bytes)
      latencies.push(performance.now() - began)
      judge(message, ask.token)
      if (job.pauseMs !== undefined && job.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, job.pauseMs))
    }
    connection.close()
  })
  await Promise.all(work)
  const seconds = (performance.now() - started) / 1_000
  const { failures, failure, bytes } = seen
  return {
    answers: latencies.length,
    failures,
    failure,
    seconds,
    latencies: Float64Array.from(latencies).sort(),
    bytes,
  }
}

interface Connection {
  ask(bytes: Buffer): Promise<Message>
  close(): void
}

async function open({ hostname, port }: URL): Promise<Connection> {
  const socket: Socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  let waiting: { resolve(message: Message): void; reject(error: Error): void } | null = null
  let received: Buffer = NOTHING
  const fail = (error: Error): void => waiting?.reject(error)
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the gateway closed the connection')))
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const message = readMessage(received)
    if (message === null) return
    received = after(received, message)
    waiting?.resolve(message)
  })
  return {
    ask(bytes) {
      const { promise, resolve, reject } = Promise.withResolvers<Message>()
      waiting = { resolve, reject }
      socket.write(bytes)
      return promise
    },
    close: () => socket.destroy(),
  }
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
