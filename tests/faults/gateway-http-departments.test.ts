import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { connectDepartment } from '../../subgraphs/departments.ts'
import { CALL_CONTEXT_HEADER, callVerifier } from '../../subgraphs/kit/call-context.ts'
import type { CallVerifier } from '../../subgraphs/kit/call-context.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import type { ServedSubgraph } from '../../subgraphs/kit/serve.ts'
import { testCity } from '../kit/city.ts'
import type { TestCity } from '../kit/city.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const SECRET = 'Internal Server Error in /opt/dpf 赵钱孙李'
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name household { registrationStatus } disability { issuingAuthority } } }`

describe('a department served over HTTP', () => {
  let city: TestCity
  let served: ServedSubgraph
  let gateway: TestGateway
  beforeAll(async () => {
    city = await testCity(20)
    // The gateway's keys come into being with the gateway: they are read at the first call, as a file is.
    const verifier: CallVerifier = async (token) => {
      const jwks = JSON.parse(await readFile(gateway.config.subgraph.gatewayJwks, 'utf8')) as JSONWebKeySet
      return callVerifier(jwks, 'disabled-persons')(token)
    }
    const subgraph = await connectDepartment('disabled-persons', { dataDirectory: city.directory })
    served = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, verifier })
    gateway = await startTestGateway({ settings: { departments: { 'disabled-persons': { url: served.url } } } })
  })
  afterAll(async () => {
    await gateway.stop()
    await served.close().catch(() => undefined)
    await city.close()
  })

  test('answers as one in the same process, with its own time', async () => {
    const { body, receipt } = await gateway.ask({ ...DESK_MATTER, query: QUERY })
    expect(body.errors).toBeUndefined()
    expect(body.data).toEqual({
      person: {
        name: '欧阳静怡',
        household: { registrationStatus: 'NORMAL' },
        disability: { issuingAuthority: '中山市残疾人联合会' },
      },
    })
    expect(body.extensions?.sharing.notes?.map(({ path }) => path.join('.'))).toContain('person.disability')
    const { route } = await gateway.recordOf(receipt)
    expect(route.find(({ department }) => department === 'disabled-persons')).toMatchObject({
      outcome: 'ok',
      asOf: [{ type: 'DisabilityCertificate' }],
    })
  })

  test.each([
    ['without a context', {}],
    ['with an empty one', { [CALL_CONTEXT_HEADER]: '' }],
    ['with a desk token in its place', 'token'],
  ])('refuses a direct call %s (HZ-10.4, INV-15)', async (_name, given) => {
    const token = await gateway.token({
      department: 'housing-urban-rural',
      application: 'housing-desk',
      officer: 'HUR-0117',
      name: 'x',
      roles: ['DESK'],
    })
    const headers =
      typeof given === 'string' ? { [CALL_CONTEXT_HEADER]: token, authorization: `Bearer ${token}` } : given
    const query = '{ _entities(representations: []) { __typename } }'
    const response = await fetch(served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers as Record<string, string>) },
      body: JSON.stringify({ query, variables: {} }),
    })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  test('once it is gone, only its own places are empty', async () => {
    await served.close()
    const { body } = await gateway.ask({ ...DESK_MATTER, query: QUERY })
    expect(body.data).toEqual({
      person: { name: '欧阳静怡', household: { registrationStatus: 'NORMAL' }, disability: null },
    })
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_UNAVAILABLE'])
  })
})

describe('a hostile department', () => {
  let server: Server
  let gateway: TestGateway
  let calls: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
  let behave: (response: ServerResponse) => void = (response) => response.end()

  beforeAll(async () => {
    server = createServer((request, response) => {
      void buffer(request).then((bytes) => {
        calls.push({ headers: request.headers, body: bytes.toString('utf8') })
        behave(response)
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    gateway = await startTestGateway({
      settings: { departments: { 'disabled-persons': { url: `http://127.0.0.1:${port}/graphql` } } },
    })
  })
  afterAll(async () => {
    await gateway.stop()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })

  async function askUnder(behaviour: (response: ServerResponse) => void): Promise<readonly string[]> {
    calls = []
    behave = behaviour
    const reply = await gateway.ask({ ...DESK_MATTER, query: QUERY })
    expect(reply.status).toBe(200)
    expect(reply.body.data).toEqual({
      person: { name: '欧阳静怡', household: { registrationStatus: 'NORMAL' }, disability: null },
    })
    expect(reply.text).not.toMatch(/opt|赵钱孙李|127\.0\.0\.1|http:/)
    return (reply.body.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`)
  }
  const json = (response: ServerResponse, status: number, body: string | Buffer): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }
  const good = JSON.stringify({ data: { _entities: [{ disability: { issuingAuthority: '某会' } }] } })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['500 with a text', (response) => json(response, 500, SECRET), 'UNAVAILABLE'],
    ['500 with a good answer', (response) => json(response, 500, good), 'UNAVAILABLE'],
    ['401', (response) => json(response, 401, '{"errors":[]}'), 'UNAVAILABLE'],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 'UNAVAILABLE'],
    ['204', (response) => response.writeHead(204).end(), 'UNAVAILABLE'],
    ['HTML', (response) => json(response, 200, `<html>${SECRET}</html>`), 'INVALID'],
    ['an empty body', (response) => json(response, 200, ''), 'INVALID'],
    ['half an answer', (response) => json(response, 200, good.slice(0, -9)), 'INVALID'],
    ['null', (response) => json(response, 200, 'null'), 'INVALID'],
    ['a list', (response) => json(response, 200, `[${good}]`), 'INVALID'],
    ['a text', (response) => json(response, 200, JSON.stringify(SECRET)), 'INVALID'],
    ['compressed without being asked', (response) => json(response, 200, gzipSync(good)), 'INVALID'],
    [
      'bytes that are not UTF-8 inside of a list',
      (response) => json(response, 200, Buffer.from([0x5b, 0xff, 0x5d])),
      'INVALID',
    ],
    ['33 MB', (response) => json(response, 200, Buffer.alloc(33 * 1024 * 1024, 0x20)), 'UNAVAILABLE'],
    ['a closed connection', (response) => void response.socket?.destroy(), 'UNAVAILABLE'],
    [
      'a connection closed midway',
      (response) => {
        response.writeHead(200, { 'content-length': '500' }).write(good)
        setImmediate(() => response.socket?.destroy())
      },
      'UNAVAILABLE',
    ],
  ])('%s', async (_name, behaviour, code) => {
    expect(await askUnder(behaviour)).toEqual([`person.disability SOURCE_${code}`])
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ['no answer', () => undefined],
    ['an answer that never ends', (response) => void response.writeHead(200).write('{"data":')],
  ])('%s within its time', async (_name, behaviour) => {
    expect(await askUnder(behaviour)).toEqual(['person.disability SOURCE_UNAVAILABLE'])
  })

  test('sees a signed context, the fields allowed, and nothing of the caller', async () => {
    await askUnder((response) => json(response, 200, '{}'))
    expect(calls).toHaveLength(1)
    const [{ headers, body } = { headers: {}, body: '' }] = calls
    expect(headers[CALL_CONTEXT_HEADER]).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+~[\w-]+~$/)
    expect(Object.keys(headers).toSorted()).toEqual(
      ['connection', 'content-length', 'content-type', 'host', CALL_CONTEXT_HEADER].toSorted(),
    )
    expect(body).toContain('issuingAuthority')
    expect(body).not.toMatch(/HUR-0117|PRH-2026-0001|registrationStatus|欧阳/)
  })

  test('nothing of it is in record or log', async () => {
    expect((await gateway.verify()).faults).toEqual([])
    await gateway.halt()
    expect(await leaksIn(gateway.directory, ['Internal Server Error in', '赵钱孙李'])).toEqual([])
  })
})
