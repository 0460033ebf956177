/**
 * A disk that loses what was not fsynced. It keeps two images: what was written, and what survives a power cut; for
 * contents and for the directory's entries alike. It cuts the power at a chosen operation, tears the write that it
 * interrupts, and fails any operation on demand. A failed fsync leaves its bytes readable, lost and never flushed
 * again, as Linux does (fsyncgate).
 */
import type { AuditFile, AuditFiles } from '../../gateway/audit/files.ts'
import { isSegment, isSpare } from '../../gateway/audit/files.ts'

export type OperationKind =
  | 'create'
  | 'open'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'sync-directory'
  | 'read'
  | 'list'
  | 'close'

export interface Operation {
  readonly kind: OperationKind
  readonly name: string
  /** 1 for the first operation of this kind. */
  readonly nth: number
}

export interface FaultyOptions {
  /** 0 ≤ number < 1; decides what of the un-fsynced survives. Without it nothing does. */
  readonly random?: () => number
  /** The operation, counted from 1, during which the power fails. */
  readonly cutAt?: number
  /** The same, but the operation itself is done by then; who asked for it is told that it failed. */
  readonly cutAfter?: number
  /** Counts reading and closing among the operations, so that they can fail too. */
  readonly everything?: boolean
  /** Told of each operation before it is done, with its number. */
  readonly onOperation?: (operation: Operation, number: number) => void
  /** A disk that lies: an operation that fails changes nothing for good and says that all is well. */
  readonly lies?: boolean
  /** Planted faults of the code under test: fsync that does nothing. */
  readonly syncIsNoop?: boolean
  readonly directorySyncIsNoop?: boolean
  /** The error code of an operation that fails, or null. */
  readonly fault?: (operation: Operation) => string | null
}

interface Inode {
  written: Buffer
  durable: Buffer
  dirty: { readonly start: number; readonly end: number }[]
}

type Entries = Map<string, Inode>

const SECTOR = 512

export class FaultyAuditFiles implements AuditFiles {
  readonly counts = new Map<OperationKind, number>()
  readonly #options: FaultyOptions
  readonly #entries: Entries
  readonly #durableEntries: Entries
  #pendingEntries: ((entries: Entries) => void)[] = []
  #operations = 0
  #off = false
  #locked = false

  constructor(options: FaultyOptions = {}, entries: Entries = new Map()) {
    this.#options = options
    this.#entries = entries
    this.#durableEntries = new Map(entries)
  }

  /** Operations so far. */
  get operations(): number {
    return this.#operations
  }

  /** Cuts the power now: every later operation fails. */
  cut(): void {
    this.#off = true
  }

  /** The disk after a power cut. */
  restart(options: FaultyOptions = {}): FaultyAuditFiles {
    this.cut()
    const survive =
      this.#options.random === undefined ? 0 : Math.floor(this.#options.random() * (this.#pendingEntries.length + 1))
    for (const apply of this.#pendingEntries.slice(0, survive)) apply(this.#durableEntries)
    return new FaultyAuditFiles(
      options,
      this.#copy(this.#durableEntries, (inode) => this.#afterCut(inode)),
    )
  }

  /** The disk after the process alone was killed: the kernel still holds what was written. */
  kill(options: FaultyOptions = {}): FaultyAuditFiles {
    this.cut()
    const next = new FaultyAuditFiles(options, new Map(this.#durableEntries))
    next.#pendingEntries = this.#pendingEntries
    next.#entries.clear()
    for (const [name, inode] of this.#entries) next.#entries.set(name, inode)
    return next
  }

  /** A disk of its own with the same content, for tampering. */
  copy(): FaultyAuditFiles {
    return new FaultyAuditFiles(
      {},
      this.#copy(this.#entries, (inode) => inode.written),
    )
  }

  /** Replaces a file's content behind the log's back; null deletes it. */
  tamper(name: string, bytes: Uint8Array | null): void {
    if (bytes === null) this.#entries.delete(name)
    else this.#entries.set(name, inodeOf(Buffer.from(bytes)))
  }

  #copy(entries: Entries, content: (inode: Inode) => Buffer): Entries {
    return new Map([...entries].map(([name, inode]) => [name, inodeOf(Buffer.from(content(inode)))]))
  }

  #afterCut(inode: Inode): Buffer {
    const { random } = this.#options
    const image = Buffer.alloc(Math.max(inode.durable.length, random === undefined ? 0 : inode.written.length))
    inode.durable.copy(image)
    if (random === undefined) return image
    for (const { start, end } of inode.dirty) {
      for (let at = start; at < end; at = nextSector(at)) {
        if (random() < 0.5) inode.written.copy(image, at, at, Math.min(end, nextSector(at)))
      }
    }
    return image
  }

  /** Resolves with whether to go on: a disk that lies says so and does nothing. */
  async #operate(kind: OperationKind, name: string, tear?: () => void): Promise<boolean> {
    // fsync takes its time: what arrives meanwhile has to queue.
    await (kind === 'sync' ? new Promise((resolve) => setImmediate(resolve)) : Promise.resolve())
    if (this.#off) throw diskError('EPOWER', name)
    this.#operations += 1
    const nth = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, nth)
    this.#options.onOperation?.({ kind, name, nth }, this.#operations)
    if (this.#operations === this.#options.cutAt) {
      tear?.()
      this.cut()
      throw diskError('EPOWER', name)
    }
    const code = this.#options.fault?.({ kind, name, nth }) ?? null
    if (code === null) return true
    tear?.()
    if (this.#options.lies === true) return false
    throw diskError(code, name)
  }

  /** The power fails behind an operation. */
  #done(name: string): void {
    if (this.#operations !== this.#options.cutAfter || this.#off) return
    this.cut()
    throw diskError('EPOWER', name)
  }

  #change(apply: (entries: Entries) => void): void {
    apply(this.#entries)
    this.#pendingEntries.push(apply)
  }

  #inode(name: string): Inode {
    const inode = this.#entries.get(name)
    if (inode === undefined) throw diskError('ENOENT', name)
    return inode
  }

  #file(name: string, inode: Inode): AuditFile {
    const write = (bytes: Uint8Array, position: number): void => {
      const end = position + bytes.length
      if (end > inode.written.length) inode.written = Buffer.concat([inode.written], end)
      Buffer.from(bytes).copy(inode.written, position)
      inode.dirty.push({ start: position, end })
    }
    return {
      write: async (bytes, position) => {
        await this.#operate('write', name, () => {
          write(bytes.subarray(0, Math.floor(bytes.length * (this.#options.random?.() ?? 0.5))), position)
        })
        write(bytes, position)
        this.#done(name)
      },
      sync: async () => {
        const goesOn = await this.#operate('sync', name, () => {
          if (!this.#off) inode.dirty = []
        })
        if (goesOn && this.#options.syncIsNoop !== true) flush(inode)
        this.#done(name)
      },
      truncate: async (length) => {
        await this.#operate('truncate', name)
        inode.written = inode.written.subarray(0, length)
        inode.durable = Buffer.from(inode.durable.subarray(0, length))
        inode.dirty = inode.dirty.filter((range) => range.end <= length)
        if (this.#options.syncIsNoop !== true) flush(inode)
        this.#done(name)
      },
      close: async () => {
        if (this.#options.everything === true) await this.#operate('close', name)
      },
    }
  }

  async lock(): Promise<() => Promise<void>> {
    if (this.#locked) throw diskError('EEXIST', 'writer.lock')
    this.#locked = true
    return async () => {
      this.#locked = false
    }
  }

  async writer(): Promise<number | null> {
    return this.#locked && !this.#off ? 1 : null
  }

  async list(): Promise<readonly string[]> {
    if (this.#options.everything === true) await this.#operate('list', '.')
    return [...this.#entries.keys()].toSorted()
  }

  async read(name: string, length?: number): Promise<Uint8Array> {
    if (this.#options.everything === true) await this.#operate('read', name)
    return Buffer.from(this.#inode(name).written.subarray(0, length))
  }

  async create(name: string): Promise<AuditFile> {
    await this.#operate('create', name)
    if (this.#entries.has(name)) throw diskError('EEXIST', name)
    const inode = inodeOf(Buffer.alloc(0))
    this.#change((entries) => entries.set(name, inode))
    this.#done(name)
    return this.#file(name, inode)
  }

  async open(name: string): Promise<AuditFile> {
    await this.#operate('open', name)
    return this.#file(name, this.#inode(name))
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#operate('rename', from)
    const inode = this.#inode(from)
    this.#change((entries) => {
      entries.delete(from)
      entries.set(to, inode)
    })
    this.#done(to)
  }

  async publish(from: string, to: string): Promise<void> {
    if (this.#entries.has(to)) throw diskError('EEXIST', to)
    await this.rename(from, to)
  }

  async removeSpare(name: string): Promise<void> {
    if (!isSpare(name)) throw new Error(`${name} may hold audit records and is not removed`)
    await this.#operate('remove', name)
    this.#inode(name)
    this.#change((entries) => entries.delete(name))
  }

  async removeSegment(name: string): Promise<void> {
    if (!isSegment(name)) throw new Error(`${name} is no segment and is not removed`)
    await this.#operate('remove', name)
    this.#inode(name)
    this.#change((entries) => entries.delete(name))
  }

  async syncDirectory(): Promise<void> {
    await this.#operate('sync-directory', '.')
    if (this.#options.directorySyncIsNoop === true) return
    for (const apply of this.#pendingEntries.splice(0)) apply(this.#durableEntries)
    this.#done('.')
  }
}

function inodeOf(content: Buffer): Inode {
  return { written: content, durable: Buffer.from(content), dirty: [] }
}

function flush(inode: Inode): void {
  const image = Buffer.alloc(Math.max(inode.durable.length, inode.written.length))
  inode.durable.copy(image)
  for (const { start, end } of inode.dirty) inode.written.copy(image, start, start, end)
  inode.durable = image
  inode.dirty = []
}

function nextSector(at: number): number {
  return (Math.floor(at / SECTOR) + 1) * SECTOR
}

function diskError(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${name}`), { code })
}
