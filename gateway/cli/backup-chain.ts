import { open, readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { headsIn, ordersIn, segmentsIn } from '../audit/files.ts'
import type { NumberedFile } from '../audit/files.ts'
import { readLine, splitLines } from '../audit/read-line.ts'
import type { ReadLine } from '../audit/read-line.ts'
import type { ChainFolder } from './audit-chains.ts'
import { fileLines } from './audit-lines.ts'
import type { BackedUpChain } from './backup-manifest.ts'
import { beginningOf } from './backup-target.ts'
import type { BackupTarget } from './backup-target.ts'

/** How far a chain had come, by its newest checkpoint. */
interface Reached {
  readonly chain: string
  readonly seq: number
  readonly hash: string
  readonly head: number
  readonly segment: number
  readonly time: string
}

/**
 * Copies a chain as its newest checkpoint states it, while a gateway may be writing. What stands behind the checkpoint is
 * not durable yet, perhaps: it could be written otherwise after a power cut, and the copy would tell of another chain.
 *
 * Heads come first, so that the segments read after them hold all that the heads know; orders last, so that a segment
 * that is removed meanwhile is missed together with its order.
 *
 * @param below path of the chain in the backup
 * @returns null where the chain has no checkpoint yet: nothing of it was ever stated
 */
export async function backUpChain(
  { directory }: ChainFolder,
  below: string,
  target: BackupTarget,
): Promise<BackedUpChain | null> {
  const heads = headsIn(await readdir(directory))
  const read = await Promise.all(
    heads.map(async (one) => ({ ...one, bytes: await readFile(join(directory, one.name)) })),
  )
  const lines = read.flatMap(({ bytes }) => splitLines(bytes).filter(({ torn }) => !torn))
  const reached = lines.map((raw) => reachedBy(readLine(raw))).findLast((one) => one !== null)
  if (reached === undefined || reached === null) return null
  for (const { name, bytes } of read) await target.put(`${below}/${name}`, wholeLines(bytes))
  const segments = segmentsIn(await readdir(directory))
  for (const one of segments.filter(({ number }) => number < reached.segment)) {
    const path = join(directory, one.name)
    const used = await usedLength(path).catch(goneMeanwhile)
    if (used !== null) await target.putFinal(`${below}/${one.name}`, path, used)
  }
  const behind = await backUpLast(directory, below, segments, reached, target)
  for (const { name } of ordersIn(await readdir(directory)))
    await target.put(`${below}/${name}`, wholeLines(await readFile(join(directory, name))))
  const { chain, seq, hash, head, time } = reached
  return { directory: below, chain, seq, hash, head, time, behind }
}

function reachedBy(line: ReadLine): Reached | null {
  if (line.kind === 'checkpoint') return line.checkpoint
  return line.kind === 'head' ? line.head : null
}

/** Without room that nothing was written to, and without a last line that is still being written. */
export function wholeLines(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.lastIndexOf(10) + 1)
}

/**
 * The segment that the checkpoint stands in, up to what it states, with its seal where that comes next.
 *
 * @returns how many records stand behind
 */
async function backUpLast(
  directory: string,
  below: string,
  segments: readonly NumberedFile[],
  { segment, seq }: Reached,
  target: BackupTarget,
): Promise<number> {
  let behind = 0
  for (const { name, number } of segments.filter((one) => one.number >= segment)) {
    let [end, beyond] = [0, false]
    for await (const lines of fileLines(join(directory, name))) {
      for (const raw of lines) {
        const line = raw.torn ? null : readLine(raw)
        beyond ||= line === null || (line.kind === 'record' && line.record.seq > seq)
        if (beyond) behind += line?.kind === 'record' ? 1 : 0
        else end = raw.end
      }
    }
    if (number === segment) await target.put(`${below}/${name}`, beginningOf(join(directory, name), end))
  }
  return behind
}

/** A removal took it away; its order is copied below. */
function goneMeanwhile(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

/** Length of what was written to a file; free room behind it is zeros. */
async function usedLength(path: string): Promise<number> {
  const { size } = await stat(path)
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
    if (bytesRead === 1 && buffer[0] !== 0) return size
  } finally {
    await handle.close()
  }
  let end = 0
  for await (const lines of fileLines(path)) end = lines.at(-1)?.end ?? end
  return Math.min(end, size)
}

/** What else lies in an audit folder and belongs to its proof: the register of chains, in lines that are only added. */
export async function backUpRoot(directory: string, below: string, target: BackupTarget): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const { name } = entry
    const numbered = [headsIn, segmentsIn, ordersIn].some((kind) => kind([name]).length > 0)
    if (!entry.isFile() || numbered || !/\.(ndjson|jsonl?|note)$/.test(name)) continue
    const bytes = await readFile(join(directory, name))
    await target.put(`${below}/${name}`, name.endsWith('.json') ? bytes : wholeLines(bytes))
  }
}
