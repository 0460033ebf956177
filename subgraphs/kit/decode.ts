import { Failure } from '../../gateway/vocabulary/failure.ts'
import { canonicalNumber } from '../../gateway/vocabulary/id-number.ts'
import { canonicalIdentifier, canonicalUscc } from '../../gateway/vocabulary/uscc.ts'
import type { FieldSource, Row } from './register.ts'

/** An unreadable value: says what was expected, never what was found. */
function invalid(expected: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `A value of the source is not ${expected}` })
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw invalid('a text')
}

/** A column whose text is the value. */
export function text(column: string): FieldSource {
  return { column, decode: asText }
}

/** A column with the source's own codes. */
export function code<Value extends string>(column: string, codes: Readonly<Record<string, Value>>): FieldSource {
  const decode = (value: unknown): Value => {
    const found = asText(value)
    const known = Object.hasOwn(codes, found) ? codes[found] : undefined
    if (known === undefined) throw invalid(`one of its ${Object.keys(codes).length} codes`)
    return known
  }
  return { column, decode }
}

/** A column with a code of a standard; `shape` is what the standard allows. */
export function standardCode(column: string, shape: RegExp): FieldSource {
  const decode = (value: unknown): string => {
    const found = asText(value)
    if (!shape.test(found)) throw invalid('a code of its standard')
    return found
  }
  return { column, decode }
}

/** A column with a decimal number, as text, so that no digit is lost. */
export function decimal(column: string): FieldSource {
  return standardCode(column, /^-?\d+(\.\d+)?$/)
}

/** A column with a whole number that a GraphQL `Int` can hold. */
export function whole(column: string): FieldSource {
  const decode = (value: unknown): number => {
    const found = Number(asText(value) || Number.NaN)
    if (!Number.isInteger(found) || Math.abs(found) > 0x7fffffff) throw invalid('a whole number')
    return found
  }
  return { column, decode }
}

/**
 * A column with a date: `YYYYMMDD`, `YYYY-MM-DD`, `YYYY/M/D`, `YYYY年M月D日`, with or without a time after it; where a
 * zone stands behind the time, the date that it was in Asia/Shanghai.
 */
export function date(column: string): FieldSource {
  return { column, decode: calendarDate }
}

/** The calendar date `YYYY-MM-DD` in a source's text; throws `SOURCE_INVALID`. */
export function calendarDate(value: unknown): string {
  return clockOf(asText(value)).date
}

const DATE = /^(\d{4})(?:(\d{2})(\d{2})|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)(?:[T ](.*))?$/
const TIME = /^(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)? ?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/
/** Whatever else stands for a time, and holds no zone. */
const LOOSE_TIME = /^(?:上午|下午|[AP]M|[\d:.,时点分秒\s])*$/i
/** Milliseconds by which Asia/Shanghai is ahead of UTC; it has had no summer time since 1991. */
const BEIJING = 8 * 3600 * 1000

/** Date and time of day in Asia/Shanghai; the time is midnight where none can be told. */
function clockOf(found: string): { readonly date: string; readonly time: string } {
  const [, year = '', month2, day2, month = month2, day = day2, behind = ''] = DATE.exec(found) ?? []
  const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`
  const checked = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(checked.getTime()) || checked.toISOString().slice(0, 10) !== date) throw invalid('a date')
  const [whole, hour, minute, second = '00', zone] = TIME.exec(behind) ?? []
  // A zone that was passed over would make another day of some.
  if (whole === undefined && !LOOSE_TIME.test(behind)) throw invalid('a date')
  const time = whole === undefined ? '00:00:00' : `${hour}:${minute}:${second}`
  return zone === undefined ? { date, time } : inBeijing(`${date}T${time}${fullZone(zone)}`)
}

/** `Z`, `+08`, `+0800` and `+08:00` as ISO 8601 has them. */
function fullZone(zone: string): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? []
  return sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`
}

function inBeijing(instant: string): { readonly date: string; readonly time: string } {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) throw invalid('a date')
  const [date = '', time = ''] = new Date(at + BEIJING).toISOString().slice(0, 19).split('T')
  return { date, time }
}

/** A column with two dates and a text between them, as a period `YYYY-MM-DD/YYYY-MM-DD`. */
export function dateRange(column: string, between: string): FieldSource {
  const decode = (value: unknown): string => {
    const [from, until, ...rest] = asText(value).split(between)
    if (from === undefined || until === undefined || rest.length > 0) throw invalid('a period')
    return `${calendarDate(from)}/${calendarDate(until)}`
  }
  return { column, decode }
}

/**
 * The instant of a source's own clock, `YYYY-MM-DD[ HH:MM:SS]`, as ISO 8601 with the offset of Asia/Shanghai, whose time
 * it is where no zone stands behind it.
 */
export function beijingInstant(value: unknown): string {
  const { date, time } = clockOf(asText(value))
  const instant = `${date}T${time}+08:00`
  if (Number.isNaN(Date.parse(instant))) throw invalid('a time')
  return instant
}

/** A column with a unified social credit code, whose check character must be right (HZ-15.2). */
export function uscc(column: string): FieldSource {
  const decode = (value: unknown): string => {
    const found = canonicalUscc(asText(value))
    if (found === null) throw invalid('a unified social credit code')
    return found
  }
  return { column, decode }
}

/** A column with a resident's ID number, as the reference to that person: the object that `@reference` follows. */
export function personReference(column: string): FieldSource {
  const decode = (value: unknown): Readonly<Record<string, string>> => ({
    __typename: 'Person',
    idDocumentType: 'RESIDENT_ID',
    idDocumentNumber: canonicalNumber('RESIDENT_ID', asText(value)),
  })
  return { column, decode }
}

/**
 * A column with an organisation's identifier, as the reference to that organisation: by its credit code where it is
 * one, else by the registration number of those that have none yet (HZ-15.2).
 */
export function legalEntityReference(column: string): FieldSource {
  const decode = (value: unknown): Readonly<Record<string, string>> => {
    const code = canonicalUscc(asText(value))
    return {
      __typename: 'LegalEntity',
      identifierType: code === null ? 'REGISTRATION_NUMBER' : 'USCC',
      identifier: code ?? canonicalIdentifier(asText(value)),
    }
  }
  return { column, decode }
}

/**
 * A column with a JSON list of small records, as old systems keep what has no table of its own. Each becomes an object
 * of the fields named here, whose `column` is the name inside the list. A list with one unreadable value is unreadable.
 */
export function records(column: string, fields: Readonly<Record<string, FieldSource>>): FieldSource {
  const decode = (value: unknown): readonly Row[] => {
    const list = parsed(asText(value))
    if (!Array.isArray(list)) throw invalid('a list of records')
    return list.map((one: unknown) => {
      if (!isRow(one)) throw invalid('a list of records')
      return Object.fromEntries(Object.entries(fields).map(([name, source]) => [name, read(source, one)]))
    })
  }
  return { column, decode }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw invalid('a list of records')
  }
}

/** The value of a GraphQL field in a row; absent and empty are null. */
export function read(source: FieldSource, row: Row): unknown {
  const value = row[source.column]
  return value === null || value === undefined || value === '' ? null : source.decode(value)
}
