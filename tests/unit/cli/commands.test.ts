import { appendFile, chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { appendGrantEvent, readGrantEvents } from '../../../gateway/adapters/grant-events.ts'
import { openJwksFile } from '../../../gateway/adapters/jwks.ts'
import { openPartyFile } from '../../../gateway/adapters/party-register-file.ts'
import { createIdentify } from '../../../gateway/caller/identify.ts'
import { COMMANDS } from '../../../gateway/cli/commands.ts'
import { PURPOSES } from '../../../gateway/keys/purposes.ts'
import { emptyFolder, gongxiang } from './run.ts'

const CITY = resolve(import.meta.dirname, '../../../city/registers/parties.yaml')
let folder = ''

beforeEach(async () => {
  folder = await emptyFolder()
})

describe('help and wrong use', () => {
  it('lists every command, without loading any', async () => {
    const { code, out } = await gongxiang(folder, ['--help'])
    expect(code).toBe(0)
    for (const { name, description } of COMMANDS) {
      expect(out).toContain(`  ${name}`)
      expect(description).toMatch(/\p{Script=Han}/u)
    }
  })

  it.each([
    ['token'],
    ['grant', 'list'],
    ['grant', 'revoke'],
    ['officer', 'list'],
    ['officer', 'suspend'],
    ['officer', 'restore'],
    ['keys', 'generate'],
    ['keys', 'list'],
    ['keys', 'rotate'],
    ['cache', 'invalidate'],
    ['cache', 'list'],
    ['config'],
    ['doctor'],
  ])('explains %s %s, with an example', async (...words) => {
    const { code, out } = await gongxiang(folder, [...words, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: gongxiang ${words.join(' ')}`)
    expect(out).toMatch(/Examples?:\n {2}gongxiang /)
  })

  it.each([
    [['tokn'], "unknown command 'tokn'"],
    [['token', '--frob'], "unknown option '--frob'"],
    [['token', '--ttl', 'soon'], 'Expected a time such as'],
    [['token', '--roles', 'ROOT'], 'Expected some of APPLICATION'],
    [['grant', 'revoke', 'G-1'], 'required option'],
    [['keys', 'rotate', 'house'], 'Expected one of token-signing'],
  ])('answers %j with one clear line and exit code 2', async (args, text) => {
    const { code, out, err } = await gongxiang(folder, args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^gongxiang: /)
    expect(err).toContain(text)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('loads no module but the one that was asked for: a broken one hurts nobody else', async () => {
    // V8's coverage names every module that was loaded.
    await gongxiang(folder, ['config', '--check'], { NODE_V8_COVERAGE: join(folder, 'coverage') })
    const [report = ''] = await readdir(join(folder, 'coverage'))
    const loaded = await readFile(join(folder, 'coverage', report), 'utf8')
    expect(loaded).toContain('gateway/cli/config.ts')
    expect(loaded).not.toMatch(/gateway\/cli\/(doctor|token|start|compose)\.ts/)
  })
})

describe('token', () => {
  it('makes a token that the gateway accepts', async () => {
    const { code, out } = await gongxiang(folder, ['token', 'housing-clerk'])
    expect(code).toBe(0)
    const identify = createIdentify({
      keys: openJwksFile(join(folder, '.gongxiang/keys/public/token-signing.jwks.json')),
      parties: openPartyFile(CITY),
      issuer: 'https://gongxiang.example/embedded',
      audience: 'gongxiang',
      clockToleranceSeconds: 0,
    })
    await expect(identify(['authorization', `Bearer ${out.trim()}`], Date.now())).resolves.toMatchObject({
      department: 'housing-urban-rural',
      application: 'housing-desk',
      roles: ['DESK'],
    })
  })

  it('prints for machines what the token says, and when it ends', async () => {
    const args = ['token', '--dept', 'tax', '--app', 'tax-desk', '--officer', 'TX-1', '--roles', 'DESK,PROVIDER']
    const before = Date.now()
    const answer: unknown = JSON.parse((await gongxiang(folder, [...args, '--ttl', '15m', '--json'])).out)
    expect(answer).toMatchObject({ department: 'tax', officer: 'TX-1', roles: ['DESK', 'PROVIDER'] })
    const ends = Date.parse((answer as { expires: string }).expires)
    expect(ends).toBeGreaterThan(before + 890_000)
    expect(ends).toBeLessThan(Date.now() + 900_001)
  })

  it.each([
    [['nobody'], 'there is no profile nobody'],
    [[], 'name a profile'],
    [['analyst', '--dept', 'elsewhere'], 'elsewhere is not in'],
    [['analyst', '--app', 'tax-desk'], 'tax-desk is no application of development-reform'],
    [['analyst', '--roles', 'AUTHORITY'], 'may not give the role AUTHORITY'],
  ])('refuses %j, with the reason', async (args, text) => {
    const { code, out, err } = await gongxiang(folder, ['token', ...args])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(text)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('refuses in production', async () => {
    await writeFile(join(folder, 'gongxiang.yaml'), PRODUCTION)
    const { code, err } = await gongxiang(folder, ['token', 'analyst'])
    expect(code).toBe(1)
    expect(err).toContain('production takes tokens')
  })
})

const PRODUCTION = `mode: production
identity: { issuer: "https://id.example", jwks: "https://id.example/jwks" }
audit: { directory: audit }
departments: { tax: { apiUrl: "https://tax.example", apiKey: hunter2 } }
`

describe('config', () => {
  it('prints the effective configuration without secrets, as YAML and as JSON', async () => {
    await writeFile(join(folder, 'gongxiang.yaml'), PRODUCTION)
    const yaml = await gongxiang(folder, ['config'], { GONGXIANG_PORT: '4321' })
    const json = await gongxiang(folder, ['config', '--json'], { GONGXIANG_PORT: '4321' })
    expect(yaml.out + json.out).not.toContain('hunter2')
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out))
    expect(JSON.parse(json.out)).toMatchObject({ mode: 'production', http: { port: 4321 } })
  })

  it('--check says in one line that it is good, and in a line for each fault that it is not', async () => {
    expect(await gongxiang(folder, ['config', '--check'])).toMatchObject({
      code: 0,
      out: 'The configuration is good.\n',
    })
    await writeFile(join(folder, 'bad.yaml'), 'http: { port: x }\nregim: a\n')
    const { code, out, err } = await gongxiang(folder, ['config', '--check', '--config', 'bad.yaml'])
    expect([code, out]).toEqual([1, ''])
    expect(err.trimEnd().split('\n')).toEqual([
      'gongxiang: bad.yaml:1:15: http.port: expected number, received string',
      'gongxiang: bad.yaml:2:1: regim: is no known setting (did you mean "regime"?)',
    ])
  })

  it('takes --config before and behind the command, and one line for a missing file', async () => {
    await writeFile(join(folder, 'a.yaml'), 'regime: huizhou')
    const results = [
      await gongxiang(folder, ['--config', 'a.yaml', 'config']),
      await gongxiang(folder, ['config', '--config', 'a.yaml']),
    ]
    for (const { out } of results) expect(out).toContain('regime: huizhou')
    const { code, err } = await gongxiang(folder, ['config', '--config', 'none.yaml'])
    expect([code, err]).toEqual([1, 'gongxiang: the configuration file none.yaml cannot be read\n'])
  })
})

describe('keys', () => {
  it('generate makes keys for production in a folder, once', async () => {
    const made = await gongxiang(folder, ['keys', 'generate', '--directory', join(folder, 'k'), '--json'])
    expect((JSON.parse(made.out) as { made: string[] }).made).toEqual([...PURPOSES])
    const file = join(folder, 'k/audit-head.json')
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ keys: [{ development: false }] })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const again = await gongxiang(folder, ['keys', 'generate', '--directory', join(folder, 'k')])
    expect(again.out).toContain('All keys are there')
  })

  it('rotate puts a new key in front; list shows IDs and no secret', async () => {
    await gongxiang(folder, ['keys', 'generate'])
    const { out } = await gongxiang(folder, ['keys', 'rotate', 'cursor', '--json'])
    const { key } = JSON.parse(out) as { key: string }
    const list = await gongxiang(folder, ['keys', 'list', '--json'])
    const rows = JSON.parse(list.out) as { purpose: string; keys: { id: string }[] }[]
    expect(rows.find(({ purpose }) => purpose === 'cursor')?.keys.map(({ id }) => id)).toEqual([
      key,
      expect.any(String),
    ])
    const stored = await readFile(join(folder, '.gongxiang/keys/cursor.json'), 'utf8')
    for (const [, secret = ''] of stored.matchAll(/"k": "([^"]+)"/g)) expect(list.out).not.toContain(secret)
  })

  it('rotate refuses a ring that cannot be read safely', async () => {
    await gongxiang(folder, ['keys', 'generate'])
    await chmod(join(folder, '.gongxiang/keys/cursor.json'), 0o644)
    const { code, err } = await gongxiang(folder, ['keys', 'rotate', 'cursor'])
    expect(code).toBe(1)
    expect(err).toContain('is readable by others; run: chmod 600')
  })
})

describe('grant', () => {
  let events = ''
  beforeEach(async () => {
    events = join(folder, '.gongxiang/grant-events.ndjson')
    await writeFile(join(folder, 'gongxiang.yaml'), 'registers: { grants: grants.yaml }')
    const rest = "matters: [M-1], validFrom: '2026-01-01T00:00:00+08:00', approver: A-1"
    const grant = (id: string, until: string) => `  - { id: ${id}, consumer: tax, ${rest}, validUntil: '${until}' }\n`
    const [later, past] = ['2199-01-01T00:00:00+08:00', '2026-01-02T00:00:00+08:00']
    await writeFile(join(folder, 'grants.yaml'), `grants:\n${grant('G-1', later)}${grant('G-2', past)}`)
  })
  const revoke = (id: string, reason = 'purpose has ended', by = 'MR-0042') =>
    gongxiang(folder, ['grant', 'revoke', id, '--by', by, '--reason', reason])

  it('revoke writes a dated event, and list shows it', async () => {
    expect((await revoke('G-1')).code).toBe(0)
    expect((await readGrantEvents(events)).events).toEqual([
      {
        kind: 'GRANT_REVOKED',
        grant: 'G-1',
        at: expect.any(String) as unknown,
        by: 'MR-0042',
        reason: 'purpose has ended',
      },
    ])
    const { out } = await gongxiang(folder, ['grant', 'list', '--json'])
    expect(JSON.parse(out)).toMatchObject([
      { id: 'G-1', revoked: { by: 'MR-0042' } },
      { id: 'G-2', revoked: null },
    ])
    const text = (await gongxiang(folder, ['grant', 'list'])).out
    expect(text).toMatch(/^G-1 .* REVOKED .* by MR-0042: purpose has ended$/m)
    expect(text).toMatch(/^G-2 .* EXPIRED 2026-01-01T16:00:00\.000Z$/m)
  })

  it('revoke refuses a grant that is not there, a second time, and a reason with a number of a citizen', async () => {
    expect((await revoke('G-9')).err).toContain('there is no grant G-9')
    expect((await revoke('G-1', '11010519491231002X moved')).err).toContain('HZ-47.2')
    expect((await revoke('G-1', ' ')).err).toContain('needs a reason')
    expect((await revoke('G-1', 'x', '张三')).err).toContain('staff number')
    expect((await readGrantEvents(events)).events).toEqual([])
    await revoke('G-1')
    expect((await revoke('G-1')).err).toContain('was revoked already')
  })

  it('writes whole lines when many revoke at once, and after a torn one', async () => {
    const event = { kind: 'GRANT_REVOKED', at: '2026-11-22T00:00:00.000Z', by: 'A-1', reason: 'x' } as const
    await Promise.all(Array.from({ length: 20 }, (_, at) => appendGrantEvent(events, { ...event, grant: `G-${at}` })))
    expect((await readGrantEvents(events)).events).toHaveLength(20)
    await appendFile(events, '{"kind":"GRANT_REV')
    expect((await readGrantEvents(events)).events).toHaveLength(20)
    await appendGrantEvent(events, { ...event, grant: 'G-20' })
    expect((await readGrantEvents(events)).events).toHaveLength(21)
  })

  it('goes on over a damaged line, and over a broken register, with a note: revoking must always be possible', async () => {
    await mkdir(dirname(events), { recursive: true })
    await writeFile(events, '{"kind":"GRANT_RESTORED"}\n')
    await writeFile(join(folder, 'grants.yaml'), 'grants: [')
    const { code, err } = await revoke('G-1')
    expect([code, err]).toEqual([0, expect.stringContaining('grant-events.ndjson:1 is no grant event') as unknown])
    expect(err).toContain('grants.yaml cannot be read')
    expect(await readGrantEvents(events)).toMatchObject({ events: [{ grant: 'G-1' }], badLines: [1] })
  })
})
