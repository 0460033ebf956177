import { headsName } from './files.ts'
import type { AuditFiles } from './files.ts'
import { signedLine } from './line.ts'
import type { HeadLine, Tip } from './line-types.ts'
import type { Recovered } from './recover.ts'
import type { AuditSigner } from './signature.ts'
import { ZeroedFile } from './zeroed-file.ts'
import type { Clock } from '../vocabulary/ports.ts'

const FILE_BYTES = 256 * 1024

/** What signing lines of a chain needs. */
export interface Signing {
  readonly chain: string
  readonly signer: AuditSigner
  readonly clock: Clock
}

/** The present as an ISO 8601 instant. */
export function instant(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/**
 * Writes signed heads into files of their own: with them a cut tail and a chain recomputed without the key are found.
 * A head states only what is durable already, so writing one twice after a failure is harmless.
 */
export class Heads {
  readonly #files: AuditFiles
  readonly #signing: Signing
  #fileNumber: number
  #file: ZeroedFile | null = null
  #written: number

  constructor(files: AuditFiles, signing: Signing, start: Pick<Recovered, 'heads' | 'headsFile'>) {
    this.#files = files
    this.#signing = signing
    this.#fileNumber = start.headsFile
    this.#written = start.heads
  }

  /** How many heads are durable. */
  get written(): number {
    return this.#written
  }

  /** Resolves when the head is durable; rejects with the disk's error, and the next one begins a new file. */
  async write(tip: Tip, segment: number, reason: HeadLine['reason']): Promise<void> {
    const { chain, signer, clock } = this.#signing
    const head = this.#written + 1
    const { seq, hash } = tip
    const bytes = signedLine(
      { v: 1, kind: 'head', chain, head, segment, seq, hash, time: instant(clock), reason },
      signer,
    )
    const file = await this.#fileWithRoom(bytes.length)
    try {
      await file.append(bytes)
    } catch (error) {
      this.#file = null
      await file.abandon()
      throw error
    }
    this.#written = head
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
