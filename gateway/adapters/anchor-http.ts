import { createHash, createHmac } from 'node:crypto'
import type { AnchorStore } from './anchor-store.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Milliseconds for one exchange with a second place. */
const TIMEOUT = 10_000

/** The longest answer that is read: a list of names, or one note. */
const LONGEST = 4 * 2 ** 20

/** How a second place over HTTP is reached. */
export interface HttpAnchorOptions {
  readonly url: string
  readonly bearer: string | null
  /** Signs each request; null: none is signed. */
  readonly hmacKey: string | null
}

/**
 * A second place over HTTP: `PUT <url>/<chain>/<group>/<records>.checkpoint` with `If-None-Match: *`, answered 2xx once
 * it is kept and 412 where something stands there; `GET` of the same, and of a folder for the names in it, in whatever
 * form (JSON, HTML or lines). Redirects are refused: they would take the token elsewhere.
 */
export function httpAnchor({ url, bearer, hmacKey }: HttpAnchorOptions, clock: Pick<Clock, 'now'>): AnchorStore {
  const base = new URL(url.endsWith('/') ? url : `${url}/`)

  async function ask(method: 'GET' | 'PUT', name: string, body: string | null): Promise<Response> {
    const address = new URL(name, base)
    const headers = new Headers({ accept: 'text/plain, application/json, text/html' })
    if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`)
    if (hmacKey !== null) sign(headers, hmacKey, { method, address, body, now: clock.now() })
    if (body !== null) {
      headers.set('content-type', 'text/plain; charset=utf-8')
      headers.set('if-none-match', '*')
    }
    const content = body === null ? {} : { body }
    return fetch(address, { method, headers, ...content, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) })
  }

  return {
    name: 'http',
    async put(name, text) {
      if (await isThere(await ask('GET', name, null))) return 'exists'
      const response = await ask('PUT', name, text)
      await response.body?.cancel()
      if (response.ok) return 'stored'
      if (response.status === 412) return 'exists'
      throw new Error(`the second place answered ${response.status}`)
    },
    async get(name) {
      const response = await ask('GET', name, null)
      return textOf(response)
    },
    async names(below) {
      const response = await ask('GET', below, null)
      return namesIn((await textOf(response)) ?? '', new URL(below, base))
    },
  }
}

/**
 * Whether something stands under a name, by the answer to a `GET` before it is written: a server may know nothing of
 * `If-None-Match`. One that lets nobody read is asked to write all the same.
 */
export async function isThere(response: Response): Promise<boolean> {
  await response.body?.cancel()
  return response.ok
}

/** What an answer holds; null where there is nothing. */
export async function textOf(response: Response): Promise<string | null> {
  if (response.status === 404) {
    await response.body?.cancel()
    return null
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`the second place answered ${response.status}`)
  }
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bodyOf(response)) {
    parts.push(chunk)
    bytes += chunk.length
    if (bytes > LONGEST) throw new Error('the second place answered more than is read')
  }
  return Buffer.concat(parts).toString('utf8')
}

/** An answer without a body is an empty one. */
function bodyOf(response: Response): AsyncIterable<Uint8Array> | readonly Uint8Array[] {
  return response.body ?? []
}

/** Covers time, method, path and body, so that nothing is played again elsewhere or later. */
function sign(
  headers: Headers,
  key: string,
  { method, address, body, now }: { method: string; address: URL; body: string | null; now: number },
): void {
  const time = String(Math.floor(now / 1_000))
  const digest = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const text = [time, method, address.pathname, digest].join('\n')
  headers.set('x-gongxiang-time', time)
  headers.set('x-gongxiang-signature', `sha256=${createHmac('sha256', key).update(text).digest('hex')}`)
}

/**
 * Names directly below a folder, in a list of a server's own making: links of a page, texts of a JSON list, or lines.
 * What is none of ours the caller passes over.
 */
function namesIn(text: string, folder: URL): readonly string[] {
  const links = [...text.matchAll(/href="([^"]*)"/g)].flatMap(([, link = '']) => childOf(link, folder))
  const names = links.length > 0 ? links : (jsonNames(text) ?? text.split('\n').map((line) => line.trim()))
  return [...new Set(names.filter((name) => /^[^/\s]+\/?$/.test(name)))].toSorted()
}

function childOf(link: string, folder: URL): readonly string[] {
  const found = URL.canParse(link, folder) ? new URL(link, folder) : null
  return found?.pathname.startsWith(folder.pathname) === true ? [found.pathname.slice(folder.pathname.length)] : []
}

function jsonNames(text: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null
  } catch {
    return null
  }
}
