import type { CountAnswer, CountAsk } from '../adapters/counters-leased.ts'
import type { Config } from '../config/config.ts'
import type { Readiness } from '../http/server.ts'
import type { Family } from '../observe/metrics/family.ts'

/** What the supervisor tells one of its processes. */
export type ToProcess =
  | { readonly kind: 'begin'; readonly number: number; readonly config: Config; readonly spoken: boolean }
  | { readonly kind: 'counted'; readonly id: number; readonly answers: readonly CountAnswer[] }
  /** Asks how it is. */
  | { readonly kind: 'look'; readonly id: number }
  | { readonly kind: 'stop' }

/** What a process tells its supervisor. */
export type ToSupervisor =
  | { readonly kind: 'hello' }
  | { readonly kind: 'ready'; readonly url: string; readonly port: number; readonly graphiql: boolean }
  /** It cannot start, and has said why. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'count'; readonly id: number; readonly asks: readonly CountAsk[] }
  | { readonly kind: 'seen'; readonly id: number; readonly readiness: Readiness; readonly families: readonly Family[] }
