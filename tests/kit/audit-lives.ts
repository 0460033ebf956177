/**
 * One scripted run of the audit log, the same each time but for one planted failure: two lives of a gateway with waves
 * of concurrent requests, small segments that are left one after the other, checkpoints and a stop, then a third life
 * on a sound disk. What every answer rests on is held against what is found at the end.
 */
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { reason } from '../../gateway/audit/unavailable.ts'
import { AUDIT_KEY, openTestLog, recordsIn, sampleEntry, testClock } from './audit-samples.ts'
import { FaultyAuditFiles } from './faulty-audit-files.ts'
import type { FaultyOptions, Operation } from './faulty-audit-files.ts'

/** What is planted, and when: `number` counts the disk's operations of the first two lives together, from 1. */
export interface Planted {
  readonly number: number
  readonly failure: Failure
}

/**
 * `crash-…`: the power fails before the operation, within it (a write is torn), or behind it; un-fsynced bytes are lost
 * whole (`lost`), or sectors of them survive in any order (`partly`). `kill`: the process alone dies. `once`, `until
 * mended`: the disk answers so. `clock`: it is set back an hour.
 */
export type Failure =
  | { readonly kind: 'crash'; readonly when: 'before' | 'behind'; readonly lost: 'wholly' | 'partly' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'once' | 'until-mended'; readonly code: 'ENOSPC' | 'EIO' | 'EROFS' }
  | { readonly kind: 'clock' }

/** What went on in a run, and what is wrong with it; nothing should be. */
export interface Outcome {
  /** Operations of the first two lives. */
  readonly operations: number
  readonly acknowledged: number
  readonly wrong: readonly string[]
}

const WAVES = [
  [5, 9, 6],
  [4, 7],
] as const
const HOUR = 3_600_000

/** Seeded, so that a run is the same each time. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What a test plants in the code or in the disk beside, to see that the harness bites. */
export type Sabotage = Pick<FaultyOptions, 'syncIsNoop' | 'directorySyncIsNoop' | 'lies'>

/** Runs the script with one failure, or with none to count the operations. */
export async function runLives(planted: Planted | null, sabotage: Sabotage = {}): Promise<Outcome> {
  const run = new Run(planted, sabotage)
  for (const life of WAVES.keys()) await run.live(life)
  return run.end()
}

class Run {
  readonly #planted: Planted | null
  readonly #sabotage: Sabotage
  readonly #clock = testClock()
  readonly #acknowledged = new Map<string, number>()
  readonly #wrong: string[] = []
  #disk: FaultyAuditFiles
  #before = 0
  #mended = false

  constructor(planted: Planted | null, sabotage: Sabotage) {
    this.#planted = planted
    this.#sabotage = sabotage
    this.#disk = new FaultyAuditFiles(this.#options())
  }

  #options(): FaultyOptions {
    const { number, failure } = this.#planted ?? { number: 0, failure: null }
    const at = number - this.#before
    const crash = failure?.kind === 'crash' ? failure : null
    const cut = crash?.when === 'behind' ? { cutAfter: at } : { cutAt: at }
    return {
      everything: true,
      ...this.#sabotage,
      ...(crash === null && failure?.kind !== 'kill' ? {} : cut),
      ...(crash?.lost === 'partly' ? { random: randomOf(number) } : {}),
      fault: (operation) => this.#answer(operation),
      onOperation: (_, done) => {
        this.#number = this.#before + done
        if (failure?.kind === 'clock' && this.#number === number) this.#clock.set(this.#clock.now() - HOUR)
      },
    }
  }

  #number = 0

  #answer(operation: Operation): string | null {
    const { number, failure } = this.#planted ?? { number: 0, failure: null }
    if (failure?.kind === 'once') return this.#number === number ? failure.code : null
    if (failure?.kind !== 'until-mended' || this.#mended || this.#number < number) return null
    // A disk that is full or read-only is read all the same, and what is there is closed.
    const reads = operation.kind === 'read' || operation.kind === 'list' || operation.kind === 'close'
    return reads && failure.code !== 'EIO' ? null : failure.code
  }

  /** One life: it is opened, asked, and stopped, as far as it comes. */
  async live(life: number): Promise<void> {
    const timers: (() => void)[] = []
    const schedule = (callback: () => void) => {
      timers.push(callback)
      return () => void timers.splice(timers.indexOf(callback), 1)
    }
    try {
      const log = await openTestLog(this.#disk, { clock: this.#clock, schedule })
      for (const [wave, size] of (WAVES[life] ?? []).entries()) {
        this.#clock.set(this.#clock.now() + 1_000)
        await Promise.all(Array.from({ length: size }, (_, at) => this.#ask(log, `${life}-${wave}-${at}`)))
        for (const fire of timers.splice(0)) fire()
        await turns()
        if (wave === 1) {
          this.#mended = true
          for (const fire of timers.splice(0)) fire()
          await turns()
        }
      }
      await log.close()
    } catch (error) {
      this.#note(`life ${life}`, error)
    }
    await this.#afterLife(life)
  }

  async #ask(log: Awaited<ReturnType<typeof openTestLog>>, receipt: string): Promise<void> {
    try {
      const tip = await log.append(await log.reserve(), sampleEntry(receipt))
      this.#acknowledged.set(receipt, tip.seq)
    } catch (error) {
      this.#note(receipt, error)
    }
  }

  /** Whoever is refused is told so by the one code; a stop that could not write says the disk's own. */
  #note(where: string, error: unknown): void {
    const known = error instanceof Error && 'code' in error
    const planted = known && /^(AUDIT_UNAVAILABLE|EPOWER|ENOSPC|EIO|EROFS)$/.test(String(error.code))
    if (this.#planted === null || !planted) this.#wrong.push(`${where}: ${reason(error)}`)
  }

  async #afterLife(life: number): Promise<void> {
    this.#mended = true
    const image = this.#planted?.failure.kind === 'kill' ? this.#disk.kill() : this.#disk.restart()
    if (this.#isCut()) await this.#examine(life, image)
    this.#before = this.#number
    this.#disk = this.#planted?.failure.kind === 'kill' ? image.kill(this.#options()) : image.restart(this.#options())
  }

  /** Whether this life was the one that was cut off. */
  #isCut(): boolean {
    const { number, failure } = this.#planted ?? { number: 0, failure: null }
    const cuts = failure?.kind === 'crash' || failure?.kind === 'kill'
    return cuts && number > this.#before && number <= this.#number
  }

  /** As somebody finds it before the next start: damage behind the last answer is named, and nothing before it. */
  async #examine(life: number, image: FaultyAuditFiles): Promise<void> {
    const report = await verifyAudit(image, [AUDIT_KEY.publicKey])
    const last = Math.max(0, ...this.#acknowledged.values())
    for (const { kind, file, seq, through } of report.faults) {
      const behind = seq === null ? LEFT_OPEN.has(kind) : seq > last
      if (!behind) this.#wrong.push(`after life ${life}: ${kind} ${file} ${seq}–${through}, answered up to ${last}`)
    }
  }

  /** On a sound disk: it goes on, proves everything, and has each answer's record once, in its place. */
  async end(): Promise<Outcome> {
    const operations = this.#before
    const disk = this.#disk.restart(this.#sabotage)
    try {
      const log = await openTestLog(disk, { clock: this.#clock })
      await this.#ask(log, 'after')
      await log.close()
    } catch (error) {
      this.#wrong.push(`cannot go on: ${reason(error)}`)
    }
    if (!this.#acknowledged.has('after')) this.#wrong.push('nothing is appended any more')
    const end = disk.restart()
    const found = (await recordsIn(end)).map((record) => [record.receipt, record.seq] as const)
    const places = new Map(found)
    for (const [receipt, seq] of this.#acknowledged) {
      if (places.get(receipt) !== seq) this.#wrong.push(`${receipt}: answered as ${seq}, found ${places.get(receipt)}`)
    }
    if (places.size !== found.length) this.#wrong.push('a record stands twice')
    const report = await verifyAudit(end, [AUDIT_KEY.publicKey])
    for (const { kind, file, seq } of report.faults) this.#wrong.push(`at the end: ${kind} ${file} ${seq}`)
    if (report.records !== found.length) this.#wrong.push(`${report.records} proved, ${found.length} found`)
    return { operations, acknowledged: this.#acknowledged.size, wrong: this.#wrong }
  }
}

/** What a crash may leave that is about no record, until the next start has noted it. */
const LEFT_OPEN = new Set(['unreadable', 'header-missing', 'heads-missing', 'segment-removed'])

async function turns(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
