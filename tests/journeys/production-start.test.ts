import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { askGateway, ownFolder, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'

/*
 * Production from nothing: keys, the composed schema, the identity provider's key set, three departments in processes
 * of their own over systems that the synthetic city lends. Then each of these is taken away.
 */

const ROOT = join(import.meta.dirname, '../..')
const ISSUER = 'https://identity.city.example'

let folder: OwnFolder
let environment: Readonly<Record<string, string>>
let token: string

beforeAll(async () => {
  folder = await ownFolder()
  const at = (...names: string[]): string => join(folder.path, ...names)
  await copyRegimes(join(ROOT, 'schema'), at('schema'))
  await gongxiang(['compose', '--out', at('schema')])
  await gongxiang(['keys', 'generate', '--directory', at('data/keys')])
  token = await identityProvider(at('identity.jwks.json'))
  environment = {
    GONGXIANG_MODE: 'production',
    GONGXIANG_HOST: '127.0.0.1',
    GONGXIANG_SCHEMA_DIRECTORY: at('schema'),
    GONGXIANG_IDENTITY_ISSUER: ISSUER,
    GONGXIANG_IDENTITY_JWKS: at('identity.jwks.json'),
    GONGXIANG_AUDIT_DIRECTORY: at('audit'),
    ...(await departments()),
  }
})
afterAll(() => folder.close())

/** The regimes and their regulations: what an installation has before anything is composed. */
async function copyRegimes(from: string, to: string): Promise<void> {
  for (const part of ['regimes', 'regulations']) await cp(join(from, part), join(to, part), { recursive: true })
}

async function gongxiang(args: readonly string[]): Promise<void> {
  const child = startProgram(folder.path, args)
  if ((await child.ended) !== 0) throw new Error(child.err())
}

/** A key of its own, its set in a file, and a token of a housing officer. */
async function identityProvider(file: string): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: 'city-1', alg: 'EdDSA', use: 'sig' }
  await writeFile(file, JSON.stringify({ keys: [key] }))
  return new SignJWT({ name: '窗口', dept: 'housing-urban-rural', app: 'housing-desk', roles: ['DESK'] })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'city-1', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience('gongxiang')
    .setSubject('HUR-0117')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey)
}

/** Three departments by `subgraph serve`; they know the gateway by the public keys made above. */
async function departments(): Promise<Readonly<Record<string, string>>> {
  const jwks = join(folder.path, 'data/keys/public/call-context.jwks.json')
  const names = ['public-security', 'human-resources-social-security', 'disabled-persons']
  const urls = names.map(async (name) => {
    const child = startProgram(folder.path, ['subgraph', 'serve', name], {
      GONGXIANG_DATA_DIRECTORY: join(folder.path, 'city'),
      GONGXIANG_SUBGRAPH_PORT: '0',
      GONGXIANG_SUBGRAPH_GATEWAY_JWKS: jwks,
    })
    const [, url = ''] = await child.printed(/is served at (http:\S+)\n/)
    return [`GONGXIANG_DEPARTMENTS_${name.replaceAll('-', '_').toUpperCase()}_URL`, url] as const
  })
  return Object.fromEntries(await Promise.all(urls))
}

const without = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)))

async function refused(given: Readonly<Record<string, string>>): Promise<string> {
  const child = startProgram(folder.path, ['start'], given)
  expect(await child.ended).toBe(1)
  expect(child.out()).toBe('')
  expect(child.err()).not.toMatch(/^\s+at |node:internal/m)
  return child.err()
}

test('it starts, answers, and prints neither token nor citizen', async () => {
  const gateway = await startChildGateway(folder.path, environment)
  expect(gateway.out()).toBe(`ready at ${gateway.url}\n`)
  // The log alone tells the steps: every line is JSON.
  for (const line of gateway.err().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
  const headers = { authorization: `Bearer ${token}`, ...DEMO_HEADERS }
  const { status, answer } = await askGateway(gateway.url, headers, DEMO_QUERY, { number: DEMO_NUMBER })
  expect(status).toBe(200)
  expect(answer.data).toMatchObject({ person: { name: '欧阳静怡', disability: { issueDate: '2021-**-**' } } })
  expect((await fetch(`${gateway.url}/graphiql`)).status).toBe(404)
  expect(await gateway.stop()).toBe(0)
})

test('a development token is a stranger’s in production', async () => {
  const gateway = await startChildGateway(folder.path, environment)
  const child = startProgram(folder.path, ['token', 'housing-clerk'], {
    GONGXIANG_DATA_DIRECTORY: join(folder.path, 'city'),
    GONGXIANG_IDENTITY_ISSUER: ISSUER,
  })
  expect(await child.ended).toBe(0)
  const headers = { authorization: `Bearer ${child.out().trim()}`, ...DEMO_HEADERS }
  expect((await askGateway(gateway.url, headers, '{ __typename }')).status).toBe(401)
  await gateway.stop()
})

test.each([
  ['GONGXIANG_IDENTITY_JWKS', /identity\.jwks: must be stated in production/],
  ['GONGXIANG_IDENTITY_ISSUER', /identity\.issuer: must be stated in production/],
  ['GONGXIANG_AUDIT_DIRECTORY', /audit\.directory: must be stated in production/],
  [
    'GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_URL,GONGXIANG_DEPARTMENTS_HUMAN_RESOURCES_SOCIAL_SECURITY_URL,GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_URL',
    /departments: must be stated in production/,
  ],
])('without %s it does not start (HZ-52)', async (names, line) => {
  const said = (await refused(without(...names.split(',')))).trim().split('\n')
  expect(said).toEqual([expect.stringMatching(line)])
})

test('all that is missing is told at once', async () => {
  const said = (await refused({ GONGXIANG_MODE: 'production' })).trim().split('\n')
  expect(said.length).toBeGreaterThanOrEqual(4)
})

test('a department of synthetic citizens is refused', async () => {
  const { GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_URL: _url, ...rest } = environment
  const said = await refused({ ...rest, GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_KIND: 'embedded' })
  expect(said).toMatch(/departments\.disabled-persons.*synthetic citizens/)
})

test('keys of the embedded mode are refused', async () => {
  const said = await refused({ ...environment, GONGXIANG_DATA_DIRECTORY: join(folder.path, 'city') })
  expect(said).toMatch(/development/)
})

test('missing keys are named, with the command that makes them', async () => {
  const said = await refused({ ...environment, GONGXIANG_DATA_DIRECTORY: join(folder.path, 'empty') })
  expect(said).toContain('gongxiang keys generate')
})

test('a key set that is not there', async () => {
  const said = await refused({ ...environment, GONGXIANG_IDENTITY_JWKS: '/nowhere/keys.json' })
  expect(said.trim()).toBe('gongxiang: identity.jwks: /nowhere/keys.json is missing')
})

test('a schema that was never composed, and one whose halves are not of one composition', async () => {
  const empty = join(folder.path, 'uncomposed')
  await copyRegimes(join(folder.path, 'schema'), empty)
  expect(await refused({ ...environment, GONGXIANG_SCHEMA_DIRECTORY: empty })).toMatch(
    /gongxiang compose.*supergraph\.graphql is missing/,
  )
  const mixed = join(folder.path, 'mixed')
  await cp(join(folder.path, 'schema'), mixed, { recursive: true })
  const supergraph = await readFile(join(mixed, 'supergraph.graphql'), 'utf8')
  await writeFile(join(mixed, 'supergraph.graphql'), `${supergraph}\n# changed\n`)
  expect(await refused({ ...environment, GONGXIANG_SCHEMA_DIRECTORY: mixed })).toMatch(
    /not of one composition; run gongxiang compose/,
  )
})

test('a regime without the regulation that it quotes', async () => {
  const unquoted = join(folder.path, 'unquoted')
  await cp(join(folder.path, 'schema'), unquoted, { recursive: true })
  await rm(join(unquoted, 'regulations/zhongshan.txt'))
  const said = await refused({ ...environment, GONGXIANG_SCHEMA_DIRECTORY: unquoted })
  expect(said.trim()).toBe(
    `gongxiang: regime (the text that its profile quotes): ${join(unquoted, 'regulations/zhongshan.txt')} is missing`,
  )
})
