import { statusOf } from '../../gateway/request/status-of.ts'
import { isCode } from '../../gateway/vocabulary/codes.ts'
import { codesOf } from './gateway-http.ts'
import type { Reply } from './gateway-http.ts'
import type { TestGateway } from './gateway.ts'

/** A request that was refused as a whole. */
export interface Refusal {
  readonly status: number
  readonly codes: readonly string[]
  /** Rules that hold for every refusal and were broken here. */
  readonly breaches: readonly string[]
}

/** Expectation of a refusal that breaks no rule. */
export function refusedWith(status: number, ...codes: readonly string[]): Refusal {
  return { status, codes, breaches: [] }
}

/**
 * Reads a refusal of a known caller and checks what holds for every one: coded, with a remedy that leads to its page,
 * a receipt that is in the record with the same codes, JSON in UTF-8, no stack, none of the `secret` values.
 */
export async function refusalOf(gateway: TestGateway, reply: Reply, secret: readonly string[] = []): Promise<Refusal> {
  const codes = codesOf(reply)
  const breaches = breachesOf(reply, secret)
  const record = await gateway.recordOf(reply.receipt).catch(() => null)
  if (record === null) breaches.push('not in the record')
  else {
    const { status, codes: recorded } = record.outcome
    if (status !== reply.status) breaches.push(`recorded with status ${status}`)
    if ([...new Set(codes)].join() !== recorded.join()) breaches.push(`recorded with codes ${recorded.join()}`)
    if (record.officer === null) breaches.push('recorded without an officer')
  }
  return { status: reply.status, codes, breaches }
}

const GRAPHQL = 'application/graphql-response+json'

/** Rules of every refusal, to known callers and strangers alike. */
export function breachesOf(reply: Reply, secret: readonly string[] = []): string[] {
  const breaches: string[] = []
  const errors = reply.body.errors ?? []
  const type = reply.headers['content-type']?.startsWith('application/json') ? 'application/json' : GRAPHQL
  if (errors.length === 0) breaches.push('without an error')
  for (const { message, extensions } of errors) {
    const { code, remedy } = extensions
    if (!isCode(code)) breaches.push(`${code} is no code`)
    else if (statusOf([code], type) !== reply.status) breaches.push(`${code} under status ${reply.status}`)
    if (!remedy.includes(`docs/errors.md#${code.toLowerCase()}`)) breaches.push(`${code} without a way on`)
    if (message === '') breaches.push(`${code} without a message`)
  }
  if (reply.body.data !== undefined) breaches.push('with data')
  if (reply.body.extensions?.sharing.receipt !== reply.receipt || !reply.receipt.startsWith('gx_'))
    breaches.push('without its receipt')
  if (reply.headers['content-type']?.endsWith('json; charset=utf-8') !== true) breaches.push('not JSON in UTF-8')
  if (/\bat \S+ \(|node_modules|\.[tj]s:\d/.test(reply.text)) breaches.push('with a stack')
  if (/did you mean/i.test(reply.text)) breaches.push('with a suggestion')
  for (const [index, value] of secret.entries())
    if (reply.text.includes(value)) breaches.push(`quotes secret ${index + 1}`)
  return breaches
}
