import { request } from 'node:http'
import { expect, test } from 'vitest'
import { startHttpServer } from '../../../gateway/http/server.ts'

test('draining waits for what a client that was cut off has set going', async () => {
  const { promise: handling, resolve: begin } = Promise.withResolvers<void>()
  const { promise: work, resolve: finish } = Promise.withResolvers<void>()
  let recorded = false
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 1_000,
    requestTimeoutMs: 60_000,
    handle: async () => {
      begin()
      await work
      recorded = true
      return { status: 200, headers: new Map(), body: '{}' }
    },
    readiness: async () => ({ ok: true, checks: {} }),
    console: null,
  })
  const options = { port: server.port, host: '127.0.0.1', path: '/graphql', method: 'POST' }
  const client = request({ ...options, headers: { 'content-type': 'application/json' } })
  const cut = new Promise((resolve) => client.once('error', resolve))
  client.end('{"query":"{ __typename }"}')
  await handling
  let drained = false
  const draining = server.drain(1).then(() => (drained = true))
  await cut
  // Long enough for everything but the handler to have ended.
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect([drained, recorded]).toEqual([false, false])
  finish()
  await draining
  expect(recorded).toBe(true)
})
