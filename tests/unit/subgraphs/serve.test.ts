import { generateKeyPairSync } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { connectDepartment } from '../../../subgraphs/departments.ts'
import { CALL_CONTEXT_HEADER, callVerifier, signCallContext } from '../../../subgraphs/kit/call-context.ts'
import type { CallKey } from '../../../subgraphs/kit/call-context.ts'
import type { Subgraph } from '../../../subgraphs/kit/contract.ts'
import { serveSubgraph } from '../../../subgraphs/kit/serve.ts'
import type { ServedSubgraph } from '../../../subgraphs/kit/serve.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

const NAME = 'public-security'
const BODY = JSON.stringify({
  query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { name } } }',
  variables: { r: [{ __typename: 'Person', ...demoPeople.allThree.document }] },
})

describe('a served subgraph', () => {
  let city: TestCity
  let served: ServedSubgraph
  let key: CallKey
  let executed = 0
  beforeAll(async () => {
    city = await testCity(20)
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    key = { kid: 'g1', privateKey }
    const verifier = callVerifier({ keys: [{ ...publicKey.export({ format: 'jwk' }), kty: 'OKP', kid: 'g1' }] }, NAME)
    const real = await connectDepartment(NAME, { dataDirectory: city.directory })
    const counted: Subgraph = {
      ...real,
      execute: (request, context, signal) => {
        executed += 1
        return real.execute(request, context, signal)
      },
    }
    served = await serveSubgraph(counted, { port: 0, host: '127.0.0.1', verifier })
  })
  afterAll(async () => {
    await served.close()
    await city.close()
  })

  async function post(body: string, token: string | null, url = served.url) {
    const headers = { 'content-type': 'application/json', ...(token === null ? {} : { [CALL_CONTEXT_HEADER]: token }) }
    const response = await fetch(url, { method: 'POST', headers, body })
    const answer: unknown = await response.json()
    return { status: response.status, body: answer }
  }
  function sign(body: string, audience = NAME) {
    return signCallContext(key, { receipt: 'gx_1', consumer: 'housing', matter: null }, audience, Buffer.from(body))
  }

  test('answers the gateway', async () => {
    const { status, body } = await post(BODY, await sign(BODY))
    expect(status).toBe(200)
    const sources = [{ type: 'HouseholdRegistration', asOf: '2026-11-20T02:10:00+08:00' }]
    expect(body).toEqual({ data: { _entities: [{ name: '欧阳静怡' }] }, extensions: { sources } })
  })

  test('refuses everybody else, and executes nothing', async () => {
    const before = executed
    const refusals = [
      await post(BODY, null),
      await post(BODY, 'forged'),
      await post(BODY, await sign(BODY, 'disabled-persons')),
      await post(BODY.replace('name', 'sex'), await sign(BODY)),
      await post('{ __schema { types { name } } }', null),
    ]
    for (const { status, body } of refusals) {
      expect(status).toBe(401)
      const message = 'The token is missing, invalid or expired'
      expect(body).toEqual({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] })
    }
    expect(executed).toBe(before)
  })

  test('turns a stranger away before the body has come', async () => {
    const { port, hostname } = new URL(served.url)
    const socket = connect(Number(port), hostname)
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{"query"')
    const [first] = await new Promise<[Buffer]>((resolve, reject) => {
      socket.once('data', (data) => resolve([Buffer.from(data)]))
      socket.once('error', reject)
    })
    expect(first.toString()).toMatch(/^HTTP\/1\.1 401 /)
    socket.destroy()
  })

  test('answers coded JSON for whatever else arrives', async () => {
    const cases = [
      [await post('not json', await sign('not json')), 400, 'BAD_REQUEST'],
      [await post('{"query":7}', await sign('{"query":7}')), 400, 'BAD_REQUEST'],
      [await post(BODY, null, served.url.replace('graphql', 'other')), 404, 'NOT_FOUND'],
    ] as const
    for (const [{ status, body }, expected, code] of cases) {
      expect(status).toBe(expected)
      expect(body).toMatchObject({ errors: [{ extensions: { code } }] })
    }
    const large = `{"query":"${'x'.repeat(5 * 1024 * 1024)}"}`
    expect((await post(large, await sign(large))).status).toBe(413)
    expect((await fetch(served.url)).status).toBe(405)
  })

  test('tells anybody whether it is well, and nothing more', async () => {
    const response = await fetch(served.url.replace('/graphql', '/health'))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ name: NAME, ok: true })
  })

  test('rejects when its port is taken', async () => {
    const subgraph = await connectDepartment(NAME, { dataDirectory: city.directory })
    const taken = {
      port: Number(new URL(served.url).port),
      host: '127.0.0.1',
      verifier: callVerifier({ keys: [] }, NAME),
    }
    await expect(serveSubgraph(subgraph, taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await subgraph.close()
  })
})

test('an unknown department is named, with those that there are', async () => {
  const options = { dataDirectory: '/nowhere' }
  await expect(connectDepartment('police', options)).rejects.toThrow('there are public-security')
  await expect(connectDepartment(NAME, options)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
})
