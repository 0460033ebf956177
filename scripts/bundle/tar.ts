import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** One file of an archive. */
export interface Entry {
  /** Path in the archive, with `/`. */
  readonly path: string
  readonly executable: boolean
  /** Its bytes, or where they lie. */
  readonly content: Uint8Array | { readonly file: string }
  /** SHA-256, in hex, that the bytes must have when they are written: somebody may still work on the file. */
  readonly digest?: string
}

const BLOCK = 512

/**
 * Writes a gzipped tar of which each byte follows from the entries alone: sorted, one time for all, nobody's user or group.
 *
 * @param mtime seconds since the epoch
 * @throws where a file is no longer what its digest says
 */
export async function writeArchive(file: string, entries: readonly Entry[], mtime: number): Promise<void> {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  await pipeline(Readable.from(blocks(sorted, mtime)), createGzip({ level: 6 }), createWriteStream(file))
}

async function* blocks(entries: readonly Entry[], mtime: number): AsyncIterable<Uint8Array> {
  for (const entry of entries) {
    const size = await sizeOf(entry)
    const path = Buffer.from(entry.path)
    // A name that the old header cannot hold stands in an extended header before it (POSIX.1-2001).
    if (splitPath(path) === null) {
      const record = paxRecord('path', entry.path)
      yield header({ path: Buffer.from('pax'), size: record.length, mode: 0o644, mtime, type: 'x' })
      yield record
      yield padding(record.length)
    }
    const mode = entry.executable ? 0o755 : 0o644
    yield header({ path: splitPath(path) === null ? Buffer.from('long') : path, size, mode, mtime, type: '0' })
    yield* contentOf(entry)
    yield padding(size)
  }
  yield Buffer.alloc(2 * BLOCK)
}

async function* contentOf({ content, path, digest }: Entry): AsyncIterable<Uint8Array> {
  if (!('file' in content)) {
    yield content
    return
  }
  const hash = createHash('sha256')
  for await (const part of createReadStream(content.file)) {
    hash.update(part as Buffer)
    yield part as Buffer
  }
  const found = hash.digest('hex')
  if (digest !== undefined && found !== digest) throw new Error(`${path} was changed while it was packed: begin again`)
}

async function sizeOf({ content }: Entry): Promise<number> {
  return 'file' in content ? (await stat(content.file)).size : content.length
}

/** SHA-256 of an entry, in hex. */
export async function digestOf({ content }: Entry): Promise<string> {
  const hash = createHash('sha256')
  if (!('file' in content)) return hash.update(content).digest('hex')
  for await (const part of createReadStream(content.file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

interface Header {
  readonly path: Buffer
  readonly size: number
  readonly mode: number
  readonly mtime: number
  readonly type: '0' | 'x'
}

function header({ path, size, mode, mtime, type }: Header): Buffer {
  const block = Buffer.alloc(BLOCK)
  const { prefix, name } = splitPath(path) ?? { prefix: Buffer.alloc(0), name: path }
  name.copy(block, 0)
  block.write(octal(mode, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(mtime, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\u000000', 257)
  prefix.copy(block, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}

/** 100 bytes of name behind 155 of folders; null where it does not fit. */
function splitPath(path: Buffer): { readonly prefix: Buffer; readonly name: Buffer } | null {
  if (path.length <= 100) return { prefix: Buffer.alloc(0), name: path }
  for (let at = path.length - 101; at < path.length && at <= 155; at += 1)
    if (path[at] === 0x2f) return { prefix: path.subarray(0, at), name: path.subarray(at + 1) }
  return null
}

/** `length key=value`, the length counting itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest
  while (length !== rest + String(length).length) length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}
