import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigFault } from '../../../gateway/config/fault.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { configWarnings } from '../../../gateway/config/production.ts'
import { redactConfig } from '../../../gateway/config/redact.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
let cwd = ''

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'gongxiang-config-'))
})

type Env = Readonly<Record<string, string>>

async function load(yaml: string | null, env: Env = {}) {
  if (yaml !== null) await writeFile(join(cwd, 'gongxiang.yaml'), yaml)
  return loadConfig({ env, cwd })
}

async function faults(yaml: string | null, env: Env = {}): Promise<readonly string[]> {
  const error: unknown = await load(yaml, env).then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConfigFault)) throw error
  expect(error.code).toBe('CONFIG_INVALID')
  return error.message.split('\n')
}

describe('defaults', () => {
  it('need no file: embedded, on loopback, and no department configured', async () => {
    const config = await load(null)
    expect(config).toMatchObject({
      mode: 'embedded',
      regime: 'zhongshan',
      dataDirectory: join(cwd, '.gongxiang'),
      http: { host: '127.0.0.1', port: 4000, bodyLimitBytes: 1_048_576 },
      identity: { jwks: join(cwd, '.gongxiang/keys/public/token-signing.jwks.json') },
      registers: { parties: join(ROOT, 'city/registers/parties.yaml') },
      audit: { directory: join(cwd, '.gongxiang/audit') },
      graphiql: { enabled: true },
      redis: { url: null },
    })
    expect(config.departments).toEqual({})
  })

  it('are frozen to the bottom', async () => {
    const config = await load('departments: { tax: { url: "http://127.0.0.1:1/graphql" } }')
    for (const part of [config, config.http, config.departments, config.departments['tax']])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('are what an empty file, or one of comments, means', async () => {
    expect(await load('')).toEqual(await load('# nothing\n'))
  })
})

describe('file and environment', () => {
  it('the environment wins over the file, and the file over the default', async () => {
    const config = await load('http: { port: 5000, drainMs: 7 }', { GONGXIANG_PORT: '6000' })
    expect(config.http).toMatchObject({ port: 6000, drainMs: 7, requestTimeoutMs: 30_000 })
  })

  it('reads numbers and booleans, and takes an empty variable as absent', async () => {
    const env = { GONGXIANG_GRAPHIQL_ENABLED: 'false', GONGXIANG_LIMITS_DEPTH: '7', GONGXIANG_REGIME: '' }
    const config = await load(null, env)
    expect([config.graphiql.enabled, config.limits.depth, config.regime]).toEqual([false, 7, 'zhongshan'])
  })

  it('finds departments in the names of variables (FS-17)', async () => {
    const config = await load(null, {
      GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_DATABASE_URL: 'postgres://u:p@db/x',
      GONGXIANG_DEPARTMENTS_HOUSING_FUND_URL: 'http://fund:4100/graphql',
    })
    expect(config.departments['public-security']).toMatchObject({
      kind: 'embedded',
      databaseUrl: 'postgres://u:p@db/x',
    })
    expect(config.departments['housing-fund']).toMatchObject({ kind: 'http', url: 'http://fund:4100/graphql' })
  })

  it('takes relative paths from the file that names them, and from the working folder for variables', async () => {
    await writeFile(join(cwd, 'other.yaml'), 'x: 1')
    const folder = await mkdtemp(join(tmpdir(), 'gongxiang-elsewhere-'))
    await writeFile(join(folder, 'city.yaml'), 'dataDirectory: data\nidentity: { jwks: keys.json }')
    const config = await loadConfig({
      file: join(folder, 'city.yaml'),
      env: { GONGXIANG_AUDIT_DIRECTORY: 'audit', GONGXIANG_CONFIG: 'not-this-one.yaml' },
      cwd,
    })
    expect(config.dataDirectory).toBe(join(folder, 'data'))
    expect(config.identity.jwks).toBe(join(folder, 'keys.json'))
    expect(config.audit.directory).toBe(join(cwd, 'audit'))
  })

  it('leaves addresses as they are', async () => {
    const config = await load('identity: { jwks: "https://id.example/jwks" }')
    expect(config.identity.jwks).toBe('https://id.example/jwks')
  })

  it('takes the file that GONGXIANG_CONFIG names, and refuses a named file that is not there', async () => {
    await writeFile(join(cwd, 'a.yaml'), 'regime: huizhou')
    expect((await load(null, { GONGXIANG_CONFIG: 'a.yaml' })).regime).toBe('huizhou')
    expect(await faults(null, { GONGXIANG_CONFIG: 'b.yaml' })).toEqual([
      'GONGXIANG_CONFIG: the configuration file b.yaml cannot be read',
    ])
    await expect(loadConfig({ file: 'c.yaml', env: {}, cwd })).rejects.toThrow('c.yaml cannot be read')
  })
})

describe('faults', () => {
  it('are all named at once, with file, line and column, or the variable', async () => {
    const yaml = 'mode: production\nhttp:\n  port: x\n  prot: 3\ndepartments:\n  A_b: { kind: http }\ngraphiql: 5\n'
    expect(await faults(yaml, { GONGXIANG_PROT: '1', GONGXIANG_LOG_LEVEL: 'loud' })).toEqual([
      'gongxiang.yaml:3:9: http.port: expected number, received string',
      'gongxiang.yaml:4:3: http.prot: is no known setting (did you mean "port"?)',
      'gongxiang.yaml:6:3: departments.A_b: expected a department code',
      'gongxiang.yaml:7:11: graphiql: expected object, received number',
      'GONGXIANG_LOG_LEVEL: log.level: expected one of "silent"|"error"|"warn"|"info"|"debug"|"trace"',
      'GONGXIANG_PROT: is no known setting (did you mean "GONGXIANG_PORT"?)',
    ])
  })

  it.each([
    ['a port out of range', { GONGXIANG_PORT: '65536' }, 'GONGXIANG_PORT: http.port'],
    ['a port that is no number', { GONGXIANG_PORT: '40x' }, 'GONGXIANG_PORT: http.port'],
    ['a number with a fraction', { GONGXIANG_LIMITS_DEPTH: '1.5' }, 'GONGXIANG_LIMITS_DEPTH: limits.depth'],
    ['a boolean in words', { GONGXIANG_GRAPHIQL_ENABLED: 'yes' }, 'GONGXIANG_GRAPHIQL_ENABLED: graphiql.enabled'],
    ['a regime with a path in it', { GONGXIANG_REGIME: '../x' }, 'GONGXIANG_REGIME: regime'],
    ['an address of another kind', { GONGXIANG_REDIS_URL: 'http://x' }, 'GONGXIANG_REDIS_URL: redis.url'],
  ])('name the variable of %s', async (_, env, start) => {
    const [line] = await faults(null, env)
    expect(line).toMatch(new RegExp(`^${start.replaceAll('.', '\\.')}: `))
  })

  it.each([
    ['a syntax error', 'a: [\nb: 1', /^gongxiang\.yaml:\d+:\d+: /],
    ['a key that stands twice', 'regime: a\nregime: b', /^gongxiang\.yaml:2:1: .*unique/],
    ['a list in place of settings', '- a', /^gongxiang\.yaml:1:1: expected object, received array/],
    [
      'a key that JavaScript would swallow',
      '__proto__: { mode: production }',
      /^gongxiang\.yaml:1:1: __proto__: is no/,
    ],
    [
      'an alias bomb',
      `a: &a [x,x]\n${'bcdefghijk'
        .split('')
        .map((name, at) => `${name}: &${name} [${`*${'abcdefghij'.charAt(at)},`.repeat(9)}]`)
        .join('\n')}`,
      /alias/i,
    ],
  ])('are one clear line for %s', async (_, yaml, line) => {
    expect((await faults(yaml)).join()).toMatch(line)
  })

  it('never quote a value: it may be a secret in the wrong place', async () => {
    const lines = await faults('redis: { url: "hunter2" }\nhttp: { port: "hunter2" }', {
      GONGXIANG_DEPARTMENTS_TAX_URL: 'hunter2',
      GONGXIANG_MODE: 'hunter2',
    })
    expect(lines).toHaveLength(4)
    expect(lines.join()).not.toContain('hunter2')
  })

  it('leave alone the variables of others and of tests', async () => {
    await expect(load(null, { GONGXIANG_TEST_ROOT: 'x', OTHER: 'y' })).resolves.toBeDefined()
  })
})

describe('departments', () => {
  it.each([
    ['http without an address', '{ kind: http }', 'url: is missing; kind http needs it'],
    ['an address under embedded', '{ kind: embedded, url: "http://a/b" }', 'url: is for kind http only'],
    ['a database beside http', '{ url: "http://a/b", databaseUrl: x }', 'databaseUrl: is for kind embedded only'],
    ['a key without its address', '{ apiKey: x }', 'apiKey: needs apiUrl beside it'],
  ])('refuse %s', async (_, settings, end) => {
    const [line] = await faults(`departments:\n  tax: ${settings}`)
    expect(line?.endsWith(`departments.tax.${end}`)).toBe(true)
  })
})

describe('secrets', () => {
  it('can be given as files, and are never printed', async () => {
    await writeFile(join(cwd, 'key'), 'hunter2\n')
    const config = await load('departments: { tax: { apiUrl: "http://tax/api", apiKeyFile: key } }', {
      GONGXIANG_REDIS_URL: 'redis://:hunter2@redis',
    })
    expect(config.departments['tax']).toMatchObject({ apiKey: 'hunter2' })
    const printed = JSON.stringify(redactConfig(config))
    expect(printed).not.toContain('hunter2')
    expect(printed).toContain('"apiKey":"(secret)"')
    expect(redactConfig(await load('{}'))).toMatchObject({ redis: { url: null } })
  })

  it('are refused twice, empty, or from a file that is not there', async () => {
    await writeFile(join(cwd, 'empty'), '\n')
    const both = 'departments: { tax: { apiUrl: "http://tax", apiKey: a, apiKeyFile: empty } }'
    expect((await faults(both)).join()).toContain('apiKeyFile: stands beside apiKey')
    expect((await faults(both)).join()).toContain('apiKeyFile: is empty')
    expect(await faults('', { GONGXIANG_REDIS_URL_FILE: 'nowhere' })).toEqual([
      'GONGXIANG_REDIS_URL_FILE: redis.urlFile: cannot be read',
    ])
  })
})

describe('production', () => {
  const GOOD = `mode: production
identity: { issuer: "https://id.example", jwks: "https://id.example/jwks" }
audit: { directory: audit }
departments: { tax: { url: "https://tax.example/graphql" } }
`

  it('refuses what only the embedded mode may leave open, each in one line', async () => {
    expect(await faults('mode: production')).toEqual([
      "identity.jwks: must be stated in production: the identity provider's public keys (HZ-52)",
      'identity.issuer: must be stated in production: who issues the tokens (HZ-52)',
      'audit.directory: must be stated in production: where the audit record is kept (ZS-6.03, HZ-52)',
      'departments: must be stated in production: no department is connected',
    ])
  })

  it('starts with all of them, open to the network, without GraphiQL and without departments of its own', async () => {
    const config = await load(GOOD)
    expect(config.http.host).toBe('0.0.0.0')
    expect(config.graphiql.enabled).toBe(false)
    expect(Object.keys(config.departments)).toEqual(['tax'])
    expect(configWarnings(config)).toEqual([])
  })

  it('refuses keys over plain http from afar, and synthetic citizens', async () => {
    const far = GOOD.replace('https://id.example/jwks', 'http://id.example/jwks')
    expect((await faults(far)).join()).toMatch(/^gongxiang\.yaml:2:\d+: identity\.jwks: must use https/)
    const empty = GOOD.replace('{ url: "https://tax.example/graphql" }', '{}')
    expect((await faults(empty)).join()).toMatch(/^gongxiang\.yaml:4:\d+: departments\.tax: names no existing system/)
    await expect(load(GOOD.replace('https://id.example/jwks', 'http://127.0.0.1:9/jwks'))).resolves.toBeDefined()
  })

  it('warns of a loopback host, plain hops and GraphiQL', async () => {
    const config = await load(GOOD.replace('https://tax', 'http://tax'), {
      GONGXIANG_HOST: '127.0.0.1',
      GONGXIANG_GRAPHIQL_ENABLED: 'true',
    })
    expect(configWarnings(config).map((line) => line.split(' ')[0])).toEqual([
      'http.host',
      'departments.tax.url',
      'graphiql.enabled',
    ])
  })

  it("asks of a department's own process only what concerns it", async () => {
    const env = { GONGXIANG_MODE: 'production', GONGXIANG_SUBGRAPH_GATEWAY_JWKS: 'gateway.jwks.json' }
    await expect(loadConfig({ env, cwd, role: 'subgraph' })).resolves.toBeDefined()
    await expect(loadConfig({ env: { GONGXIANG_MODE: 'production' }, cwd, role: 'subgraph' })).rejects.toThrow(
      /^subgraph\.gatewayJwks: must be stated in production/,
    )
  })
})
