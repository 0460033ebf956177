/**
 * How a call to a department failed:
 *
 * - `unanswered`: the connection ended before a byte of an answer had come; another one may hold
 * - `unready`: something before the department says that it cannot serve now (502, 503, 504)
 * - `failing`: it says that it failed, or that it is asked too much, or cannot be found or trusted at all
 * - `refused`: it is well, and does not take this call
 * - `too-large`: it is well, and answers more than we take
 * - `broken-off`: an answer had begun and did not end as one
 * - `late`: its time was over
 * - `not-asked`: it has just failed too often, and is left alone for a while
 */
export type FaultKind =
  | 'unanswered'
  | 'unready'
  | 'failing'
  | 'refused'
  | 'too-large'
  | 'broken-off'
  | 'late'
  | 'not-asked'

/** Why a department gave no answer: for operators, who are shown the code and never the message. */
export class DepartmentFault extends Error {
  override readonly name = 'DepartmentFault'
  readonly kind: FaultKind
  /** A word in capitals: of the network, of the HTTP client, or `STATUS_503`. */
  readonly code: string

  constructor(kind: FaultKind, code: string, cause?: unknown) {
    super(`a department's answer did not come: ${kind}, ${code}`, { cause })
    this.kind = kind
    this.code = code
  }
}

/** Whether a second try can help: what began to work on the call and was slow must not be given it twice. */
export function isPassing(error: unknown): boolean {
  return error instanceof DepartmentFault && (error.kind === 'unanswered' || error.kind === 'unready')
}

/** Whether it tells of the department, and not of this one call: an odd question must not close it to everybody. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof DepartmentFault)) return true
  switch (error.kind) {
    case 'unanswered':
    case 'unready':
    case 'failing':
    case 'broken-off':
    case 'late':
      return true
    case 'refused':
    case 'too-large':
    case 'not-asked':
      return false
  }
}

/** Codes of connections that ended, or never began, while the machine behind them may well be there. */
const UNANSWERED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
])

const LATE = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/**
 * The fault that an error of the network or of the HTTP client stands for.
 *
 * @param begun whether a first byte of an answer had come
 */
export function networkFault(error: unknown, begun: boolean): DepartmentFault {
  const code = codeOf(error)
  if (LATE.has(code)) return new DepartmentFault('late', code, error)
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new DepartmentFault('too-large', code, error)
  if (begun) return new DepartmentFault('broken-off', code, error)
  return new DepartmentFault(UNANSWERED.has(code) ? 'unanswered' : 'failing', code, error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}

/**
 * The fault that a status other than 200 stands for.
 *
 * @param waits whether the answer says when to come again: then a second try at once goes against it
 */
export function statusFault(status: number, waits: boolean): DepartmentFault {
  return new DepartmentFault(kindOfStatus(status, waits), `STATUS_${status}`)
}

function kindOfStatus(status: number, waits: boolean): FaultKind {
  if (status >= 502 && status <= 504) return waits ? 'failing' : 'unready'
  return status >= 500 || status === 408 || status === 429 ? 'failing' : 'refused'
}
