/** AWS Signature Version 4, as object stores of the S3 kind take it: the header form, with a signed body. */
import { createHash, createHmac } from 'node:crypto'

/** Who signs, and for which service where. */
export interface SigningScope {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
}

/** A request to be signed. */
export interface SignedRequest {
  readonly method: string
  readonly url: URL
  /** All of them are signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body, hex. */
  readonly payload: string
}

/** SHA-256 in lower-case hex, as SigV4 has it. */
export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** As `x-amz-date` has it: 20150830T123600Z. */
export function amzDate(now: number): string {
  return new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '')
}

/**
 * The header `authorization` of a request.
 *
 * @param date as `amzDate` gives it
 */
export function authorization(request: SignedRequest, scope: SigningScope, date: string): string {
  const day = date.slice(0, 8)
  const names = Object.keys(request.headers).toSorted().join(';')
  const credential = `${day}/${scope.region}/${scope.service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, credential, sha256Hex(canonicalRequest(request, names))].join('\n')
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${scope.secretAccessKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${scope.accessKeyId}/${credential}, SignedHeaders=${names}, Signature=${signature}`
}

function canonicalRequest({ method, url, headers, payload }: SignedRequest, names: string): string {
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&')
  const path = decodeURIComponent(url.pathname).split('/').map(encode).join('/')
  const lines = names.split(';').map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
  return [method, path, query, lines.join(''), names, payload].join('\n')
}

/** RFC 3986 without exceptions. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
