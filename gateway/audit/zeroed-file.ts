import type { AuditFile, AuditFiles } from './files.ts'

const CHUNK = new Uint8Array(1 << 20)

/**
 * A file whose room is really there: filled with zero bytes first, because a length without blocks fails later, on a
 * full disk. Appending overwrites zeros, so readers take trailing zeros for free room.
 * After any rejection the file is finished: it must be left, never written again.
 */
export class ZeroedFile {
  readonly capacity: number
  readonly #file: AuditFile
  #used = 0

  private constructor(file: AuditFile, capacity: number) {
    this.#file = file
    this.capacity = capacity
  }

  /** Creates the file with its room, durable but for the directory's entry. */
  static async create(files: AuditFiles, name: string, capacity: number): Promise<ZeroedFile> {
    const file = await files.create(name)
    try {
      for (let at = 0; at < capacity; at += CHUNK.length) {
        await file.write(CHUNK.subarray(0, Math.min(CHUNK.length, capacity - at)), at)
      }
      await file.sync()
      return new ZeroedFile(file, capacity)
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
  }

  /** Bytes not yet used. */
  get free(): number {
    return this.capacity - this.#used
  }

  /** Writes behind what is there, and resolves when it is durable. */
  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.free) throw new RangeError('no room left in the preallocated file')
    await this.#file.write(bytes, this.#used)
    await this.#file.sync()
    this.#used += bytes.length
  }

  /** Gives the unused room back and closes. */
  async finish(): Promise<void> {
    await this.#file.truncate(this.#used)
    await this.#file.close()
  }

  /** Closes as it is: after a failure the file stays as evidence. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }
}
