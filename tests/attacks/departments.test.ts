import { join } from 'node:path'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedCity } from '../../city/seed.ts'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { connectDepartment } from '../../subgraphs/departments.ts'
import { callVerifier, CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import type { ServedSubgraph } from '../../subgraphs/kit/serve.ts'
import { mintToken, PROFILES } from '../../gateway/caller/development-issuer.ts'
import { sendRaw } from '../kit/gateway-http.ts'
import { NUMBER } from './attack.ts'

/* Attempts to reach a department's data beside the gateway (HZ-10.4): without, with a forged, or with another's context. */

const NAME = 'public-security'
const gatewayKey = { kid: 'gateway-1', ...generateKeyPairSync('ed25519') }
const mine = { kid: 'gateway-1', ...generateKeyPairSync('ed25519') }
const CONTEXT = { receipt: 'gx_X', consumer: 'housing-urban-rural', matter: 'public-rental-housing' }
const body = Buffer.from(
  JSON.stringify({
    query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { name } } }',
    variables: { r: [{ __typename: 'Person', idDocumentType: 'RESIDENT_ID', idDocumentNumber: NUMBER }] },
  }),
)

let served: ServedSubgraph
let folder: string
let calls = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-attack-'))
  await seedCity({ directory: join(folder, 'city'), people: 20, seed: 7 })
  await writeFile(join(folder, 'city', '.department-data'), '')
  const subgraph = await connectDepartment(NAME, { dataDirectory: join(folder, 'city') })
  const jwk = { ...gatewayKey.publicKey.export({ format: 'jwk' }), kid: gatewayKey.kid, alg: 'EdDSA', use: 'sig' }
  const verifier = callVerifier({ keys: [{ ...jwk, kty: 'OKP' }] }, NAME)
  const watched = {
    ...subgraph,
    execute: (...asked: Parameters<typeof subgraph.execute>) => {
      calls += 1
      return subgraph.execute(...asked)
    },
  }
  served = await serveSubgraph(watched, { host: '127.0.0.1', port: 0, verifier })
})
afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true, force: true })
})

async function call(token: string | readonly string[] | null, sent: Buffer = body) {
  const tokens = token === null ? [] : [token].flat()
  const before = calls
  const reply = await sendRaw(served.url, {
    headers: [['content-type', 'application/json'], ...tokens.map((one) => [CALL_CONTEXT_HEADER, one] as const)],
    body: sent,
  })
  return { status: reply.status, executed: calls - before, text: reply.text }
}

const past = { now: () => Date.now() - 120_000, monotonic: () => 0 }
const future = { now: () => Date.now() + 120_000, monotonic: () => 0 }

describe('a department answers the gateway alone', () => {
  test('and does so for the good call that all of these start from', async () => {
    const answer = await call(await signCallContext(gatewayKey, CONTEXT, NAME, body))
    expect([answer.status, answer.executed]).toEqual([200, 1])
    expect(answer.text).toContain('欧阳静怡')
  })

  const forgeries: Readonly<Record<string, () => Promise<string | readonly string[] | null>>> = {
    'no context': async () => null,
    'an empty one': async () => '',
    'another key under the same name': () => signCallContext(mine, CONTEXT, NAME, body),
    'one for another department': () => signCallContext(gatewayKey, CONTEXT, 'disabled-persons', body),
    'one for another body': () => signCallContext(gatewayKey, CONTEXT, NAME, Buffer.from('{}')),
    'one that has ended': () => signCallContext(gatewayKey, CONTEXT, NAME, body, past),
    'one from tomorrow': () => signCallContext(gatewayKey, CONTEXT, NAME, body, future),
    'two of them': async () => {
      const good = await signCallContext(gatewayKey, CONTEXT, NAME, body)
      return [good, good]
    },
    'the signature of one call with the words of another': async () => {
      const [signed] = (await signCallContext(gatewayKey, CONTEXT, NAME, body)).split('~')
      const [, disclosure] = (await signCallContext(gatewayKey, CONTEXT, NAME, body)).split('~')
      return `${signed}~${disclosure}~`
    },
    "an officer's token, though the gateway's key signed it": () =>
      mintToken({ id: gatewayKey.kid, privateKey: gatewayKey.privateKey }, PROFILES['housing-clerk'], {
        issuer: 'x',
        audience: NAME,
        now: Date.now(),
        ttlSeconds: 20,
      }),
    'one without a signature': async () => {
      const [signed = '', disclosure] = (await signCallContext(gatewayKey, CONTEXT, NAME, body)).split('~')
      const [, claims] = signed.split('.')
      const header = Buffer.from('{"alg":"none","typ":"gongxiang-context+sd-jwt"}').toString('base64url')
      return `${header}.${claims}.~${disclosure}~`
    },
  }
  test.each(Object.entries(forgeries))('%s', async (_name, forge) => {
    const answer = await call(await forge())
    expect([answer.status, answer.executed]).toEqual([401, 0])
    expect(answer.text).not.toContain('欧阳')
  })

  test('a good call whose body was exchanged on the way', async () => {
    const other = Buffer.from(body.toString().replace('name', 'photo'))
    const answer = await call(await signCallContext(gatewayKey, CONTEXT, NAME, body), other)
    expect([answer.status, answer.executed]).toEqual([401, 0])
  })
})
