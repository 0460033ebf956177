import { z } from 'zod'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { headerOf } from './http-reply.ts'
import type { ReplyHeaders } from './http-reply.ts'
import { keyColumns } from '../keys.ts'
import type { Lookup, Row } from '../register.ts'

/*
 * What the replies of old REST systems have in common, for their dialects to be short: numbers that JSON.parse would
 * spoil, envelopes that tell the outcome under 200, a result that is a JSON text inside JSON, pages.
 */

/**
 * The value of a JSON text. A number that JavaScript cannot hold as it is written stays text: an account number of 19
 * digits, an amount `12.50`.
 *
 * @throws Failure `SOURCE_INVALID`
 */
export function parseJson(text: string): unknown {
  try {
    const keep = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
      typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
        ? context.source
        : value
    return JSON.parse(text, keep)
  } catch {
    // A RangeError too: lists within lists until the stack is full.
    throw invalid('is not JSON')
  }
}

/** How a system packs its results. */
export interface Envelope {
  /** Members of the outcome and of the result. */
  readonly outcome: string
  readonly result: string
  /** Outcomes that are none of a failure. */
  readonly done: readonly (string | number)[]
  /** Whether the result is a JSON text inside the JSON. */
  readonly packed?: boolean
}

/**
 * The result in an envelope, by a shape of it.
 *
 * @throws Failure `SOURCE_UNAVAILABLE` with the system's own outcome, where that is a short code; `SOURCE_INVALID` for
 *   what has another shape
 */
export function opened<T>({ outcome, result, done, packed = false }: Envelope, shape: z.ZodType<T>, reply: unknown): T {
  const envelope = shaped(z.record(z.string(), z.unknown()), reply)
  const found = shaped(z.union([z.string(), z.number()]), envelope[outcome])
  if (!done.includes(found)) {
    // Whatever is longer might quote what was asked.
    const code = /^[\w.-]{1,24}$/.test(String(found)) ? found : 'that is no code'
    throw new Failure('SOURCE_UNAVAILABLE', { detail: `The system answered with its code ${code}` })
  }
  const held = envelope[result]
  return shaped(shape, packed && typeof held === 'string' ? parseJson(held) : held)
}

/** A value by its shape; throws `SOURCE_INVALID`, without quoting it. */
export function shaped<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid('has another shape')
}

/** A row with the asked columns alone; throws `SOURCE_INVALID` where none of its key columns is a text. */
export function narrowed(row: Row, { register, columns }: Pick<Lookup, 'register' | 'columns'>): Row {
  if (!keyColumns(register).some((column) => typeof row[column] === 'string')) throw invalid('has a row of nobody')
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
}

/** The mark of the page after this one, where pages are numbered; null after the last. */
export function nextNumber(page: number, size: number, total: number): string | null {
  return page * size < total ? String(page + 1) : null
}

/**
 * The mark of the page after this one in a header `Link: <…>; rel="next"`: path and query below the base URL.
 *
 * @param base base URL of the system; a link that leads elsewhere is refused, whoever wrote it
 * @throws Failure `SOURCE_INVALID`
 */
export function nextLink(headers: ReplyHeaders, base: string): string | null {
  const found = /<([^<>]*)>\s*;[^,<]*\brel="?next"?/i.exec(headerOf(headers, 'link'))?.[1]
  if (found === undefined) return null
  const from = new URL(base.endsWith('/') ? base : `${base}/`)
  const to = URL.parse(found, from)
  if (to === null || to.origin !== from.origin || !to.pathname.startsWith(from.pathname))
    throw invalid('leads to another system')
  return `/${to.pathname.slice(from.pathname.length)}${to.search}`
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
