import { Failure } from '../vocabulary/failure.ts'

/** An operation to be planned, as text: pruned, so without any value of a request (wall 12). */
export interface ToWorker {
  readonly id: number
  readonly text: string
}

/** An error as it crosses to the other thread; a code where it is one of ours. */
export interface ToldError {
  readonly failure: Pick<Failure, 'code' | 'clause' | 'text'> | null
  readonly message: string
  readonly stack: string | null
}

/** What the planner's thread says; plans are JSON, which is read faster than a structured clone is made. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'planned'; readonly id: number; readonly plan: string }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ToldError }

/** An error as it can be sent. */
export function told(error: unknown): ToldError {
  if (!(error instanceof Error)) return { failure: null, message: String(error), stack: null }
  const failure = error instanceof Failure ? { code: error.code, clause: error.clause, text: error.text } : null
  return { failure, message: error.message, stack: error.stack ?? null }
}

/** The error that was sent, with the stack of the thread where it was thrown. */
export function heard({ failure, message, stack }: ToldError): Error {
  const { code, clause = null, text = null } = failure ?? {}
  const error = code
    ? new Failure(code, { ...(clause ? { clause } : {}), ...(text ? { detail: text } : {}) })
    : new Error(message)
  if (stack !== null) error.stack = stack
  return error
}
