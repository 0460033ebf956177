/**
 * Sends checkpoints of one chain to one second place (HZ-47). Beside the path of requests: the log only tells it which
 * checkpoint is the newest. One that is not sent yet is given up for a newer one, which covers it; whatever was unsent
 * at a stop is covered by the first checkpoint of the next start. Failures are tried again, ever more slowly, and told.
 */
import type { KeyObject } from 'node:crypto'
import { noteState, parseCheckpoint } from '../audit/checkpoint.ts'
import type { Checkpoint } from '../audit/checkpoint.ts'
import type { Schedule } from '../audit/port.ts'
import { publishAnchor } from '../observe/channels.ts'
import type { AnchorEvent } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { anchorPath, newestAnchored } from './anchor-store.ts'
import type { AnchorStore } from './anchor-store.ts'
import type { AnchorState, ConfirmedAnchor } from './anchor-state.ts'

/** Milliseconds before a failed one is tried again: doubled each time, up to the longest. */
const PAUSE = { first: 1_000, longest: 300_000 } as const

/** How a second place stands. */
export interface AnchorStanding {
  readonly anchor: AnchorStore['name']
  readonly chain: string
  /** Records of the newest checkpoint that it was to be told, and of the one that it confirmed; null: none yet. */
  readonly told: number | null
  readonly confirmed: number | null
  /** Milliseconds since which it has confirmed nothing of what it was to be told; 0 where it is up to date. */
  readonly waiting: number
  /** What was found wrong and does not pass by itself; null where nothing was. */
  readonly alarm: 'forked' | 'tail-missing' | 'unverified' | null
  /** Why the last try failed; null where it did not. */
  readonly failure: string | null
}

/** What a sender of checkpoints to one second place is made of; times in milliseconds. */
export interface AnchorSenderOptions {
  readonly store: AnchorStore
  readonly chain: string
  readonly state: AnchorState
  /** Our own checkpoint of so many records, as it stands in the folder; null where there is none. */
  readonly ours: (size: number) => Promise<Checkpoint | null>
  /** Keys that may have signed what the second place holds. */
  readonly publicKeys: () => readonly KeyObject[]
  readonly clock: Clock
  /** Milliseconds: at least between two that are sent, and after which silence is reported. */
  readonly everyMs: number
  readonly lateMs: number
  readonly schedule: Schedule
}

/** Takes note of checkpoints, and sends the newest. */
export class AnchorSender {
  readonly #options: AnchorSenderOptions
  #confirmed: ConfirmedAnchor | null
  #newest: Checkpoint | null = null
  #pending: Checkpoint | null = null
  #since = 0
  #sent = -Infinity
  #failures = 0
  #failure: string | null = null
  #error: unknown = null
  #alarm: AnchorStanding['alarm'] = null
  #looked = false
  #late = false
  #working: Promise<void> | null = null
  #callOff: (() => void) | null = null
  #callOffLate: (() => void) | null = null
  #closed = false

  constructor(options: AnchorSenderOptions) {
    this.#options = options
    this.#confirmed = options.state.load()
  }

  /** Only takes note: the log waits for it. */
  take(checkpoint: Checkpoint): void {
    const confirmed = this.#confirmed?.size ?? -1
    if (this.#newest === null && checkpoint.seq < confirmed) this.#alert('tail-missing', confirmed)
    this.#newest = checkpoint
    // Over no record it states nothing, and its root is another one under another digest.
    if (checkpoint.seq === 0) return
    if (checkpoint.seq === confirmed && checkpoint.root === this.#confirmed?.root) return
    if (this.#pending === null) this.#waitFrom()
    this.#pending = checkpoint
    this.#plan(0)
  }

  standing(): AnchorStanding {
    const waiting = this.#pending === null ? 0 : this.#options.clock.monotonic() - this.#since
    return {
      anchor: this.#options.store.name,
      chain: this.#options.chain,
      told: this.#newest?.seq ?? null,
      confirmed: this.#confirmed?.size ?? null,
      waiting,
      alarm: this.#alarm,
      failure: this.#failure,
    }
  }

  /** Sends what is pending once more, and ends; after as many milliseconds at the latest, whatever still hangs. */
  async close(milliseconds: number): Promise<void> {
    this.#callOff?.()
    this.#callOffLate?.()
    this.#closed = true
    const { promise, resolve } = Promise.withResolvers<void>()
    const callOff = this.#options.schedule(resolve, milliseconds)
    await Promise.race([this.#lastTry(), promise])
    callOff()
  }

  async #lastTry(): Promise<void> {
    await this.#working
    if (this.#pending !== null) await this.#work()
  }

  #plan(pause: number): void {
    if (this.#closed || this.#working !== null || this.#callOff !== null) return
    const { clock, everyMs, schedule } = this.#options
    const due = this.#sent + everyMs - clock.monotonic()
    this.#callOff = schedule(
      () => {
        this.#callOff = null
        this.#working = this.#work().finally(() => {
          this.#working = null
          if (this.#pending !== null) this.#plan(this.#failures === 0 ? 0 : this.#pauseNow())
        })
      },
      Math.max(0, pause, due),
    )
  }

  #pauseNow(): number {
    return Math.min(PAUSE.first * 2 ** Math.min(this.#failures - 1, 16), PAUSE.longest)
  }

  /** From now on something is waiting. A timer tells when it is late: a place that hangs never fails. */
  #waitFrom(): void {
    const { clock, lateMs, schedule } = this.#options
    this.#since = clock.monotonic()
    this.#callOffLate?.()
    this.#callOffLate = schedule(() => {
      if (this.#closed || this.#late || this.#pending === null) return
      this.#late = true
      this.#tell('late', this.#pending.seq, this.#error)
    }, lateMs)
  }

  async #work(): Promise<void> {
    const target = this.#pending
    if (target === null) return
    try {
      await this.#send(target)
      if (this.#late) this.#tell('recovered', target.seq)
      this.#late = false
      this.#callOffLate?.()
      if (this.#pending === target) this.#pending = null
      else this.#waitFrom()
      this.#sent = this.#options.clock.monotonic()
      this.#failures = 0
      this.#failure = null
      this.#error = null
    } catch (error) {
      this.#failed(target, error)
    }
  }

  async #send(target: Checkpoint): Promise<void> {
    const { store, chain, state, clock } = this.#options
    // A place that keeps but does not list is one all the same: it is asked again next time.
    if (!this.#looked) this.#looked = await this.#look(target).catch(() => false)
    const name = anchorPath(chain, target.seq)
    if ((await store.put(name, target.note)) === 'exists' && !(await this.#isOurs(name, target))) return
    this.#confirmed = { size: target.seq, root: target.root, at: new Date(clock.now()).toISOString() }
    state.save(this.#confirmed)
    this.#tell('confirmed', target.seq)
  }

  /** Whether what stands where a checkpoint should is as good; alerts where it is not. */
  async #isOurs(name: string, target: Checkpoint): Promise<boolean> {
    const there = await this.#options.store.get(name)
    // It may have been taken by a request of ours that is not done yet: asked again later.
    if (there === null) throw new Error('the second place refuses a name under which it shows nothing')
    const checkpoint = parseCheckpoint(there)
    if (checkpoint === null || noteState(there, this.#options.publicKeys()) !== 'good') {
      this.#alert('unverified', target.seq)
      return false
    }
    if (checkpoint.seq === target.seq && checkpoint.root === target.root) return true
    this.#alert('forked', target.seq)
    return false
  }

  /** What the place knows from before: more than we do, or something else. */
  async #look(target: Checkpoint): Promise<true> {
    const { store, chain, ours, publicKeys } = this.#options
    const found = await newestAnchored(store, chain)
    if (found === null) return true
    const { checkpoint, note } = found
    if (checkpoint === null || checkpoint.chain !== chain || noteState(note, publicKeys()) !== 'good') {
      this.#alert('unverified', checkpoint?.seq ?? 0)
      return true
    }
    if (checkpoint.seq === 0) return true
    if (checkpoint.seq > target.seq) {
      this.#alert('tail-missing', checkpoint.seq)
      return true
    }
    // Every one that was sent was durable here first: one that is not here is of another record.
    if ((await ours(checkpoint.seq))?.root !== checkpoint.root) this.#alert('forked', checkpoint.seq)
    return true
  }

  #failed(target: Checkpoint, error: unknown): void {
    this.#failures += 1
    this.#failure = error instanceof Error ? reasonOf(error) : 'unknown reason'
    this.#error = error
    this.#tell('failed', target.seq, error)
  }

  #alert(alarm: NonNullable<AnchorStanding['alarm']>, size: number): void {
    if (this.#alarm !== 'forked') this.#alarm = alarm
    this.#tell(alarm, size)
  }

  #tell(state: AnchorEvent['state'], size: number, error: unknown = null): void {
    const { store, chain } = this.#options
    publishAnchor(() => ({ anchor: store.name, chain, state, size, error }))
  }
}

/** What a client says of a lost connection stands behind its own words. */
function reasonOf(error: Error): string {
  const { cause } = error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
