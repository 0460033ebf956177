import { isThere, textOf } from './anchor-http.ts'
import type { AnchorStore } from './anchor-store.ts'
import { amzDate, authorization, sha256Hex } from './sigv4.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Milliseconds for one exchange. */
const TIMEOUT = 10_000

/** How an object store of the S3 kind is reached, by paths (`<endpoint>/<bucket>/<name>`). */
export interface ObjectStoreOptions {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  /** Before the name of each object. */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** An object store as a second place. `If-None-Match: *` has it refuse what would replace an object. */
export function objectStoreAnchor(options: ObjectStoreOptions, clock: Pick<Clock, 'now'>): AnchorStore {
  const { bucket, prefix } = options
  const base = options.endpoint.replace(/\/+$/, '')
  const root = `${base}/${encodeURIComponent(bucket)}`

  function ask(method: 'GET' | 'PUT', url: URL, body: string | null): Promise<Response> {
    const date = amzDate(clock.now())
    const payload = sha256Hex(body ?? '')
    const only = body === null ? {} : { 'content-type': 'text/plain; charset=utf-8', 'if-none-match': '*' }
    const headers = { host: url.host, 'x-amz-content-sha256': payload, 'x-amz-date': date, ...only }
    const signed = authorization({ method, url, headers, payload }, { ...options, service: 's3' }, date)
    // The client writes the host itself.
    const { host: _, ...sent } = headers
    const frame = { method, headers: { ...sent, authorization: signed }, redirect: 'error' } as const
    return fetch(url, { ...frame, ...(body === null ? {} : { body }), signal: AbortSignal.timeout(TIMEOUT) })
  }

  return {
    name: 'object-store',
    async put(name, text) {
      const address = new URL(`${root}/${prefix}${name}`)
      if (await isThere(await ask('GET', address, null))) return 'exists'
      const response = await ask('PUT', address, text)
      await response.body?.cancel()
      if (response.ok) return 'stored'
      // 409 is a write at the same time, which may yet fail: it is tried again.
      if (response.status === 412) return 'exists'
      throw new Error(`the object store answered ${response.status}`)
    },
    async get(name) {
      return textOf(await ask('GET', new URL(`${root}/${prefix}${name}`), null))
    },
    async names(below) {
      const found: string[] = []
      for (let token: string | null = ''; token !== null;) {
        const url: URL = new URL(root)
        url.searchParams.set('list-type', '2')
        url.searchParams.set('delimiter', '/')
        url.searchParams.set('prefix', `${prefix}${below}`)
        if (token !== '') url.searchParams.set('continuation-token', token)
        const xml = await textOf(await ask('GET', url, null))
        if (xml === null) throw new Error('the object store has no such bucket')
        found.push(...keysIn(xml).map((key) => key.slice(prefix.length + below.length)))
        token = next(xml)
      }
      return found.filter((name) => name !== '').toSorted()
    },
  }
}

/** Keys and common prefixes of one page of a list. Our names need no escape in XML; any other is none of ours. */
function keysIn(xml: string): readonly string[] {
  const keys = xml.matchAll(/<Key>([^<]*)<\/Key>|<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g)
  return [...keys].map(([, key, folder]) => key ?? folder ?? '')
}

function next(xml: string): string | null {
  if (!/<IsTruncated>true<\/IsTruncated>/.test(xml)) return null
  const token = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(xml)?.[1]
  return token === undefined || token === '' ? null : unescapeXml(token)
}

function unescapeXml(text: string): string {
  const marks: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => marks[name] ?? whole)
}
