import iconv from 'iconv-lite'
import type { FieldPacket } from 'mysql2'
import type { Row } from '../register.ts'

/** Types of columns, by their numbers in the protocol. */
const [FLOAT, TIMESTAMP, DATE, DATETIME, NEW_DATE, BIT] = [4, 7, 10, 12, 14, 16]
const DATES: readonly number[] = [TIMESTAMP, DATE, DATETIME, NEW_DATE]
/** Flag of a column whose numbers are written with leading zeros. */
const ZERO_FILL = 64

type Field = Pick<FieldPacket, 'name' | 'type' | 'flags' | 'length'> & { readonly columnLength?: number }

/**
 * A row as texts, just as the server itself would write them, or nulls. Zero dates are nulls: old systems have them
 * where nothing is known. Binary values are passed on as they are; no decoder reads them.
 *
 * @param encoding what the server takes for latin1 really is; null where it is right
 */
export function exactRow(values: readonly unknown[], fields: readonly Field[], encoding: string | null): Row {
  return Object.fromEntries(fields.map((field, at) => [field.name, exactValue(values[at], field, encoding)]))
}

function exactValue(value: unknown, field: Field, encoding: string | null): unknown {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return field.type === BIT ? BigInt(`0x${value.toString('hex')}`).toString() : value
  if (typeof value === 'string') return textValue(value, field, encoding)
  if (typeof value !== 'number' && typeof value !== 'bigint') return value
  // Six digits are all that a FLOAT is sure of; more would be of the binary form alone.
  return zeroFilled(field.type === FLOAT ? String(Number(Number(value).toPrecision(6))) : String(value), field)
}

function textValue(text: string, field: Field, encoding: string | null): string | null {
  if (DATES.includes(field.type ?? -1)) return text.startsWith('0000-00-00') ? null : text
  return zeroFilled(encoding === null ? text : readAs(encoding, text), field)
}

function zeroFilled(digits: string, { flags, columnLength }: Field): string {
  const filled = typeof flags === 'number' && (flags & ZERO_FILL) !== 0
  return filled ? digits.padStart(columnLength ?? 0, '0') : digits
}

/** What MySQL calls latin1: Windows-1252, in which every byte is a character. */
const LATIN1 = new TextDecoder('windows-1252')
const BYTES: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte): [string, number] => [LATIN1.decode(Uint8Array.of(byte)), byte]),
)

/** The text whose bytes the server took for latin1; a text that cannot be such bytes was right, and stays. */
function readAs(encoding: string, misread: string): string {
  if (/^[\0-\x7F]*$/.test(misread)) return misread
  const bytes = [...misread].map((character) => BYTES.get(character))
  const known = bytes.filter((byte) => byte !== undefined)
  return known.length < bytes.length ? misread : iconv.decode(Buffer.from(known), encoding)
}

/** A text in the form in which the server finds it: its bytes taken for latin1; as it is where that is right. */
export function misreadAs(encoding: string | null, text: string): string {
  return encoding === null ? text : LATIN1.decode(iconv.encode(text, encoding))
}
