import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { PlanNode } from '../compile/plan.ts'
import { publishPlan } from '../observe/channels.ts'
import type { PlanEvent } from '../observe/channels.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'

/** One operation on its way through the planner. */
export interface PlanJob {
  readonly id: number
  readonly text: string
  planned(plan: PlanNode | null): void
  /** Gives it the plan that was made for somebody else, where there is one by now. */
  isKnown(): boolean
  failed(error: Error, outcome: Exclude<PlanEvent['outcome'], 'planned'>): void
  /** Its turn has come. */
  begin(): void
  /** Milliseconds since it was asked for. */
  age(): number
}

/** A job, and the plan that comes of it; each outcome is published. */
export function createPlanJob(
  id: number,
  text: string,
  monotonic: () => number,
  known: () => PlanNode | null | undefined = () => undefined,
): PlanJob & { readonly plan: Promise<PlanNode | null> } {
  const { promise: plan, resolve, reject } = Promise.withResolvers<PlanNode | null>()
  const asked = monotonic()
  let begun: number | null = null
  const publish = (outcome: PlanEvent['outcome']): void =>
    publishPlan(() => {
      const [now, start] = [monotonic(), begun ?? monotonic()]
      return { outcome, waited: start - asked, milliseconds: now - start }
    })
  return {
    id,
    text,
    plan,
    planned(made) {
      publish('planned')
      resolve(made)
    },
    isKnown() {
      const made = known()
      if (made === undefined) return false
      resolve(made)
      return true
    },
    failed(error, outcome) {
      publish(outcome)
      reject(error)
    },
    begin: () => void (begun = monotonic()),
    age: () => monotonic() - asked,
  }
}

/** What is too hard to plan, and how that is told. */
export const TOO_LONG: Text = {
  zh: '查询过于复杂,未能在时限内排出取数步骤',
  en: 'the document is too complex: it takes longer to plan than allowed',
}
export const TOO_LARGE: Text = {
  zh: '查询过于复杂,排取数步骤所需内存超过上限',
  en: 'the document is too complex: it needs more memory to plan than allowed',
}
export const LINE_FULL: Text = { zh: '等待排取数步骤的查询过多', en: 'too many documents wait to be planned' }

/** Documents that were too hard a short while ago: asked again, they would take the planner from everybody again. */
export interface HardDocuments {
  /** LIMIT_EXCEEDED where it was too hard; null else. */
  refusalOf(text: string): Failure | null
  add(text: string, why: Text): void
}

/** How many are remembered, and for how many milliseconds. */
const REMEMBERED = { max: 1_000, ttl: 60_000 }

/** @param monotonic milliseconds of a monotonic clock */
export function createHardDocuments(monotonic: () => number): HardDocuments {
  const hard = new LRUCache<string, Text>({ ...REMEMBERED, ttlResolution: 0, perf: { now: monotonic } })
  const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
  return {
    refusalOf(text) {
      const why = hard.size > 0 ? hard.get(keyOf(text)) : undefined
      return why ? new Failure('LIMIT_EXCEEDED', { detail: why }) : null
    },
    add: (text, why) => void hard.set(keyOf(text), why),
  }
}
