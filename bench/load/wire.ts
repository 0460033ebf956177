/**
 * As much of HTTP/1.1 as two programs of one bench need to talk over a kept-alive connection. A server and a client
 * made for everybody cost more CPU per request than a lean gateway: on two cores they would be what is measured.
 */

const BLANK = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** One message as it lies in what was received. */
export interface Message {
  /** First line. */
  readonly start: string
  readonly body: Buffer
  /** Bytes of it all. */
  readonly length: number
}

/** The first whole message, or null as long as there is none. @throws Error for one without a length */
export function readMessage(received: Buffer): Message | null {
  const blank = received.indexOf(BLANK)
  if (blank < 0) return null
  const head = received.toString('latin1', 0, blank)
  const start = head.slice(0, head.indexOf('\r\n'))
  const from = blank + BLANK.length
  const stated = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (stated !== undefined) {
    const end = from + Number(stated)
    return received.length < end ? null : { start, body: received.subarray(from, end), length: end }
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`a message without a length: ${head}`)
  return readChunks(received, from, start)
}

function readChunks(received: Buffer, from: number, start: string): Message | null {
  const parts: Buffer[] = []
  let at = from
  for (;;) {
    const line = received.indexOf('\r\n', at)
    if (line < 0) return null
    const size = Number.parseInt(received.toString('latin1', at, line), 16)
    if (size === 0) {
      const end = received.indexOf(LAST_CHUNK, at)
      return end < 0 ? null : { start, body: Buffer.concat(parts), length: end + LAST_CHUNK.length }
    }
    const next = line + 2 + size + 2
    if (received.length < next) return null
    parts.push(received.subarray(line + 2, line + 2 + size))
    at = next
  }
}

/** What is left of what was received, once a message is taken from it. */
export function after(received: Buffer, { length }: Message): Buffer {
  return received.length === length ? NOTHING : received.subarray(length)
}

export const NOTHING = Buffer.alloc(0)
