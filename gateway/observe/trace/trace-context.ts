import { holdsIdNumber } from '../../vocabulary/id-number.ts'

/** Where a request stands in somebody's trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits: the span that the next hop is a child of. */
  readonly spanId: string
  readonly sampled: boolean
  /** Header `tracestate`, as it came; null where there was none that is good. */
  readonly state: string | null
}

/** `version-traceid-spanid-flags`; versions above 00 may bring more behind. */
const TRACEPARENT =
  /^(?<version>[\da-f]{2})-(?<traceId>[\da-f]{32})-(?<spanId>[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/
const NOTHING = /^0+$/
/** Longer headers are no trace's. */
const LONGEST_PARENT = 512

/**
 * Reads the headers `traceparent` and `tracestate`. A malformed one is ignored, as the specification asks, and so is
 * one that holds a resident number: what a caller writes there goes to departments, collectors and logs.
 */
export function readTraceContext(parent: string | undefined, state: string | undefined): TraceContext | null {
  if (parent === undefined || parent.length > LONGEST_PARENT) return null
  const { version, traceId = '', spanId = '', flags = '', more } = TRACEPARENT.exec(parent.trim())?.groups ?? {}
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null
  if (NOTHING.test(traceId) || NOTHING.test(spanId) || hidesNumber(traceId) || hidesNumber(spanId)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, state: readState(state) }
}

/** The header `traceparent` for the next hop. */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

const KEY = /^(?:[a-z\d][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})$/
/** Printable ASCII without comma and equals sign, and no blank at the end. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const MOST_MEMBERS = 32
/** Characters that every hop must be able to pass on; longer ones may be left out, and are. */
const LONGEST_STATE = 512

function readState(header: string | undefined): string | null {
  if (header === undefined || header.length > LONGEST_STATE || hidesNumber(header)) return null
  const members = header
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const keys = members.map((one) => one.slice(0, Math.max(0, one.indexOf('='))))
  const good = members.every((one, at) => {
    const key = keys[at] ?? ''
    return KEY.test(key) && VALUE.test(one.slice(key.length + 1))
  })
  if (!good || members.length === 0 || members.length > MOST_MEMBERS || new Set(keys).size < keys.length) return null
  return members.join(',')
}

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
/** A telephone number by itself. */
const TELEPHONE = /(?<!\d)1[3-9]\d{9}(?!\d)/

/** The caller's own name for a request (header `x-request-id`), or null where it is none that may be repeated. */
export function readRequestId(header: string | undefined): string | null {
  if (header === undefined || !REQUEST_ID.test(header)) return null
  return hidesNumber(header) || TELEPHONE.test(header) ? null : header
}

const LENGTHS = [18, 15] as const
const LONG_RUN = /\d{15,}[Xx]?/g

/** Whether a resident number stands anywhere in a text, also in the midst of further digits. */
function hidesNumber(text: string): boolean {
  return (text.match(LONG_RUN) ?? []).some((run) =>
    LENGTHS.some((length) => {
      for (let at = 0; at + length <= run.length; at += 1) if (holdsIdNumber(run.slice(at, at + length))) return true
      return false
    }),
  )
}
