import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGatewayKeys } from '../../../gateway/adapters/gateway-keys.ts'
import { generateKeys, openKeyFiles, publicKeysFile, rotateKey } from '../../../gateway/adapters/key-files.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import { callVerifier, signCallContext, verifyCallContext } from '../../../subgraphs/kit/call-context.ts'

/* What a department on its own machine makes of a rotation of the gateway's key. */

const CONTEXT = { receipt: 'gx_01M80DKQEZQJT1TCWC3G5RW48X', consumer: 'housing-urban-rural', matter: null }
const BODY = Buffer.from('{}')
const NOW = Date.now()
let directory = ''

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'gongxiang-gateway-keys-')), 'keys')
  await generateKeys(directory, { development: false, now: NOW })
})

afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

/** As the gateway does, by the key that it uses at this moment. */
async function call(): Promise<string> {
  const { id, privateKey } = (await openKeyFiles(directory, 'production', systemClock)).signing('call-context')
  return signCallContext({ kid: id, privateKey }, CONTEXT, 'tax', BODY)
}

const rotate = (keep: number) =>
  rotateKey(directory, 'call-context', { development: false, now: NOW, usedFrom: NOW, keep })

test('a call signed by a key of this very moment is good, and one by the key before it', async () => {
  const keys = openGatewayKeys(publicKeysFile(directory, 'call-context'))
  const verifier = callVerifier(keys.keyFor, 'tax')
  const before = await call()
  await rotate(1)
  const after = await call()
  // The file has not been looked at since: each of them must be known all the same.
  const calls = await Promise.all([before, after, after].map((token) => verifyCallContext(verifier, token, BODY)))
  expect(calls).toEqual([CONTEXT, CONTEXT, CONTEXT])
  keys.close()
})

test('a key that was taken away is no longer believed, nor one that nobody has published', async () => {
  const keys = openGatewayKeys(publicKeysFile(directory, 'call-context'))
  const verifier = callVerifier(keys.keyFor, 'tax')
  const before = await call()
  await rotate(0)
  await verifyCallContext(verifier, await call(), BODY)
  await expect
    .poll(() => verifyCallContext(verifier, before, BODY).catch(({ code }: { code: string }) => code))
    .toBe('UNAUTHENTICATED')
  const stranger = `${directory}-of-another`
  await generateKeys(stranger, { development: false, now: NOW })
  const ring = await openKeyFiles(stranger, 'production', systemClock)
  const { id, privateKey } = ring.signing('call-context')
  const token = await signCallContext({ kid: id, privateKey }, CONTEXT, 'tax', BODY)
  await expect(verifyCallContext(verifier, token, BODY)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  keys.close()
})

test('a damaged file leaves the last good keys in force', async () => {
  const path = publicKeysFile(directory, 'call-context')
  const keys = openGatewayKeys(path)
  const verifier = callVerifier(keys.keyFor, 'tax')
  await writeFile(path, '{')
  await new Promise((done) => setTimeout(done, 600))
  expect(await verifyCallContext(verifier, await call(), BODY)).toEqual(CONTEXT)
  keys.close()
  expect(() => openGatewayKeys(path)).toThrow('the key set is no JSON')
})
