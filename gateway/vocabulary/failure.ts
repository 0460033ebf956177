import type { Clause } from './clause.ts'
import { message } from './codes.ts'
import type { Code } from './codes.ts'

/** Further facts of a failure; never a personal value. */
export interface FailureFacts {
  /** The clause that gives the reason. */
  readonly clause?: Clause
  /** A sentence for operators and for the person who must mend the input; no personal data. */
  readonly detail?: string
  readonly cause?: unknown
}

/** The one error class of the gateway: a code from the table, never free text alone. */
export class Failure extends Error {
  readonly code: Code
  readonly clause: Clause | null
  readonly detail: string | null

  constructor(code: Code, facts: FailureFacts = {}) {
    super(facts.detail ?? message(code, 'en'), { cause: facts.cause })
    this.name = 'Failure'
    this.code = code
    this.clause = facts.clause ?? null
    this.detail = facts.detail ?? null
  }
}
