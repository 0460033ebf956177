import type { Heads } from './heads.ts'
import { RECORD_FRAME_BYTES, entryJson } from './line.ts'
import type { HeadReason, Tip } from './line-types.ts'
import type { AuditLimits, AuditLog, LogHealth, Reservation } from './port.ts'
import type { AuditEntry } from './record.ts'
import type { Segments } from './segments.ts'
import { reason, unavailable } from './unavailable.ts'

/** What the log is made of. */
export interface LogParts {
  readonly segments: Segments
  readonly heads: Heads
  readonly unlock: () => Promise<void>
  readonly findings: readonly string[]
  readonly onHealth: (health: LogHealth) => void
}

interface Pending {
  readonly json: string
  readonly bytes: number
  readonly resolve: (tip: Tip) => void
  readonly reject: (error: unknown) => void
}

/**
 * One writer loop. While an fsync runs, arriving records queue; then one write and one fsync serve them all.
 * After a fault nothing is reserved until `#repair` has written durably again.
 */
export class SegmentedLog implements AuditLog {
  readonly findings: readonly string[]
  readonly #segments: Segments
  readonly #heads: Heads
  readonly #unlock: () => Promise<void>
  readonly #onHealth: (health: LogHealth) => void
  readonly #limits: AuditLimits
  readonly #frameBytes: number
  readonly #reservations = new Set<Reservation>()
  #queue: Pending[] = []
  #queuedBytes = 0
  #loop: Promise<void> | null = null
  #fault: string | null = null
  #warning: string | null = null
  #told: 'well' | 'short' | 'down' = 'well'
  #headed: number
  #headDue = false
  #repairDue = false
  #timers = new Map<'head' | 'repair', () => void>()
  #closed: Promise<void> | null = null

  constructor(parts: LogParts, limits: AuditLimits, chain: string) {
    this.findings = parts.findings
    this.#segments = parts.segments
    this.#heads = parts.heads
    this.#unlock = parts.unlock
    this.#onHealth = parts.onHealth
    this.#limits = limits
    this.#frameBytes = RECORD_FRAME_BYTES + chain.length
    this.#headed = parts.segments.tip.seq
    this.#replenish()
  }

  reserve(): Reservation | Promise<Reservation> {
    this.#refuseWhenDown()
    return this.#hasRoom() ? this.#grant() : this.#reserveMore()
  }

  #refuseWhenDown(): void {
    if (this.#closed !== null) throw unavailable('the audit log is closed')
    if (this.#fault !== null) throw unavailable(this.#fault)
  }

  #hasRoom(): boolean {
    const { maxRecordBytes } = this.#limits
    const promised = this.#reservations.size * maxRecordBytes + this.#queuedBytes
    return promised + maxRecordBytes <= this.#segments.room(maxRecordBytes)
  }

  #grant(): Reservation {
    const reservation = { bytes: this.#limits.maxRecordBytes }
    this.#reservations.add(reservation)
    return reservation
  }

  async #reserveMore(): Promise<Reservation> {
    while (!this.#hasRoom()) {
      await this.#segments.addSpare().catch((error: unknown) => {
        this.#fail(`no room for audit records: ${reason(error)}`)
      })
      this.#refuseWhenDown()
    }
    return this.#grant()
  }

  release(reservation: Reservation): void {
    this.#reservations.delete(reservation)
  }

  async append(reservation: Reservation, entry: AuditEntry): Promise<Tip> {
    if (!this.#reservations.delete(reservation)) throw unavailable('the record has no reservation')
    if (this.#closed !== null) throw unavailable('the audit log is closed')
    const json = entryJson(entry)
    const bytes = Buffer.byteLength(json) + this.#frameBytes
    if (bytes > reservation.bytes) throw unavailable(`the record has ${bytes} bytes, more than ${reservation.bytes}`)
    this.#queuedBytes += bytes
    const { promise, resolve, reject } = Promise.withResolvers<Tip>()
    this.#queue.push({ json, bytes, resolve, reject })
    this.#wake()
    return promise
  }

  health(): LogHealth {
    if (this.#closed !== null) return { ok: false, detail: 'closed' }
    return { ok: this.#fault === null, detail: this.#fault ?? this.#warning ?? 'durable' }
  }

  // After whatever else this turn of the event loop brings: requests that end together share their fsync.
  #wake(): void {
    this.#loop ??= new Promise(setImmediate).then(() => this.#work())
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0 || this.#headDue || this.#repairDue) {
      if (this.#queue.length > 0) await this.#commit(this.#takeBatch())
      if (this.#repairDue) await this.#repair()
      if (this.#headDue) await this.#writeHead('interval')
    }
    this.#loop = null
  }

  #takeBatch(): readonly Pending[] {
    const room = this.#segments.batchRoom(this.#queue[0]?.bytes ?? 0)
    let taken = 0
    for (let bytes = 0; taken < this.#queue.length; taken += 1) {
      bytes += this.#queue[taken]?.bytes ?? 0
      if (bytes > room) break
    }
    return this.#queue.splice(0, taken)
  }

  async #commit(batch: readonly Pending[]): Promise<void> {
    const bytes = batch.reduce((sum, pending) => sum + pending.bytes, 0)
    try {
      const entries = batch.map((pending) => pending.json)
      const tips = await this.#segments.commit(entries, bytes, this.#heads.written)
      for (const [index, tip] of tips.entries()) batch[index]?.resolve(tip)
    } catch (error) {
      this.#fail(reason(error))
      for (const pending of batch) pending.reject(error)
    }
    this.#queuedBytes -= bytes
    this.#planHead()
    this.#replenish()
  }

  #planHead(): void {
    const owed = this.#segments.tip.seq - this.#headed
    if (owed >= this.#limits.headEveryRecords) this.#headDue = true
    else if (owed > 0) this.#later('head', this.#limits.headEveryMillis)
  }

  async #writeHead(why: HeadReason): Promise<void> {
    this.#headDue = false
    this.#callOff('head')
    const { reached } = this.#segments
    try {
      await this.#heads.write(reached, why)
      this.#headed = reached.tip.seq
    } catch (error) {
      this.#fail(`no signed head could be written: ${reason(error)}`)
    }
  }

  // The next segment is preallocated ahead of time, beside the loop; while room is left its failure only warns.
  #replenish(): void {
    if (this.#segments.spares > 0 || this.#warning !== null || this.#closed !== null) return
    this.#segments.addSpare().catch((error: unknown) => {
      this.#warning = `the next audit segment cannot be preallocated: ${reason(error)}`
      this.#tellHealth()
      this.#later('repair', this.#limits.retryMillis)
    })
  }

  // Once for each change: what fails is tried again every second.
  #tellHealth(): void {
    const state = this.#fault !== null ? 'down' : this.#warning !== null ? 'short' : 'well'
    if (state === this.#told) return
    this.#told = state
    this.#onHealth(this.health())
  }

  #fail(fault: string): void {
    this.#fault = fault
    this.#tellHealth()
    this.#later('repair', this.#limits.retryMillis)
  }

  async #repair(): Promise<void> {
    this.#repairDue = false
    try {
      if (!this.#segments.isOpen) await this.#segments.begin(this.#heads.written)
      if (this.#segments.spares === 0 || !this.#hasRoom()) await this.#segments.addSpare()
      if (this.#fault !== null) await this.#heads.write(this.#segments.reached, 'interval')
      this.#fault = null
      this.#warning = null
      this.#tellHealth()
    } catch {
      this.#later('repair', this.#limits.retryMillis)
    }
  }

  #later(what: 'head' | 'repair', milliseconds: number): void {
    if (this.#timers.has(what) || this.#closed !== null) return
    const callOff = this.#limits.schedule(() => {
      this.#timers.delete(what)
      if (what === 'head') this.#headDue = true
      else this.#repairDue = true
      this.#wake()
    }, milliseconds)
    this.#timers.set(what, callOff)
  }

  #callOff(what: 'head' | 'repair'): void {
    this.#timers.get(what)?.()
    this.#timers.delete(what)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#callOff('head')
    this.#callOff('repair')
    await this.#loop
    try {
      await this.#heads.write(this.#segments.reached, 'stop')
      await this.#heads.close()
    } finally {
      await this.#closeSegments()
    }
  }

  async #closeSegments(): Promise<void> {
    try {
      await this.#segments.close()
    } finally {
      await this.#unlock()
    }
  }
}
