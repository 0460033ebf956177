import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'

/** A planted value that must never be seen outside of the departments' own data. */
export interface Canary {
  /** What it is, for messages: `name`, `idNumber` …; never the value itself. */
  readonly name: string
  readonly value: string
}

/** One way in which a canary may be written. */
export interface Form {
  readonly canary: string
  /** `utf-8`, `base64+1`, `sha-256 hex` … */
  readonly encoding: string
  readonly bytes: Buffer
}

/** Shorter needles are found in any large file by chance. */
const MIN_BYTES = 4
const WHOLE = /^.+$/
const URL_ESCAPE = /%[0-9a-f]{2}/gi
const UNIT_DIGITS = /(?<=\\u)[0-9a-f]{4}/g
const HASHES = ['sha256', 'sha1', 'md5'] as const

/**
 * Every form of a canary that the scan looks for: plain in three character sets, base64 at all three alignments,
 * base64url, URL-escaped, \u-escaped, hex, and unkeyed hashes (whose few possible inputs anyone can try).
 */
export function formsOf(canary: Canary): readonly Form[] {
  const utf8 = Buffer.from(canary.value, 'utf8')
  const forms: [string, Buffer][] = [
    ['utf-8', utf8],
    ['gb18030', iconv.encode(canary.value, 'gb18030')],
    ['utf-16le', Buffer.from(canary.value, 'utf16le')],
    ['utf-16be', Buffer.from(canary.value, 'utf16le').swap16()],
    ...text('hex', bothCases(utf8.toString('hex'), WHOLE)),
    ...text('url', bothCases(encodeURIComponent(canary.value), URL_ESCAPE)),
    ...text('url, every byte', bothCases(utf8.toString('hex').replace(/../g, '%$&'), URL_ESCAPE)),
    ...text(
      '\\u',
      bothCases(
        escapeUnits(canary.value, () => true),
        UNIT_DIGITS,
      ),
    ),
    ...text(
      '\\u, not ASCII',
      bothCases(
        escapeUnits(canary.value, (unit) => unit > 0x7f),
        UNIT_DIGITS,
      ),
    ),
    ...[0, 1, 2].flatMap((shift) => base64At(utf8, shift)),
    ...HASHES.flatMap((hash) => hashes(hash, utf8)),
  ]
  const seen = new Set<string>()
  return forms.flatMap(([encoding, bytes]) => {
    const key = bytes.toString('latin1')
    if (bytes.length < MIN_BYTES || seen.has(key)) return []
    seen.add(key)
    return [{ canary: canary.name, encoding, bytes }]
  })
}

/** Base64 of the value inside of a longer text, `shift` bytes after a group's start: characters that neighbours share are cut. */
function base64At(value: Buffer, shift: number): [string, Buffer][] {
  const padded = Buffer.concat([Buffer.alloc(shift), value])
    .toString('base64')
    .replace(/=+$/, '')
  const from = [0, 2, 3][shift] ?? 0
  const whole = Math.floor(((shift + value.length) * 8) / 6)
  const inside = padded.slice(from, whole)
  return text(`base64+${shift}`, [inside, inside.replaceAll('+', '-').replaceAll('/', '_')])
}

function hashes(hash: (typeof HASHES)[number], value: Buffer): [string, Buffer][] {
  const digest = createHash(hash).update(value).digest()
  return [
    ...text(`${hash} hex`, bothCases(digest.toString('hex'), WHOLE)),
    ...text(`${hash} base64`, [digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')]),
    [`${hash} raw`, digest],
  ]
}

function escapeUnits(value: string, wanted: (unit: number) => boolean): string {
  return value.replace(/[\s\S]/g, (character) => {
    const unit = character.charCodeAt(0)
    return wanted(unit) ? `\\u${unit.toString(16).padStart(4, '0')}` : character
  })
}

/** Twice the same, with the hexadecimal digits that `pattern` finds in lower and in upper case. */
function bothCases(written: string, pattern: RegExp): readonly string[] {
  return [
    written.replace(pattern, (digits) => digits.toLowerCase()),
    written.replace(pattern, (digits) => digits.toUpperCase()),
  ]
}

function text(encoding: string, variants: readonly string[]): [string, Buffer][] {
  return variants.map((variant) => [encoding, Buffer.from(variant, 'latin1')])
}
