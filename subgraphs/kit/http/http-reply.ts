import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** Headers of a reply, by names in lower case. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

const UNPACKERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const

/** One header as one text; empty where the reply has none. */
export function headerOf(headers: ReplyHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : (value ?? []).join(', ')
}

/**
 * The text of a reply: unpacked, and in its own character set, which is that of its content type, else that of its XML
 * declaration, else UTF-8. Many old systems still write GBK.
 *
 * @param most bytes that it may have once it is unpacked
 * @throws Failure `SOURCE_INVALID` where it has more, or where its bytes are no text of that character set: a value
 *   with characters lost would be a wrong value
 */
export async function replyText(bytes: Buffer, headers: ReplyHeaders, most: number): Promise<string> {
  const plain = await unpacked(bytes, headerOf(headers, 'content-encoding'), most)
  const charset = charsetOf(headerOf(headers, 'content-type'), plain)
  try {
    return new TextDecoder(charset, { fatal: true }).decode(plain)
  } catch (error) {
    throw error instanceof RangeError
      ? invalid('is in a character set that is not known')
      : invalid('is no text of its character set')
  }
}

async function unpacked(bytes: Buffer, coding: string, most: number): Promise<Buffer> {
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') return bytes
  // One coding alone: a bomb packed twice is small when it has been unpacked once.
  const unpack = Object.entries(UNPACKERS).find(([known]) => known === name)?.[1]
  if (unpack === undefined) throw invalid('is packed in a way that is not known')
  try {
    return await unpack(bytes, { maxOutputLength: most })
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw tooLong ? invalid(`has more than ${most} bytes`) : invalid('cannot be unpacked')
  }
}

function charsetOf(contentType: string, bytes: Buffer): string {
  const named = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1]
  if (named !== undefined) return named
  const head = bytes.subarray(0, 200).toString('latin1')
  return /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8'
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
