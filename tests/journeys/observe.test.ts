import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { connectDepartment } from '../../subgraphs/departments.ts'
import { callVerifier } from '../../subgraphs/kit/call-context.ts'
import type { CallVerifier } from '../../subgraphs/kit/call-context.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import type { ServedSubgraph } from '../../subgraphs/kit/serve.ts'
import { testCity } from '../kit/city.ts'
import type { TestCity } from '../kit/city.ts'
import { attributeOf, startCollector } from '../kit/collector.ts'
import type { TestCollector } from '../kit/collector.ts'
import { parseExposition, valueOf } from '../kit/exposition.ts'
import { DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, personKey, verify } from '../kit/verify.ts'

/*
 * A gateway that is counted and traced: what operators and their tools see of a day at the desks, and that nobody whom
 * it was about can be seen in it. One department is reached over HTTP, through a hop that notes the headers.
 */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

let city: TestCity
let served: ServedSubgraph
let hop: Server
let collector: TestCollector
let gateway: TestGateway
const heard: IncomingHttpHeaders[] = []

beforeAll(async () => {
  city = await testCity(20)
  const verifier: CallVerifier = async (token) => {
    const jwks = JSON.parse(await readFile(gateway.config.subgraph.gatewayJwks, 'utf8')) as JSONWebKeySet
    return callVerifier(jwks, 'disabled-persons')(token)
  }
  const subgraph = await connectDepartment('disabled-persons', { dataDirectory: city.directory })
  served = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, verifier })
  hop = await startHop(served.url)
  collector = await startCollector()
  const { port } = hop.address() as AddressInfo
  gateway = await startTestGateway({
    settings: {
      metrics: { port: 0 },
      tracing: { endpoint: collector.endpoint, samplesPerThousand: 1_000 },
      departments: { 'disabled-persons': { url: `http://127.0.0.1:${port}/graphql` } },
      verification: { gridMs: 0 },
    },
  })
})
afterAll(async () => {
  await gateway.stop()
  await collector.close()
  hop.closeAllConnections()
  hop.close()
  await served.close()
  await city.close()
})

/** Hands requests on as they are, and keeps their headers. */
async function startHop(url: string): Promise<Server> {
  const server = createServer((request, response) => {
    heard.push(request.headers)
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
    void buffer(request)
      .then((body) => fetch(url, { method: 'POST', headers: headers as Record<string, string>, body }))
      .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const desk = (headers: Record<string, string> = {}): Promise<Reply> =>
  gateway.ask({ ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER }, headers })

/** The spans of one request, once they have been exported. */
async function spansOf(receipt: string) {
  const ofReceipt = () => collector.spans().find((one) => attributeOf(one, 'gongxiang.receipt') === receipt)
  await vi.waitUntil(() => ofReceipt() !== undefined, { timeout: 20_000 })
  const request = ofReceipt()
  return { request, below: collector.spans().filter(({ parentSpanId }) => parentSpanId === request?.spanId) }
}

const logged = async (receipt: string): Promise<Record<string, unknown> | undefined> => {
  const lines = (await readFile(join(gateway.directory, 'gateway.log'), 'utf8')).trim().split('\n')
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find((one) => one['msg'] === 'request' && one['receipt'] === receipt)
}

async function metrics() {
  const response = await fetch(gateway.metricsUrl ?? '')
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(await response.text())
}

describe('a trace', () => {
  test('goes through: the caller’s above, the gateway’s between, the department’s below', async () => {
    const reply = await desk({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'rojo=1', 'x-request-id': 'desk-17' })
    expect(reply.status).toBe(200)
    const { request, below } = await spansOf(reply.receipt)
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, kind: 2, traceState: 'rojo=1' })
    expect(below.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['identify', 'admit', 'reserve', 'compile', 'execute', 'project', 'record']),
    )
    const execute = below.find(({ name }) => name === 'execute')
    const calls = collector.spans().filter(({ parentSpanId }) => parentSpanId === execute?.spanId)
    expect(calls.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['fetch public-security', 'fetch disabled-persons']),
    )
    const call = calls.find(({ name }) => name === 'fetch disabled-persons')
    expect(call && attributeOf(call, 'gongxiang.outcome')).toBe('ok')
    const [header] = heard.filter(({ traceparent }) => traceparent?.includes(TRACE))
    expect(header).toMatchObject({
      traceparent: `00-${TRACE}-${call?.spanId ?? ''}-01`,
      tracestate: 'rojo=1',
      'x-request-id': 'desk-17',
    })
    for (const span of [request, ...below, ...calls]) {
      expect(BigInt(span?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(span?.startTimeUnixNano ?? 0))
      expect(span?.traceId).toBe(TRACE)
    }
  })

  test('begins here where the caller brings none, or a malformed one', async () => {
    for (const headers of [{}, { traceparent: 'x', tracestate: 'a=1' }]) {
      const { request } = await spansOf((await desk(headers)).receipt)
      expect(request?.parentSpanId).toBeUndefined()
      expect(request?.traceState).toBeUndefined()
      expect(request?.traceId).not.toBe(TRACE)
    }
  })

  test('is not followed where the caller does not want it, and goes on to the department all the same', async () => {
    const other = 'a'.repeat(31) + 'b'
    const reply = await desk({ traceparent: `00-${other}-${SPAN}-00` })
    expect(reply.status).toBe(200)
    expect(heard.at(-1)?.traceparent).toBe(`00-${other}-${SPAN}-00`)
    await spansOf((await desk()).receipt)
    expect(collector.spans().filter(({ traceId }) => traceId === other)).toEqual([])
  })

  test('covers what is refused', async () => {
    const reply = await gateway.ask({
      as: null,
      query: '{ __typename }',
      headers: { traceparent: `00-${TRACE}-${SPAN}-01` },
    })
    expect(reply.status).toBe(401)
    const { request } = await spansOf(reply.receipt)
    expect(request && attributeOf(request, 'gongxiang.codes')).toEqual(['UNAUTHENTICATED'])
    expect(request && attributeOf(request, 'gongxiang.consumer')).toBeUndefined()
  })
})

describe('a request ID', () => {
  test('comes back, stands in the log beside the trace, and is not in the record', async () => {
    const reply = await desk({ 'x-request-id': 'order:4711', traceparent: `00-${TRACE}-${SPAN}-01` })
    expect(reply.headers['x-request-id']).toBe('order:4711')
    expect(await logged(reply.receipt)).toMatchObject({ requestId: 'order:4711', traceId: TRACE })
    expect(JSON.stringify(await gateway.recordOf(reply.receipt))).not.toMatch(/order:4711|4bf92f35/)
  })

  test.each(['a b', 'x'.repeat(65), DEMO_NUMBER])('of no good form is not repeated anywhere: %j', async (id) => {
    const reply = await desk({ 'x-request-id': id })
    expect(reply.status).toBe(200)
    expect(reply.headers['x-request-id']).toBeUndefined()
    expect(heard.at(-1)?.['x-request-id']).toBeUndefined()
    expect(await logged(reply.receipt)).not.toHaveProperty('requestId')
  })
})

describe('metrics', () => {
  test('count what was asked, and tell how the gateway is', async () => {
    const before = await metrics()
    await desk()
    const after = await metrics()
    const grown = (name: string, labels: Record<string, string>): number =>
      (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0)
    const lane = { department: 'housing-urban-rural', status: '200' }
    const count = (from: typeof after): number =>
      from
        .filter(({ name, labels }) => name === 'gongxiang_requests_total' && labels['status'] === lane.status)
        .reduce((sum, { value }) => sum + value, 0)
    expect(count(after) - count(before)).toBe(1)
    expect(grown('gongxiang_fetches_total', { department: 'disabled-persons', outcome: 'ok' })).toBe(1)
    expect(grown('gongxiang_request_codes_total', { code: 'NO_GRANT', department: DESK.department })).toBe(1)
    expect(grown('gongxiang_audit_fsync_seconds_count', { file: 'segment' })).toBeGreaterThanOrEqual(1)
    expect(valueOf(after, 'gongxiang_ready')).toBe(1)
    expect(valueOf(after, 'gongxiang_requests_in_flight')).toBe(0)
    expect(valueOf(after, 'gongxiang_audit_reservations')).toBe(0)
    expect(valueOf(after, 'gongxiang_generation')).toBe(1)
    expect(valueOf(after, 'gongxiang_department_calls', { department: 'tax', state: 'waiting' })).toBe(0)
    expect(valueOf(after, 'gongxiang_stage_seconds_count', { stage: 'project' })).toBeGreaterThan(0)
  })

  test('are on an address of their own, which serves health and nothing else', async () => {
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404)
    const base = (gateway.metricsUrl ?? '').replace('/metrics', '')
    expect((await fetch(`${base}/health/live`)).status).toBe(200)
    const ready = (await (await fetch(`${base}/health/ready`)).json()) as { status: string; checks: object }
    expect(ready).toMatchObject({ status: 'ready', checks: { audit: { ok: true } } })
    expect((await fetch(`${base}/graphql`, { method: 'POST', body: '{}' })).status).toBe(405)
    expect((await fetch(`${base}/graphql`)).status).toBe(404)
    expect(await (await fetch(`${base}/metrics`, { method: 'HEAD' })).text()).toBe('')
  })
})

test('nobody can be seen in any of it (HZ-47.2)', async () => {
  const number = numberOf('allThree')
  const inline = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${number}") { name nothing } }`
  const student = personKey(numberOf('student'))
  await desk()
  await gateway.ask({
    as: MARKET,
    ...MARKET_MATTER,
    query: `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${number}") { name } }`,
  })
  await gateway.ask({ ...DESK_MATTER, query: inline })
  await gateway.ask({ ...DESK_MATTER, query: DEMO_QUERY, variables: { number: `${number} ` } })
  await verify(gateway, [{ person: student, items: [claim(ADOPTION, CERTIFICATE), claim(ADOPTION, '演示收字第1号')] }])
  await desk({ tracestate: `a=${number}`, traceparent: `00-${TRACE}-${SPAN}-01`, 'x-request-id': `r-${number}` })
  const last = await desk()
  await spansOf(last.receipt)
  const seen = join(gateway.directory, 'seen.txt')
  const text = await (await fetch(gateway.metricsUrl ?? '')).text()
  expect(text.length).toBeGreaterThan(10_000)
  expect(collector.bodies.join('').length).toBeGreaterThan(10_000)
  await writeFile(seen, `${text}\n${collector.bodies.join('\n')}`)
  // Neither a citizen, nor an officer or what was claimed.
  const officers = [DESK.officer, MARKET.officer, 'EDU-0042', CERTIFICATE]
  expect(await leaksIn(gateway.directory, [CERTIFICATE])).toEqual([])
  for (const one of officers) expect(text + collector.bodies.join('')).not.toContain(one)
  // The same search finds what is planted.
  await writeFile(seen, `${text}gongxiang_requests_total{department="${number}"} 1\n`)
  expect(await leaksIn(gateway.directory)).not.toEqual([])
  await writeFile(seen, '')
})
