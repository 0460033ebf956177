import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fromFdPromise } from 'yauzl'
import type { Entry } from 'yauzl'
import { DropRefused } from '../drop/problem.ts'
import { troubleOf } from '../drop/trouble.ts'

/** Bytes of one part, unpacked: sheets of a million rows have a tenth of it. */
const LARGEST_PART = 4 * 1024 ** 3
/** Parts of a workbook: sheets, pictures, and what else an office program puts there. */
const MOST_PARTS = 10_000
/** First bytes of a container in which passwords and old .xls files come. */
const OLD_CONTAINER = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/** The parts of a workbook. Everything throws `DropRefused` for what is no workbook. */
export interface Parts {
  has(path: string): boolean
  /** The bytes of a part, unpacked as they are read. */
  open(path: string): Promise<Readable>
}

/** Lists the parts of a workbook. */
export async function openParts(handle: FileHandle): Promise<Parts> {
  const start = Buffer.alloc(4)
  await handle.read(start, 0, 4, 0)
  if (start.equals(OLD_CONTAINER)) throw new DropRefused('ENCRYPTED')
  try {
    // By its handle, so that what takes the file's name meanwhile is not read.
    const zip = await fromFdPromise(handle.fd, { autoClose: false })
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) {
      if (entries.size >= MOST_PARTS || entry.uncompressedSize > LARGEST_PART) throw new DropRefused('TOO_LARGE')
      if (entry.isEncrypted()) throw new DropRefused('ENCRYPTED')
      // Names of parts do not differ by case alone.
      entries.set(entry.fileName.toLowerCase(), entry)
    }
    return {
      has: (path) => entries.has(path.toLowerCase()),
      async open(path) {
        const entry = entries.get(path.toLowerCase())
        if (entry === undefined) throw new DropRefused('NOT_XLSX')
        return zip.openReadStreamPromise(entry)
      },
    }
  } catch (error) {
    throw notZip(error)
  }
}

/** What the unpacking says of a broken archive may quote names of its parts: it is not repeated. */
export function notZip(error: unknown): unknown {
  // A disk that fails says nothing of the archive.
  return error instanceof DropRefused || troubleOf(error) !== null ? error : new DropRefused('NOT_XLSX')
}
