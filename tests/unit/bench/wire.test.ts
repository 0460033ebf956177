import { expect, test } from 'vitest'
import { after, readMessage } from '../../../bench/load/wire.ts'

const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'

test.each([
  ['with a length', WHOLE],
  ['in chunks', CHUNKED],
])('a message %s is read once it is whole, and not before', (_, text) => {
  for (let at = 0; at < text.length; at += 1) expect(readMessage(Buffer.from(text.slice(0, at)))).toBeNull()
  const received = Buffer.from(`${text}HTTP/1.1 404`)
  const message = readMessage(received)
  if (message === null) throw new Error('not read')
  expect(message.start).toBe('HTTP/1.1 200 OK')
  expect(message.body.toString()).toBe('hello')
  expect(after(received, message).toString()).toBe('HTTP/1.1 404')
})

test('a message without a length is refused', () => {
  expect(() => readMessage(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('without a length')
})
