import { ordersIn, segmentName, spareName } from './files.ts'
import type { AuditFiles } from './files.ts'
import { instant } from './heads.ts'
import type { Reached, Signing } from './heads.ts'
import { recordLine, signedLine } from './line.ts'
import type { HeaderLineV2, Left, Tip } from './line-types.ts'
import { EMPTY_TREE, frontierText, grown, hashText, leafHash, rootOf } from './merkle.ts'
import type { Frontier } from './merkle.ts'
import type { Recovered } from './recover.ts'
import { suiteOf } from './suite.ts'
import type { DigestName } from './suite.ts'
import { ZeroedFile } from './zeroed-file.ts'
import { Failure } from '../vocabulary/failure.ts'

// The tree of 2^40 records and MOST_LEFT segments fit.
const HEADER_ROOM = 4096
const SEAL_ROOM = 1024
const ATTEMPTS = 3
// The header lists the segments since the last good one in HEADER_ROOM bytes.
const MOST_LEFT = 16

interface Open {
  readonly number: number
  readonly file: ZeroedFile
  readonly digest: DigestName
  records: number
  /** Of this segment's records alone. */
  own: Frontier
}

interface Spare {
  readonly name: string
  readonly file: ZeroedFile
}

/**
 * The chain's segments on disk: one open, spares preallocated behind it. A segment whose write or fsync failed is
 * retired at once and its pending records are written again to the next: after a failed fsync the kernel may drop the
 * bytes and report success the next time, so the same file is never asked again.
 * Not reentrant: the log's one writer loop calls it; only `addSpare` may run beside.
 */
export class Segments {
  readonly #files: AuditFiles
  readonly #signing: Signing
  readonly #segmentBytes: number
  readonly #spares: Spare[] = []
  #spareNumber = 0
  #making: Promise<void> | null = null
  #open: Open | null = null
  #number: number
  #durable: number
  #follows: Left[]
  #tip: Tip
  #tree: Frontier
  #digest: DigestName

  constructor(files: AuditFiles, signing: Signing, segmentBytes: number, start: Recovered) {
    this.#files = files
    this.#signing = signing
    this.#segmentBytes = segmentBytes
    this.#number = start.segment
    this.#durable = start.segment
    this.#follows = [...start.follows]
    this.#tip = start.tip
    this.#tree = start.tree
    this.#digest = start.digest
  }

  /** The last durable record. */
  get tip(): Tip {
    return this.#tip
  }

  /** How far the chain has come, durably. */
  get reached(): Reached {
    return { tip: this.#tip, number: this.#durable, tree: this.#tree, digest: this.#digest }
  }

  get isOpen(): boolean {
    return this.#open !== null
  }

  get spares(): number {
    return this.#spares.length
  }

  /** Bytes of records that surely fit without asking the disk for more, none of them longer than `longest`. */
  room(longest: number): number {
    // What does not fit into the rest of a segment goes to the next, so up to one record's length of each is lost.
    const sure = (free: number): number => Math.max(0, free - longest)
    return this.#spares.reduce((sum) => sum + sure(this.#freshRoom), this.#open === null ? 0 : sure(this.#openRoom))
  }

  /** Bytes that the next commit may have, its first record being of this size. */
  batchRoom(first: number): number {
    return this.#openRoom >= first ? this.#openRoom : this.#freshRoom
  }

  get #openRoom(): number {
    return this.#open === null ? 0 : this.#open.file.free - SEAL_ROOM
  }

  get #freshRoom(): number {
    return this.#segmentBytes - HEADER_ROOM - SEAL_ROOM
  }

  /** Preallocates one more segment; concurrent callers share one. Rejects with the disk's error. */
  addSpare(): Promise<void> {
    this.#making ??= this.#makeSpare().finally(() => {
      this.#making = null
    })
    return this.#making
  }

  async #makeSpare(): Promise<void> {
    this.#spareNumber += 1
    const name = spareName(this.#spareNumber)
    try {
      this.#spares.push({ name, file: await ZeroedFile.create(this.#files, name, this.#segmentBytes) })
    } catch (error) {
      await this.#files.removeSpare(name).catch(() => undefined)
      throw error
    }
  }

  /**
   * Writes records, already as canonical JSON, and resolves with their places when all are durable.
   * @throws Failure `AUDIT_UNAVAILABLE` when several segments in a row failed; the chain then stands where it stood.
   */
  async commit(entries: readonly string[], bytes: number, heads: number): Promise<readonly Tip[]> {
    let cause: unknown
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        if (this.#openRoom < bytes) await this.begin(heads)
        return await this.#append(entries)
      } catch (error) {
        cause = error
        await this.#retire()
      }
    }
    throw new Failure('AUDIT_UNAVAILABLE', { detail: 'the audit record could not be made durable', cause })
  }

  async #append(entries: readonly string[]): Promise<readonly Tip[]> {
    const open = this.#open
    if (open === null) throw new Error('no segment is open')
    const { digest } = open
    let tip = this.#tip
    const lines = entries.map((json) => {
      const line = recordLine(this.#signing.chain, tip, json, digest)
      tip = line.tip
      return line
    })
    const writing = open.file.append(Buffer.concat(lines.map((line) => line.bytes)))
    // While the disk works; what it has not made durable counts for neither tree.
    const leaves = lines.map((line) => leafHash(digest, line.bytes.subarray(0, -1)))
    const tree = grown(this.#tree, leaves, digest)
    const own = grown(open.own, leaves, digest)
    await writing
    open.records += lines.length
    open.own = own
    this.#tip = tip
    this.#tree = tree
    this.#digest = digest
    return lines.map((line) => line.tip)
  }

  /** Leaves the open segment, if any, and begins the next one; `heads` are durable so far. */
  async begin(heads: number): Promise<void> {
    await this.#leave()
    if (this.#follows.length > MOST_LEFT) throw new Error('too many segments failed in a row: restart the gateway')
    const orders = ordersIn(await this.#files.list()).at(-1)?.number ?? 0
    const spare = await this.#takeSpare()
    const number = this.#number + 1
    const { digest } = suiteOf(this.#signing.signer.algorithm)
    // The tree of no record is hashed as its first one will be.
    if (this.#tip.seq === 0) this.#digest = digest
    try {
      await spare.file.append(this.#header({ segment: number, digest, heads, orders }))
    } catch (error) {
      await spare.file.abandon()
      await this.#files.removeSpare(spare.name).catch(() => undefined)
      throw error
    }
    this.#number = number
    try {
      await this.#files.rename(spare.name, segmentName(number))
      await this.#files.syncDirectory()
    } catch (error) {
      this.#follows.push({ segment: number, records: 0, state: 'retired' })
      await spare.file.abandon()
      throw error
    }
    this.#open = { number, file: spare.file, digest, records: 0, own: EMPTY_TREE }
    this.#durable = number
    this.#follows = []
  }

  async #takeSpare(): Promise<Spare> {
    for (;;) {
      const spare = this.#spares.shift()
      if (spare !== undefined) return spare
      await this.addSpare()
    }
  }

  #header(facts: Pick<HeaderLineV2, 'segment' | 'digest' | 'heads' | 'orders'>): Uint8Array {
    const { chain, signer, clock } = this.#signing
    const { segment, digest, heads, orders } = facts
    const place = { segment, first: this.#tip.seq + 1, prev: this.#tip.hash, follows: this.#follows, heads }
    const tree = frontierText(this.#tree)
    const created = instant(clock)
    return signedLine({ v: 2, kind: 'header', chain, digest, ...place, tree, orders, created }, signer)
  }

  /** Seals the open segment; where even that fails it is retired. */
  async #leave(): Promise<void> {
    const open = this.#open
    if (open === null) return
    try {
      await open.file.append(this.#seal(open))
    } catch {
      await this.#retire()
      return
    }
    this.#open = null
    this.#follows.push({ segment: open.number, records: open.records, state: 'sealed' })
    // Unused zeros may stay: they take room, not truth.
    await open.file.finish().catch(() => open.file.abandon())
  }

  #seal({ number: segment, records, own, digest }: Open): Uint8Array {
    const { chain, signer, clock } = this.#signing
    const { seq: last, hash } = this.#tip
    const root = hashText(rootOf(own, digest))
    const log = hashText(rootOf(this.#tree, this.#digest))
    const sealed = instant(clock)
    return signedLine({ v: 2, kind: 'seal', chain, segment, records, last, hash, root, log, sealed }, signer)
  }

  async #retire(): Promise<void> {
    const open = this.#open
    if (open === null) return
    this.#open = null
    this.#follows.push({ segment: open.number, records: open.records, state: 'retired' })
    await open.file.abandon()
  }

  /** Seals, and gives spare room back. */
  async close(): Promise<void> {
    await this.#making?.catch(() => undefined)
    await this.#leave()
    for (const spare of this.#spares.splice(0)) {
      await spare.file.abandon()
      await this.#files.removeSpare(spare.name).catch(() => undefined)
    }
  }
}
