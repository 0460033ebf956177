import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { DropRefused } from './problem.ts'
import type { DropEncoding } from './drop.ts'

const CHUNK = 64 * 1024

/** What the bytes of a file are and could be. */
export interface Inspected {
  readonly sha256: string
  /** Whether every byte of it can be read in this encoding, with no sign of an earlier damage. */
  readonly utf8: boolean
  readonly gb18030: boolean
  readonly ascii: boolean
  /** Whether it begins with the byte order mark of UTF-8. */
  readonly bom: boolean
}

/** Signs of text that was read in the wrong encoding before it was written here: nothing brings it back. */
const DAMAGE = /\uFFFD|锟斤拷|\0/

/** Reads a whole file once. Decoding is left out where only the checksum is asked for. */
export async function inspect(handle: FileHandle, decode: boolean): Promise<Inspected> {
  const hash = createHash('sha256')
  const [utf8, gb18030] = [checker('utf-8'), checker('gb18030')]
  let [ascii, bom, first] = [true, false, true]
  for await (const bytes of chunks(handle)) {
    hash.update(bytes)
    if (!decode) continue
    if (first) bom = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))
    first = false
    ascii &&= bytes.every((byte) => byte < 0x80)
    utf8.take(bytes)
    // A mark of UTF-8 can be read as GB 18030 too, and never means it.
    if (!bom) gb18030.take(bytes)
  }
  return { sha256: hash.digest('hex'), utf8: utf8.end(), gb18030: !bom && gb18030.end(), ascii, bom }
}

/** The bytes of a file from its beginning, in chunks. */
async function* chunks(handle: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function checker(label: 'utf-8' | 'gb18030') {
  const decoder = new TextDecoder(label, { fatal: true })
  let [valid, tail] = [true, '']
  const take = (bytes?: Uint8Array): void => {
    if (!valid) return
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
      valid = !DAMAGE.test(tail + text)
      tail = text.slice(-2)
    } catch {
      valid = false
    }
  }
  return {
    take,
    end: (): boolean => {
      take()
      return valid
    },
  }
}

/** Its text in chunks; the byte order mark is left out. Only for an encoding in which it was found valid. */
export async function* texts(handle: FileHandle, encoding: TextEncoding): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding)
  for await (const bytes of chunks(handle)) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

/** In which of the two a file is read. */
export type TextEncoding = 'utf-8' | 'gb18030'

/**
 * The encodings in which a file may be read: the declared one, or what its bytes allow. Two where they allow both and
 * would not mean the same: the headings then decide. Throws `ENCODING_INVALID`.
 */
export function encodingsOf(found: Inspected, declared: DropEncoding | undefined): readonly TextEncoding[] {
  const asked = declared === undefined ? null : declared === 'UTF-8' ? 'utf-8' : 'gb18030'
  const possible: TextEncoding[] = []
  if (found.utf8 && asked !== 'gb18030') possible.push('utf-8')
  if (found.gb18030 && asked !== 'utf-8' && !(found.ascii && possible.length > 0)) possible.push('gb18030')
  if (possible.length === 0) throw new DropRefused('ENCODING_INVALID')
  return possible
}
