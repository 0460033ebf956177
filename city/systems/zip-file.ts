import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { constants, crc32, deflateRawSync } from 'node:zlib'

/** Characters that are packed together. */
const CHUNK = 256 * 1024
/** 1980-01-01 00:00, the first that the format has: the same content gives the same bytes. */
const DOS_DATE = 0x21
/** Names are UTF-8. */
const UTF8 = 0x0800

/** A file inside an archive, being written; it is kept packed until the archive is. */
export interface ZipPart {
  readonly name: string
  add(text: string): void
  /** Packs the rest. Nothing may be added afterwards. */
  finish(): PackedPart
}

interface PackedPart {
  readonly name: string
  readonly packed: readonly Buffer[]
  readonly packedSize: number
  readonly size: number
  readonly crc: number
}

/** Begins a part. */
export function zipPart(name: string): ZipPart {
  const packed: Buffer[] = []
  let [waiting, size, crc] = ['', 0, 0]
  const pack = (flush: number): void => {
    const bytes = Buffer.from(waiting)
    waiting = ''
    size += bytes.length
    crc = crc32(bytes, crc)
    // Each piece ends on a whole byte, so that the pieces together are one stream.
    packed.push(deflateRawSync(bytes, { finishFlush: flush }))
  }
  return {
    name,
    add(text) {
      waiting += text
      if (waiting.length >= CHUNK) pack(constants.Z_FULL_FLUSH)
    },
    finish() {
      pack(constants.Z_FINISH)
      return { name, packed, packedSize: packed.reduce((sum, { length }) => sum + length, 0), size, crc }
    },
  }
}

/** Writes an archive of these parts, in their order. */
export function writeZip(path: string, parts: readonly ZipPart[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  let offset = 0
  const put = (bytes: Buffer): void => {
    writeSync(file, bytes)
    offset += bytes.length
  }
  const directory = parts.map((part) => {
    const one = part.finish()
    const at = offset
    put(header(one, null))
    one.packed.forEach(put)
    return header(one, at)
  })
  const begins = offset
  directory.forEach(put)
  put(end(directory.length, begins, offset - begins))
  closeSync(file)
}

/** The header of a part: before it where `at` is null, else in the directory. */
function header({ name, packedSize, size, crc }: PackedPart, at: number | null): Buffer {
  const named = Buffer.from(name)
  const common = Buffer.alloc(26)
  ;[20, UTF8, 8, 0, DOS_DATE].forEach((value, index) => common.writeUInt16LE(value, index * 2))
  ;[crc, packedSize, size].forEach((value, index) => common.writeUInt32LE(value, 10 + index * 4))
  common.writeUInt16LE(named.length, 22)
  if (at === null) return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, named])
  const more = Buffer.alloc(14)
  more.writeUInt32LE(at, 10)
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, more, named])
}

function end(parts: number, begins: number, size: number): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.write('PK\x05\x06', 'latin1')
  bytes.writeUInt16LE(parts, 8)
  bytes.writeUInt16LE(parts, 10)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt32LE(begins, 16)
  return bytes
}
