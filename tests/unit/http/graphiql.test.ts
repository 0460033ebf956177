import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeVisit } from '../../../gateway/http/console-page.ts'
import { createConsole } from '../../../gateway/http/graphiql.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const MANIFEST = {
  hash: '0123456789abcdef',
  script: 'main-AAAA.js',
  style: 'main-BBBB.css',
  files: ['main-AAAA.js', 'main-BBBB.css', 'font-CCCC.woff'],
}
const SCRIPT = 'globalThis.started = true\n'.repeat(40)

let folder: string
let server: Server
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gongxiang-http-console-'))
  const write = (name: string, content: string | Buffer) => writeFile(join(folder, name), content)
  await write('manifest.json', JSON.stringify(MANIFEST))
  await write('main-AAAA.js', SCRIPT)
  await write('main-AAAA.js.gz', gzipSync(SCRIPT))
  await write('main-BBBB.css', 'body{}')
  await write('font-CCCC.woff', 'font')
  await write('secret.txt', 'not in the manifest')
  const handle = createConsole({
    assets: folder,
    settings: ({ local }) => ({
      headers: { authorization: 'Bearer demo-token' },
      query: local ? '# </script><script>alert(1)</script>' : null,
      variables: null,
    }),
  })
  server = createServer((request, response) => {
    void handle(request, response).then((handled) => handled || response.writeHead(404).end('router'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()))
  await rm(folder, { recursive: true, force: true })
})

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly bytes: Buffer
}

/** Sends a path exactly as written; a URL parser would already have removed the dots. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes.toString(), bytes })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the page', () => {
  test('is HTML under a policy without inline script, and is never stored', async () => {
    const { status, headers, body } = await get('/graphiql')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = String(headers['content-security-policy'])
    const directives = new Map(policy.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]))
    expect(directives.get('default-src')).toEqual(["'none'"])
    expect(directives.get('script-src')).toEqual(["'self'"])
    expect(directives.get('worker-src')).toEqual(["'self'"])
    expect(directives.get('connect-src')).toEqual(["'self'"])
    expect(directives.get('frame-ancestors')).toEqual(["'none'"])
    expect(directives.get('base-uri')).toEqual(["'none'"])
    expect(directives.get('form-action')).toEqual(["'none'"])
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(body).toContain('<title>共享 Gongxiang · GraphiQL</title>')
    expect(body).toContain('src="./graphiql/assets/main-AAAA.js"')
  })

  test('names no address outside its origin', async () => {
    const { body } = await get('/graphiql')
    expect(body.replaceAll('http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg', '')).not.toMatch(/(https?:|%3A%2F%2F|\/\/\w)/)
  })

  test('settings cannot end their own element', async () => {
    const { body } = await get('/graphiql')
    expect(body).not.toContain('<script>alert')
    const block = /<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(body)?.[1] ?? ''
    expect(JSON.parse(block)).toEqual({
      headers: { authorization: 'Bearer demo-token' },
      query: '# </script><script>alert(1)</script>',
      variables: null,
      endpoint: './graphql',
    })
  })

  test.each([
    ['another host name', { host: 'city.example' }],
    ['a name rebound to this machine', { host: 'localhost.attacker.example:4000' }],
    ['a proxy on this machine', { 'x-forwarded-for': '10.0.0.7' }],
    ['a proxy that says so', { via: '1.1 front' }],
  ])('holds no token for %s, whatever the settings say', async (_name, headers) => {
    const { status, body } = await get('/graphiql', headers)
    expect(status).toBe(200)
    expect(body).not.toContain('demo-token')
  })

  test('answers HEAD with the same headers and no body', async () => {
    const whole = await get('/graphiql')
    const head = await get('/graphiql', {}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.body).toBe('')
    expect(head.headers['content-length']).toBe(String(whole.bytes.length))
  })

  test('a trailing slash is led back, relative to any prefix', async () => {
    const { status, headers } = await get('/graphiql/')
    expect(status).toBe(308)
    expect(headers.location).toBe('../graphiql')
  })
})

describe('the assets', () => {
  test('are immutable, typed, and may run nothing more', async () => {
    const { status, headers, body } = await get('/graphiql/assets/main-AAAA.js')
    expect(status).toBe(200)
    expect(body).toBe(SCRIPT)
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
  })

  test('go out compressed to whoever takes it', async () => {
    const packed = await get('/graphiql/assets/main-AAAA.js', { 'accept-encoding': 'br, gzip' })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.headers.vary).toBe('accept-encoding')
    expect(gunzipSync(packed.bytes).toString()).toBe(SCRIPT)
    const refused = await get('/graphiql/assets/main-AAAA.js', { 'accept-encoding': 'gzip;q=0' })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  test.each([
    '/graphiql/assets/secret.txt',
    '/graphiql/assets/manifest.json',
    '/graphiql/assets/main-AAAA.js.gz',
    '/graphiql/assets/../manifest.json',
    '/graphiql/assets/..%2fmanifest.json',
    '/graphiql/assets/%2e%2e/%2e%2e/etc/passwd',
    '/graphiql/assets/../../../../../../etc/passwd',
    '/graphiql/assets//etc/passwd',
    '/graphiql/assets/main-AAAA.js%00.css',
    '/graphiql/assets/',
    '/graphiql/assets/__proto__',
    '/graphiqlx',
    '/graphql?query={__typename}',
    '/',
  ])('%s is left to the router', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: 'router' })
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is left to the router', async (method) => {
    expect(await get('/graphiql', {}, method)).toMatchObject({ status: 404 })
  })
})

describe('a missing build', () => {
  test('is said at the start, with its place', () => {
    const make = () => createConsole({ assets: join(folder, 'nowhere'), settings: () => null })
    expect(make).toThrow(Failure)
    expect(make).toThrow(/console is not built: .*manifest\.json/)
  })
})

describe('a local visit', () => {
  test.each([
    ['127.0.0.1', { host: '127.0.0.1:4000' }, true],
    ['::1', { host: '[::1]:4000' }, true],
    ['::ffff:127.0.0.1', { host: 'localhost' }, true],
    ['10.1.2.3', { host: 'localhost:4000' }, false],
    ['127.0.0.1', {}, false],
    ['127.0.0.1', { host: '127.0.0.1.attacker.example' }, false],
    ['127.0.0.1', { host: 'localhost', forwarded: 'for=10.0.0.7' }, false],
    [undefined, { host: 'localhost' }, false],
  ])('from %s with %j: %s', (address, headers, local) => {
    expect(describeVisit(address, headers).local).toBe(local)
  })
})
