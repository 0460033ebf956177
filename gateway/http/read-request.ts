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
  const headers = new Map<string, string>()
  for (const name in message.headers) {
    const value = message.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  const read = await readBody(message, headers, limit)
  const address = message.socket.remoteAddress ?? 'unknown'
  return { method: message.method ?? 'GET', address, search, rawHeaders: message.rawHeaders, headers, ...read, signal }
}

type Body = Pick<HttpRequest, 'body' | 'fault'>

async function readBody(message: IncomingMessage, headers: ReadonlyMap<string, string>, limit: number): Promise<Body> {
  // GET would put ID numbers into the logs of every proxy on the way (wall 13).
  if (message.method !== 'POST') return { body: undefined, fault: new Failure('METHOD_NOT_ALLOWED') }
  const bytes = await readBytes(message, limit)
  if (bytes instanceof Failure) return { body: undefined, fault: bytes }
  const encoded = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase() !== 'identity'
  if (encoded || !isJsonInUtf8(headers.get('content-type') ?? ''))
    return { body: undefined, fault: new Failure('UNSUPPORTED_MEDIA_TYPE') }
  try {
    // A byte-order mark is dropped, bytes that are not UTF-8 are refused.
    const text = UTF_8.decode(bytes)
    if (nestsDeeper(text, MAX_NESTING))
      return {
        body: undefined,
        fault: new Failure('BAD_REQUEST', { detail: { zh: '请求体嵌套过深', en: 'the body is nested too deeply' } }),
      }
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { body, fault: null }
    return {
      body: undefined,
      fault: new Failure('BAD_REQUEST', {
        detail: { zh: '请求体不是 JSON 对象', en: 'the body is not a JSON object' },
      }),
    }
  } catch {
    return {
      body: undefined,
      fault: new Failure('BAD_REQUEST', {
        detail: { zh: '请求体不是 UTF-8 编码的 JSON', en: 'the body is not JSON in UTF-8' },
      }),
    }
  }
}

/** Keeps nothing from one text to the next. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

/** Levels of lists and objects in a body: whoever walks its values must not run out of stack. */
const MAX_NESTING = 100

/** Whether a JSON text opens more than `limit` lists and objects inside of each other. */
function nestsDeeper(json: string, limit: number): boolean {
  // A text with few brackets need not be looked at by the character.
  if (!opensMore(json, limit)) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > limit) return true
  }
  return false
}

/** Whether a text has more than `limit` opening brackets, quoted ones too. */
function opensMore(json: string, limit: number): boolean {
  let found = 0
  for (const bracket of ['{', '[']) {
    for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) {
      found += 1
      if (found > limit) return true
    }
  }
  return false
}

function isJsonInUtf8(contentType: string): boolean {
  if (contentType === 'application/json') return true
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charsets = parameters.filter((one) => one.startsWith('charset=')).map((one) => one.slice('charset='.length))
  return type === 'application/json' && charsets.every((one) => /^"?utf-?8"?$/.test(one))
}

function readBytes(message: IncomingMessage, limit: number): Promise<Buffer | Failure> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let whole = false
    const end = (): void => {
      whole = true
      resolve(size <= limit ? joined(chunks) : tooLarge(limit))
    }
    const take = (chunk: Buffer): void => {
      size += chunk.length
      // Read to the end, so that the refusal reaches the client, but keep nothing of it.
      if (size <= limit) chunks.push(chunk)
      else if (size > limit * 8) {
        end()
        message.destroy()
      }
    }
    message
      .on('data', take)
      .once('end', end)
      .once('error', () => resolve(incomplete()))
    // One that is cut off before its end, without an error.
    message.once('close', () => whole || resolve(incomplete()))
  })
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return first && chunks.length === 1 ? first : Buffer.concat(chunks)
}

function tooLarge(limit: number): Failure {
  return new Failure('PAYLOAD_TOO_LARGE', { detail: { zh: `超过 ${limit} 字节`, en: `more than ${limit} bytes` } })
}

function incomplete(): Failure {
  return new Failure('BAD_REQUEST', { detail: { zh: '请求体未完整到达', en: 'the body did not arrive in full' } })
}
