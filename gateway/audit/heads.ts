import { formatCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { headsIn, headsName } from './files.ts'
import type { AuditFiles, AuditReader } from './files.ts'
import { hashText, rootOf } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import type { HeadReason, Tip } from './line-types.ts'
import { readLine, splitLines } from './read-line.ts'
import type { Recovered } from './recover.ts'
import type { AuditSigner, DigestName } from './suite.ts'
import { ZeroedFile } from './zeroed-file.ts'
import type { Clock } from '../vocabulary/ports.ts'

const FILE_BYTES = 256 * 1024

/** What signing lines of a chain needs. */
export interface Signing {
  readonly chain: string
  readonly signer: AuditSigner
  readonly clock: Clock
}

/** How far a chain has come, durably. */
export interface Reached {
  readonly tip: Tip
  /** Newest segment. */
  readonly number: number
  readonly tree: Frontier
  /** Of the last record. */
  readonly digest: DigestName
}

/** The present as an ISO 8601 instant. */
export function instant(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/** What writing checkpoints needs besides. */
export interface HeadsOptions extends Signing {
  readonly origin: string
  /** Told of each checkpoint when it is durable; what it throws is dropped, the log goes on. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void
}

/**
 * Writes checkpoints into files of their own: with them a cut tail and a chain recomputed without the key are found.
 * A checkpoint states only what is durable already, so writing one twice after a failure is harmless.
 */
export class Heads {
  readonly #files: AuditFiles
  readonly #options: HeadsOptions
  #fileNumber: number
  #file: ZeroedFile | null = null
  #written: number

  constructor(files: AuditFiles, options: HeadsOptions, start: Pick<Recovered, 'heads' | 'headsFile'>) {
    this.#files = files
    this.#options = options
    this.#fileNumber = start.headsFile
    this.#written = start.heads
  }

  /** How many checkpoints are durable. */
  get written(): number {
    return this.#written
  }

  /** Resolves when the checkpoint is durable; rejects with the disk's error, and the next one begins a new file. */
  async write(reached: Reached, reason: HeadReason): Promise<void> {
    const checkpoint = this.#checkpoint(reached, reason)
    const line = JSON.stringify({ v: 2, kind: 'checkpoint', checkpoint: checkpoint.note })
    const bytes = Buffer.from(`${line}\n`)
    const file = await this.#fileWithRoom(bytes.length)
    try {
      await file.append(bytes)
    } catch (error) {
      this.#file = null
      await file.abandon()
      throw error
    }
    this.#written = checkpoint.head
    this.#tell(checkpoint)
  }

  #checkpoint({ tip, number, tree, digest }: Reached, reason: HeadReason): Checkpoint {
    const { chain, origin, signer, clock } = this.#options
    const root = hashText(rootOf(tree, digest))
    const place = { seq: tip.seq, root, digest, hash: tip.hash, head: this.#written + 1, segment: number }
    return formatCheckpoint({ origin, chain, ...place, time: instant(clock), reason }, signer)
  }

  #tell(checkpoint: Checkpoint): void {
    try {
      this.#options.onCheckpoint?.(checkpoint)
    } catch {
      // Whoever listens has failed, not the log.
    }
  }

  async #fileWithRoom(bytes: number): Promise<ZeroedFile> {
    if (this.#file !== null && this.#file.free >= bytes) return this.#file
    const full = this.#file
    this.#file = null
    await full?.finish()
    this.#fileNumber += 1
    const file = await ZeroedFile.create(this.#files, headsName(this.#fileNumber), FILE_BYTES)
    await this.#files.syncDirectory()
    this.#file = file
    return file
  }

  /** Gives unused room back. */
  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.finish()
  }
}

/** The newest checkpoint of a directory, as it stands there; null where there is none yet. Checks no signature. */
export async function latestCheckpoint(files: AuditReader): Promise<Checkpoint | null> {
  for (const { name } of headsIn(await files.list()).toReversed()) {
    const lines = splitLines(await files.read(name)).map((raw) => readLine(raw))
    const last = lines.findLast((line) => line.kind === 'checkpoint')
    if (last?.kind === 'checkpoint') return last.checkpoint
  }
  return null
}

/** All checkpoints of a directory, the oldest first, as they stand there. Checks no signature. */
export async function checkpointsIn(files: AuditReader): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = []
  for (const { name } of headsIn(await files.list())) {
    for (const raw of splitLines(await files.read(name))) {
      const line = readLine(raw)
      if (line.kind === 'checkpoint') found.push(line.checkpoint)
    }
  }
  return found
}

/** The checkpoint of a directory that states so many records; null where there is none. The newest ones are looked at first. */
export async function checkpointOf(files: AuditReader, seq: number): Promise<Checkpoint | null> {
  for (const { name } of headsIn(await files.list()).toReversed()) {
    const lines = splitLines(await files.read(name)).map((raw) => readLine(raw))
    const found = lines.flatMap((line) => (line.kind === 'checkpoint' ? [line.checkpoint] : []))
    const same = found.find((checkpoint) => checkpoint.seq === seq)
    if (same !== undefined) return same
    if (found.some((checkpoint) => checkpoint.seq < seq)) return null
  }
  return null
}
