import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCursors } from '../../../subgraphs/kit/cursor.ts'

const KEY = createSecretKey(Buffer.alloc(32, 7))
const cursors = createCursors(() => [KEY])

test('opens what it sealed, for the same list', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (place, list) => {
      expect(cursors.open(cursors.seal(place, list), list)).toBe(place)
    }),
  )
})

test('says nothing of the place, and is another each time', () => {
  const [one, two] = [cursors.seal('0000000042', 'a'), cursors.seal('0000000042', 'a')]
  expect(one).not.toBe(two)
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('0000000042')
})

test('is refused with any bit changed, cut, lengthened, of another list or of another process', () => {
  const cursor = cursors.seal('0000000042', 'a')
  const bytes = Buffer.from(cursor, 'base64url')
  const flipped = Array.from({ length: bytes.length * 8 }, (_, bit) =>
    bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))),
  ).map((changed) => Buffer.from(changed).toString('base64url'))
  const others = [cursor.slice(0, -4), `${cursor}AAAA`, `${cursor}=`, ` ${cursor}`, '', 'x', '0000000042']
  for (const text of [...flipped, ...others]) {
    expect(() => cursors.open(text, 'a'), text).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  }
  expect(() => cursors.open(cursor, 'b')).toThrow('begin it again')
  expect(() => createCursors().open(cursor, 'a')).toThrow('begin it again')
})

test('opens what was sealed under any key that it is given, and seals under the first', () => {
  const next = createSecretKey(Buffer.alloc(32, 8))
  let keys = [KEY]
  const rotated = createCursors(() => keys)
  const before = rotated.seal('7', 'a')
  keys = [next, KEY]
  const after = rotated.seal('8', 'a')
  expect([rotated.open(before, 'a'), rotated.open(after, 'a')]).toEqual(['7', '8'])
  expect(() => cursors.open(after, 'a')).toThrow('begin it again')
  keys = [next]
  expect(rotated.open(after, 'a')).toBe('8')
  expect(() => rotated.open(before, 'a')).toThrow('begin it again')
})
