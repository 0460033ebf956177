import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCursors } from '../../../subgraphs/kit/cursor.ts'

const cursors = createCursors(Buffer.alloc(32, 7))

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
