/** Second places over HTTP, as others would build them: each checks by its own means who asks. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A server with what it keeps. */
export interface SecondPlace {
  readonly url: string
  readonly kept: Map<string, string>
  /** Requests that were refused, by status. */
  readonly refused: number[]
  /** Answers every request so while it is set. */
  failing: number | null
  close(): Promise<void>
}

type Handle = (request: IncomingMessage, body: string, kept: Map<string, string>) => readonly [number, string]

async function serve(handle: Handle): Promise<SecondPlace> {
  const kept = new Map<string, string>()
  const refused: number[] = []
  const place = { failing: null as number | null }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const [status, content] = place.failing === null ? handle(request, body, kept) : [place.failing, 'no']
    if (status === 401 || status === 403) refused.push(status)
    response.writeHead(status).end(content)
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return Object.assign(place, {
    url: `http://127.0.0.1:${port}`,
    kept,
    refused,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  })
}

/** A plain web server: `PUT` once, `GET`, and an index of folders as web servers write it. */
export function webPlace(token: string, key: string): Promise<SecondPlace> {
  return serve((request, body, kept) => {
    const path = new URL(request.url ?? '', 'http://place').pathname
    if (request.headers.authorization !== `Bearer ${token}`) return [401, '']
    const digest = createHash('sha256').update(body).digest('hex')
    const told = `${String(request.headers['x-gongxiang-time'])}\n${request.method}\n${path}\n${digest}`
    const expected = `sha256=${createHmac('sha256', key).update(told).digest('hex')}`
    if (request.headers['x-gongxiang-signature'] !== expected) return [403, '']
    if (request.method === 'PUT') return put(kept, path, body, request.headers['if-none-match'])
    if (!path.endsWith('/')) return kept.has(path) ? [200, kept.get(path) ?? ''] : [404, '']
    const links = below(kept, path).map((name) => `<a href="${name}">${name}</a>  23-Nov-2026 10:00  512`)
    return [200, `<html><h1>Index of ${path}</h1><a href="../">../</a>\n${links.join('\n')}</html>`]
  })
}

function put(kept: Map<string, string>, path: string, body: string, once: unknown): readonly [number, string] {
  if (once !== '*') return [428, '']
  if (kept.has(path)) return [412, '']
  kept.set(path, body)
  return [201, '']
}

function below(kept: Map<string, string>, path: string): readonly string[] {
  const rests = [...kept.keys()].filter((one) => one.startsWith(path)).map((one) => one.slice(path.length))
  return [
    ...new Set(rests.map((rest) => (rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest))),
  ].toSorted()
}

/** Names on a page of a list: so few that paging shows. */
const PAGE = 2

/** An object store of the S3 kind with one bucket, which checks the signature of each request. */
export function objectPlace(
  bucket: string,
  keys: { readonly id: string; readonly secret: string },
): Promise<SecondPlace> {
  return serve((request, body, kept) => {
    const url = new URL(request.url ?? '', 'http://place')
    if (!isSigned(request, url, body, keys)) return [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>']
    const path = decodeURIComponent(url.pathname)
    if (path === `/${bucket}`) return [200, listed(kept, url.searchParams)]
    if (!path.startsWith(`/${bucket}/`)) return [404, '<Error><Code>NoSuchBucket</Code></Error>']
    const name = path.slice(bucket.length + 2)
    if (request.method === 'PUT') return put(kept, name, body, request.headers['if-none-match'])
    return kept.has(name) ? [200, kept.get(name) ?? ''] : [404, '<Error><Code>NoSuchKey</Code></Error>']
  })
}

function listed(kept: Map<string, string>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? ''
  const all = below(kept, prefix).filter((name) => name > (query.get('continuation-token') ?? ''))
  const page = all.slice(0, PAGE)
  const entries = page.map((name) =>
    name.endsWith('/')
      ? `<CommonPrefixes><Prefix>${prefix}${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${prefix}${name}</Key><Size>1</Size></Contents>`,
  )
  const more = all.length > PAGE
  const token = more ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : ''
  return `<?xml version="1.0"?><ListBucketResult><Prefix>${prefix}</Prefix><IsTruncated>${more}</IsTruncated>${token}${entries.join('')}</ListBucketResult>`
}

/** Signature Version 4 from the receiver's side: from the bytes that arrived, not from what a client meant. */
function isSigned(
  request: IncomingMessage,
  url: URL,
  body: string,
  { id, secret }: { readonly id: string; readonly secret: string },
): boolean {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  const [, credential, day = '', region = '', signed = '', signature = ''] = found ?? []
  const date = String(request.headers['x-amz-date'])
  const digest = createHash('sha256').update(body).digest('hex')
  if (credential !== id || !date.startsWith(day) || request.headers['x-amz-content-sha256'] !== digest) return false
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.split(';').includes(name))) return false
  const lines = signed.split(';').map((name) => `${name}:${String(request.headers[name])}\n`)
  const query = url.search.slice(1).split('&').toSorted().join('&').replaceAll('+', '%20')
  const canonical = [request.method, url.pathname, query, lines.join(''), signed, digest].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const hashed = createHash('sha256').update(canonical).digest('hex')
  const mac = (key: Buffer, part: string): Buffer => createHmac('sha256', key).update(part).digest()
  const key = mac(mac(mac(mac(Buffer.from(`AWS4${secret}`), day), region), 's3'), 'aws4_request')
  const expected = mac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hashed}`)
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}
