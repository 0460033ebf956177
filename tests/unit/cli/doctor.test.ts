import { chmod, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { departments } from '../../../subgraphs/departments.ts'
import { jwksOf, makeKey } from '../caller/issuer.ts'
import { emptyFolder, gongxiang } from './run.ts'

interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly text: { readonly zh: string; readonly en: string }
  readonly remedy: { readonly zh: string; readonly en: string } | null
}

let folder = ''
const servers: Server[] = []

beforeEach(async () => {
  folder = await emptyFolder()
  await writeFile(
    join(folder, 'gongxiang.yaml'),
    'http: { port: 0 }\nregisters: { matters: matters.yaml, cases: cases.yaml, grants: grants.yaml, operations: operations.yaml }\n',
  )
  for (const name of ['matters', 'cases', 'grants', 'operations'])
    await writeFile(join(folder, `${name}.yaml`), `${name}: []\n`)
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** A real server; answers every path with status, body and the date given. */
async function serve(status: number, body: string, date?: Date): Promise<number> {
  const server = createServer((_, response) => {
    if (date !== undefined) response.setHeader('date', date.toUTCString())
    response.writeHead(status).end(body)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function examine(env: Readonly<Record<string, string>> = {}) {
  const { code, out } = await gongxiang(folder, ['doctor', '--json'], env)
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: readonly Finding[] }
  expect(ok).toBe(code === 0)
  for (const { state, remedy } of findings) expect(remedy === null).toBe(state === 'ok')
  return { code, of: (check: string) => findings.filter((one) => one.check === check), findings }
}

describe('doctor', () => {
  it('finds a fresh folder well: keys will be made', async () => {
    const { code, of, findings } = await examine()
    expect(findings.filter(({ state }) => state === 'fail')).toEqual([])
    expect(code).toBe(0)
    expect(of('keys')).toMatchObject([{ state: 'warn' }])
    await gongxiang(folder, ['keys', 'generate'])
    const after = await examine()
    expect([...after.of('keys'), ...after.of('identity')]).toMatchObject([{ state: 'ok' }, { state: 'ok' }])
  })

  it('tells a port that another program uses from one on which a gateway answers', async () => {
    const gateway = await serve(200, '{}')
    const stranger = await serve(404, '')
    expect((await examine({ GONGXIANG_PORT: String(gateway) })).of('port')).toMatchObject([{ state: 'ok' }])
    const { code, of } = await examine({ GONGXIANG_PORT: String(stranger) })
    expect(code).toBe(1)
    expect(of('port')).toMatchObject([
      { state: 'fail', text: { en: expect.stringContaining('EADDRINUSE') as unknown } },
    ])
  })

  it('sees keys that others can read', async () => {
    await gongxiang(folder, ['keys', 'generate'])
    await chmod(join(folder, '.gongxiang/keys/receipt.json'), 0o604)
    const { code, of } = await examine()
    expect(code).toBe(1)
    expect(of('keys.receipt')).toMatchObject([{ state: 'fail' }])
  })

  it('sees a clock behind the files', async () => {
    await gongxiang(folder, ['keys', 'generate'])
    const later = new Date(Date.now() + 3_600_000)
    await utimes(join(folder, '.gongxiang/keys'), later, later)
    expect((await examine()).of('clock')).toMatchObject([{ state: 'fail' }])
  })

  it('asks the identity provider for its keys, and compares clocks', async () => {
    const keys = JSON.stringify(jwksOf(makeKey('k')))
    const port = await serve(200, keys)
    const late = await serve(200, keys, new Date(Date.now() - 120_000))
    const broken = await serve(500, '')
    const with_ = async (at: number) => examine({ GONGXIANG_IDENTITY_JWKS: `http://127.0.0.1:${at}/jwks` })
    const good = await with_(port)
    expect([...good.of('identity'), ...good.of('clock.identity')]).toMatchObject([{ state: 'ok' }])
    expect((await with_(late)).of('clock.identity')).toMatchObject([{ state: 'fail' }])
    expect((await with_(broken)).of('identity')).toMatchObject([{ state: 'fail' }])
  })

  it('tries every source, and tells no password', async () => {
    const port = await serve(200, '{}')
    const env = {
      GONGXIANG_DEPARTMENTS_TAX_URL: `http://127.0.0.1:${port}/graphql`,
      GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_DATABASE_URL: 'postgres://reader:hunter2@127.0.0.1:1/city',
      GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_DIRECTORY: join(folder, 'nowhere'),
      GONGXIANG_REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    }
    const { of, findings } = await examine(env)
    expect(of('source.tax')).toMatchObject([{ state: 'ok' }])
    expect(of('source.public-security')).toMatchObject([{ state: 'fail' }])
    expect(of('source.disabled-persons')).toMatchObject([{ state: 'fail' }])
    expect(of('redis')).toMatchObject([{ state: 'fail' }])
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  })

  it('looks at every department that a start would connect, and at no other', async () => {
    const sourcesOf = (findings: readonly Finding[]): readonly string[] =>
      findings.map(({ check }) => check).filter((check) => check.startsWith('source.'))
    const names = departments.map(({ name }) => `source.${name}`)
    const embedded = await examine({ GONGXIANG_DEPARTMENTS_TAX_URL: 'http://127.0.0.1:1/graphql' })
    expect(sourcesOf(embedded.findings).toSorted()).toEqual(names.toSorted())
    expect(embedded.of('source.tax')).toMatchObject([{ state: 'fail' }])
    expect(embedded.of('source.education')).toMatchObject([{ state: 'ok' }])
    const production = await examine({
      GONGXIANG_MODE: 'production',
      GONGXIANG_IDENTITY_ISSUER: 'https://identity.city.example',
      GONGXIANG_IDENTITY_JWKS: join(folder, 'keys.json'),
      GONGXIANG_AUDIT_DIRECTORY: join(folder, 'audit'),
      GONGXIANG_DEPARTMENTS_TAX_URL: 'http://127.0.0.1:1/graphql',
    })
    expect(sourcesOf(production.findings)).toEqual(['source.tax'])
  })

  it('sees registers with faults, an unknown regime, and a folder that cannot be', async () => {
    await writeFile(join(folder, 'grants.yaml'), 'grants: [{ id: G-1 }]')
    const { of } = await examine({ GONGXIANG_REGIME: 'atlantis', GONGXIANG_REGISTERS_CASES: 'none.yaml' })
    expect(of('register.grants')).toMatchObject([
      { state: 'fail', text: { en: expect.stringMatching(/grants\.yaml:1:\d/) as unknown } },
    ])
    expect(of('register.cases')).toMatchObject([{ state: 'fail' }])
    expect(of('regime')).toMatchObject([
      { state: 'fail', remedy: { en: expect.stringContaining('zhongshan') as unknown } },
    ])
  })

  it('names the faults of a configuration and stops there', async () => {
    const { code, findings } = await examine({ GONGXIANG_PORT: 'x', GONGXIANG_LOG_LEVEL: 'y' })
    expect(code).toBe(1)
    expect(findings.map(({ check, state }) => [check, state])).toEqual([
      ['config', 'fail'],
      ['config', 'fail'],
    ])
  })

  it('speaks Chinese in a Chinese terminal, one line a finding with its remedy below', async () => {
    const { out } = await gongxiang(folder, ['doctor'], { LANG: 'zh_CN.UTF-8' })
    expect(out).toMatch(/✓ ok {3}config +配置有效/)
    expect(out).toMatch(/! warn keys +尚无密钥\n +→ 首次启动时自动生成/)
  })
})
