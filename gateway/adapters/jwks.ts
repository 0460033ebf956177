import { createHash } from 'node:crypto'
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { TokenKeys, TokenKeySet } from '../caller/token.ts'
import { publishLifecycle } from '../observe/channels.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { followFile } from './followed-file.ts'

const shape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })
/** Members of private and of symmetric keys (RFC 7518). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** The set of keys published by somebody is wrong; `message` holds no key material. */
class JwksFault extends Error {
  readonly code = 'JWKS_INVALID'

  constructor(message: string) {
    super(message)
    this.name = 'JwksFault'
  }
}

/**
 * Parses a JSON Web Key Set (RFC 7517).
 * @throws JwksFault: no JSON, no key, or a private or symmetric key in it, which must never be published
 */
export function parseJwks(text: string): JSONWebKeySet {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new JwksFault('the key set is no JSON')
  }
  const parsed = shape.safeParse(json)
  if (!parsed.success) throw new JwksFault('the key set is no JWKS with at least one key')
  const exposed = parsed.data.keys.some((key) => PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member)))
  if (exposed) throw new JwksFault('the key set holds a private or symmetric key; publish public keys only')
  return parsed.data
}

function keySet(text: string): TokenKeySet {
  return { keyFor: createLocalJWKSet(parseJwks(text)) }
}

/** Milliseconds between looks. */
const INTERVAL = 1_000

/**
 * The keys of a file, followed.
 * @throws JwksFault, or the error of the file system, at opening only
 */
export function openJwksFile(path: string): TokenKeys & { close(): void } {
  const file = followFile({ path, parse: keySet, subject: 'jwks', interval: INTERVAL, onChange: () => {} })
  return { current: async () => file.current(), close: () => file.close() }
}

/** How old remote keys may grow before they are fetched again, and before they are no longer believed. */
const FRESH_MS = 300_000
const BELIEVED_MS = 3_600_000
const RETRY_MS = 5_000

/** Longest key set that is read, in characters. */
const MAX_SET = 1024 * 1024

async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const body: ReadableStream<Uint8Array> | null = response.body
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_SET) throw new JwksFault(`the key set is longer than ${MAX_SET} characters`)
  }
  return text
}

/** Fetches the text of a key set, and pauses after each failure. */
function createSource(clock: Pick<Clock, 'monotonic'>) {
  let failed = -Infinity
  const pausing = (): boolean => clock.monotonic() - failed < RETRY_MS

  async function fetchText(address: string, init: RequestInit): Promise<string> {
    // Tokens with made-up key IDs must not turn into a stream of requests to an address that is down.
    if (pausing()) throw new JwksFault('the key set could not be fetched just now')
    try {
      const response = await fetch(address, init)
      if (response.status !== 200) throw new JwksFault(`the key set was answered with status ${response.status}`)
      const text = await limitedText(response)
      parseJwks(text)
      return text
    } catch (error) {
      failed = clock.monotonic()
      throw error
    }
  }

  return { fetchText, pausing }
}

/**
 * The keys of an http(s) address: fetched at first use, every five minutes, and for an unknown key ID (at most every
 * 30 s). While the address does not answer, the last keys are believed for one hour.
 */
export function createRemoteJwks(url: string, clock: Pick<Clock, 'monotonic'>): TokenKeys {
  let digest = ''
  let current: TokenKeySet | null = null
  let succeeded = -Infinity
  const source = createSource(clock)

  /** jose asks; we see the text, so that verified tokens are forgotten when the keys change (Wall 14). */
  async function fetchAndNotice(address: string, init: RequestInit): Promise<Response> {
    const text = await source.fetchText(address, init)
    succeeded = clock.monotonic()
    const found = createHash('sha256').update(text).digest('base64')
    if (found !== digest) {
      digest = found
      current = { keyFor: lookUp }
      publishLifecycle(() => ({ step: 'reloaded', subject: 'jwks' }))
    }
    return new Response(text, { status: 200, headers: { 'content-type': 'application/json' } })
  }

  const remote = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: Infinity,
    timeoutDuration: 3_000,
    [customFetch]: fetchAndNotice,
  })

  const lookUp: TokenKeySet['keyFor'] = async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      // Only "no such key" is the token's fault; an address that fails is not.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      throw unavailable(error)
    }
  }

  return {
    async current() {
      const now = clock.monotonic()
      if (now - succeeded > FRESH_MS && !source.pausing()) {
        await remote.reload().catch(() => publishLifecycle(() => ({ step: 'degraded', subject: 'jwks' })))
      }
      if (current === null || clock.monotonic() - succeeded > BELIEVED_MS) throw unavailable(null)
      return current
    },
  }
}

function unavailable(cause: unknown): Failure {
  return new Failure('NOT_READY', {
    detail: { zh: '无法读取身份认证方的公钥', en: "The identity provider's keys cannot be read." },
    cause,
  })
}

/** The keys of a file or of an http(s) address. @throws as `openJwksFile` does */
export function openJwks(source: string, clock: Pick<Clock, 'monotonic'>): TokenKeys & { close(): void } {
  if (!/^https?:\/\//.test(source)) return openJwksFile(source)
  return { ...createRemoteJwks(source, clock), close() {} }
}
