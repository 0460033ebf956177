import { parseCheckpoint } from './checkpoint.ts'
import { readLine } from './read-line.ts'
import type { ReadLine } from './read-line.ts'

/** A checkpoint that somebody kept elsewhere: a note as it was printed, or a line of a file of heads of any version. */
export interface KeptHead {
  /** Its text, with its last line feed. */
  readonly text: string
  readonly read: ReadLine
  /** Of which chain; null where it cannot be read. */
  readonly chain: string | null
}

/**
 * Takes a file of kept checkpoints apart: notes and lines, several behind each other, empty lines between them or not.
 * What is neither stays as what it is, for the verification to name.
 */
export function keptHeads(bytes: Uint8Array): readonly KeptHead[] {
  const lines = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n').split('\n')
  const kept: KeptHead[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? ''
    if (line === '') {
      at += 1
      continue
    }
    const end = line.startsWith('{') ? at + 1 : noteEnd(lines, at)
    kept.push(keptHead(lines.slice(at, end), at + 1))
    at = end
  }
  return kept
}

/** Behind the last signature of the note that begins at a line. */
function noteEnd(lines: readonly string[], start: number): number {
  let at = start
  while (at < lines.length && lines[at] !== '' && lines[at]?.startsWith('{') === false) at += 1
  if (lines[at] !== '' || lines[at + 1]?.startsWith('— ') !== true) return at
  at += 1
  while (lines[at]?.startsWith('— ') === true) at += 1
  return at
}

function keptHead(lines: readonly string[], number: number): KeptHead {
  const text = `${lines.join('\n')}\n`
  const raw = { number, bytes: Buffer.from(text.slice(0, -1)), torn: false, end: 0 }
  const checkpoint = text.startsWith('{') ? null : parseCheckpoint(text)
  const read: ReadLine = checkpoint === null ? readLine(raw) : { kind: 'checkpoint', raw, checkpoint }
  return { text, read, chain: chainOf(read) }
}

function chainOf(read: ReadLine): string | null {
  if (read.kind === 'checkpoint') return read.checkpoint.chain
  return read.kind === 'head' ? read.head.chain : null
}
