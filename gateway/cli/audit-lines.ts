import { open } from 'node:fs/promises'
import type { RawLine } from '../audit/read-line.ts'

/** Bytes read at a time. */
const CHUNK = 256 * 1024
const ZEROS = Buffer.alloc(CHUNK)
const LINE_FEED = 10

/**
 * The lines of a file of the log as `splitLines` cuts them, in batches. The file is never held as a whole: a segment may
 * have 1 GiB, and several chains are read at once.
 */
export async function* fileLines(path: string): AsyncGenerator<readonly RawLine[]> {
  const handle = await open(path, 'r')
  try {
    let number = 0
    let offset = 0
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of chunksOf(handle)) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const lines: RawLine[] = []
      let start = 0
      for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, start)) {
        number += 1
        const line = bytes.subarray(start, feed)
        lines.push({ number, bytes: line, torn: line.includes(0), end: offset + feed + 1 })
        start = feed + 1
      }
      rest = bytes.subarray(start)
      offset += start
      if (lines.length > 0) yield lines
    }
    const last = withoutZeros(rest)
    if (last.length > 0) yield [{ number: number + 1, bytes: last, torn: true, end: offset + last.length + 1 }]
  } finally {
    await handle.close()
  }
}

/** Room that nothing was written to yet is only counted; where something stands behind it, it is part of a line. */
async function* chunksOf(handle: Awaited<ReturnType<typeof open>>): AsyncGenerator<Buffer> {
  let zeros = 0
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, null)
    if (bytesRead === 0) return
    const chunk = buffer.subarray(0, bytesRead)
    if (chunk.equals(ZEROS.subarray(0, bytesRead))) {
      zeros += bytesRead
      continue
    }
    yield zeros === 0 ? chunk : Buffer.concat([Buffer.alloc(zeros), chunk])
    zeros = 0
  }
}

function withoutZeros(bytes: Buffer): Buffer {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length -= 1
  return bytes.subarray(0, length)
}
