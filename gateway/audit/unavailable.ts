import { Failure } from '../vocabulary/failure.ts'

/** The audit cannot be written, and why, for operators. */
export function unavailable(detail: string, cause?: unknown): Failure {
  return new Failure('AUDIT_UNAVAILABLE', { detail, cause })
}

/** An error in words. The disk's message names a path: operators need it, users never see a detail. */
export function reason(error: unknown): string {
  if (error instanceof Failure && error.cause !== undefined) return `${error.message}: ${reason(error.cause)}`
  return error instanceof Error ? error.message : String(error)
}
