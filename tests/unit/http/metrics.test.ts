import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startOperatorsServer } from '../../../gateway/http/metrics.ts'
import type { OperatorsServer, OperatorsServerOptions } from '../../../gateway/http/metrics.ts'
import { createCounter } from '../../../gateway/observe/metrics/family.ts'
import { parseExposition } from '../../kit/exposition.ts'

let server: OperatorsServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const counter = createCounter('a_total', 'Counted.', ['of'])
counter.add(['x'], 2)

async function start(more: Partial<OperatorsServerOptions> = {}): Promise<string> {
  server = await startOperatorsServer({
    host: '127.0.0.1',
    port: 0,
    families: async () => [counter.family()],
    readiness: async () => ({ ok: true, checks: { audit: { ok: true, detail: 'durable' } } }),
    ...more,
  })
  return `http://127.0.0.1:${server.port}`
}

describe('the address of the operators', () => {
  it('serves the text format, and health with its details', async () => {
    const url = await start()
    const response = await fetch(`${url}/metrics?name=x`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(parseExposition(await response.text())).toEqual([{ name: 'a_total', labels: { of: 'x' }, value: 2 }])
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({
      status: 'ready',
      checks: { audit: { ok: true, detail: 'durable' } },
    })
  })

  it('says 503 where something is not ready', async () => {
    const url = await start({ readiness: async () => ({ ok: false, checks: {} }) })
    const response = await fetch(`${url}/health/ready`)
    expect([response.status, await response.json()]).toEqual([503, { status: 'not-ready', checks: {} }])
  })

  it('takes nothing but GET and HEAD, and knows no other address', async () => {
    const url = await start()
    const posted = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await fetch(`${url}/graphql`)).status).toBe(404)
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('tells nothing of what went wrong inside', async () => {
    const url = await start({ families: async () => Promise.reject(new Error('of 欧阳演示')) })
    const response = await fetch(`${url}/metrics`)
    expect([response.status, await response.text()]).toEqual([500, 'see the log\n'])
  })

  it('rejects where the address cannot be had', async () => {
    const url = await start()
    const port = Number(new URL(url).port)
    const options = {
      host: '127.0.0.1',
      port,
      families: async () => [],
      readiness: async () => ({ ok: true, checks: {} }),
    }
    await expect(startOperatorsServer(options)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('closes though somebody keeps a connection open', async () => {
    const { port } = new URL(await start())
    const socket = connect(Number(port), '127.0.0.1')
    const gone = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.on('error', () => undefined)
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
    await server?.close()
    server = null
    expect(await gone).toBe(false)
  })
})
