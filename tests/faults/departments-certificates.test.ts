import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mutualTls } from '../../gateway/adapters/department-connector.ts'
import { httpDepartment } from '../../gateway/adapters/http-department.ts'
import { followTls } from '../../gateway/adapters/tls-files.ts'
import type { TlsPaths } from '../../gateway/adapters/tls-files.ts'
import { CALL_CONTEXT_HEADER, callVerifier, signCallContext } from '../../subgraphs/kit/call-context.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import { createAuthority } from '../kit/certificates.ts'
import type { Authority } from '../kit/certificates.ts'

/* Both ends of a call between machines, with certificates of an authority that the test makes. */

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const KEY = { kid: 'k', privateKey }
const GATEWAY = 'gongxiang-gateway'
const LONG_AGO = { from: '20200101000000Z', until: '20200201000000Z' }
const CONTEXT = { receipt: 'r', consumer: 'c', matter: null }

let folder: string
let gateway: TlsPaths
let department: TlsPaths
const closers: (() => unknown)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-tls-'))
  const city = await authority('city')
  gateway = await city.issue(GATEWAY)
  department = await city.issue('localhost')
})
afterAll(async () => {
  for (const close of closers.toReversed()) await close()
  await rm(folder, { recursive: true, force: true })
})

/** An authority of a test's own. */
async function authority(name: string): Promise<Authority> {
  const own = join(folder, name.replaceAll(/\W/g, '-'))
  await mkdir(own)
  return createAuthority(own)
}

/** How often a department was asked, and what its answers wait for. */
interface Asked {
  times: number
  held?: Promise<void>
}

/** Says that it was asked. */
function subgraph(asked: Asked): Subgraph {
  return {
    name: 'tax',
    async execute() {
      asked.times += 1
      if (asked.times === 1) await asked.held
      return { data: { a: 1 } }
    },
    health: async () => ({ ok: true, detail: '' }),
    close: async () => {},
  }
}

async function serve(paths: TlsPaths | null) {
  const asked: Asked = { times: 0 }
  const listeners: (() => void)[] = []
  const files = paths === null ? null : followTls(paths, () => listeners.forEach((listener) => listener()))
  const tls = files && {
    current: () => files.current(),
    gatewayName: GATEWAY,
    onChange: (listener: () => void) => void listeners.push(listener),
  }
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }] }
  const served = await serveSubgraph(subgraph(asked), {
    host: '127.0.0.1',
    port: 0,
    verifier: callVerifier(jwks, 'tax'),
    tls: tls ?? undefined,
  })
  closers.push(
    () => files?.close(),
    () => served.close(),
  )
  return { url: served.url.replace('127.0.0.1', 'localhost'), asked }
}

function caller(url: string, paths: TlsPaths | null) {
  const connector = paths === null ? null : mutualTls(paths, 3_000)
  const client = httpDepartment('tax', url, () => KEY, { concurrency: 4, timeoutMs: 5_000 }, connector?.connect)
  closers.push(
    () => connector?.close(),
    () => client.close(),
  )
  const ask = () => client.fetch({ query: '{ a }', variables: {} }, CONTEXT, new AbortController().signal)
  return { ask, client }
}

/** Asks until the other end has seen the new files. */
async function until(check: () => Promise<boolean>): Promise<void> {
  await expect.poll(check, { timeout: 15_000, interval: 50 }).toBe(true)
}

async function isRefused(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => false,
    () => true,
  )
}

describe('between gateway and department', () => {
  test('both show certificates of one authority, and the call is answered', async () => {
    const { url, asked } = await serve(department)
    expect(url).toMatch(/^https:/)
    expect(await caller(url, gateway).ask()).toEqual({ data: { a: 1 } })
    expect(asked.times).toBe(1)
  })

  test.each<[string, (own: Authority) => Promise<TlsPaths | null>]>([
    ['no certificate', async () => null],
    ['one that is over', (own) => own.issue(GATEWAY, LONG_AGO)],
    ['one of another name, a neighbour’s', (own) => own.issue('housing-fund')],
    [
      'one of another authority with the right name',
      // It trusts the department: what is refused is itself.
      async (own) => ({ ...gateway, authorities: join(own.folder, 'ca.pem'), revocations: null }),
    ],
    [
      'one that was withdrawn',
      async (own) => {
        const paths = await own.issue(GATEWAY)
        await own.revoke(GATEWAY)
        return paths
      },
    ],
  ])('the department refuses %s', async (name, make) => {
    const own = await authority(name)
    const served = await own.issue('localhost')
    const paths = await make(own)
    const { url, asked } = await serve(served)
    await expect(caller(url, paths).ask()).rejects.toMatchObject({ name: 'DepartmentFault' })
    expect(asked.times).toBe(0)
  })

  test('a certificate that is withdrawn later is refused from then on, without a restart', async () => {
    const second = await authority('second')
    const [served, first] = [await second.issue('localhost'), await second.issue(GATEWAY)]
    const { url, asked } = await serve(served)
    const { ask } = caller(url, first)
    expect(await ask()).toEqual({ data: { a: 1 } })
    await second.revoke(GATEWAY)
    // Also on the connection that is open already.
    await until(() => isRefused(ask))
    const before = asked.times
    expect(await isRefused(ask)).toBe(true)
    expect(asked.times).toBe(before)
  })

  test('so it is on a connection that was at work when the list changed', async () => {
    const own = await authority('at-work')
    const [served, first] = [await own.issue('localhost'), await own.issue(GATEWAY)]
    const { url, asked } = await serve(served)
    const { ask } = caller(url, first)
    const { promise, resolve: release } = Promise.withResolvers<void>()
    asked.held = promise
    const working = ask()
    await expect.poll(() => asked.times).toBe(1)
    await own.revoke(GATEWAY)
    // A new connection shows that the server has seen the list.
    await until(() => isRefused(caller(url, first).ask))
    release()
    expect(await working).toEqual({ data: { a: 1 } })
    const before = asked.times
    await expect(ask()).rejects.toMatchObject({ name: 'DepartmentFault' })
    expect(asked.times).toBe(before)
  })

  test.each<[string, (own: Authority) => Promise<TlsPaths | null>]>([
    ['that shows another host’s', (own) => own.issue('tax.departments.internal')],
    ['that shows one that is over', (own) => own.issue('localhost', LONG_AGO)],
    [
      'whose certificate was withdrawn',
      async (own) => {
        const paths = await own.issue('localhost')
        await own.revoke('localhost')
        return paths
      },
    ],
    [
      'of another authority',
      async (own) => ({ ...department, authorities: join(own.folder, 'ca.pem'), revocations: null }),
    ],
    ['that speaks no TLS', async () => null],
  ])('the gateway refuses a department %s', async (name, make) => {
    const own = await authority(name)
    const shown = await own.issue(GATEWAY)
    const { url, asked } = await serve(await make(own))
    const https = url.replace(/^http:/, 'https:')
    await expect(caller(https, shown).ask()).rejects.toMatchObject({ name: 'DepartmentFault' })
    expect(asked.times).toBe(0)
  })

  test('a renewed certificate is taken into use without a restart, and no call is lost', async () => {
    const own = await authority('renewing')
    const [served, shown] = [await own.issue('localhost'), await own.issue(GATEWAY)]
    const { url } = await serve(served)
    const { ask } = caller(url, shown)
    expect(await ask()).toEqual({ data: { a: 1 } })
    const old = await serial(url, shown)
    await own.issue('localhost')
    await until(async () => (await serial(url, shown)) !== old)
    // The first call on the older connection is sent away (503) and comes again on a new one.
    expect(await ask().catch(() => ask())).toEqual({ data: { a: 1 } })
  })

  test('health is told to anybody, and nothing else is', async () => {
    const { url, asked } = await serve(department)
    const { origin } = new URL(url)
    const trusting = caller(url, null)
    await expect(trusting.ask()).rejects.toMatchObject({ name: 'DepartmentFault' })
    const text = await new Promise<string>((done, reject) => {
      const socket = connect({ host: 'localhost', port: Number(new URL(origin).port), rejectUnauthorized: false })
      let answer = ''
      socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
      socket.once('error', reject)
      socket.once('close', () => done(answer))
      socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    })
    expect(text).toContain('"ok":true')
    expect(asked.times).toBe(0)
  })

  test('nobody without a certificate is taken for known because a session goes on', async () => {
    const { url, asked } = await serve(department)
    const port = Number(new URL(url).port)
    const options = { host: 'localhost', port, rejectUnauthorized: false, maxVersion: 'TLSv1.3' } as const
    const first = connect(options)
    const session = await new Promise<Buffer>((done, reject) => {
      first.once('session', done)
      first.once('error', reject)
      first.write('GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
      first.resume()
    })
    const body = '{"query":"{ a }"}'
    const token = await signCallContext(KEY, CONTEXT, 'tax', Buffer.from(body))
    const head = `host: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n${CALL_CONTEXT_HEADER}: ${token}`
    const answer = await new Promise<string>((done, reject) => {
      const again = connect({ ...options, session })
      let text = ''
      again.once('secureConnect', () => (text = `${again.isSessionReused()} `))
      again.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      again.once('error', reject)
      again.once('close', () => done(text))
      again.write(`POST /graphql HTTP/1.1\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
    expect(answer).toMatch(/^true HTTP\/1\.1 401 /)
    expect(asked.times).toBe(0)
  })

  test('a certificate without its key stops the start', () => {
    expect(() => followTls({ ...gateway, key: department.key }, () => {})).toThrow(/key values mismatch/)
  })
})

/** Serial number of the certificate that is shown now. */
async function serial(url: string, paths: TlsPaths): Promise<string> {
  const [cert, key] = [await readFile(paths.certificate), await readFile(paths.key)]
  return new Promise((done, reject) => {
    const port = Number(new URL(url).port)
    const socket = connect({ host: 'localhost', port, rejectUnauthorized: false, cert, key }, () => {
      done(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
