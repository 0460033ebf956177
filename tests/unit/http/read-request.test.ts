import { createServer, request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRequest } from '../../../gateway/http/read-request.ts'
import type { HttpRequest } from '../../../gateway/request/http.ts'

const LIMIT = 2_000
let server: Server
let read: HttpRequest | null = null
beforeAll(async () => {
  server = createServer((message, response) => {
    void readRequest(message, '?x=1', LIMIT, new AbortController().signal).then((one) => {
      read = one
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterAll(() => new Promise((done) => server.close(done)))

/** Sends a body and gives what was read of it. */
async function reading(body: string | readonly string[], headers: Record<string, string> = {}): Promise<HttpRequest> {
  const { port } = server.address() as AddressInfo
  read = null
  await new Promise<void>((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => response.resume().on('end', resolve),
    )
    sent.on('error', reject)
    for (const part of Array.isArray(body) ? body : [body]) sent.write(part)
    sent.end()
  })
  if (read === null) throw new Error('nothing was read')
  return read
}

test('a body in pieces, its headers and its query', async () => {
  const one = await reading(['{"query":"{', ' a }"', '}'], { 'X-Matter': 'm' })
  expect([one.body, one.fault, one.search, one.headers.get('x-matter'), one.method]).toEqual([
    { query: '{ a }' },
    null,
    '?x=1',
    'm',
    'POST',
  ])
  expect(one.rawHeaders).toContain('X-Matter')
})

test.each([
  [`{"a":"${'x'.repeat(LIMIT - 8)}"}`, null],
  [`{"a":"${'x'.repeat(LIMIT - 7)}"}`, 'PAYLOAD_TOO_LARGE'],
  [`{"a":${'['.repeat(99)}${']'.repeat(99)}}`, null],
  [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'BAD_REQUEST'],
  [`{"a":"${'['.repeat(500)}"}`, null],
  [`{"a":"\\"${'{'.repeat(500)}"}`, null],
  [`{"a":"\\\\","b":${'['.repeat(100)}${']'.repeat(100)}}`, 'BAD_REQUEST'],
  [`{"a":[${'[],'.repeat(500)}[]]}`, null],
  ['{"a":1}{', 'BAD_REQUEST'],
])('%s', async (body, code) => {
  expect((await reading(body)).fault?.code ?? null).toBe(code)
})
