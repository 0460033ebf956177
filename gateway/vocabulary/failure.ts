import type { Clause } from './clause.ts'
import { message } from './codes.ts'
import type { Code, Language, Text } from './codes.ts'

/** Further facts of a failure; never a personal value. */
export interface FailureFacts {
  /** The clause that gives the reason. */
  readonly clause?: Clause
  /**
   * A sentence for the person who must mend the input, in both languages; or a text of no language, such as a place
   * in a document. No personal data.
   */
  readonly detail?: string | Text
  readonly cause?: unknown
}

/** The one error class of the gateway: a code from the table, never free text alone. */
export class Failure extends Error {
  readonly code: Code
  readonly clause: Clause | null
  /** The detail in English, for operators. */
  readonly detail: string | null
  readonly text: Text | null

  constructor(code: Code, facts: FailureFacts = {}) {
    const text = typeof facts.detail === 'string' ? { zh: facts.detail, en: facts.detail } : (facts.detail ?? null)
    super(text?.en ?? message(code, 'en'), { cause: facts.cause })
    this.name = 'Failure'
    this.code = code
    this.clause = facts.clause ?? null
    this.detail = text?.en ?? null
    this.text = text
  }

  /** The detail in the user's language. */
  detailIn(language: Language): string | null {
    return language === 'en' ? this.detail : (this.text?.zh ?? null)
  }
}
