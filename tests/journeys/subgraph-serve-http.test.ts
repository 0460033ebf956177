import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { departments } from '../../subgraphs/departments.ts'
import { CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import { askGateway, ownFolder, printedTokens, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { Answer, Child, ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

/*
 * The same city twice: every department inside the gateway's process, then each in a process of its own that the
 * gateway reaches over HTTP, one of them through a listener that keeps what it heard.
 */

const NAMES = departments.map(({ name }) => name)
const [FIRST, , LAST] = NAMES as [string, string, string]

interface Heard {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

let folder: OwnFolder
let served: ReadonlyMap<string, { readonly url: string; readonly child: Child }>
let wire: { readonly url: string; readonly heard: Heard[]; close(): void }
let gateway: ChildGateway
let inProcess: Answer

beforeAll(async () => {
  folder = await ownFolder()
  const embedded = await startChildGateway(folder.path)
  inProcess = await ask(embedded)
  await embedded.stop()
  served = new Map(await Promise.all(NAMES.map(serve)))
  wire = await listenTo(urlOf(LAST))
  const urls = NAMES.map((name) => [urlVariable(name), name === LAST ? wire.url : urlOf(name)] as const)
  // Each answer is to come from the department itself.
  const settings = { ...Object.fromEntries(urls), GONGXIANG_CACHE_ENABLED: 'false' }
  gateway = await startChildGateway(folder.path, settings)
})

afterAll(async () => {
  wire.close()
  await folder.close()
})

async function serve(name: string) {
  const child = startProgram(folder.path, ['subgraph', 'serve', name], { GONGXIANG_SUBGRAPH_PORT: '0' })
  const [, url = ''] = await child.printed(/is served at (http:\S+)\n/)
  return [name, { url, child }] as const
}

function urlOf(name: string): string {
  return served.get(name)?.url ?? ''
}

function urlVariable(name: string): string {
  return `GONGXIANG_DEPARTMENTS_${name.replaceAll('-', '_').toUpperCase()}_URL`
}

async function ask(one: ChildGateway): Promise<Answer> {
  const token = printedTokens(one.out())['housing-clerk'] ?? ''
  const headers = { authorization: `Bearer ${token}`, 'x-decisions': 'all', ...DEMO_HEADERS }
  return (await askGateway(one.url, headers, DEMO_QUERY, { number: DEMO_NUMBER })).answer
}

/** Passes everything on to a department, and remembers it. */
async function listenTo(target: string) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request)
      const headers = {
        'content-type': 'application/json',
        [CALL_CONTEXT_HEADER]: String(request.headers[CALL_CONTEXT_HEADER]),
      }
      heard.push({ headers, body })
      const answer = await fetch(target, { method: 'POST', headers, body })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    })()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/graphql`, heard, close: () => server.close() }
}

const post = (url: string, { headers, body }: Heard): Promise<Response> => fetch(url, { method: 'POST', headers, body })

const REFUSED = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }

test('over HTTP the answer is the one of a single process, decisions and source times included', async () => {
  const overHttp = await ask(gateway)
  expect(overHttp.data).toEqual(inProcess.data)
  expect(overHttp.data).toMatchObject({ person: { disability: { issueDate: '2021-**-**' } } })
  expect(overHttp.errors).toEqual(inProcess.errors)
  const without = ({ extensions }: Answer): object => ({ ...extensions?.sharing, receipt: null })
  expect(without(overHttp)).toEqual(without(inProcess))
  expect(wire.heard.length).toBeGreaterThan(0)
})

test('a department that ends takes its own fields along, and nothing else', async () => {
  expect(await served.get(FIRST)?.child.stop('SIGINT')).toBe(0)
  const answer = await ask(gateway)
  expect(answer.data).toMatchObject({ person: { name: null, disability: { issueDate: '2021-**-**' } } })
  const codes = new Set(answer.errors?.map(({ extensions }) => extensions['code']))
  expect(codes).toContain('SOURCE_UNAVAILABLE')
  expect(JSON.stringify(answer.errors)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/)
  const [name, again] = await serve(FIRST)
  served = new Map([...served, [name, again]])
})

test('anybody may ask for a department’s health, and for nothing else', async () => {
  for (const name of NAMES) {
    const health = await fetch(urlOf(name).replace('/graphql', '/health'))
    expect(await health.json()).toEqual({ name, ok: true })
    const direct = await post(urlOf(name), {
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ query: '{ __typename }' })),
    })
    expect(direct.status).toBe(401)
    expect(await direct.json()).toMatchObject(REFUSED)
  }
})

test('a user’s token is no call context', async () => {
  const token = printedTokens(gateway.out())['housing-clerk'] ?? ''
  const body = Buffer.from(JSON.stringify({ query: '{ __typename }' }))
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, [CALL_CONTEXT_HEADER]: token }
  expect((await post(urlOf(LAST), { headers, body })).status).toBe(401)
})

test('a call that was heard on the wire is good for its department and its text alone', async () => {
  await ask(gateway)
  const heard = wire.heard.at(-1)
  if (!heard) throw new Error('nothing was heard')
  // Word for word, to where it was meant for: this proves that the refusals below are about what they change.
  expect((await post(urlOf(LAST), heard)).status).toBe(200)
  for (const other of NAMES.filter((name) => name !== LAST)) {
    const replayed = await post(urlOf(other), heard)
    expect(replayed.status).toBe(401)
    expect(await replayed.json()).toMatchObject(REFUSED)
  }
  const changed = Buffer.from(heard.body.toString().replace(DEMO_NUMBER, '442090195603210161'))
  expect(changed.equals(heard.body)).toBe(false)
  expect((await post(urlOf(LAST), { ...heard, body: changed })).status).toBe(401)
})

test('a context signed with another gateway’s key is refused; the same one with the right key is not', async () => {
  const body = Buffer.from(JSON.stringify({ query: '{ __typename }', variables: {} }))
  const context = { receipt: 'gx_01M80DKQEZQJT1TCWC3G5RW48X', consumer: 'housing-urban-rural', matter: null }
  const statusWith = async (keys: string, claimedId?: string): Promise<number> => {
    const ring = await openKeyFiles(keys, 'embedded', systemClock)
    const { id, privateKey } = ring.signing('call-context')
    const token = await signCallContext({ kid: claimedId ?? id, privateKey }, context, LAST, body)
    const headers = { 'content-type': 'application/json', [CALL_CONTEXT_HEADER]: token }
    return (await post(urlOf(LAST), { headers, body })).status
  }
  const right = join(folder.path, 'data', 'keys')
  const rightId = (await openKeyFiles(right, 'embedded', systemClock)).signing('call-context').id
  const foreign = join(folder.path, 'foreign-keys')
  expect(await statusWith(right)).toBe(200)
  expect(await statusWith(foreign)).toBe(401)
  expect(await statusWith(foreign, rightId)).toBe(401)
})

test.each([
  ['an unknown department', ['nowhere'], {}, /there are public-security/],
  [
    'a missing key file',
    [FIRST],
    { GONGXIANG_SUBGRAPH_GATEWAY_JWKS: '/nowhere/keys.json' },
    /\/nowhere\/keys\.json cannot be read/,
  ],
] as const)('%s: one line, exit code 1', async (_what, words, environment, line) => {
  const child = startProgram(folder.path, ['subgraph', 'serve', ...words], environment)
  expect(await child.ended).toBe(1)
  expect(child.err().trim()).toMatch(line)
  expect(child.err().trim().split('\n')).toHaveLength(1)
})

test('a port in use: one line, exit code 1', async () => {
  const { port } = new URL(urlOf(LAST))
  const child = startProgram(folder.path, ['subgraph', 'serve', LAST], { GONGXIANG_SUBGRAPH_PORT: port })
  expect(await child.ended).toBe(1)
  expect(child.err().trim()).toBe(
    `gongxiang: subgraph.port: ${port} on 127.0.0.1 is in use; set another with GONGXIANG_SUBGRAPH_PORT`,
  )
})

test('production serves no department from synthetic citizens', async () => {
  const child = startProgram(folder.path, ['subgraph', 'serve', FIRST], {
    GONGXIANG_MODE: 'production',
    GONGXIANG_SUBGRAPH_GATEWAY_JWKS: join(folder.path, 'data/keys/public/call-context.jwks.json'),
  })
  expect(await child.ended).toBe(1)
  expect(child.err()).toContain(`departments.${FIRST}: names no existing system`)
  expect(child.out()).toBe('')
})

test('the drop folder of a department is the configured one, not another below it', async () => {
  const drop = join(folder.path, 'data/city/disabled-persons/drop')
  const environment = {
    GONGXIANG_MODE: 'production',
    GONGXIANG_SUBGRAPH_PORT: '0',
    GONGXIANG_SUBGRAPH_GATEWAY_JWKS: join(folder.path, 'data/keys/public/call-context.jwks.json'),
    GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_DIRECTORY: drop,
  }
  const child = startProgram(folder.path, ['subgraph', 'serve', 'disabled-persons'], environment)
  const [, url = ''] = await child.printed(/is served at (http:\S+)\/graphql\n/)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await child.stop()).toBe(0)
})
