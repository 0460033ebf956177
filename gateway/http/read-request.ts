import type { IncomingMessage } from 'node:http'
import type { HttpRequest } from '../request/http.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Reads a request of the GraphQL endpoint; whatever is wrong with its body is a fault, never an exception. */
export async function readRequest(
  message: IncomingMessage,
  search: string,
  limit: number,
  signal: AbortSignal,
): Promise<HttpRequest> {
  const headers = new Map(
    Object.entries(message.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
  )
  const read = await readBody(message, headers.get('content-type') ?? '', limit)
  const address = message.socket.remoteAddress ?? 'unknown'
  return { method: message.method ?? 'GET', address, search, rawHeaders: message.rawHeaders, headers, ...read, signal }
}

type Body = Pick<HttpRequest, 'body' | 'fault'>

async function readBody(message: IncomingMessage, contentType: string, limit: number): Promise<Body> {
  const bytes = await readBytes(message, limit)
  if (bytes instanceof Failure) return { body: undefined, fault: bytes }
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters
    .find((one) => one.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '')
  if (type !== 'application/json' || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
    return { body: undefined, fault: new Failure('UNSUPPORTED_MEDIA_TYPE') }
  }
  try {
    // A byte-order mark is dropped, bytes that are not UTF-8 are refused.
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { body, fault: null }
    return { body: undefined, fault: new Failure('BAD_REQUEST', { detail: 'the body is not a JSON object' }) }
  } catch {
    return { body: undefined, fault: new Failure('BAD_REQUEST', { detail: 'the body is not JSON in UTF-8' }) }
  }
}

async function readBytes(message: IncomingMessage, limit: number): Promise<Buffer | Failure> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of message) {
      if (!Buffer.isBuffer(chunk)) continue
      size += chunk.length
      // Read to the end, so that the refusal reaches the client, but keep nothing of it.
      if (size <= limit) chunks.push(chunk)
      else if (size > limit * 8) break
    }
  } catch {
    return new Failure('BAD_REQUEST', { detail: 'the body did not arrive in full' })
  }
  return size <= limit
    ? Buffer.concat(chunks)
    : new Failure('PAYLOAD_TOO_LARGE', { detail: `more than ${limit} bytes` })
}
