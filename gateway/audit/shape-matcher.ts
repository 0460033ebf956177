import type { Characters, ObjectShape, Shape } from './shape.ts'

/**
 * Follows a shape along the bytes of its JSON, as the writer writes it, and builds nothing. Takes no value that `misfit`
 * would refuse, but refuses some that it would take (escapes, long numbers, spaces): whoever is refused
 * asks again the long way.
 *
 * @returns whether the bytes are such a value, and nothing else
 */
export type ShapeMatcher = (bytes: Uint8Array) => boolean

/** Builds the matcher of a shape once: verification asks it about every record. */
export function matcherOf(shape: Shape): ShapeMatcher {
  const match = build(shape)
  return (bytes) => match(bytes, 0) === bytes.length
}

/** The position behind the value that begins at one; `NONE` where there is no such value. */
type Match = (bytes: Uint8Array, at: number) => number

const NONE = -1
const [QUOTE, COMMA, POINT, MINUS, COLON, BACKSLASH] = [0x22, 0x2c, 0x2e, 0x2d, 0x3a, 0x5c]
const [ZERO, NINE, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x30, 0x39, 0x5b, 0x5d, 0x7b, 0x7d]
const [FIRST_PRINTED, LAST_PRINTED, LAST_BYTE] = [0x20, 0x7e, 0xff]
// Any number of so many digits is one that a double holds exactly.
const MOST_DIGITS = 15

function build(shape: Shape): Match {
  switch (shape.kind) {
    case 'text':
      if (shape.chars !== undefined) return textOfChars(shape.chars)
      return shape.pattern === undefined ? text : textLike(shape.pattern)
    case 'count':
      return count
    case 'duration':
      return duration
    case 'one-of':
      return oneOf(shape.values.map((value) => literal(JSON.stringify(value))))
    case 'nullable':
      return oneOf([literal('null'), build(shape.of)])
    case 'list':
      return listOf(build(shape.of))
    case 'texts-by-name':
      return textsByName
    case 'object':
      return objectOf(shape)
  }
}

/** Any script: bytes that are no UTF-8 make a text too, of replacement characters. */
const text: Match = (bytes, at) => textUpTo(bytes, at, LAST_BYTE)

function textUpTo(bytes: Uint8Array, at: number, last: number): number {
  if (bytes[at] !== QUOTE) return NONE
  for (let end = at + 1; end < bytes.length; end += 1) {
    const byte = bytes[end] ?? 0
    if (byte === QUOTE) return end + 1
    if (byte < FIRST_PRINTED || byte > last || byte === BACKSLASH) return NONE
  }
  return NONE
}

function textOfChars({ table, least, most }: Characters): Match {
  return (bytes, at) => {
    if (bytes[at] !== QUOTE) return NONE
    let end = at + 1
    while (table[bytes[end] ?? 0] === 1) end += 1
    const length = end - at - 1
    return bytes[end] === QUOTE && length >= least && length <= most ? end + 1 : NONE
  }
}

function textLike(pattern: RegExp): Match {
  return (bytes, at) => {
    const end = textUpTo(bytes, at, LAST_PRINTED)
    return end !== NONE && pattern.test(latin1(bytes, at + 1, end - 1)) ? end : NONE
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.toString('latin1', start, end)
}

function digits(bytes: Uint8Array, at: number): number {
  let end = at
  for (let byte = bytes[end] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[end] ?? 0) end += 1
  return end === at || end - at > MOST_DIGITS ? NONE : end
}

function count(bytes: Uint8Array, at: number): number {
  const end = digits(bytes, at)
  return end > at + 1 && bytes[at] === ZERO ? NONE : end
}

function duration(bytes: Uint8Array, at: number): number {
  const end = bytes[at] === MINUS ? NONE : count(bytes, at)
  return end !== NONE && bytes[end] === POINT ? digits(bytes, end + 1) : end
}

function literal(json: string): Match {
  const wanted = Buffer.from(json)
  const { length } = wanted
  return (bytes, at) => {
    for (let index = 0; index < length; index += 1) if (bytes[at + index] !== wanted[index]) return NONE
    return at + length
  }
}

function oneOf(matches: readonly Match[]): Match {
  return (bytes, at) => {
    for (const match of matches) {
      const end = match(bytes, at)
      if (end !== NONE) return end
    }
    return NONE
  }
}

function listOf(item: Match): Match {
  return (bytes, at) => {
    if (bytes[at] !== OPEN_LIST) return NONE
    if (bytes[at + 1] === CLOSE_LIST) return at + 2
    let end = item(bytes, at + 1)
    while (end !== NONE && bytes[end] === COMMA) end = item(bytes, end + 1)
    return end !== NONE && bytes[end] === CLOSE_LIST ? end + 1 : NONE
  }
}

function textsByName(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== OPEN) return NONE
  if (bytes[at + 1] === CLOSE) return at + 2
  let end = at
  do {
    const name = text(bytes, end + 1)
    end = name !== NONE && bytes[name] === COLON ? text(bytes, name + 1) : NONE
  } while (end !== NONE && bytes[end] === COMMA)
  return end !== NONE && bytes[end] === CLOSE ? end + 1 : NONE
}

function objectOf({ members, optional }: ObjectShape): Match {
  const parts = Object.entries(members).map(([name, shape]) => ({
    key: literal(`${JSON.stringify(name)}:`),
    value: build(shape),
    optional: optional.includes(name),
  }))
  return (bytes, at) => {
    if (bytes[at] !== OPEN) return NONE
    let end = at + 1
    let some = false
    for (const { key, value, optional: free } of parts) {
      const start = !some ? end : bytes[end] === COMMA ? end + 1 : NONE
      const behind = start === NONE ? NONE : key(bytes, start)
      if (behind !== NONE) {
        end = value(bytes, behind)
        if (end === NONE) return NONE
        some = true
      } else if (!free) return NONE
    }
    return bytes[end] === CLOSE ? end + 1 : NONE
  }
}
