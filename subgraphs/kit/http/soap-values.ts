import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { calendarDate } from '../decode.ts'
import { keyColumns } from '../keys.ts'
import type { FieldSource, Lookup, Row } from '../register.ts'

/** Milliseconds by which Asia/Shanghai is ahead of UTC; it has had no summer time since 1991. */
const BEIJING = 8 * 3600 * 1000

/**
 * A list of elements: a list of one comes as the one, and an empty one as nothing, where the WSDL does not tell the
 * parser that there may be several.
 */
export function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) return []
  return Array.isArray(value) ? value : [value]
}

/**
 * The text of an element: null where it is empty, `xsi:nil` or missing, and the same text whether or not it has
 * attributes.
 *
 * @throws Failure `SOURCE_INVALID` for an element with others inside
 */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value.trim() || null
  const { $value: text, attributes, ...rest } = elements(value)
  if (Object.keys(rest).length > 0 || (text === undefined && attributes === undefined))
    throw invalid('has elements where a text is expected')
  return textOf(text)
}

/** The elements inside one; throws `SOURCE_INVALID` where it is a text. */
export function elements(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('has another shape')
  const own: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value))
  // Whatever an element is called, it must not lead to what every object has.
  Object.setPrototypeOf(own, null)
  return own
}

/** A row of texts with the asked columns alone; throws `SOURCE_INVALID` where none of its key columns is there. */
export function rowOf(value: unknown, { register, columns }: Pick<Lookup, 'register' | 'columns'>): Row {
  const found = elements(value)
  const row = Object.fromEntries(columns.map((column) => [column, textOf(found[column])]))
  if (keyColumns(register).every((column) => row[column] === null)) throw invalid('has a row of nobody')
  return row
}

const ZONED = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}(?:\.\d+)?))?(Z|[+-]\d{2}:\d{2})?$/

/** A column with an `xs:date` or `xs:dateTime`, as the calendar date in Asia/Shanghai. */
export function zonedDate(column: string): FieldSource {
  const decode = (value: unknown): string => {
    const found = String(value).trim()
    const [, date, time, zone] = ZONED.exec(found) ?? []
    if (date === undefined && found.includes('T')) throw invalid('has a date that is none')
    // A date with a zone and no time is that date, wherever it was written.
    if (date === undefined || time === undefined || zone === undefined) return calendarDate(date ?? found)
    calendarDate(date)
    return inBeijing(`${date}T${time}${zone}`).slice(0, 10)
  }
  return { column, decode }
}

/** The instant of an `xs:dateTime`, ISO 8601 with offset; without a zone it is Asia/Shanghai's own time. */
export function soapInstant(value: unknown): string {
  const found = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(textOf(value) ?? '')
  if (found === null) throw invalid('has a time that is none')
  return inBeijing(found[1] === undefined ? `${found[0]}+08:00` : found[0])
}

function inBeijing(instant: string): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) throw invalid('has a time that is none')
  return `${new Date(at + BEIJING).toISOString().slice(0, 19)}+08:00`
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
