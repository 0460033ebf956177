import { print } from 'graphql'
import type { PlanNode, Planner } from '../compile/plan.ts'
import { publishFailure } from '../observe/channels.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { LINE_FULL, TOO_LARGE, TOO_LONG, createHardDocuments, createPlanJob } from './planner-jobs.ts'
import type { HardDocuments, PlanJob } from './planner-jobs.ts'
import { isOutOfMemory, startPlannerLife } from './planner-life.ts'
import type { PlannerLife } from './planner-life.ts'
import { createPlannerLine } from './planner-line.ts'
import type { LineBounds, PlannerLine } from './planner-line.ts'
import { heard } from './planner-messages.ts'
import type { FromWorker } from './planner-messages.ts'

/** What planning may cost. */
export interface PlannerBounds {
  /** Milliseconds for one operation; then the thread is ended, and another one goes on with the others. */
  readonly planMs: number
  /** Megabytes of the thread's heap. */
  readonly megabytes: number
  /** Milliseconds that an operation may wait for its turn. */
  readonly waitMs: number
  readonly line: LineBounds
}

/** A planner in a thread of its own: a hard query holds up those who wait for a plan too, and nobody else. */
export interface PlannerThread extends Planner {
  ready(): Promise<void>
  /** Ends the thread as soon as nobody waits for it; a late question starts it once more for as long as it takes. */
  retire(): void
  /** Ends it now; whoever waits is told so. */
  close(): Promise<void>
}

/** The other side of the thread. */
const ENTRY = new URL('./planner-worker.ts', import.meta.url)

/** What a planner's thread is made of. */
export interface PlannerThreadParts {
  readonly supergraphSdl: string
  readonly bounds: PlannerBounds
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number
  /** Holds the way to close it for as long as there is a thread. */
  readonly running?: Set<() => Promise<void>>
  readonly entry?: URL
}

/**
 * Starts the thread at once, beside whatever else is being built. Planning rejects with Failure LIMIT_EXCEEDED for what
 * is too hard, OVERLOADED where too many wait, NOT_READY at a stop, and with what the planner itself throws.
 */
export function openPlannerThread(parts: PlannerThreadParts): PlannerThread {
  const { bounds, monotonic } = parts
  const hard = createHardDocuments(monotonic)
  const line = createPlannerLine<PlanJob>(bounds.line)
  const desk: Desk = { parts, hard, line, life: null, running: null, stage: 'open', close: () => close(desk) }
  start(desk)
  let next = 1
  return {
    async plan(operation, asker = '', known) {
      const text = print(operation)
      const refused = hard.refusalOf(text)
      if (refused) throw refused
      const job = createPlanJob(next++, text, monotonic, known)
      if (desk.stage === 'closed') job.failed(new Failure('NOT_READY'), 'refused')
      else if (!desk.line.add(asker, job)) job.failed(tooMany(), 'refused')
      else advance(desk)
      return job.plan
    },
    async ready() {
      if (desk.stage === 'closed') throw new Failure('NOT_READY')
      const life = desk.life ?? start(desk)
      if (!life.isReady()) life.hold(true)
      await life.ready
    },
    retire() {
      if (desk.stage === 'open') desk.stage = 'retired'
      advance(desk)
    },
    close: desk.close,
  }
}

/** The line, the thread, and what it is at. */
interface Desk {
  readonly parts: PlannerThreadParts
  readonly hard: HardDocuments
  readonly line: PlannerLine<PlanJob>
  life: PlannerLife | null
  running: { readonly job: PlanJob; readonly timer: NodeJS.Timeout } | null
  stage: 'open' | 'retired' | 'closed'
  readonly close: () => Promise<void>
}

function tooMany(): Failure {
  return new Failure('OVERLOADED', { detail: LINE_FULL })
}

function start(desk: Desk): PlannerLife {
  const { supergraphSdl, bounds, entry = ENTRY, running } = desk.parts
  const life: PlannerLife = startPlannerLife({
    entry,
    supergraphSdl,
    megabytes: bounds.megabytes,
    hear: (message) => hear(desk, message),
    ended: (cause, wasReady) => ended(desk, life, { cause, wasReady }),
  })
  desk.life = life
  running?.add(desk.close)
  life.hold(desk.line.length() > 0)
  return life
}

/** Gives the thread its next operation; where there is none, lets it rest. */
function advance(desk: Desk): void {
  if (desk.running !== null || desk.stage === 'closed') return
  if (desk.line.length() === 0) return rest(desk)
  const life = desk.life ?? start(desk)
  life.hold(true)
  if (!life.isReady()) return
  const job = desk.line.next()
  if (job === null) return rest(desk)
  if (isOver(desk, job)) return advance(desk)
  desk.running = { job, timer: setTimeout(() => expire(desk), desk.parts.bounds.planMs) }
  job.begin()
  life.ask({ id: job.id, text: job.text })
}

/** Whether nothing is left to plan when its turn comes: what another asker asked too may be planned, or found too hard. */
function isOver({ parts, hard }: Desk, job: PlanJob): boolean {
  if (job.isKnown()) return true
  const why = job.age() > parts.bounds.waitMs ? tooMany() : hard.refusalOf(job.text)
  if (why) job.failed(why, 'refused')
  return why !== null
}

/** Without work the thread holds no process, and that of a supergraph out of service goes. */
function rest(desk: Desk): void {
  if (desk.stage === 'retired') void leave(desk)
  else desk.life?.hold(false)
}

/** Ends the thread, whatever it is at. */
async function leave(desk: Desk): Promise<void> {
  const { life } = desk
  if (life === null) return
  desk.life = null
  desk.parts.running?.delete(desk.close)
  await life.end()
}

/** Takes the operation that the thread is at, which is over in one way or another. */
function finish(desk: Desk): PlanJob | null {
  const { running } = desk
  if (running === null) return null
  clearTimeout(running.timer)
  desk.running = null
  return running.job
}

function hear(desk: Desk, message: FromWorker): void {
  if (message.kind !== 'ready') {
    const job = finish(desk)
    if (message.kind === 'planned') job?.planned(JSON.parse(message.plan) as PlanNode | null)
    else job?.failed(heard(message.error), 'failed')
  }
  // Whoever is next may have asked for the same: what was planned is known as soon as this one has been told.
  if (desk.line.length() > 0) setImmediate(() => advance(desk))
  else advance(desk)
}

/** The time of an operation is over: only the end of the thread ends its planning. */
function expire(desk: Desk): void {
  refuse(desk, TOO_LONG)
  void leave(desk)
  if (desk.stage === 'open') start(desk)
  advance(desk)
}

function refuse(desk: Desk, why: Text): void {
  const job = finish(desk)
  if (job === null) return
  desk.hard.add(job.text, why)
  job.failed(new Failure('LIMIT_EXCEEDED', { detail: why }), 'timed-out')
}

/** The thread ended of itself. What it was at is not tried again; the others are the next one's. */
function ended(desk: Desk, life: PlannerLife, { cause, wasReady }: { cause: Error; wasReady: boolean }): void {
  if (desk.life !== life) return
  desk.life = null
  desk.parts.running?.delete(desk.close)
  if (!wasReady) return failAll(desk, cause)
  if (isOutOfMemory(cause)) refuse(desk, TOO_LARGE)
  else finish(desk)?.failed(cause, 'failed')
  if (desk.stage === 'open') start(desk)
  advance(desk)
}

/** A thread that cannot start helps nobody; whoever asks next tries it again. */
function failAll(desk: Desk, cause: Error): void {
  publishFailure(() => ({ receipt: null, where: 'planner', code: null, error: cause }))
  for (const job of desk.line.clear()) job.failed(cause, 'failed')
}

async function close(desk: Desk): Promise<void> {
  desk.stage = 'closed'
  finish(desk)?.failed(new Failure('NOT_READY'), 'refused')
  for (const job of desk.line.clear()) job.failed(new Failure('NOT_READY'), 'refused')
  await leave(desk)
}
